//! Bytes → packets.

use super::error::FrameError;
use super::frame::{Packet, open, packet_len};

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
    /// [`FrameError`] if the length word is out of range, or the number of file descriptors is; from then on, always
    /// the same error.
    pub fn next_packet(&mut self) -> Result<Option<Packet<&[u8]>>, FrameError> {
        let offset = self.offset();
        let unread = &self.buffer[self.start..];
        let Some(packet) = whole(unread, offset)? else {
            return Ok(None);
        };
        let opened = open(packet, offset)?;
        self.start += packet.len();
        Ok(Some(opened))
    }

    /// The next packet, which stays the next one.
    ///
    /// # Errors
    /// As [`next_packet`](Self::next_packet).
    pub fn peek_packet(&self) -> Result<Option<Packet<&[u8]>>, FrameError> {
        let offset = self.offset();
        match whole(self.unread(), offset)? {
            Some(packet) => open(packet, offset).map(Some),
            None => Ok(None),
        }
    }

    /// Bytes of the stream before the next packet.
    pub fn offset(&self) -> u64 {
        self.before + self.start as u64
    }

    /// Bytes that belong to no finished packet: at the end of a stream, what was cut off.
    pub fn unread(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

/// The bytes of the packet that `unread` begins with, if all of them are there.
fn whole(unread: &[u8], offset: u64) -> Result<Option<&[u8]>, FrameError> {
    let length = packet_len(unread, offset)?;
    Ok(length.and_then(|length| unread.get(..length)))
}
