//! Whole messages: the functions most users call.

use alloc::vec::Vec;
use core::mem::ManuallyDrop;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::decoder::run::take_whole;
use crate::describe::Ty;
use crate::encoder::run::Run;
use crate::encoder::{self, Encoder};
use crate::error::{DecodeError, EncodeError};
use crate::options::Options;
use crate::traits::{Decode, Depth, Encode};

/// Encodes a value.
///
/// Messages without long arrays get a vector of just their length. Others are not measured beforehand, which would take as
/// long as writing them: their vector may have room for as much again.
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
    write(value, &Options::DEFAULT)
}

/// [`to_vec`] with limits and relaxed rules.
///
/// # Errors
/// As [`to_vec`].
#[inline]
pub fn to_vec_with<T: Encode + ?Sized>(
    value: &T,
    options: Options,
) -> Result<Vec<u8>, EncodeError> {
    write(value, &options)
}

#[inline]
fn write<T: Encode + ?Sized>(value: &T, options: &Options) -> Result<Vec<u8>, EncodeError> {
    let Some(len) = T::FIXED else {
        return write_any(&Source(value), options);
    };
    let mut out = Vec::with_capacity(len);
    if append(value, &mut out) {
        return Ok(out);
    }
    match encode(value, &mut out, options) {
        Ok(()) => Ok(out),
        Err(error) => Err(error),
    }
}

/// Not by the type, as [`encode_any`].
#[inline(never)]
fn write_any(value: &dyn Writes, options: &Options) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    encode_any(value, &mut out, options, 0)?;
    Ok(out)
}

/// Appends an encoded value to `out`. On an error `out` is as it was.
///
/// With a buffer that is used for one message after the other, nothing is allocated once it has held the longest. It is made
/// with room for 256 bytes at least, where short messages need not be measured.
///
/// # Errors
/// As [`to_vec`].
#[inline]
pub fn encode_into<T: Encode + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if append(value, out) {
        return Ok(());
    }
    encode(value, out, &Options::DEFAULT)
}

/// [`encode_into`] with limits and relaxed rules.
///
/// # Errors
/// As [`to_vec`].
#[inline]
pub fn encode_into_with<T: Encode + ?Sized>(
    value: &T,
    out: &mut Vec<u8>,
    options: Options,
) -> Result<(), EncodeError> {
    if append(value, out) {
        return Ok(());
    }
    encode(value, out, &options)
}

/// Appends a value of fixed length if there is room: no limit or rule concerns it.
#[inline]
fn append<T: Encode + ?Sized>(value: &T, out: &mut Vec<u8>) -> bool {
    let has_room = T::FIXED.is_some_and(|len| out.capacity() - out.len() >= len);
    if has_room {
        let mut run = Run::new();
        value.put_fixed(&mut run);
        out.extend_from_slice(run.as_slice());
    }
    has_room
}

#[inline]
fn encode<T: Encode + ?Sized>(
    value: &T,
    out: &mut Vec<u8>,
    options: &Options,
) -> Result<(), EncodeError> {
    // Whoever has a buffer may use it again: the next short message then needs not be measured.
    encode_any(&Source(value), out, options, encoder::ROOM)
}

/// Not by the type: what a message has for itself in a program is a call of this, instead of the five that are in it. A buffer
/// that grows has at least so much `room` for the message.
#[inline(never)]
fn encode_any(
    value: &dyn Writes,
    out: &mut Vec<u8>,
    options: &Options,
    room: usize,
) -> Result<(), EncodeError> {
    let mut encoder = Encoder::start(out, options);
    // The length is worth knowing where one allocation of that length saves others. A buffer that has room is as large as
    // messages have been before.
    if !encoder.begin_in_room() {
        let len = value.measure(Depth::at_least(options.limits().max_depth));
        encoder.begin(len, room);
    }
    value.write(&mut encoder);
    encoder.finish(value.ty())
}

/// A message of any type that is to be written: [`Encode`] is no trait of objects, as it has constants.
trait Writes {
    fn ty(&self) -> &'static Ty;
    fn measure(&self, depth: Depth) -> usize;
    fn write(&self, encoder: &mut Encoder<'_>);
}

/// A reference, since what it refers to may have no size that is known.
struct Source<'a, T: ?Sized>(&'a T);

impl<T: Encode + ?Sized> Writes for Source<'_, T> {
    fn ty(&self) -> &'static Ty {
        T::TYPE
    }

    fn measure(&self, depth: Depth) -> usize {
        self.0.measure(depth)
    }

    fn write(&self, encoder: &mut Encoder<'_>) {
        self.0.encode(encoder);
    }
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
    read(input, &Options::DEFAULT)
}

/// [`from_bytes`] with limits and relaxed rules.
///
/// # Errors
/// As [`from_bytes`].
#[inline]
pub fn from_bytes_with<'de, T: Decode<'de>>(
    input: &'de [u8],
    options: Options,
) -> Result<T, DecodeError> {
    read(input, &options)
}

#[inline]
fn read<'de, T: Decode<'de>>(input: &'de [u8], options: &Options) -> Result<T, DecodeError> {
    match take_whole(input, options) {
        Some(value) => Ok(value),
        // Not a result: a value that may come from a call would be put together in memory.
        None if const { T::FIXED.is_some() } => {
            Err(Decoder::explain_fixed(input, options, T::TYPE))
        }
        None => decode(input, options),
    }
}

fn decode<'de, T: Decode<'de>>(input: &'de [u8], options: &Options) -> Result<T, DecodeError> {
    let mut decoder = Decoder::start(input, options);
    if const { T::BLANK }
        && let Some(value) = T::blank()
    {
        // Where reading panics the value is lost: freeing it there would be a third of what each type has here.
        let mut value = ManuallyDrop::new(value);
        value.fill(&mut decoder, Bounds::NONE);
        if decoder.is_complete() {
            return Ok(ManuallyDrop::into_inner(value));
        }
        // The error needs memory, too.
        drop(ManuallyDrop::into_inner(value));
        return Err(decoder.explain_incomplete(T::TYPE));
    }
    // Plain matches: combinators would move a large value from closure to closure, in the code of every type.
    match T::decode(&mut decoder) {
        Ok(value) => {
            if decoder.is_complete() {
                return Ok(value);
            }
            drop(value);
            Err(decoder.explain_incomplete(T::TYPE))
        }
        Err(fault) => Err(decoder.explain(&fault, T::TYPE)),
    }
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
