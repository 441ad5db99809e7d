//! What can go wrong, by who said so: this side, the way to the daemon, or the daemon.

use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use protocol_defs::message::ReadError;
use protocol_defs::packet::{FrameError, Header, MessageError, WriteError};
use xdr_wire::DecodeError;

use crate::uri::UriError;
use crate::wire;

/// Why something failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The URI says nothing that can be connected to.
    Uri(UriError),
    /// There is no way to the daemon.
    Connect {
        /// What was tried to reach.
        address: String,
        /// Why it cannot be.
        error: io::Error,
    },
    /// The daemon does not let the client in.
    Auth(AuthError),
    /// The daemon's answer is an error. Its code, origin and level have names:
    /// [`error_code`](MessageError::error_code), [`origin`](MessageError::origin) and
    /// [`error_level`](MessageError::error_level).
    Remote(Box<MessageError>),
    /// The arguments break a bound of their type. Nothing has been sent.
    Arguments {
        /// The procedure's XDR name.
        procedure: &'static str,
        /// Which bound.
        error: WriteError,
    },
    /// The result is not of the procedure's type. The connection goes on.
    Result {
        /// The procedure's XDR name.
        procedure: &'static str,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// The result of a call that was made as a value is not of the procedure's type. The connection goes on.
    Unreadable(ReadError),
    /// The daemon has not answered in time. Whether it does what was asked is not known.
    Timeout {
        /// What was waited for.
        what: &'static str,
        /// How long.
        after: Duration,
    },
    /// The connection has ended.
    Closed(Closed),
    /// What was asked of a stream that is over.
    Finished,
    /// This side has given the stream up, since it kept others waiting and nobody took what it held:
    /// [`Options::stream_patience`](crate::Options::stream_patience).
    Stalled {
        /// For how long.
        after: Duration,
    },
    /// File descriptors only pass over UNIX sockets.
    NoDescriptors,
    /// The daemon is too old for what was asked.
    Unsupported {
        /// What it lacks.
        what: &'static str,
    },
}

impl Error {
    /// The daemon's error, if it is one.
    pub fn remote(&self) -> Option<&MessageError> {
        match self {
            Self::Remote(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the daemon does not know the procedure, so that an older one may be tried.
    pub fn is_unsupported(&self) -> bool {
        match self {
            Self::Remote(error) => error.is_unsupported(),
            Self::Unsupported { .. } => true,
            _ => false,
        }
    }
}

impl From<UriError> for Error {
    fn from(error: UriError) -> Self {
        Self::Uri(error)
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<Closed> for Error {
    fn from(closed: Closed) -> Self {
        Self::Closed(closed)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri(error) => error.fmt(f),
            Self::Connect { address, error } => write!(f, "cannot connect to {address}: {error}"),
            Self::Auth(error) => error.fmt(f),
            Self::Remote(error) => error.fmt(f),
            Self::Arguments { procedure, error } => write!(f, "arguments of {procedure}: {error}"),
            Self::Result { procedure, error } => write!(f, "result of {procedure}: {error}"),
            Self::Unreadable(error) => write!(f, "result that cannot be read: {error}"),
            Self::Timeout { what, after } => write!(f, "no answer to {what} within {after:?}"),
            Self::Closed(closed) => closed.fmt(f),
            Self::Finished => f.write_str("the stream is over"),
            Self::Stalled { after } => write!(
                f,
                "the stream has been given up: nothing of what it held was taken for {after:?}, and others waited"
            ),
            Self::NoDescriptors => {
                f.write_str("file descriptors cannot be passed over this connection")
            }
            Self::Unsupported { what } => write!(f, "the daemon is too old for {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Uri(error) => Some(error),
            Self::Connect { error, .. } => Some(error),
            Self::Auth(error) => Some(error),
            Self::Remote(error) => Some(error),
            Self::Arguments { error, .. } => Some(error),
            Self::Result { error, .. } => Some(error),
            Self::Unreadable(error) => Some(error),
            Self::Closed(closed) => Some(closed),
            Self::Timeout { .. }
            | Self::Finished
            | Self::Stalled { .. }
            | Self::NoDescriptors
            | Self::Unsupported { .. } => None,
        }
    }
}

/// Why the daemon does not let the client in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthError {
    /// The daemon offers no way that is known here, or not the one that was asked for.
    NoWay {
        /// What it offers, by the names in its protocol.
        offered: Vec<String>,
    },
    /// polkit has not been satisfied.
    Polkit,
    /// The daemon asks who the client is, and nobody has told it:
    /// [`Options::credentials`](crate::Options::credentials), or `auth.conf`.
    NoCredentials,
    /// `auth.conf` cannot be read, or is none.
    File {
        /// Which file.
        path: String,
        /// Why.
        why: String,
    },
    /// The daemon offers no mechanism of SASL that is known here and may be used: PLAIN only where nobody can listen, on
    /// a UNIX socket or in TLS.
    NoMechanism {
        /// What it offers.
        offered: Vec<String>,
    },
    /// The exchange has failed on this side.
    Sasl {
        /// Why.
        why: String,
    },
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWay { offered } if offered.is_empty() => {
                f.write_str("the daemon offers no way to authenticate")
            }
            Self::NoWay { offered } => write!(
                f,
                "of the ways to authenticate that the daemon offers ({}) none will do",
                offered.join(", ")
            ),
            Self::Polkit => f.write_str("polkit refuses"),
            Self::NoCredentials => f.write_str("the daemon asks for a user and a password"),
            Self::File { path, why } => write!(f, "{path}: {why}"),
            Self::NoMechanism { offered } => write!(
                f,
                "of the mechanisms of SASL that the daemon offers ({}) none will do",
                offered.join(", ")
            ),
            Self::Sasl { why } => write!(f, "SASL: {why}"),
        }
    }
}

impl std::error::Error for AuthError {}

/// A connection has ended. Every call that waited for an answer then has this error, and every later one.
#[derive(Clone, Debug)]
pub struct Closed(Arc<CloseReason>);

impl Closed {
    pub(crate) fn new(reason: CloseReason) -> Self {
        Self(Arc::new(reason))
    }

    /// Why it has ended.
    pub fn reason(&self) -> &CloseReason {
        &self.0
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the connection has ended: {}", self.0)
    }
}

impl std::error::Error for Closed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.reason() {
            CloseReason::Frame(error) => Some(error),
            CloseReason::Io(error) => Some(error),
            CloseReason::NotRegistered(error) | CloseReason::NotReconnected { error, .. } => {
                Some(error)
            }
            _ => None,
        }
    }
}

