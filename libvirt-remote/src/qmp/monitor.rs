//! A connection to a monitor. It is one value and no task: whoever waits for something reads what comes.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use protocol_defs::graphics::Uuid;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::error::beginning;
use super::lines::Lines;
use super::{Error, Event, Fault, Message, Options, Version};

/// Bytes that a read asks for.
const READ_SIZE: usize = 16 << 10;

/// What bytes go through, both ways.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Duplex for T {}

/// The same, as it is held.
pub(super) type Io = Pin<Box<dyn Duplex>>;

/// A connection to the monitor of a QEMU, ready for commands.
///
/// ```no_run
/// use libvirt_remote::qmp::{Error, Monitor, Options};
///
/// # async fn watch() -> Result<(), Error> {
/// let mut monitor = Monitor::connect("/run/web.qmp".as_ref(), Options::default()).await?;
/// let name = monitor.query_name().await?;
/// println!("QEMU {}, {name:?}", monitor.version());
/// loop {
///     let event = monitor.next_event().await?;
///     println!("{}", event.name);
/// }
/// # }
/// ```
///
/// # Cancelling
/// Every future may be dropped. No event is lost by it; a command that had begun to be sent is sent whole with the next
/// one, and its answer is dropped when it comes.
pub struct Monitor {
    io: Io,
    options: Options,
    version: Version,
    lines: Lines,
    /// What is to be written.
    outgoing: BytesMut,
    /// The number of the next command.
    next_id: u64,
    /// Events that came while a command waited, with the lengths of their lines.
    events: VecDeque<(Event, usize)>,
    event_bytes: usize,
    /// Events that came when these were too many.
    lost: u64,
    ended: Option<Arc<Fault>>,
}

/// What QEMU says of its VNC server (`query-vnc`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Vnc {
    /// Whether there is one.
    pub enabled: bool,
    /// Where it listens: an address, or `*` for all; empty for a UNIX socket.
    pub host: Option<String>,
    /// Its port, or the path of its UNIX socket.
    pub service: Option<String>,
    /// `ipv4`, `ipv6`, `unix`, and others that QEMU may have.
    pub family: Option<String>,
    /// How viewers authenticate.
    pub auth: Option<String>,
    /// Who is connected.
    #[serde(default)]
    pub clients: Vec<VncClient>,
}

/// A viewer that is connected by VNC.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct VncClient {
    /// Its address.
    pub host: String,
    /// Its port.
    pub service: String,
    /// `ipv4`, `ipv6`, `unix`, and others that QEMU may have.
    pub family: String,
    /// The distinguished name in its certificate.
    pub x509_dname: Option<String>,
    /// Its user name by SASL.
    pub sasl_username: Option<String>,
}

#[derive(Deserialize)]
struct Name {
    name: Option<String>,
}

#[derive(Deserialize)]
struct UuidInfo {
    #[serde(rename = "UUID")]
    uuid: String,
}

impl Monitor {
    /// Connects to a monitor at a UNIX socket, waits for its greeting, and leaves the negotiation of capabilities, of
    /// which it asks for none.
    ///
    /// # Errors
    /// [`Error::Connect`]; [`Error::Timeout`], as when the monitor has another client; [`Error::Ended`] if it is none.
    pub async fn connect(path: &Path, options: Options) -> Result<Self, Error> {
        let connected = timeout(options.timeout, UnixStream::connect(path)).await;
        let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        match connected {
            Ok(io) => Self::over(io, options).await,
            Err(error) => Err(Error::Connect {
                address: path.display().to_string(),
                error: Arc::new(error),
            }),
        }
    }

