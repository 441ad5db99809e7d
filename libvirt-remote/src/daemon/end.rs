//! Why the connection of a client has ended.

use std::{fmt, io};

use protocol_defs::packet::{FrameError, Header};

use crate::wire::{self, incoming::Broken};

/// Why the connection of a client has ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum End {
    /// The client has hung up between two packets.
    ByClient,
    /// The client has hung up within a packet.
    CutOff {
        /// Bytes of the packet that had come.
        length: usize,
    },
    /// The way to the client has failed.
    Io(io::Error),
    /// The client has sent what is no packet.
    Frame(FrameError),
    /// The client has sent a packet that is longer than [`Options::packet_bytes`](super::Options::packet_bytes).
    TooLong {
        /// Bytes of the packet.
        length: usize,
    },
    /// The client has sent a packet that no client sends.
    Unexpected {
        /// The packet's header.
        header: Box<Header>,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The client has sent more file descriptors than belong to any packet.
    Descriptors,
    /// The client has not answered keepalive packets.
    Keepalive {
        /// How many.
        pings: u32,
    },
    /// The client did not take its events, and [`Overflow::Disconnect`](super::Overflow::Disconnect) is set.
    Overflow,
    /// The client has not opened its driver in the time that it had for that.
    NotOpened,
    /// The client has not taken anything of what waited for it, nor said anything, for so long as it may.
    Stalled,
    /// The client has not taken its answers in the time that it had for that.
    Drained,
    /// The daemon has ended it.
    Here,
}

impl End {
    /// The client has hung up; `begun` is how much of a packet had come, if one had.
    pub(super) fn hung_up(begun: Option<usize>) -> Self {
        match begun {
            None => Self::ByClient,
            Some(length) => Self::CutOff { length },
        }
    }

    pub(super) fn unexpected(header: &Header, why: &'static str) -> Self {
        let header = Box::new(*header);
        Self::Unexpected { header, why }
    }

    /// Whether it is the client's mistake in the protocol.
    pub(super) const fn is_malformed(&self) -> bool {
        matches!(
            self,
            Self::CutOff { .. }
                | Self::Frame(_)
                | Self::TooLong { .. }
                | Self::Unexpected { .. }
                | Self::Descriptors
        )
    }
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Io(error) => Self::Io(error),
            Broken::Frame(error) => Self::Frame(error),
            Broken::Unexpected { header, why } => Self::Unexpected { header, why },
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByClient => f.write_str("the client has hung up"),
            Self::CutOff { length } => {
                write!(f, "the client has hung up after {length} bytes of a packet")
            }
            Self::Io(error) => error.fmt(f),
            Self::Frame(error) => error.fmt(f),
            Self::TooLong { length } => {
                write!(
                    f,
                    "packet of {length} bytes is longer than this daemon takes"
                )
            }
            Self::Unexpected { header, why } => wire::unexpected(f, header, why),
            Self::Descriptors => f.write_str("file descriptors that belong to no packet"),
            Self::Keepalive { pings } => {
                write!(f, "the client has not answered {pings} keepalive packets")
            }
            Self::Overflow => f.write_str("the client does not take its events"),
            Self::NotOpened => f.write_str("the client has not opened its driver in time"),
            Self::Stalled => f.write_str("the client does not take what waits for it"),
            Self::Drained => f.write_str("the client has not taken its answers in time"),
            Self::Here => f.write_str("the daemon has ended it"),
        }
    }
}