/// Why a connection has ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum CloseReason {
    /// This side wanted no more of it.
    Here,
    /// The daemon has hung up, between two packets.
    ByPeer,
    /// The daemon has hung up within a packet.
    CutOff {
        /// Bytes of the packet that had come.
        length: usize,
    },
    /// The connection has failed.
    Io(io::Error),
    /// What came is no packet.
    Frame(FrameError),
    /// What came is no packet that a daemon may send, or answers no call.
    Unexpected {
        /// Its header.
        header: Box<Header>,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The daemon has sent more file descriptors than belong to any packet.
    Descriptors,
    /// The daemon has neither sent anything nor answered this many keepalive packets.
    Keepalive {
        /// How many.
        pings: u32,
    },
    /// The connection was made anew, but the daemon has not answered in time when events were registered for again.
    NotRenewed {
        /// How long it had: [`call_timeout`](crate::Options::call_timeout), or
        /// [`open_timeout`](crate::Options::open_timeout) if there is none.
        after: Duration,
    },
    /// The daemon has answered none of so many calls whose callers have gone, because their time was over or they were
    /// dropped. Late answers have to be known for what they are; so many are not remembered.
    Unanswered {
        /// How many: more than 16,384.
        calls: usize,
    },
    /// The connection was made anew, but the events could not be registered for again. Only they have ended.
    NotRegistered(Box<Error>),
    /// The connection was lost, and [could not be made anew](crate::ReconnectOptions).
    NotReconnected {
        /// How it was lost.
        lost: Closed,
        /// How many attempts there were.
        attempts: u32,
        /// Why the last of them failed.
        error: Box<Error>,
    },
    /// The tokio runtime of the connection has ended.
    Runtime,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => f.write_str("this side has closed it"),
            Self::ByPeer => f.write_str("the daemon has closed it"),
            Self::CutOff { length } => write!(
                f,
                "the daemon has closed it after {length} bytes of a packet"
            ),
            Self::Io(error) => error.fmt(f),
            Self::Frame(error) => error.fmt(f),
            Self::Unexpected { header, why } => wire::unexpected(f, header, why),
            Self::Descriptors => f.write_str("file descriptors that belong to no packet"),
            Self::Keepalive { pings } => {
                write!(f, "the daemon has not answered {pings} keepalive packets")
            }
            Self::NotRenewed { after } => write!(
                f,
                "the daemon has not answered a registration for events within {after:?}"
            ),
            Self::Unanswered { calls } => write!(
                f,
                "the daemon has not answered {calls} calls whose callers have gone"
            ),
            Self::NotRegistered(error) => write!(f, "no registration on a new one: {error}"),
            Self::NotReconnected {
                lost,
                attempts,
                error,
            } => {
                let reason = lost.reason();
                let times = if *attempts == 1 {
                    "attempt"
                } else {
                    "attempts"
                };
                write!(f, "{reason}; no new one after {attempts} {times}: {error}")
            }
            Self::Runtime => f.write_str("its runtime has ended"),
        }
    }
}
