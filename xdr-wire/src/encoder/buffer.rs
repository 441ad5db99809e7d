//! Where the bytes go: the caller's buffer, of which the next block is initialised before it is written.
//!
//! Small forms are stores into a slice that is known to be long enough, which costs one comparison. Appending each of them
//! would keep the length of the vector up to date in memory, too. The blocks are small enough to stay in the nearest cache
//! between being zeroed and being written, so that zeroing them hardly shows; what is long is appended instead.

use alloc::vec::Vec;

use super::Encoder;
use crate::error::ErrorKind;

/// Bytes that are initialised at a time.
const BLOCK: usize = 1024;

/// Bytes of the first block where nobody has said how long the message is.
pub(crate) const ROOM: usize = 256;

/// From how many bytes on appending is faster than copying into a block.
const LONG: usize = 512;

impl Encoder<'_> {
    /// Makes room for a message of `len` bytes: where there is none, `room` at least. A length of `usize::MAX` is no length: the value is too deep or too large,
    /// and writing it will meet the reason.
    pub(crate) fn begin(&mut self, len: usize, room: usize) {
        let has_room = self.out.capacity() - self.out.len() >= len;
        if len != usize::MAX && (has_room || self.reserve(len.max(room))) {
            self.initialise(len.min(BLOCK));
        }
    }

    /// Whether there is room enough to begin without knowing how long the message is.
    #[inline]
    pub(crate) fn begin_in_room(&mut self) -> bool {
        let has_room = self.out.capacity() - self.out.len() >= ROOM;
        if has_room {
            // Of constant length, without a call: many messages end here.
            self.out.extend_from_slice(&[0; ROOM / 2]);
            self.out.extend_from_slice(&[0; ROOM / 2]);
            self.free = ROOM;
        }
        has_room
    }

    /// Bytes as they are.
    #[inline]
    pub(crate) fn put_array<const N: usize>(&mut self, bytes: [u8; N]) {
        self.put_short(&bytes);
    }

    /// A few bytes as they are. They are not handed on: if they are made up of registers here, they stay there.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the caller knows how many bytes")]
    pub(super) fn put_short(&mut self, bytes: &[u8]) {
        if let Some(slot) = self.open(bytes.len()) {
            slot.copy_from_slice(bytes);
        }
    }

    /// Bytes as they are, with a length word before them if there is one, and with their padding.
    #[inline]
    pub(super) fn put_padded(&mut self, word: Option<u32>, bytes: &[u8]) {
        let padded = bytes.len().saturating_add(bytes.len().wrapping_neg() & 3);
        if padded >= LONG {
            return self.append_padded(word, bytes);
        }
        let head = if word.is_some() { 4 } else { 0 };
        if let Some(slot) = self.open(padded + head) {
            let (len, body) = slot.split_at_mut(head);
            if let (Some(len), Some(word)) = (len.first_chunk_mut(), word) {
                *len = word.to_be_bytes();
            }
            copy_padded(body, bytes);
        }
    }

    /// A length word, its bytes and their padding, if they are few, not over the bound, and there is room for them already.
    #[inline]
    pub(super) fn put_in_room(&mut self, bytes: &[u8], bound: u32) -> bool {
        if bytes.len() >= LONG {
            return false;
        }
        let padded = (bytes.len() + 3) & !3;
        let Ok(word) = u32::try_from(bytes.len()) else {
            return false;
        };
        if word > bound || self.free < padded + 4 {
            return false;
        }
        let slot = self.open_in_room(padded + 4);
        let Some((len, body)) = slot.and_then(<[u8]>::split_first_chunk_mut) else {
            return false;
        };
        *len = word.to_be_bytes();
        copy_padded(body, bytes);
        true
    }

    #[cold]
    #[inline(never)]
    fn append_padded(&mut self, word: Option<u32>, bytes: &[u8]) {
        let padding = bytes.len().wrapping_neg() & 3;
        if self.reserve(bytes.len().saturating_add(padding + 4)) {
            self.append(|out| {
                if let Some(word) = word {
                    out.extend_from_slice(&word.to_be_bytes());
                }
                out.extend_from_slice(bytes);
                out.resize(out.len() + padding, 0);
            });
        }
    }

    /// Lets `write` append `count` units of `len` bytes.
    #[inline]
    pub(crate) fn put_bulk(&mut self, count: usize, len: usize, write: impl FnOnce(&mut Vec<u8>)) {
        if self.reserve(count.saturating_mul(len)) {
            self.append(write);
        }
    }

    /// Lets `write` append to the buffer, which has room for it.
    #[inline]
    fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.truncate(self.end());
        self.free = 0;
        write(&mut self.out);
    }

    /// The next `len` bytes, which are taken for written.
    #[inline]
    fn open(&mut self, len: usize) -> Option<&mut [u8]> {
        if self.free < len {
            self.extend(len);
            if self.free < len {
                return None;
            }
        }
        self.open_in_room(len)
    }

    /// The same where `free` is known to be as many or more.
    #[inline]
    fn open_in_room(&mut self, len: usize) -> Option<&mut [u8]> {
        let end = self.out.len().checked_sub(self.free)?;
        let slot = self.out.get_mut(end..)?.get_mut(..len)?;
        self.free -= len;
        Some(slot)
    }

    /// How many bytes are written, those before the message included.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.out.len() - self.free
    }

    /// Initialises a block with at least `len` bytes.
    #[cold]
    #[inline(never)]
    fn extend(&mut self, len: usize) {
        if self.reserve(len) {
            let most = self.out.capacity() - self.end();
            self.initialise(BLOCK.max(len).min(most));
        }
    }

    /// Zeroes the next `len` bytes.
    fn initialise(&mut self, len: usize) {
        self.out.resize(self.end() + len, 0);
        self.free = len;
    }

    /// Room for `len` more bytes. The exact length was reserved up front, so this grows only for an implementation that
    /// measured too little. Nothing grows after a failure: a message that is discarded anyway needs no memory.
    #[inline]
    pub(crate) fn reserve(&mut self, len: usize) -> bool {
        self.out.capacity() - self.end() >= len || self.grow(len)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, len: usize) -> bool {
        if self.has_failed() {
            return false;
        }
        self.out.truncate(self.end());
        self.free = 0;
        let grown = self.out.try_reserve(len).is_ok();
        if !grown {
            self.fail(ErrorKind::OutOfMemory);
        }
        grown
    }
}

