//! Hand-written implementations: their own rules, and what becomes of their mistakes.

use xdr_wire::describe::{CustomTy, Ty};
use xdr_wire::{
    Bounds, Decode, DecodeError, Decoder, Depth, Encode, EncodeError, Encoder, ErrorKind, Fault,
    Form, Options, from_bytes, to_vec,
};

use crate::support::{assert_refuses, assert_rejects, words};

/// A name that is never empty: a rule that no attribute has.
#[derive(Debug)]
struct NonEmpty(String);

impl<'de> Decode<'de> for NonEmpty {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Custom(&CustomTy {
        name: "NonEmpty",
        min: 4,
        skip: xdr_wire::skip::<Self>,
    });

    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        let start = decoder.offset();
        let text = decoder.take_string(bounds.split().0)?;
        if text.is_empty() {
            return Err(decoder.fail_at(start, ErrorKind::Custom("name is empty")));
        }
        Ok(Self(text))
    }
}

impl Encode for NonEmpty {
    const TYPE: &'static Ty = <Self as Decode<'_>>::TYPE;

    fn measure(&self, depth: Depth) -> usize {
        self.0.measure(depth)
    }

    fn encode(&self, encoder: &mut Encoder<'_>) {
        if self.0.is_empty() {
            encoder.fail(ErrorKind::Custom("name is empty"));
        }
        self.0.encode(encoder);
    }
}

#[derive(Debug, Encode, Decode)]
struct Named {
    id: i32,
    #[xdr(max = 2, item_max = 3)]
    names: Vec<NonEmpty>,
}

#[test]
fn a_hand_written_type_has_its_own_rules_and_still_gets_a_path() {
    let kind = ErrorKind::Custom("name is empty");
    let text = "name is empty, at names[1] (byte 16)";
    assert_rejects::<Named>(&words(&[0, 2, 1, 0x6100_0000, 0]), kind, text);
    let named = Named {
        id: 0,
        names: vec![NonEmpty("a".to_owned()), NonEmpty(String::new())],
    };
    assert_refuses(&named, kind, text);
    let text = "string of 4 bytes is longer than its bound of 3, at names[0] (byte 8)";
    let kind = ErrorKind::LengthOverBound {
        form: Form::String,
        len: 4,
        bound: 3,
    };
    assert_rejects::<Named>(&words(&[0, 1, 4, 0]), kind, text);
}

/// Says that it takes no bytes, and takes four.
struct Understated;

impl Encode for Understated {
    const TYPE: &'static Ty = &Ty::Int;

    fn measure(&self, _: Depth) -> usize {
        0
    }

    fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.put_i32(1);
        encoder.put_opaque(&[2], 1);
    }
}

#[test]
fn a_wrong_length_costs_only_time() {
    assert_eq!(
        to_vec(&[Understated, Understated]).unwrap(),
        words(&[1, 1, 0x0200_0000].repeat(2))
    );
}

/// A word of value 1, or nothing of the word at all.
#[derive(Debug, PartialEq)]
struct Lenient(Option<u32>);

impl<'de> Decode<'de> for Lenient {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::UInt;

    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Ok(Self(decoder.nested(Decoder::take_u32).ok()))
    }
}

#[test]
fn a_failure_may_be_forgiven_without_losing_a_level() {
    let mut decoder = Decoder::new(&[0; 3], Options::new().max_depth(1));
    assert_eq!(Lenient::decode(&mut decoder), Ok(Lenient(None)));
    assert_eq!(Lenient::decode(&mut decoder), Ok(Lenient(None)));
    assert_eq!(decoder.rest(), [0; 3]);
    assert_eq!(decoder.options(), Options::new().max_depth(1));
}

/// Decodes from somewhere else than from its decoder.
#[derive(Debug)]
struct Astray;

impl<'de> Decode<'de> for Astray {
    const MIN: usize = 0;
    const TYPE: &'static Ty = &Ty::Void;

    fn decode(_: &mut Decoder<'de>) -> Result<Self, Fault> {
        Decoder::new(&[], Options::new()).take_u32().map(|_| Self)
    }
}

#[test]
fn the_fault_of_another_decoder_is_still_a_fault() {
    let text = "fault of another decoder (byte 0)";
    assert_rejects::<Astray>(&[], ErrorKind::Custom("fault of another decoder"), text);
}

#[test]
fn results_are_small() {
    assert_eq!(size_of::<Fault>(), 0);
    assert_eq!(size_of::<Result<u32, Fault>>(), 8);
    assert_eq!(size_of::<Result<String, Fault>>(), size_of::<String>());
    assert_eq!(size_of::<DecodeError>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), EncodeError>>(), size_of::<usize>());
}

#[test]
fn errors_are_errors() {
    let error: Box<dyn std::error::Error> = Box::new(from_bytes::<i32>(&[]).unwrap_err());
    assert_eq!(error.to_string(), "input ends too early (byte 0)");
    let error: Box<dyn std::error::Error> = Box::new("x".parse::<xdr_wire::Rule>().unwrap_err());
    assert!(error.to_string().starts_with("unknown rule"));
}