    /// The same over a connection that is there already.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn over(
        io: impl AsyncRead + AsyncWrite + Send + 'static,
        options: Options,
    ) -> Result<Self, Error> {
        Self::begin(Box::pin(io), options).await
    }

    pub(super) async fn begin(io: Io, options: Options) -> Result<Self, Error> {
        let mut monitor = Self {
            io,
            version: Version {
                numbers: [0; 3],
                package: String::new(),
            },
            lines: Lines::new(options.line_limit),
            outgoing: BytesMut::new(),
            next_id: 0,
            events: VecDeque::new(),
            event_bytes: 0,
            lost: 0,
            ended: None,
            options,
        };
        let after = monitor.options.timeout;
        let greeting = timeout(after, monitor.greeting()).await;
        monitor.version = greeting.map_err(|_| Error::Timeout {
            what: "greeting (does the monitor have another client?)".to_owned(),
            after,
        })??;
        monitor
            .execute::<Map<String, Value>>("qmp_capabilities", None)
            .await?;
        Ok(monitor)
    }

    /// QEMU's version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Has QEMU carry out a command, and waits for its result. Events that come meanwhile are kept.
    ///
    /// # Errors
    /// [`Error::Command`], [`Error::Result`], [`Error::Timeout`], [`Error::Ended`].
    pub async fn execute<T: DeserializeOwned>(
        &mut self,
        command: &str,
        arguments: Option<&Value>,
    ) -> Result<T, Error> {
        let id = self.next_id;
        self.next_id += 1;
        let mut line = json!({ "execute": command, "id": id });
        if let Some(arguments) = arguments {
            line["arguments"] = arguments.clone();
        }
        self.outgoing.extend_from_slice(line.to_string().as_bytes());
        self.outgoing.extend_from_slice(b"\n");
        let after = self.options.timeout;
        let answer = timeout(after, self.answer(id)).await;
        let answer = answer.map_err(|_| Error::Timeout {
            what: format!("answer to {command}"),
            after,
        })??;
        let command = command.to_owned();
        match answer {
            Ok(value) => T::deserialize(value).map_err(|error| Error::Result {
                command,
                error: Arc::new(error),
            }),
            Err(error) => Err(Error::Command { command, error }),
        }
    }

    /// The name that QEMU was started with (`-name`), if it was.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn query_name(&mut self) -> Result<Option<String>, Error> {
        let Name { name } = self.execute("query-name", None).await?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// The UUID that QEMU was started with (`-uuid`); all zeros if it was not.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn query_uuid(&mut self) -> Result<Uuid, Error> {
        let UuidInfo { uuid } = self.execute("query-uuid", None).await?;
        uuid.parse().map_err(|error| Error::Result {
            command: "query-uuid".to_owned(),
            error: Arc::new(serde::de::Error::custom(error)),
        })
    }

    /// The VNC server, and who is connected to it now. Those who are have not all said who they are.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn query_vnc(&mut self) -> Result<Vnc, Error> {
        self.execute("query-vnc", None).await
    }

    /// The next event.
    ///
    /// # Errors
    /// [`Error::Lost`] where events are missing; [`Error::Ended`] behind the last one.
    pub async fn next_event(&mut self) -> Result<Event, Error> {
        if let Some((event, length)) = self.events.pop_front() {
            self.event_bytes -= length;
            return Ok(event);
        }
        if self.lost > 0 {
            let count = std::mem::take(&mut self.lost);
            return Err(Error::Lost { count });
        }
        self.flush().await?;
        loop {
            match self.read().await? {
                (_, _, Message::Event(event)) => return Ok(event),
                (number, line, message) => {
                    self.check_late(number, &line, &message, self.next_id)?;
                }
            }
        }
    }

    async fn greeting(&mut self) -> Result<Version, Error> {
        match self.read().await? {
            (_, _, Message::Greeting(version)) => Ok(version),
            (number, line, _) => Err(self.unexpected(number, &line, "not QEMU's greeting")),
        }
    }

    /// Waits for the answer to a command.
    async fn answer(&mut self, id: u64) -> Result<Result<Value, super::CommandError>, Error> {
        self.flush().await?;
        loop {
            let (number, line, message) = self.read().await?;
            match message {
                Message::Event(event) => self.keep(event, line.len()),
                Message::Return {
                    id: Some(of),
                    value,
                } if of == id => return Ok(Ok(value)),
                Message::Error {
                    id: Some(of),
                    error,
                } if of == id => return Ok(Err(error)),
                message => self.check_late(number, &line, &message, id)?,
            }
        }
    }

    /// Lets an answer pass to a command that nobody waits for any more; anything else ends the connection.
    fn check_late(
        &mut self,
        number: u64,
        line: &[u8],
        message: &Message,
        before: u64,
    ) -> Result<(), Error> {
        let why = match message {
            Message::Return { id, .. } | Message::Error { id, .. } => {
                let id = id.as_ref().and_then(Value::as_u64);
                if id.is_some_and(|id| id < before) {
                    return Ok(());
                }
                "an answer to nothing"
            }
            _ => "another greeting",
        };
        Err(self.unexpected(number, line, why))
    }

    /// Keeps an event until somebody asks for it, or counts it as lost: the newest, so that those that are kept have no
    /// gap between them.
    fn keep(&mut self, event: Event, length: usize) {
        let bytes = self.event_bytes.saturating_add(length);
        let has_room = self.events.is_empty()
            || (self.events.len() < self.options.event_queue
                && bytes <= self.options.event_queue_bytes);
        if self.lost == 0 && has_room {
            self.event_bytes = bytes;
            self.events.push_back((event, length));
        } else {
            self.lost += 1;
        }
    }

    /// The next message, the line that it came in, and that line's number.
    async fn read(&mut self) -> Result<(u64, BytesMut, Message), Error> {
        loop {
            self.check()?;
            match self.lines.next_line() {
                Ok(Some((number, line))) => {
                    return match Message::read(&line) {
                        Ok(message) => Ok((number, line, message)),
                        Err(error) => Err(self.end(Fault::Message {
                            line: number,
                            error,
                            text: beginning(&line),
                        })),
                    };
                }
                Ok(None) => {}
                Err(_) => {
                    return Err(self.end(Fault::TooLong {
                        line: self.lines.number(),
                        limit: self.options.line_limit,
                    }));
                }
            }
            self.lines.buffer.reserve(READ_SIZE);
            match self.io.read_buf(&mut self.lines.buffer).await {
                Ok(0) => return Err(self.end(self.hung_up())),
                Ok(_) => {}
                Err(error) => return Err(self.end(Fault::Io(error))),
            }
        }
    }

    fn hung_up(&self) -> Fault {
        match self.lines.buffer.len() {
            0 => Fault::Closed,
            length => Fault::CutOff {
                line: self.lines.number(),
                length,
            },
        }
    }

    /// Writes what is to be written.
    async fn flush(&mut self) -> Result<(), Error> {
        self.check()?;
        while !self.outgoing.is_empty() {
            match self.io.write(&self.outgoing).await {
                Ok(0) => return Err(self.end(Fault::Io(io::ErrorKind::WriteZero.into()))),
                Ok(count) => self.outgoing.advance(count),
                Err(error) => return Err(self.end(Fault::Io(error))),
            }
        }
        match self.io.flush().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.end(Fault::Io(error))),
        }
    }

    fn check(&self) -> Result<(), Error> {
        match &self.ended {
            Some(fault) => Err(Error::Ended(Arc::clone(fault))),
            None => Ok(()),
        }
    }

    fn unexpected(&mut self, number: u64, line: &[u8], why: &'static str) -> Error {
        self.end(Fault::Unexpected {
            line: number,
            why,
            text: beginning(line),
        })
    }

    fn end(&mut self, fault: Fault) -> Error {
        let fault = self.ended.get_or_insert_with(|| Arc::new(fault));
        Error::Ended(Arc::clone(fault))
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("version", &self.version)
            .field("events", &self.events.len())
            .field("lost", &self.lost)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
