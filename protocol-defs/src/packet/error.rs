//! What can be wrong with a stream of packets.

use std::fmt;

use super::header::{HEADER_LEN, LENGTH_LEN, MAX_LEN};

/// A length word that no packet has. Where the next packet begins can then not be known, so a reader that has met
/// one stays at it.
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
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { length, offset } => write!(
                f,
                "packet of {length} bytes is shorter than its header, which takes {}, at byte {offset} of the stream",
                LENGTH_LEN + HEADER_LEN
            ),
            Self::TooLong { length, offset } => write!(
                f,
                "packet of {length} bytes is longer than the {} that libvirt takes, at byte {offset} of the stream",
                LENGTH_LEN + MAX_LEN
            ),
        }
    }
}

impl std::error::Error for FrameError {}
