//! What a fuzzer's own mutator does, for fuzzers that let it work in the buffer of the input.
//!
//! With cargo-fuzz it is one call, and most inputs get past the decoder's first checks from then on:
//!
//! ```ignore
//! libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
//!     xdr_testkit::fuzz::mutate_in_place(<Seat as xdr_wire::Encode>::TYPE, data, size, max_size, seed)
//! });
//! ```

use xdr_wire::describe::Ty;

use crate::mutate::mutate;
use crate::random::{Choices, message};

/// Out of so many times one begins anew.
const NEW: usize = 16;

/// Changes the input, which is the first `size` bytes of `data`, and returns the size that it has then, `max_size` and the
/// length of `data` at most.
///
/// Of a valid message of the type one field is changed as [`mutations`](crate::mutate::mutations) does it, or a single
/// byte; now and then it becomes another random message. In any other input a single byte is changed, or it becomes a
/// random message.
///
/// # Panics
/// If there is a [`Ty::Custom`] in the type.
pub fn mutate_in_place(
    ty: &'static Ty,
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
) -> usize {
    let room = max_size.min(data.len());
    let input = data.get(..size.min(room)).unwrap_or_default();
    let choices = &mut Choices::new(seed.into(), usize::MAX);
    let changed = match choices.below(NEW) {
        0 => None,
        1 | 2 => change_a_byte(input, choices),
        _ => mutate(ty, input, choices).map(|it| it.bytes),
    };
    let changed = changed.unwrap_or_else(|| match choices.below(2) {
        0 => change_a_byte(input, choices).unwrap_or_default(),
        _ => message(
            ty,
            // Not the numbers that decided to come here: the first of them would always be alike.
            &mut Choices::new(!u64::from(seed), choices.below(room.max(1))),
        ),
    });
    let len = changed.len().min(room);
    for (byte, new) in data.iter_mut().zip(changed.iter().take(room)) {
        *byte = *new;
    }
    len
}

fn change_a_byte(input: &[u8], choices: &mut Choices) -> Option<Vec<u8>> {
    let mut changed = input.to_vec();
    let byte = changed.get_mut(choices.below(input.len()))?;
    *byte ^= 1 << choices.below(8);
    Some(changed)
}

#[cfg(test)]
mod tests {
    use xdr_wire::{Encode, from_bytes};

    use super::mutate_in_place;

    type Lines = Vec<(u32, String)>;

    #[test]
    fn what_begins_as_noise_becomes_a_message_and_stays_one_for_the_most_part() {
        let mut data = [0xa5; 256];
        let mut size = 40;
        let mut valid = 0;
        for seed in 0..1000 {
            size = mutate_in_place(<Lines as Encode>::TYPE, &mut data, size, 200, seed);
            assert!(size <= 200);
            valid += u32::from(from_bytes::<Lines>(&data[..size]).is_ok());
        }
        assert!(valid > 200, "{valid} of 1000");
        assert_eq!(data[200..], [0xa5; 56]);
    }

    #[test]
    fn no_room_is_no_input() {
        for seed in 0..100 {
            assert_eq!(
                mutate_in_place(<Lines as Encode>::TYPE, &mut [], 0, 0, seed),
                0
            );
        }
    }
}
