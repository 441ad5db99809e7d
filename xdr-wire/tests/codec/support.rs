//! Shorthand for wire vectors and for what is checked of each.

use std::fmt::Debug;

use xdr_wire::{Decode, Encode, ErrorKind, from_bytes, to_vec};

/// Bytes from words, which is how XDR is read.
pub(crate) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// `value` and `wire` are each other's form, the length is known beforehand, and no part of the bytes is enough.
#[track_caller]
pub(crate) fn assert_form<'de, T>(value: &T, wire: &'de [u8])
where
    T: Encode + Decode<'de> + PartialEq + Debug,
{
    assert_eq!(to_vec(value).as_deref(), Ok(wire), "encoding");
    assert_eq!(from_bytes::<T>(wire).as_ref(), Ok(value), "decoding");
    assert_eq!(value.encoded_len(), wire.len(), "length");
    assert!(<T as Decode>::MIN <= wire.len(), "minimal length");
    for len in 0..wire.len() {
        assert!(
            from_bytes::<T>(&wire[..len]).is_err(),
            "the first {len} bytes are enough"
        );
    }
}

/// Decoding `wire` fails with this kind, text and all.
#[track_caller]
pub(crate) fn assert_rejects<'de, T: Decode<'de> + Debug>(
    wire: &'de [u8],
    kind: ErrorKind,
    text: &str,
) {
    let error = from_bytes::<T>(wire).expect_err("the input breaks a rule");
    assert_eq!(error.to_string(), text);
    assert_eq!(error.kind(), kind);
}

/// Encoding `value` fails with this kind, text and all, and leaves the buffer alone.
#[track_caller]
pub(crate) fn assert_refuses<T: Encode>(value: &T, kind: ErrorKind, text: &str) {
    let mut out = b"before".to_vec();
    let error = xdr_wire::encode_into(value, &mut out).expect_err("the value breaks a rule");
    assert_eq!(error.to_string(), text);
    assert_eq!(error.kind(), kind);
    assert_eq!(out, b"before");
}
