//! A codec found by the XDR name of its type while a program runs: for fuzzers, test harnesses and other tools.

use alloc::vec::Vec;
use core::fmt;

use crate::describe::Ty;
use crate::error::{DecodeError, EncodeError};
use crate::message::{from_bytes_with, to_vec_with};
use crate::options::Options;
use crate::traits::{Decode, Encode};

/// A type by its XDR name: what it looks like on the wire, and its codec without the Rust type.
///
/// Generated files have a table of theirs if asked for (`type_table` of `xdr-build`).
///
/// ```
/// use xdr_wire::{Options, TypeEntry};
///
/// const TYPES: &[TypeEntry] = &[
///     TypeEntry::of::<u32>("serial"),
///     TypeEntry::borrowed::<fn(&[u8]) -> &str>("title"),
/// ];
///
/// let title = TYPES.iter().find(|entry| entry.name() == "title").expect("it is there");
/// let wire = [0, 0, 0, 2, b'h', b'i', 0, 0];
/// assert_eq!(title.round_trip(&wire, Options::new())?, wire);
/// assert!(title.validate(&wire[..7], Options::new()).is_err());
/// # Ok::<(), xdr_wire::RoundTripError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TypeEntry {
    name: &'static str,
    ty: &'static Ty,
    validate: fn(&[u8], Options) -> Result<(), DecodeError>,
    encoded_len: fn(&[u8], Options) -> Result<usize, DecodeError>,
    round_trip: fn(&[u8], Options) -> Result<Vec<u8>, RoundTripError>,
}

impl TypeEntry {
    /// A type that borrows nothing.
    pub const fn of<T: for<'de> Decode<'de> + Encode>(name: &'static str) -> Self {
        Self::borrowed::<fn(&[u8]) -> T>(name)
    }

    /// A type that may borrow from its bytes, written as what bytes become: `fn(&[u8]) -> Name<'_>`.
    pub const fn borrowed<F: for<'de> Reads<'de>>(name: &'static str) -> Self {
        Self {
            name,
            ty: <Value<'static, F> as Decode<'static>>::TYPE,
            validate: validate::<F>,
            encoded_len: encoded_len::<F>,
            round_trip: round_trip::<F>,
        }
    }

    /// The XDR name. One that the schema does not name goes by the name of its field, behind that of the type around it
    /// and a dot.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the type looks like on the wire.
    pub const fn ty(&self) -> &'static Ty {
        self.ty
    }

    /// Reads a value that takes up the whole input, and drops it.
    ///
    /// # Errors
    /// As [`from_bytes_with`].
    pub fn validate(&self, input: &[u8], options: Options) -> Result<(), DecodeError> {
        (self.validate)(input, options)
    }

    /// Reads a value that takes up the whole input, and says what [`Encode::encoded_len`] says of it.
    ///
    /// # Errors
    /// As [`from_bytes_with`].
    pub fn encoded_len(&self, input: &[u8], options: Options) -> Result<usize, DecodeError> {
        (self.encoded_len)(input, options)
    }

    /// Reads a value that takes up the whole input, and writes it again. The bytes are those of the input, as XDR has one
    /// form for each value; other than where rules are relaxed, and where a `char` came as 128 to 255: it goes out as the
    /// negative number that has the same byte.
    ///
    /// # Errors
    /// [`RoundTripError::Decoding`] as [`from_bytes_with`]. [`RoundTripError::Encoding`] only with rules relaxed: text that
    /// was no UTF-8 may be over its bound with what replaced it.
    pub fn round_trip(&self, input: &[u8], options: Options) -> Result<Vec<u8>, RoundTripError> {
        (self.round_trip)(input, options)
    }
}

/// Types as functions of the lifetime that they borrow for: `fn(&[u8]) -> T<'_>` is one for every `T`.
pub trait Reads<'de> {
    /// The type for this lifetime.
    type Value: Decode<'de> + Encode;
}

impl<'de, F: FnOnce(&'de [u8]) -> T, T: Decode<'de> + Encode> Reads<'de> for F {
    type Value = T;
}

type Value<'de, F> = <F as Reads<'de>>::Value;

fn validate<F: for<'de> Reads<'de>>(input: &[u8], options: Options) -> Result<(), DecodeError> {
    from_bytes_with::<Value<'_, F>>(input, options).map(drop)
}

fn encoded_len<F: for<'de> Reads<'de>>(
    input: &[u8],
    options: Options,
) -> Result<usize, DecodeError> {
    from_bytes_with::<Value<'_, F>>(input, options).map(|value| value.encoded_len())
}

fn round_trip<F: for<'de> Reads<'de>>(
    input: &[u8],
    options: Options,
) -> Result<Vec<u8>, RoundTripError> {
    let value =
        from_bytes_with::<Value<'_, F>>(input, options).map_err(RoundTripError::Decoding)?;
    to_vec_with(&value, options).map_err(RoundTripError::Encoding)
}

/// Why bytes did not go through a type and come back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoundTripError {
    /// They are not a value of the type.
    Decoding(DecodeError),
    /// The value that they are cannot be encoded.
    Encoding(EncodeError),
}

impl fmt::Display for RoundTripError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decoding(error) => error.fmt(f),
            Self::Encoding(error) => write!(f, "what was decoded cannot be encoded: {error}"),
        }
    }
}

impl core::error::Error for RoundTripError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Decoding(error) => Some(error),
            Self::Encoding(error) => Some(error),
        }
    }
}
