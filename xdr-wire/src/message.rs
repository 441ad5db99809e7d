//! Whole messages: the functions most users call.

use alloc::vec::Vec;

use crate::decoder::Decoder;
use crate::encoder::Encoder;
use crate::error::{DecodeError, EncodeError};
use crate::options::Options;
use crate::traits::{Decode, Depth, Encode};

/// Encodes a value.
///
/// # Errors
/// [`EncodeError`] if the value is over a bound or a limit.
///
/// ```
/// assert_eq!(xdr_wire::to_vec("hi")?, [0, 0, 0, 2, b'h', b'i', 0, 0]);
/// # Ok::<(), xdr_wire::EncodeError>(())
/// ```
#[inline]
pub fn to_vec<T: Encode + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    to_vec_with(value, Options::new())
}

/// [`to_vec`] with limits and relaxed rules.
///
/// # Errors
/// As [`to_vec`].
pub fn to_vec_with<T: Encode + ?Sized>(
    value: &T,
    options: Options,
) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    encode_into_with(value, &mut out, options)?;
    Ok(out)
}

/// Appends an encoded value to `out`. On an error `out` is as it was.
///
/// # Errors
/// As [`to_vec`].
#[inline]
pub fn encode_into<T: Encode + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    encode_into_with(value, out, Options::new())
}

/// [`encode_into`] with limits and relaxed rules.
///
/// # Errors
/// As [`to_vec`].
pub fn encode_into_with<T: Encode + ?Sized>(
    value: &T,
    out: &mut Vec<u8>,
    options: Options,
) -> Result<(), EncodeError> {
    let len = value.measure(Depth::new(options.limits().max_depth));
    let mut encoder = Encoder::start(out, len, options);
    value.encode(&mut encoder);
    encoder.finish(T::TYPE)
}

/// Decodes a value that takes up the whole input.
///
/// # Errors
/// [`DecodeError`] if the input breaks a rule, ends too early, or goes on after the value.
///
/// ```
/// let (flag, number) = xdr_wire::from_bytes::<(bool, i64)>(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9])?;
/// assert!(flag);
/// assert_eq!(number, 9);
/// # Ok::<(), xdr_wire::DecodeError>(())
/// ```
#[inline]
pub fn from_bytes<'de, T: Decode<'de>>(input: &'de [u8]) -> Result<T, DecodeError> {
    from_bytes_with(input, Options::new())
}

/// [`from_bytes`] with limits and relaxed rules.
///
/// # Errors
/// As [`from_bytes`].
pub fn from_bytes_with<'de, T: Decode<'de>>(
    input: &'de [u8],
    options: Options,
) -> Result<T, DecodeError> {
    let mut decoder = Decoder::new(input, options);
    // Plain matches: combinators would move a large value from closure to closure, in the code of every type.
    let fault = match T::decode(&mut decoder) {
        Ok(value) => match decoder.finish() {
            Ok(()) => return Ok(value),
            Err(fault) => fault,
        },
        Err(fault) => fault,
    };
    Err(decoder.explain(&fault, T::TYPE))
}

/// Decodes a value from the start of the input and returns what follows it.
///
/// # Errors
/// [`DecodeError`] if the input breaks a rule or ends too early.
///
/// ```
/// let (number, rest) = xdr_wire::from_prefix::<u32>(&[0, 0, 0, 5, 1, 2])?;
/// assert_eq!((number, rest), (5, &[1, 2][..]));
/// # Ok::<(), xdr_wire::DecodeError>(())
/// ```
#[inline]
pub fn from_prefix<'de, T: Decode<'de>>(input: &'de [u8]) -> Result<(T, &'de [u8]), DecodeError> {
    from_prefix_with(input, Options::new())
}

/// [`from_prefix`] with limits and relaxed rules.
///
/// # Errors
/// As [`from_prefix`].
pub fn from_prefix_with<'de, T: Decode<'de>>(
    input: &'de [u8],
    options: Options,
) -> Result<(T, &'de [u8]), DecodeError> {
    let mut decoder = Decoder::new(input, options);
    match T::decode(&mut decoder) {
        Ok(value) => Ok((value, decoder.rest())),
        Err(fault) => Err(decoder.explain(&fault, T::TYPE)),
    }
}
