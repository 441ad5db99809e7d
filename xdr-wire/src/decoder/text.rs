//! Bytes as text. Most text is ASCII, which is known sooner than that it is UTF-8.

use alloc::string::String;
use core::str::{self, Utf8Error};

/// Text that stays where it is.
#[inline]
pub(super) fn text(bytes: &[u8]) -> Result<&str, Utf8Error> {
    match ascii(bytes) {
        Some(text) => Ok(text),
        None => str::from_utf8(bytes),
    }
}

/// The same if it is ASCII, and known to be.
#[inline]
pub(super) fn ascii(bytes: &[u8]) -> Option<&str> {
    #[cfg(feature = "ascii")]
    return ascii::AsciiStr::from_ascii(bytes)
        .ok()
        .map(ascii::AsciiStr::as_str);
    #[cfg(not(feature = "ascii"))]
    return str::from_utf8(bytes).ok();
}

/// The first `len` bytes as text of its own, if they are few, not none, ASCII, and have some behind them.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "a string that is returned is in memory"
)]
pub(super) fn short(from: &[u8], len: usize) -> Option<String> {
    #[cfg(feature = "ascii")]
    return short::text(from, len);
    #[cfg(not(feature = "ascii"))]
    return {
        let _ = (from, len);
        None
    };
}

/// Short text in a few moves of constant length, in place of calls that look at its length again each.
///
/// What is copied is a multiple of eight bytes: as many as an allocator would give it anyway, and no more than text takes on
/// the wire with the word before it. What is not its own is cut off again.
#[cfg(feature = "ascii")]
#[expect(
    clippy::inline_always,
    reason = "a string that is returned is in memory"
)]
mod short {
    use alloc::boxed::Box;
    use alloc::string::String;

    use ascii::{AsciiChar, AsciiString};

    #[inline(always)]
    pub(super) fn text(from: &[u8], len: usize) -> Option<String> {
        if !is_ascii(from.get(..len)?) {
            return None;
        }
        let chars = match len {
            1..=8 => copied::<8>(from),
            9..=16 => copied::<16>(from),
            17..=24 => copied::<24>(from),
            25..=32 => copied::<32>(from),
            _ => None,
        };
        let mut chars = chars?.into_vec();
        chars.truncate(len);
        Some(AsciiString::from(chars).into())
    }

    /// `N` bytes. Those that are not ASCII are made so.
    #[inline(always)]
    fn copied<const N: usize>(from: &[u8]) -> Option<Box<[AsciiChar]>> {
        // Not at once into memory of the allocator's, where each byte would be moved on its own.
        let mut chars = [AsciiChar::Null; N];
        for (to, byte) in chars.iter_mut().zip(from.first_chunk::<N>()?) {
            *to = AsciiChar::from_ascii(byte & 0x7f).unwrap_or(AsciiChar::Null);
        }
        Some(Box::new(chars))
    }

    /// Whether all bytes are ASCII, by two looks that overlap.
    #[inline(always)]
    fn is_ascii(bytes: &[u8]) -> bool {
        const HIGH: u128 = u128::from_ne_bytes([0x80; 16]);
        const HIGH_8: u64 = u64::from_ne_bytes([0x80; 8]);
        const HIGH_4: u32 = u32::from_ne_bytes([0x80; 4]);
        match bytes.len() {
            0..4 => bytes.is_ascii(),
            4..8 => ends(bytes, u32::from_ne_bytes).is_some_and(|(a, b)| (a | b) & HIGH_4 == 0),
            8..16 => ends(bytes, u64::from_ne_bytes).is_some_and(|(a, b)| (a | b) & HIGH_8 == 0),
            16..=32 => ends(bytes, u128::from_ne_bytes).is_some_and(|(a, b)| (a | b) & HIGH == 0),
            _ => false,
        }
    }

    /// The first and the last `N` bytes.
    #[inline(always)]
    fn ends<T, const N: usize>(bytes: &[u8], made: impl Fn([u8; N]) -> T) -> Option<(T, T)> {
        Some((made(*bytes.first_chunk()?), made(*bytes.last_chunk()?)))
    }
}
