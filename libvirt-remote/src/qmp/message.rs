//! A line of the protocol → message. Nothing here does I/O.

use std::fmt;

use protocol_defs::qemu::DomainMonitorEventMsg;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What QEMU says in one line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// The first line of a connection.
    Greeting(Version),
    /// Something has happened.
    Event(Event),
    /// A command has been carried out.
    Return {
        /// The number that came with the command.
        id: Option<Value>,
        /// Its result.
        value: Value,
    },
    /// A command has failed, or was none.
    Error {
        /// The number that came with the command.
        id: Option<Value>,
        /// Why.
        error: CommandError,
    },
}

/// QEMU's version. [`Display`](fmt::Display) is `7.2.0 (package)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// The three numbers.
    pub numbers: [u32; 3],
    /// What a distribution calls it; may be empty.
    pub package: String,
}

/// Something that has happened in QEMU.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// QEMU's name for it, such as `VNC_CONNECTED`.
    pub name: String,
    /// What it says; empty if it says nothing more.
    pub data: Map<String, Value>,
    /// When, by the host's clock.
    pub timestamp: Option<Timestamp>,
}

/// A time since 1970, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Timestamp {
    /// Seconds; −1, as the other, if the host could not tell.
    pub seconds: i64,
    /// Microseconds beyond them.
    pub microseconds: i64,
}

/// Why a command has failed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CommandError {
    /// What kind of error: `GenericError`, `CommandNotFound`, `DeviceNotFound`.
    pub class: String,
    /// In words.
    #[serde(rename = "desc")]
    pub description: String,
}

/// Why a line is no message.
#[derive(Debug)]
#[non_exhaustive]
pub enum MessageError {
    /// It is no JSON, or a member of it has a type that no message gives it. Its place is a column of the line.
    Json(serde_json::Error),
    /// It is JSON, but no object.
    NoObject,
    /// It is an object without a member that says what it is.
    UnknownKind,
}

/// All that may be in a line. Which of them are there says what it is.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "QMP")]
    greeting: Option<Greeting>,
    event: Option<String>,
    #[serde(default)]
    data: Map<String, Value>,
    timestamp: Option<Timestamp>,
    #[serde(rename = "return", default, deserialize_with = "present")]
    value: Option<Value>,
    error: Option<CommandError>,
    id: Option<Value>,
}

#[derive(Deserialize)]
struct Greeting {
    version: Numbers,
}

#[derive(Deserialize)]
struct Numbers {
    qemu: Triple,
    #[serde(default)]
    package: String,
}

#[derive(Deserialize)]
struct Triple {
    major: u32,
    minor: u32,
    micro: u32,
}

/// A member that is there may be null: the result of a command that has none.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Message {
    /// Reads one line, with or without its end. Members that are not known are left out.
    ///
    /// # Errors
    /// What the line is instead of a message.
    pub fn read(line: &[u8]) -> Result<Self, MessageError> {
        if line.trim_ascii_start().first() != Some(&b'{') {
            serde_json::from_slice::<Value>(line).map_err(MessageError::Json)?;
            return Err(MessageError::NoObject);
        }
        let line: Line = serde_json::from_slice(line).map_err(MessageError::Json)?;
        let id = line.id;
        if let Some(Greeting { version }) = line.greeting {
            let Triple {
                major,
                minor,
                micro,
            } = version.qemu;
            Ok(Self::Greeting(Version {
                numbers: [major, minor, micro],
                package: version.package,
            }))
        } else if let Some(name) = line.event {
            Ok(Self::Event(Event {
                name,
                data: line.data,
                timestamp: line.timestamp,
            }))
        } else if let Some(error) = line.error {
            Ok(Self::Error { id, error })
        } else if let Some(value) = line.value {
            Ok(Self::Return { id, value })
        } else {
            Err(MessageError::UnknownKind)
        }
    }
}

/// What a libvirt daemon passes on of its own monitor, to a client that has registered for it (procedure 4 of the program
/// for QEMU).
impl TryFrom<DomainMonitorEventMsg> for Event {
    type Error = MessageError;

    fn try_from(msg: DomainMonitorEventMsg) -> Result<Self, MessageError> {
        let data = match &msg.details {
            Some(details) => serde_json::from_str(details).map_err(MessageError::Json)?,
            None => Map::new(),
        };
        Ok(Self {
            name: msg.event,
            data,
            timestamp: Some(Timestamp {
                seconds: msg.seconds,
                microseconds: msg.micros.into(),
            }),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, micro] = self.numbers;
        write!(f, "{major}.{minor}.{micro}")?;
        if self.package.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", self.package)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.description, self.class)
    }
}

impl std::error::Error for CommandError {}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => {
                // The line has a number of its own; within it there is only one.
                let words = error.to_string();
                let place = format!(" at line {} column {}", error.line(), error.column());
                let words = words.strip_suffix(&place).unwrap_or(&words);
                write!(f, "{words} at column {}", error.column())
            }
            Self::NoObject => f.write_str("no JSON object"),
            Self::UnknownKind => {
                f.write_str("an object without `QMP`, `event`, `return` or `error`")
            }
        }
    }
}

impl std::error::Error for MessageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::NoObject | Self::UnknownKind => None,
        }
    }
}
