//! What can be wrong with a stream of packets.

use std::fmt;

use super::header::{HEADER_LEN, LENGTH_LEN, MAX_FDS, MAX_LEN};

/// Something that no packet has. Where the next packet begins, or which descriptors belong to it, can then not be
/// known, so a reader that has met one stays at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// There is no room for a header.
    TooShort {
        /// The length word.
        length: u32,
        /// Bytes of the stream before it.
        offset: u64,
    },
    /// More than libvirt takes.
    TooLong {
        /// The length word.
        length: u32,
        /// Bytes of the stream before it.
        offset: u64,
    },
    /// A packet with file descriptors ends before it says how many.
    NoFdCount {
        /// Bytes of the stream before the packet.
        offset: u64,
    },
    /// More file descriptors than libvirt takes.
    TooManyFds {
        /// How many there are said to be.
        count: u32,
        /// Bytes of the stream before the packet.
        offset: u64,
    },
}

impl FrameError {
    /// Bytes of the stream before the packet.
    pub const fn offset(&self) -> u64 {
        match self {
            Self::TooShort { offset, .. }
            | Self::TooLong { offset, .. }
            | Self::NoFdCount { offset }
            | Self::TooManyFds { offset, .. } => *offset,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { length, .. } => write!(
                f,
                "packet of {length} bytes is shorter than its header, which takes {}",
                LENGTH_LEN + HEADER_LEN
            ),
            Self::TooLong { length, .. } => write!(
                f,
                "packet of {length} bytes is longer than the {} that libvirt takes",
                LENGTH_LEN + MAX_LEN
            ),
            Self::NoFdCount { .. } => {
                f.write_str("packet with file descriptors ends before their number")
            }
            Self::TooManyFds { count, .. } => write!(
                f,
                "packet with {count} file descriptors, more than the {MAX_FDS} that libvirt takes"
            ),
        }?;
        write!(f, ", at byte {} of the stream", self.offset())
    }
}

impl std::error::Error for FrameError {}
