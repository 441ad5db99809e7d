//! Packets of a libvirt connection, without I/O: feed bytes, take packets.
//!
//! A packet is a length word that counts itself, a header of six words, and a payload whose type follows from the
//! header (libvirt, `src/rpc/virnetprotocol.x`).

mod error;
mod header;
mod reader;

pub use error::FrameError;
pub use header::{HEADER_LEN, Header, Kind, LENGTH_LEN, MAX_LEN, Status};
pub use reader::{Packet, PacketReader};

use xdr_wire::{Encode, EncodeError, ErrorKind};

/// Appends a packet with this header and payload.
///
/// # Errors
/// [`WriteError`] if the payload breaks a bound of its type, or makes the packet longer than [`MAX_LEN`]. `out` is
/// then as it was.
pub fn write_packet<T: Encode + ?Sized>(
    header: &Header,
    payload: &T,
    out: &mut Vec<u8>,
) -> Result<(), WriteError> {
    let start = out.len();
    let written = write_into(header, payload, out, start);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn write_into<T: Encode + ?Sized>(
    header: &Header,
    payload: &T,
    out: &mut Vec<u8>,
    start: usize,
) -> Result<(), WriteError> {
    out.extend_from_slice(&[0; LENGTH_LEN]);
    xdr_wire::encode_into(header, out)?;
    xdr_wire::encode_into(payload, out)?;
    let length = out.len() - start;
    let word = u32::try_from(length)
        .ok()
        .filter(|_| length - LENGTH_LEN <= MAX_LEN);
    let word = word.ok_or(WriteError::TooLong { length })?;
    out[start..start + LENGTH_LEN].copy_from_slice(&word.to_be_bytes());
    Ok(())
}

/// Why a packet was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The payload breaks a bound of its type.
    Payload(EncodeError),
    /// The packet would have this many bytes, its length word included.
    TooLong {
        /// Bytes of the packet.
        length: usize,
    },
}

impl WriteError {
    /// The broken rule of the payload, if that is what is wrong.
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Payload(error) => Some(error.kind()),
            Self::TooLong { .. } => None,
        }
    }
}

impl From<EncodeError> for WriteError {
    fn from(error: EncodeError) -> Self {
        Self::Payload(error)
    }
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Payload(error) => error.fmt(f),
            Self::TooLong { length } => write!(
                f,
                "packet of {length} bytes is longer than the {} that libvirt takes",
                MAX_LEN + LENGTH_LEN
            ),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Payload(error) => Some(error),
            Self::TooLong { .. } => None,
        }
    }
}