/// Copies to the slice that is as long as the bytes with their padding. Up to 32 bytes go in a few moves, without a call. The
/// last of them has the padding, too: what is stored twice has to go to memory twice.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the caller is itself a call")]
fn copy_padded(to: &mut [u8], from: &[u8]) {
    match from.len() {
        0..4 => {
            let word = match *from {
                [a] => u32::from_le_bytes([a, 0, 0, 0]),
                [a, b] => u32::from_le_bytes([a, b, 0, 0]),
                [a, b, c] => u32::from_le_bytes([a, b, c, 0]),
                _ => 0,
            };
            if let Some(unit) = to.first_chunk_mut() {
                *unit = word.to_le_bytes();
            }
        }
        4..8 => {
            copy_chunk::<4>(to, from);
            copy_last_unit(to, from);
        }
        8..16 => {
            copy_chunk::<8>(to, from);
            copy_last_units(to, from);
        }
        16..=32 => {
            copy_chunk::<16>(to, from);
            let middle = to.len().saturating_sub(16);
            if let (Some(to), Some(from)) = (to.get_mut(middle..), from.get(middle..)) {
                copy_chunk::<8>(to, from);
            }
            copy_last_units(to, from);
        }
        _ => {
            copy_last_unit(to, from);
            if let Some(to) = to.get_mut(..from.len()) {
                to.copy_from_slice(from);
            }
        }
    }
}

/// Copies the first `N` bytes.
#[inline]
fn copy_chunk<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk()) {
        *to = *from;
    }
}

/// Copies what belongs to the last unit, and its padding.
#[inline]
fn copy_last_unit(to: &mut [u8], from: &[u8]) {
    let padding = to.len().saturating_sub(from.len());
    if let (Some(to), Some(from)) = (to.last_chunk_mut(), from.last_chunk()) {
        *to = (u32::from_le_bytes(*from) >> (8 * padding)).to_le_bytes();
    }
}

/// The same with the unit before.
#[inline]
fn copy_last_units(to: &mut [u8], from: &[u8]) {
    let padding = from.len().wrapping_neg() & 3;
    if let (Some(to), Some(from)) = (to.last_chunk_mut(), from.last_chunk()) {
        *to = (u64::from_le_bytes(*from) >> (8 * padding)).to_le_bytes();
    }
}
