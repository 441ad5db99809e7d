//! A QEMU whose monitor may come and go.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use protocol_defs::graphics::{Domain, GraphicsEvent};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep_until, timeout};

use super::monitor::Io;
use super::{Dropped, Error, Event, Monitor, Version, WatchOptions};

/// A QEMU that is watched: what it says of viewers, through one connection after the other.
///
/// ```no_run
/// use libvirt_remote::qmp::{Notice, Watch, WatchOptions};
///
/// # async fn watch() {
/// let mut watch = Watch::new("/run/web.qmp", WatchOptions::default());
/// loop {
///     match watch.next().await {
///         Notice::Graphics(event) => println!("{event}"),
///         Notice::Failed { error, delay } => eprintln!("{error}; next attempt in {delay:?}"),
///         _ => {}
///     }
/// }
/// # }
/// ```
pub struct Watch {
    address: String,
    connect: Connect,
    options: WatchOptions,
    state: State,
    /// How long to wait after the next failure.
    delay: Duration,
    /// Whether there has been a connection.
    has_connected: bool,
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<Io>> + Send>>;
type Connect = Box<dyn FnMut() -> Connecting + Send>;

enum State {
    /// There is no connection, and none is tried before this moment.
    Waiting(Instant),
    Connected {
        monitor: Box<Monitor>,
        domain: Domain,
        since: Instant,
    },
}

/// What a [`Watch`] tells.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Notice {
    /// There is a connection. What QEMU says from now on is told.
    Connected {
        /// Whose events they will be, by what QEMU says.
        domain: Domain,
        /// QEMU's version.
        version: Version,
        /// Whether there has been a connection before. Then events may be missing: viewers may have come and gone, and
        /// this QEMU may be another one. [`Monitor::query_vnc`] says who is there now.
        again: bool,
    },
    /// Somebody came to a screen or left it.
    Graphics(GraphicsEvent),
    /// Something else has happened.
    Other(Event),
    /// Somebody came or left, but QEMU did not say enough.
    Dropped(Dropped),
    /// Events came faster than they were taken, and these are missing here.
    Lost {
        /// How many.
        count: u64,
    },
    /// The connection has ended, or there is none.
    Failed {
        /// Why.
        error: Error,
        /// How long until the next attempt.
        delay: Duration,
    },
}

impl Watch {
    /// Watches a QEMU by its monitor's UNIX socket. Nothing is done before [`next`](Self::next).
    pub fn new(path: impl Into<PathBuf>, options: WatchOptions) -> Self {
        let path = path.into();
        let address = path.display().to_string();
        Self::over(address, options, move || UnixStream::connect(path.clone()))
    }

    /// Watches a QEMU by connections that are made somehow else. The address is what errors call it.
    pub fn over<T, F>(
        address: String,
        options: WatchOptions,
        mut connect: impl FnMut() -> F + Send + 'static,
    ) -> Self
    where
        T: AsyncRead + AsyncWrite + Send + 'static,
        F: Future<Output = io::Result<T>> + Send + 'static,
    {
        Self {
            address,
            connect: Box::new(move || {
                let connecting = connect();
                Box::pin(async move {
                    let io: Io = Box::pin(connecting.await?);
                    Ok(io)
                })
            }),
            state: State::Waiting(Instant::now()),
            delay: options.first_delay,
            has_connected: false,
            options,
        }
    }

    /// What is next to tell. It never ends.
    ///
    /// Cancel-safe: if the future is dropped, no notice is lost; a connection that is being made is made anew.
    pub async fn next(&mut self) -> Notice {
        match &mut self.state {
            State::Waiting(until) => {
                sleep_until(*until).await;
                match self.connect().await {
                    Ok(connected) => connected,
                    Err(error) => self.failed(error),
                }
            }
            State::Connected {
                monitor,
                domain,
                since,
            } => match monitor.next_event().await {
                Ok(event) => match event.graphics(domain) {
                    Ok(Some(graphics)) => Notice::Graphics(graphics),
                    Ok(None) => Notice::Other(event),
                    Err(dropped) => Notice::Dropped(dropped),
                },
                Err(Error::Lost { count }) => Notice::Lost { count },
                Err(error) => {
                    if since.elapsed() >= self.options.longest_delay {
                        self.delay = self.options.first_delay;
                    }
                    self.failed(error)
                }
            },
        }
    }

    /// The connection, if there is one, for commands.
    pub fn monitor(&mut self) -> Option<&mut Monitor> {
        match &mut self.state {
            State::Connected { monitor, .. } => Some(monitor),
            State::Waiting(_) => None,
        }
    }

    async fn connect(&mut self) -> Result<Notice, Error> {
        let options = &self.options.monitor;
        let connected = timeout(options.timeout, (self.connect)()).await;
        let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let io = connected.map_err(|error| Error::Connect {
            address: self.address.clone(),
            error: Arc::new(error),
        })?;
        let mut monitor = Monitor::begin(io, options.clone()).await?;
        let uuid = monitor.query_uuid().await?;
        let name = match &self.options.name {
            Some(name) => Some(name.clone()),
            None => monitor.query_name().await?,
        };
        let domain = Domain {
            name: name.unwrap_or_else(|| uuid.to_string()),
            uuid,
            id: self.options.id,
        };
        let version = monitor.version().clone();
        self.state = State::Connected {
            monitor: Box::new(monitor),
            domain: domain.clone(),
            since: Instant::now(),
        };
        let again = std::mem::replace(&mut self.has_connected, true);
        Ok(Notice::Connected {
            domain,
            version,
            again,
        })
    }

    fn failed(&mut self, error: Error) -> Notice {
        let delay = self.delay.min(self.options.longest_delay);
        self.delay = delay.saturating_mul(2);
        self.state = State::Waiting(Instant::now() + delay);
        Notice::Failed { error, delay }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let monitor = match &self.state {
            State::Connected { monitor, .. } => Some(monitor),
            State::Waiting(_) => None,
        };
        f.debug_struct("Watch")
            .field("address", &self.address)
            .field("monitor", &monitor)
            .finish_non_exhaustive()
    }
}
