//! One packet: where it ends, and what its parts are.

use super::error::FrameError;
use super::header::{HEADER_LEN, Header, LENGTH_LEN, MAX_FDS, MAX_LEN};
use super::write::{WriteError, write_raw};

/// A packet; `P` holds the bytes of its payload, such as `&[u8]` or `Vec<u8>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<P> {
    /// What it is.
    pub header: Header,
    /// File descriptors that come with it. Always 0 unless its kind [has some](super::Kind::has_fds).
    pub fds: u32,
    /// What follows the header and the number of file descriptors, all of it.
    pub payload: P,
    /// Bytes of the stream before its length word.
    pub offset: u64,
}

/// A packet that may outlive what it was read from, for queues.
pub type OwnedPacket = Packet<Vec<u8>>;

impl<P: AsRef<[u8]>> Packet<P> {
    /// The same packet, its payload borrowed.
    pub fn borrowed(&self) -> Packet<&[u8]> {
        self.with(self.payload.as_ref())
    }

    /// The same packet with a payload of its own.
    pub fn owned(&self) -> OwnedPacket {
        self.with(self.payload.as_ref().to_owned())
    }

    /// Appends the packet as it goes on the wire.
    ///
    /// # Errors
    /// As [`write_raw`].
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), WriteError> {
        write_raw(&self.header, self.fds, self.payload.as_ref(), out)
    }
}

impl<P> Packet<P> {
    pub(super) fn with<Q>(&self, payload: Q) -> Packet<Q> {
        Packet {
            header: self.header,
            fds: self.fds,
            payload,
            offset: self.offset,
        }
    }
}

/// Bytes of the packet that `bytes` begin with, its length word included, or nothing if that word is not there yet.
pub(super) fn packet_len(bytes: &[u8], offset: u64) -> Result<Option<usize>, FrameError> {
    let Some(word) = bytes.first_chunk::<LENGTH_LEN>() else {
        return Ok(None);
    };
    let length = u32::from_be_bytes(*word);
    let body = usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_sub(LENGTH_LEN));
    match body {
        Some(body) if body > MAX_LEN => Err(FrameError::TooLong { length, offset }),
        Some(body) if body >= HEADER_LEN => Ok(Some(LENGTH_LEN + body)),
        _ => Err(FrameError::TooShort { length, offset }),
    }
}

/// The parts of a whole packet.
pub(super) fn open(packet: &[u8], offset: u64) -> Result<Packet<&[u8]>, FrameError> {
    let body = packet.get(LENGTH_LEN..).unwrap_or_default();
    // A header of any bytes can be read: its enums are open. Should that ever change, the stream ends here.
    let Ok((header, payload)) = xdr_wire::from_prefix::<Header>(body) else {
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        return Err(FrameError::TooShort { length, offset });
    };
    let (fds, payload) = if header.kind.has_fds() {
        take_fds(payload, offset)?
    } else {
        (0, payload)
    };
    Ok(Packet {
        header,
        fds,
        payload,
        offset,
    })
}

fn take_fds(payload: &[u8], offset: u64) -> Result<(u32, &[u8]), FrameError> {
    let (word, payload) = payload
        .split_first_chunk()
        .ok_or(FrameError::NoFdCount { offset })?;
    match u32::from_be_bytes(*word) {
        count if count > MAX_FDS => Err(FrameError::TooManyFds { count, offset }),
        count => Ok((count, payload)),
    }
}
