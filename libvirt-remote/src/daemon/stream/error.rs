//! Why a stream does not go on, to its handler.

use std::{fmt, io};

use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError};

use super::table::End;
use crate::daemon::request::{Refusal, refusal};

/// Why a stream does not go on.
///
/// A handler returns what it gets, by `?`; or an error of its own, of which `?` makes [`Refused`](Self::Refused).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StreamError {
    /// The daemon has given it up, and this is what the client is told.
    Refused(Refusal),
    /// The client has given it up, and said why or not. It knows that the daemon knows.
    Aborted(Option<Box<MessageError>>),
    /// The client is done and takes no more; or this side has said that all is written. A handler that returns it has done
    /// nothing wrong.
    Finished,
    /// The procedure's clients write, and do not read (`@writestream`).
    Direction,
    /// The client has gone, or the way to it has failed.
    Disconnected,
    /// The daemon has ended the connection, or ends itself.
    Here,
}

impl From<Refusal> for StreamError {
    fn from(error: Refusal) -> Self {
        Self::Refused(error)
    }
}

impl From<MessageError> for StreamError {
    fn from(error: MessageError) -> Self {
        Self::Refused(Box::new(error))
    }
}

/// The stream's own error, if that is what went wrong where it was read or written as bytes; otherwise that of a file, say,
/// which the client is told as `VIR_ERR_SYSTEM_ERROR`.
impl From<io::Error> for StreamError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) => {
                let text = error.to_string();
                refusal(ErrorCode::SYSTEM_ERROR, ErrorOrigin::STREAMS, text).into()
            }
        }
    }
}

impl From<StreamError> for io::Error {
    fn from(error: StreamError) -> Self {
        let kind = match &error {
            StreamError::Finished | StreamError::Disconnected | StreamError::Here => {
                io::ErrorKind::BrokenPipe
            }
            StreamError::Direction => io::ErrorKind::Unsupported,
            StreamError::Aborted(_) => io::ErrorKind::ConnectionAborted,
            StreamError::Refused(_) => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

impl From<&End> for StreamError {
    fn from(end: &End) -> Self {
        match end {
            End::Finished => Self::Finished,
            End::Aborted(error) => Self::Aborted(error.clone()),
            End::Refused(error) => Self::Refused(error.clone()),
            End::Disconnected => Self::Disconnected,
            End::Here => Self::Here,
        }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Aborted(Some(error)) => write!(f, "the client has given the stream up: {error}"),
            Self::Aborted(None) => f.write_str("the client has given the stream up"),
            Self::Finished => f.write_str("the stream is complete"),
            Self::Direction => f.write_str("clients do not read from this stream"),
            Self::Disconnected => f.write_str("the client has gone"),
            Self::Here => f.write_str("the daemon has ended the connection"),
        }
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(error) | Self::Aborted(Some(error)) => Some(error),
            _ => None,
        }
    }
}
