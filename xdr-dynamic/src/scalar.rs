//! Values without parts, and how those are read that have rules of their own.

use std::str;

use xdr_wire::{Decoder, Fault, Form, Rule};

use crate::program::Enumeration;

/// A value without parts, as it was read.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Scalar<'a> {
    /// Nothing, no bytes.
    Void,
    /// An absent optional: the word 0.
    Absent,
    /// `int`, `short` or `char`; a `char` may be 128 to 255, too.
    Int(i32),
    /// `unsigned int`, `unsigned short` or `unsigned char`.
    UnsignedInt(u32),
    /// `hyper`.
    Hyper(i64),
    /// `unsigned hyper`.
    UnsignedHyper(u64),
    /// `float`, bit for bit.
    Float(f32),
    /// `double`, bit for bit.
    Double(f64),
    /// `quadruple` as its bytes on the wire.
    Quadruple([u8; 16]),
    /// `bool`.
    Bool(bool),
    /// A value of an enumeration.
    Enum {
        /// The number on the wire.
        value: i32,
        /// Its first enumerator; none for a number that has none, where [`Rule::Enum`] is relaxed.
        name: Option<&'a str>,
    },
    /// `string`.
    String(&'a str),
    /// `string` that is no UTF-8, where [`Rule::Utf8`] is relaxed.
    Bytes(&'a [u8]),
    /// `opaque`.
    Opaque(&'a [u8]),
}

impl Scalar<'_> {
    /// The number that it is, if it may be a discriminant.
    pub(crate) fn number(self) -> Option<i64> {
        match self {
            Self::Int(value) | Self::Enum { value, .. } => Some(value.into()),
            Self::UnsignedInt(value) => Some(value.into()),
            Self::Bool(value) => Some(value.into()),
            _ => None,
        }
    }
}

/// A value of an enumeration: one that is declared, unless [`Rule::Enum`] is relaxed.
#[inline]
pub(crate) fn enumerator<'a>(
    enumeration: &'a Enumeration,
    value: i32,
    decoder: &mut Decoder<'_>,
) -> Result<Scalar<'a>, Fault> {
    let name = enumeration.name_of(value).map(|name| &**name);
    if name.is_none() && !decoder.options().allows(Rule::Enum) {
        return Err(decoder.unknown_enum(value));
    }
    Ok(Scalar::Enum { value, name })
}

/// A `char`: the byte 0xE9 is −23 where it has a sign, and 233 where it has none. Both come back as they were.
#[inline]
pub(crate) fn char(decoder: &mut Decoder<'_>) -> Result<i32, Fault> {
    let word = decoder.take_i32()?;
    if CHAR.contains(&word) {
        Ok(word)
    } else {
        Err(decoder.out_of_range(Form::Char, word.into()))
    }
}

/// What a `char` may be on the wire.
pub(crate) const CHAR: std::ops::RangeInclusive<i32> = -128..=255;

/// An `unsigned char`.
#[inline]
pub(crate) fn unsigned_char(decoder: &mut Decoder<'_>) -> Result<u32, Fault> {
    let word = decoder.take_u32()?;
    if word <= 255 {
        Ok(word)
    } else {
        Err(decoder.out_of_range(Form::UChar, word.into()))
    }
}

/// A `string`: text, or whatever bytes it has where [`Rule::Utf8`] is relaxed.
#[inline]
pub(crate) fn string<'a>(decoder: &mut Decoder<'a>, bound: u32) -> Result<Scalar<'a>, Fault> {
    if !decoder.options().allows(Rule::Utf8) {
        return decoder.take_str(bound).map(Scalar::String);
    }
    let bytes = decoder.take_string_bytes(bound)?;
    Ok(match str::from_utf8(bytes) {
        Ok(text) => Scalar::String(text),
        Err(_) => Scalar::Bytes(bytes),
    })
}
