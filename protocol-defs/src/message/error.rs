//! Why a packet is no message.

use std::fmt;

use xdr_wire::{DecodeError, MessageError};

use crate::packet::{Kind, Status};
use crate::stream::StreamError;

/// What does not fit in a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// No program has this number, or its feature is off.
    UnknownProgram {
        /// The number.
        program: u32,
    },
    /// The program is known in another version.
    WrongVersion {
        /// The program's number.
        program: u32,
        /// The version in the packet.
        version: u32,
        /// The version that is known.
        known: u32,
    },
    /// The packet is of a kind that nobody knows.
    Kind {
        /// The kind.
        kind: Kind,
    },
    /// No packet of its kind has its status.
    Status {
        /// The packet's kind.
        kind: Kind,
        /// The packet's status.
        status: Status,
    },
    /// The procedure is unknown or of another kind than the packet, or the payload is not of its type.
    Message(MessageError),
    /// The payload of an error reply is no error.
    Error(DecodeError),
    /// A keepalive packet has a payload.
    Keepalive(DecodeError),
    /// The payload of a stream's packet is not what it should be.
    Stream(DecodeError),
}

impl From<MessageError> for ReadError {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

impl From<StreamError> for ReadError {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Kind { kind } => Self::Kind { kind },
            StreamError::Status { kind, status } => Self::Status { kind, status },
            StreamError::Payload(error) => Self::Stream(error),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProgram { program } => write!(f, "no program has the number {program:#x}"),
            Self::WrongVersion {
                program,
                version,
                known,
            } => write!(
                f,
                "version {version} of program {program:#x}, which is known in version {known}"
            ),
            Self::Kind { kind } => write!(f, "packet of kind {kind:?}"),
            Self::Status { kind, status } => {
                write!(f, "packet of kind {kind:?} with status {status:?}")
            }
            Self::Message(error) => error.fmt(f),
            Self::Error(error) => write!(f, "payload of an error: {error}"),
            Self::Keepalive(error) => write!(f, "payload of a keepalive packet: {error}"),
            Self::Stream(error) => write!(f, "payload of a stream: {error}"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Message(error) => Some(error),
            Self::Error(error) | Self::Keepalive(error) | Self::Stream(error) => Some(error),
            _ => None,
        }
    }
}
