//! Packets → bytes.

use std::fmt;

use xdr_wire::{Encode, EncodeError, ErrorKind};

use super::header::{HEADER_LEN, Header, Kind, LENGTH_LEN, MAX_FDS, MAX_LEN};

/// Appends a packet with this header and payload. If its kind has file descriptors, it says that there are none.
///
/// # Errors
/// [`WriteError`] if the payload breaks a bound of its type, or makes the packet longer than [`MAX_LEN`]. `out` is
/// then as it was.
pub fn write_packet<T: Encode + ?Sized>(
    header: &Header,
    payload: &T,
    out: &mut Vec<u8>,
) -> Result<(), WriteError> {
    write_packet_with_fds(header, 0, payload, out)
}

/// Appends a packet that announces `fds` file descriptors; [how they travel](super#file-descriptors) is for the caller.
///
/// # Errors
/// As [`write_packet`]; also if there are more descriptors than [`MAX_FDS`], or the kind of packet has none.
pub fn write_packet_with_fds<T: Encode + ?Sized>(
    header: &Header,
    fds: u32,
    payload: &T,
    out: &mut Vec<u8>,
) -> Result<(), WriteError> {
    write_with(header, fds, out, |out| xdr_wire::encode_into(payload, out))
}

/// Appends a packet whose payload `encode` appends.
pub(crate) fn write_with(
    header: &Header,
    fds: u32,
    out: &mut Vec<u8>,
    encode: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<(), WriteError> {
    let start = out.len();
    let written = write_into(header, fds, out, encode);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn write_into(
    header: &Header,
    fds: u32,
    out: &mut Vec<u8>,
    encode: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<(), WriteError> {
    let start = out.len();
    out.extend_from_slice(&[0; LENGTH_LEN]);
    xdr_wire::encode_into(header, out)?;
    if let Some(count) = fd_count(header.kind, fds)? {
        out.extend_from_slice(&count);
    }
    encode(out)?;
    let word = length_word(out.len() - start)?;
    out[start..start + LENGTH_LEN].copy_from_slice(&word);
    Ok(())
}

/// Appends a packet whose payload is bytes already, of any number: those of streams are not padded.
///
/// # Errors
/// As [`write_packet_with_fds`].
pub fn write_raw(
    header: &Header,
    fds: u32,
    payload: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), WriteError> {
    let prelude = prelude(header, fds, payload.len())?;
    out.reserve(prelude.len() + payload.len());
    out.extend_from_slice(&prelude);
    out.extend_from_slice(payload);
    Ok(())
}

/// What is before a payload of `length` bytes.
pub(super) fn prelude(header: &Header, fds: u32, length: usize) -> Result<Vec<u8>, WriteError> {
    let count = fd_count(header.kind, fds)?;
    let count = count.as_ref().map_or(&[][..], |word| word);
    let length = length.saturating_add(LENGTH_LEN + HEADER_LEN + count.len());
    let mut prelude = length_word(length)?.to_vec();
    xdr_wire::encode_into(header, &mut prelude)?;
    prelude.extend_from_slice(count);
    Ok(prelude)
}

/// The word for the number of file descriptors, if the packet has one.
fn fd_count(kind: Kind, fds: u32) -> Result<Option<[u8; 4]>, WriteError> {
    match (kind.has_fds(), fds) {
        (true, 0..=MAX_FDS) => Ok(Some(fds.to_be_bytes())),
        (true, count) => Err(WriteError::TooManyFds { count }),
        (false, 0) => Ok(None),
        (false, count) => Err(WriteError::FdsWithoutPlace { kind, count }),
    }
}

/// The length word of a packet of `length` bytes, which it is part of.
fn length_word(length: usize) -> Result<[u8; LENGTH_LEN], WriteError> {
    u32::try_from(length)
        .ok()
        .filter(|_| length <= LENGTH_LEN + MAX_LEN)
        .map(u32::to_be_bytes)
        .ok_or(WriteError::TooLong { length })
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
    /// More file descriptors than [`MAX_FDS`].
    TooManyFds {
        /// How many there are.
        count: u32,
    },
    /// File descriptors for a packet of a kind that has none.
    FdsWithoutPlace {
        /// The packet's kind.
        kind: Kind,
        /// How many there are.
        count: u32,
    },
    /// A piece of a stream's data without a byte, which the peer would take for the end of the data.
    EmptyData,
}

impl WriteError {
    /// The broken rule of the payload, if that is what is wrong.
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Payload(error) => Some(error.kind()),
            _ => None,
        }
    }
}

impl From<EncodeError> for WriteError {
    fn from(error: EncodeError) -> Self {
        Self::Payload(error)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payload(error) => error.fmt(f),
            Self::TooLong { length } => write!(
                f,
                "packet of {length} bytes is longer than the {} that libvirt takes",
                MAX_LEN + LENGTH_LEN
            ),
            Self::TooManyFds { count } => write!(
                f,
                "{count} file descriptors are more than the {MAX_FDS} that libvirt takes"
            ),
            Self::FdsWithoutPlace { kind, count } => {
                write!(f, "{count} file descriptors for a packet of kind {kind:?}")
            }
            Self::EmptyData => {
                f.write_str("stream data without a byte would mean the end of the data")
            }
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Payload(error) => Some(error),
            _ => None,
        }
    }
}
