//! What can go wrong with a monitor.

use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use super::{CommandError, MessageError};

/// Why something failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no way to the monitor.
    Connect {
        /// What was tried to reach.
        address: String,
        /// Why it cannot be.
        error: Arc<io::Error>,
    },
    /// QEMU does not carry out the command. The connection goes on.
    Command {
        /// The command.
        command: String,
        /// Why.
        error: CommandError,
    },
    /// The result of a command is not what was expected. The connection goes on.
    Result {
        /// The command.
        command: String,
        /// What is wrong with it.
        error: Arc<serde_json::Error>,
    },
    /// QEMU has not answered in time. A late answer is dropped.
    Timeout {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
    },
    /// So many events came while a command waited for its answer that there was no room for some, which are missing
    /// here. Others follow.
    Lost {
        /// How many.
        count: u64,
    },
    /// The connection has ended. Whatever is tried from then on has this error.
    Ended(Arc<Fault>),
}

/// Why a connection has ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Fault {
    /// QEMU has hung up, between two lines.
    Closed,
    /// QEMU has hung up within a line.
    CutOff {
        /// The line's number, from 1.
        line: u64,
        /// Bytes of it that had come.
        length: usize,
    },
    /// The connection has failed.
    Io(io::Error),
    /// A line is longer than [`Options::line_limit`](super::Options::line_limit).
    TooLong {
        /// Its number, from 1.
        line: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A line is no message.
    Message {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        error: MessageError,
        /// Its beginning; what cannot be printed is escaped.
        text: String,
    },
    /// A line is a message that has no place there.
    Unexpected {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        why: &'static str,
        /// Its beginning; what cannot be printed is escaped.
        text: String,
    },
}

/// Characters of a line that an error shows.
const SHOWN: usize = 80;

/// The beginning of a line, for an error.
pub(super) fn beginning(line: &[u8]) -> String {
    // Four bytes make a character at most.
    let cut = &line[..line.len().min(4 * SHOWN)];
    let text = String::from_utf8_lossy(cut);
    let shown: String = text.chars().take(SHOWN).collect();
    let is_whole = cut.len() == line.len() && shown.len() == text.len();
    let dots = if is_whole { "" } else { "…" };
    format!("{}{dots}", shown.escape_debug())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { address, error } => write!(f, "cannot connect to {address}: {error}"),
            Self::Command { command, error } => write!(f, "{command}: {error}"),
            Self::Result { command, error } => write!(f, "result of {command}: {error}"),
            Self::Timeout { what, after } => write!(f, "no {what} within {after:?}"),
            Self::Lost { count } => write!(f, "{count} events were lost: the queue was full"),
            Self::Ended(fault) => write!(f, "the monitor's connection has ended: {fault}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect { error, .. } => Some(&**error),
            Self::Command { error, .. } => Some(error),
            Self::Result { error, .. } => Some(&**error),
            Self::Ended(fault) => Some(&**fault),
            Self::Timeout { .. } | Self::Lost { .. } => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("QEMU has closed it"),
            Self::CutOff { line, length } => {
                write!(f, "QEMU has closed it after {length} bytes of line {line}")
            }
            Self::Io(error) => error.fmt(f),
            Self::TooLong { line, limit } => {
                write!(f, "line {line} is longer than {limit} bytes")
            }
            Self::Message { line, error, text } => {
                write!(f, "line {line} is no message of QMP: {error}: \"{text}\"")
            }
            Self::Unexpected { line, why, text } => write!(f, "line {line} is {why}: \"{text}\""),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Message { error, .. } => Some(error),
            Self::Closed | Self::CutOff { .. } | Self::TooLong { .. } | Self::Unexpected { .. } => {
                None
            }
        }
    }
}
