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
        let offset = self.before + self.start as u64;
        let unread = &self.buffer[self.start..];
        let Some(length) = packet_len(unread, offset)? else {
            return Ok(None);
        };
        let Some(packet) = unread.get(..length) else {
            return Ok(None);
        };
        let packet = open(packet, offset)?;
        self.start += length;
        Ok(Some(packet))
    }

    /// Bytes that belong to no finished packet: at the end of a stream, what was cut off.
    pub fn unread(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}
