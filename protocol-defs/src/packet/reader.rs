//! Bytes → packets.

use super::error::FrameError;
use super::header::{HEADER_LEN, Header, LENGTH_LEN, MAX_LEN};

/// A packet in the reader's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it is.
    pub header: Header,
    /// What follows the header, all of it.
    pub payload: &'a [u8],
    /// Bytes of the stream before its length word.
    pub offset: u64,
}

/// Splits a stream into packets, however its bytes arrive.
///
/// Holds the bytes of one unfinished packet and of what was fed behind it: memory grows with what arrives, never
/// with what a length word claims.
#[derive(Clone, Debug, Default)]
pub struct PacketReader {
    buffer: Vec<u8>,
    /// Where the next packet begins in the buffer.
    start: usize,
    /// Bytes of the stream before the buffer.
    before: u64,
}

impl PacketReader {
    /// A reader at the beginning of a stream.
    pub const fn new() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            before: 0,
        }
    }

    /// Takes the next bytes of the stream, as many as there are.
    pub fn feed(&mut self, bytes: &[u8]) {
        // What is moved is never more than what has been read since it was moved last.
        if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.before += self.start as u64;
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next packet, or nothing if it has not arrived whole.
    ///
    /// # Errors
    /// [`FrameError`] if the length word is out of range; from then on, always the same error.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, FrameError> {
        let offset = self.before + self.start as u64;
        let unread = &self.buffer[self.start..];
        let Some((word, rest)) = unread.split_first_chunk::<LENGTH_LEN>() else {
            return Ok(None);
        };
        let length = body_len(*word, offset)?;
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        // The length leaves room for a header, and a header of any bytes can be read: its enums are open. Should that
        // ever change, the stream ends here rather than stand still.
        let Ok((header, payload)) = xdr_wire::from_prefix::<Header>(body) else {
            let length = u32::from_be_bytes(*word);
            return Err(FrameError::TooShort { length, offset });
        };
        self.start += LENGTH_LEN + length;
        Ok(Some(Packet {
            header,
            payload,
            offset,
        }))
    }

    /// Bytes that belong to no finished packet: at the end of a stream, what was cut off.
    pub fn unread(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

/// Bytes of header and payload, by the length word.
fn body_len(word: [u8; LENGTH_LEN], offset: u64) -> Result<usize, FrameError> {
    let length = u32::from_be_bytes(word);
    match usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_sub(LENGTH_LEN))
    {
        Some(body) if body > MAX_LEN => Err(FrameError::TooLong { length, offset }),
        Some(body) if body >= HEADER_LEN => Ok(body),
        _ => Err(FrameError::TooShort { length, offset }),
    }
}
