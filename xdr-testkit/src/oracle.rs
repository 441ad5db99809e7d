//! What must hold for any input of any type, whoever made the input.

use xdr_wire::describe::Ty;
use xdr_wire::{Decode, DecodeError, Encode, Options, RoundTripError, TypeEntry};

use crate::leaves::leaves;

/// Checks one input of a type of a table.
///
/// An error is within the input and takes one line. What is accepted is as long as is said of it, and its bytes come
/// back. The only ones that do not are those of a `char` from 128 to 255, which comes back as the negative number of the
/// same byte; what came back stays as it is when it is read and written once more.
///
/// # Panics
/// If that does not hold.
pub fn round_trip(entry: &TypeEntry, input: &[u8]) {
    let (name, options) = (entry.name(), Options::new());
    let encoded = match entry.round_trip(input, options) {
        Ok(encoded) => encoded,
        Err(RoundTripError::Decoding(error)) => return check_error(name, &error, input),
        Err(error) => broken(name, input, &error.to_string()),
    };
    match entry.encoded_len(input, options) {
        Ok(len) if len == encoded.len() => {}
        len => broken(
            name,
            input,
            &format!("encoded length {len:?} is not {}", encoded.len()),
        ),
    }
    if encoded == input {
        return;
    }
    if !is_second_form(entry.ty(), input, &encoded) {
        broken(name, input, &format!("it becomes {encoded:02x?}"));
    }
    match entry.round_trip(&encoded, options) {
        Ok(again) if again == encoded => {}
        again => broken(
            name,
            input,
            &format!("it becomes {encoded:02x?}, and that {again:02x?}"),
        ),
    }
}

/// [`round_trip`] of a Rust type that borrows nothing. For one that borrows, make a [`TypeEntry::borrowed`].
///
/// ```
/// xdr_testkit::oracle::round_trip_of::<Vec<bool>>(&[0, 0, 0, 1, 0, 0, 0, 2]);
/// ```
///
/// # Panics
/// As [`round_trip`].
pub fn round_trip_of<T: for<'de> Decode<'de> + Encode>(input: &[u8]) {
    round_trip(&TypeEntry::of::<T>(std::any::type_name::<T>()), input);
}

/// Whether nothing differs but `char`s of 128 to 255, which are sent as the negative numbers of the same byte. What only a
/// type's own code can read is known by its length alone.
fn is_second_form(ty: &'static Ty, was: &[u8], is: &[u8]) -> bool {
    let Ok((leaves, _)) = leaves(was, ty) else {
        return was.len() == is.len();
    };
    let mut sent = was.to_vec();
    for leaf in leaves.iter().filter(|leaf| matches!(leaf.ty, Ty::Char)) {
        if let Some([high @ .., byte]) = sent.get_mut(leaf.bytes.clone())
            && *byte > 127
        {
            high.fill(0xff);
        }
    }
    sent == is
}

fn check_error(name: &str, error: &DecodeError, input: &[u8]) {
    let text = error.to_string();
    if error.offset() > input.len() {
        broken(name, input, &format!("error past its end: {text}"));
    }
    if text.contains('\n') {
        broken(name, input, &format!("error of several lines: {text}"));
    }
}

#[cold]
#[expect(clippy::panic, reason = "this is how a test or a fuzz target is told")]
fn broken(name: &str, input: &[u8], what: &str) -> ! {
    panic!("{name}, input {input:02x?}: {what}")
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use xdr_wire::describe::Ty;
    use xdr_wire::{Decode, Decoder, Depth, Encode, Encoder, Fault};

    use super::round_trip_of;

    /// A number that forgets its low byte, and another that forgets to say how long it is.
    struct Forgetful(u32);
    struct Short(u32);

    /// A bool that takes any number for true.
    struct Careless(bool);

    impl<'de> Decode<'de> for Careless {
        const MIN: usize = 4;
        const TYPE: &'static Ty = &Ty::UInt;

        fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
            decoder.take_u32().map(|word| Self(word != 0))
        }
    }

    impl Encode for Careless {
        const TYPE: &'static Ty = &Ty::UInt;

        fn measure(&self, _: Depth) -> usize {
            4
        }

        fn encode(&self, encoder: &mut Encoder<'_>) {
            self.0.encode(encoder);
        }
    }

    #[test]
    fn a_codec_that_takes_what_it_does_not_send_is_found_out() {
        round_trip_of::<Careless>(&[0, 0, 0, 1]);
        assert!(catch_unwind(|| round_trip_of::<Careless>(&[0, 0, 0, 2])).is_err());
    }

    impl<'de> Decode<'de> for Forgetful {
        const MIN: usize = 4;
        const TYPE: &'static Ty = &Ty::UInt;

        fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
            decoder.take_u32().map(Self)
        }
    }

    impl Encode for Forgetful {
        const TYPE: &'static Ty = &Ty::UInt;

        fn measure(&self, _: Depth) -> usize {
            8
        }

        fn encode(&self, encoder: &mut Encoder<'_>) {
            (self.0 >> 8, 0_u32).encode(encoder);
        }
    }

    impl<'de> Decode<'de> for Short {
        const MIN: usize = 4;
        const TYPE: &'static Ty = &Ty::UInt;

        fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
            decoder.take_u32().map(Self)
        }
    }

    impl Encode for Short {
        const TYPE: &'static Ty = &Ty::UInt;

        fn measure(&self, _: Depth) -> usize {
            0
        }

        fn encode(&self, encoder: &mut Encoder<'_>) {
            self.0.encode(encoder);
        }
    }

    #[test]
    fn a_codec_that_does_not_give_back_what_it_was_given_is_found_out() {
        round_trip_of::<u32>(&[1, 2, 3, 4]);
        assert!(catch_unwind(|| round_trip_of::<Forgetful>(&[1, 2, 3, 4])).is_err());
    }

    #[test]
    fn a_codec_that_says_a_wrong_length_is_found_out() {
        assert!(catch_unwind(|| round_trip_of::<Short>(&[1, 2, 3, 4])).is_err());
    }

    #[test]
    fn what_is_rejected_with_a_place_of_its_own_passes() {
        round_trip_of::<Vec<bool>>(&[0, 0, 0, 1, 0, 0, 0, 2]);
        round_trip_of::<String>(&[]);
    }
}
