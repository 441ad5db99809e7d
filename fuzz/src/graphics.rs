//! The graphics event, both forms of it.

use protocol_defs::remote::{DomainEventCallbackGraphicsMsg, DomainEventGraphicsMsg};
use xdr_wire::{Decode, Encode, from_bytes, to_vec};

/// Bytes → graphics event → the same bytes: the codec is strict, so one value has one form.
///
/// # Panics
/// If that does not hold.
pub fn graphics(input: &[u8]) {
    round_trip::<DomainEventGraphicsMsg>(input);
    round_trip::<DomainEventCallbackGraphicsMsg>(input);
}

fn round_trip<'a, T: Decode<'a> + Encode>(input: &'a [u8]) {
    match from_bytes::<T>(input) {
        Ok(value) => {
            assert_eq!(value.encoded_len(), input.len());
            assert_eq!(to_vec(&value).as_deref(), Ok(input));
        }
        Err(error) => assert!(error.offset() <= input.len() && !error.to_string().contains('\n')),
    }
}
