//! Bytes and text (RFC 4506, sections 4.9 to 4.11).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::str;

use super::{Decoder, text};
use crate::error::{ErrorKind, Form};
use crate::fault::Fault;

impl<'de> Decoder<'de> {
    /// `opaque<bound>` (section 4.10).
    ///
    /// # Errors
    /// [`ErrorKind::LengthOverBound`], [`ErrorKind::LengthOverInput`], [`ErrorKind::NonZeroPadding`].
    #[inline]
    pub fn take_opaque(&mut self, bound: u32) -> Result<&'de [u8], Fault> {
        self.take_bytes(Form::Opaque, bound)
    }

    /// `opaque[len]` (section 4.9).
    ///
    /// # Errors
    /// [`ErrorKind::NonZeroPadding`].
    #[inline]
    pub fn take_fixed_opaque(&mut self, len: usize) -> Result<&'de [u8], Fault> {
        let Some((bytes, rest)) = self.rest.split_at_checked(len) else {
            return Err(self.end());
        };
        self.rest = rest;
        self.take_padding(len)?;
        Ok(bytes)
    }

    /// `opaque[N]` as an array (section 4.9).
    ///
    /// # Errors
    /// [`ErrorKind::NonZeroPadding`].
    #[inline]
    pub fn take_fixed_opaque_array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.take_array()?;
        self.take_padding(N)?;
        Ok(bytes)
    }

    /// `string<bound>` (section 4.11) as the bytes on the wire, whatever their encoding.
    ///
    /// # Errors
    /// As [`take_opaque`](Self::take_opaque).
    pub fn take_string_bytes(&mut self, bound: u32) -> Result<&'de [u8], Fault> {
        self.take_bytes(Form::String, bound)
    }

    /// `string<bound>` (section 4.11), borrowed. [`Rule::Utf8`](crate::Rule::Utf8) cannot be relaxed here.
    ///
    /// # Errors
    /// As [`take_opaque`](Self::take_opaque), and [`ErrorKind::InvalidUtf8`].
    #[inline]
    pub fn take_str(&mut self, bound: u32) -> Result<&'de str, Fault> {
        if let Some((bytes, rest)) = whole(self.rest, bound)
            && let Some(text) = text::ascii(bytes)
        {
            self.rest = rest;
            return Ok(text);
        }
        self.take_other_str(bound)
    }

    /// `string<bound>` (section 4.11), owned. With [`Rule::Utf8`](crate::Rule::Utf8) relaxed, U+FFFD stands for what is malformed.
    ///
    /// # Errors
    /// As [`take_str`](Self::take_str).
    pub fn take_string(&mut self, bound: u32) -> Result<String, Fault> {
        let bytes = self.take_bytes(Form::String, bound)?;
        match text::text(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => self.replaced(bytes, &error),
        }
    }

    /// `opaque<bound>` into a vector that is empty.
    pub(crate) fn fill_opaque(&mut self, slot: &mut Vec<u8>, bound: u32) {
        match self.take_bytes(Form::Opaque, bound) {
            Ok(bytes) => *slot = Vec::from(bytes),
            Err(fault) => self.stop(&fault),
        }
    }

    /// `string<bound>` into a string that is empty.
    pub(crate) fn fill_string(&mut self, slot: &mut String, bound: u32) {
        if let Some((bytes, rest)) = whole(self.rest, bound)
            && let Some(body) = self.rest.get(4..)
            && let Some(text) = text::short(body, bytes.len())
        {
            self.rest = rest;
            *slot = text;
        } else {
            self.fill_other_string(slot, bound);
        }
    }

    /// The same where the string is empty, long, not ASCII or not valid, or where the message ends behind it.
    #[inline(never)]
    fn fill_other_string(&mut self, slot: &mut String, bound: u32) {
        match self.take_bytes(Form::String, bound) {
            Ok(bytes) => match text::text(bytes) {
                Ok(text) => *slot = String::from(text),
                Err(error) => match self.replaced(bytes, &error) {
                    Ok(text) => *slot = text,
                    Err(fault) => self.stop(&fault),
                },
            },
            Err(fault) => self.stop(&fault),
        }
    }

    /// [`take_str`](Self::take_str) of text in any language, or of none.
    #[inline(never)]
    fn take_other_str(&mut self, bound: u32) -> Result<&'de str, Fault> {
        let bytes = self.take_bytes(Form::String, bound)?;
        match str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => Err(self.malformed(bytes, &error)),
        }
    }

    /// `opaque<>` or `string<>`: length, bytes, padding.
    #[inline]
    fn take_bytes(&mut self, form: Form, bound: u32) -> Result<&'de [u8], Fault> {
        match whole(self.rest, bound) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => self.take_bytes_stepwise(form, bound),
        }
    }

    /// The same one step after the other, to find which rule is broken, or that it is relaxed.
    #[cold]
    #[inline(never)]
    fn take_bytes_stepwise(&mut self, form: Form, bound: u32) -> Result<&'de [u8], Fault> {
        let start = self.offset();
        let len = self.take_u32()?;
        if len > bound {
            self.over_bound(start, form, len, bound)?;
        }
        let split = usize::try_from(len)
            .ok()
            .and_then(|n| self.rest.split_at_checked(n));
        let Some((bytes, rest)) = split else {
            let left = self.rest.len();
            return Err(self.fail_at(start, ErrorKind::LengthOverInput { form, len, left }));
        };
        self.rest = rest;
        self.take_padding(bytes.len())?;
        Ok(bytes)
    }

    /// The zero to three bytes that fill the unit after `len` bytes (section 3).
    #[inline]
    fn take_padding(&mut self, len: usize) -> Result<(), Fault> {
        let Some((padding, rest)) = self.rest.split_at_checked(len.wrapping_neg() & 3) else {
            return Err(self.end());
        };
        if padding.iter().any(|byte| *byte != 0) {
            self.non_zero(padding)?;
        }
        self.rest = rest;
        Ok(())
    }
}

/// The bytes behind a length word and what follows their padding, if all is as the rules ask.
#[inline]
fn whole(input: &[u8], bound: u32) -> Option<(&[u8], &[u8])> {
    let (word, body) = input.split_first_chunk()?;
    let word = u32::from_be_bytes(*word);
    let len = usize::try_from(word).ok()?;
    let padding = len.wrapping_neg() & 3;
    let (padded, rest) = body.split_at_checked(len.checked_add(padding)?)?;
    // The last unit without its data.
    let fill = match padded.last_chunk() {
        Some(unit) => u32::from_be_bytes(*unit) & !(u32::MAX << (8 * padding)),
        None => 0,
    };
    let bytes = padded.get(..len)?;
    (word <= bound && fill == 0).then_some((bytes, rest))
}
