//! Hosts: each is connected to, listened to, and connected to again.

use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use libvirt_remote::error::AuthError;
use libvirt_remote::uri::Uri;
use libvirt_remote::{Connection, Credentials, Error, EventError, Events, Options};
use protocol_defs::events::{FromEvent, RemoteEvent};
use protocol_defs::graphics::{GraphicsEvent, Uuid};
use protocol_defs::message::Event;
use protocol_defs::remote::{self, DomainEventLifecycleMsg, proc};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::{demo, tasks};

/// How long to wait before a lost host is tried again: at first, and at most.
const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(15);

/// How long a daemon may take to say that it has closed a connection.
const CLOSING: Duration = Duration::from_secs(1);

/// Reports that wait to be shown. When there are more, events wait in the connections, which count what they lose.
const REPORTS: usize = 64;

/// The event of a machine's life by which it has stopped (`VIR_DOMAIN_EVENT_STOPPED`).
const STOPPED: i32 = 5;

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A daemon.
    Uri(String),
    /// The daemon in this process.
    Demo,
}

/// Something that a host's task has to say.
#[derive(Debug)]
pub(super) struct Report {
    /// Which of the sources.
    pub(super) host: usize,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// The host is watched from now on.
    Watched {
        name: String,
        /// Whether it was watched before, and lost.
        again: bool,
    },
    /// Somebody came to a screen or left it.
    Event(Box<GraphicsEvent>),
    /// A machine does not run any more.
    Stopped(Uuid),
    /// Events are missing here, or one cannot be read.
    Gap(EventError),
    /// The host was watched, and is not any more. It is tried again.
    Lost(Error),
    /// The host cannot be watched. Nothing more comes of it.
    Failed(Error),
}

/// All hosts, each with its task.
pub(super) struct Hosts {
    sources: Vec<Source>,
    tasks: JoinSet<()>,
    reports: mpsc::Receiver<Report>,
    stop: watch::Sender<bool>,
}

impl Hosts {
    /// Begins to watch. The password is that of the users that URIs name; a table has the terminal for itself.
    pub(super) fn watch(sources: Vec<Source>, password: Option<String>, is_table: bool) -> Self {
        let password: Option<Arc<str>> = password.map(Into::into);
        let (sender, reports) = mpsc::channel(REPORTS);
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for (number, source) in sources.iter().enumerate() {
            let host = Host {
                number,
                source: source.clone(),
                password: password.clone(),
                is_table,
                reports: sender.clone(),
                stopped: stopped.clone(),
            };
            tasks.spawn(host.run());
        }
        Self {
            sources,
            tasks,
            reports,
            stop,
        }
    }

    /// What they are called before they have said their names.
    pub(super) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What comes next; nothing when there is no host left. Cancel-safe.
    ///
    /// # Errors
    /// A host's task has panicked.
    pub(super) async fn next(&mut self) -> io::Result<Option<Report>> {
        tokio::select! {
            biased;
            error = tasks::end(&mut self.tasks) => Err(error),
            report = self.reports.recv() => Ok(report),
        }
    }

    /// What has come already.
    pub(super) fn next_now(&mut self) -> Option<Report> {
        self.reports.try_recv().ok()
    }

    /// Closes all connections, for as long as a daemon may take for that.
    pub(super) async fn close(mut self) {
        // Without a task nobody listens.
        let _ = self.stop.send(true);
        self.reports.close();
        let _ = timeout(2 * CLOSING, async {
            while self.tasks.join_next().await.is_some() {}
        })
        .await;
    }
}

/// A host, as its task has it.
struct Host {
    number: usize,
    source: Source,
    password: Option<Arc<str>>,
    /// Whether there is no terminal for others to ask at.
    is_table: bool,
    reports: mpsc::Sender<Report>,
    stopped: watch::Receiver<bool>,
}

/// The watching is over: this side has been asked to end.
struct Stopped;

impl Host {
    async fn run(mut self) {
        // A report that cannot be delivered is as good as being asked to end.
        let _ = self.watch().await;
    }

    async fn watch(&mut self) -> Result<(), Stopped> {
        let mut has_been_watched = false;
        let mut delay = FIRST_DELAY;
        loop {
            let began = Instant::now();
            let Ended { was_watched, error } = self.visit(has_been_watched).await?;
            has_been_watched |= was_watched;
            if !has_been_watched {
                return self.report(What::Failed(error)).await;
            }
            // That it is still not there is no news.
            if was_watched {
                self.report(What::Lost(error)).await?;
            }
            if was_watched && began.elapsed() > LONGEST_DELAY {
                delay = FIRST_DELAY;
            }
            self.unless_stopped(sleep(delay)).await?;
            delay = (2 * delay).min(LONGEST_DELAY);
        }
    }

    /// Watches until the connection ends, and says why it did.
    async fn visit(&mut self, again: bool) -> Result<Ended, Stopped> {
        let (source, password) = (self.source.clone(), self.password.clone());
        let Opened {
            conn,
            mut events,
            name,
        } = match self
            .unless_stopped(open(&source, password, self.is_table))
            .await?
        {
            Ok(opened) => opened,
            Err(error) => {
                return Ok(Ended {
                    was_watched: false,
                    error,
                });
            }
        };
        self.report(What::Watched { name, again }).await?;
        loop {
            let Ok(event) = self.unless_stopped(events.recv()).await else {
                drop(events);
                // What the daemon says to that changes nothing.
                let _ = timeout(CLOSING, conn.close()).await;
                return Err(Stopped);
            };
            let what = match event {
                Some(Ok(event)) => match told(event.into()) {
                    Some(what) => what,
                    None => continue,
                },
                Some(Err(EventError::Closed(closed))) => {
                    return Ok(Ended {
                        was_watched: true,
                        error: Error::Closed(closed),
                    });
                }
                Some(Err(gap)) => What::Gap(gap),
                // Before the end is `Closed`.
                None => return Err(Stopped),
            };
            self.report(what).await?;
        }
    }

    async fn report(&mut self, what: What) -> Result<(), Stopped> {
        let reports = self.reports.clone();
        let host = self.number;
        let sent = self.unless_stopped(reports.send(Report { host, what }));
        sent.await?.map_err(|_| Stopped)
    }

    async fn unless_stopped<T>(&mut self, future: impl Future<Output = T>) -> Result<T, Stopped> {
        tokio::select! {
            done = future => Ok(done),
            _ = self.stopped.wait_for(|stopped| *stopped) => Err(Stopped),
        }
    }
}

/// A connection that has ended, or could not be opened.
struct Ended {
    was_watched: bool,
    error: Error,
}

/// A host that is watched.
struct Opened {
    conn: Connection,
    /// Of viewers, and of machines that stop, in the order in which they happened.
    events: Events<remote::Event>,
    name: String,
}

async fn open(
    source: &Source,
    password: Option<Arc<str>>,
    is_table: bool,
) -> Result<Opened, Error> {
    let mut uri = match source {
        Source::Uri(uri) => Uri::resolve(uri)?,
        Source::Demo => "test:///default".parse()?,
    };
    // The keys of who answers SSH would be taken from it, and its question drawn over.
    if is_table && uri.parameter("no_tty").is_none() {
        let no_tty = ("no_tty".to_owned(), "1".to_owned());
        uri.parameters.push(no_tty);
    }
    // Others than those of the URI are looked up.
    let password = password.filter(|_| uri.user.is_some());
    let options = Options {
        credentials: password.map(|password| Credentials {
            user: None,
            password: password.to_string(),
        }),
        // For listening one needs no more, and may not have it.
        read_only: true,
        ..Options::default()
    };
    let conn = match source {
        Source::Uri(_) => Connection::open_with(&uri, options).await?,
        Source::Demo => Connection::open_over(demo::connect(), &uri, options).await?,
    };
    let kinds = [GraphicsEvent::KIND, DomainEventLifecycleMsg::KIND];
    let events = conn.domain_events(&kinds, None).await?;
    let name = match conn.call::<proc::ConnectGetHostname>(&()).await {
        Ok(ret) => ret.hostname,
        // Some drivers have none.
        Err(Error::Remote(_)) => uri.host.unwrap_or_else(|| "localhost".to_owned()),
        Err(error) => return Err(error),
    };
    Ok(Opened { conn, events, name })
}

/// What an event is to who watches screens, if it is anything.
fn told(event: Event) -> Option<What> {
    match GraphicsEvent::from_event(event) {
        Ok(event) => Some(What::Event(Box::new(event))),
        Err(event) => {
            let lifecycle = DomainEventLifecycleMsg::from_event(*event).ok()?;
            (lifecycle.event == STOPPED).then_some(What::Stopped(Uuid(lifecycle.dom.uuid)))
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri(uri) if uri.is_empty() => f.pad("the default URI"),
            Self::Uri(uri) => f.pad(uri),
            Self::Demo => f.pad("demonstration"),
        }
    }
}

/// What could be done about an error.
pub(super) fn help(error: &Error) -> Option<&'static str> {
    match error {
        Error::Connect { error, .. } => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                Some("is the daemon running there?")
            }
            io::ErrorKind::PermissionDenied => Some("this user may not use the daemon's socket"),
            _ => None,
        },
        Error::Auth(AuthError::NoCredentials) => Some(
            "name the user in the URI and add --ask-password, or both in ~/.config/libvirt/auth.conf",
        ),
        Error::Auth(AuthError::Polkit) => Some("polkit decides by `org.libvirt.unix.monitor`"),
        Error::Unsupported { .. } => Some("the daemon is of a libvirt before 1.1.1"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use protocol_defs::remote::NonnullDomain;

    use super::*;

    #[test]
    fn of_the_events_of_a_machines_life_the_one_by_which_it_stops_is_told() {
        for (event, is_told) in [(2, false), (4, false), (5, true), (8, false)] {
            let dom = NonnullDomain {
                name: "web".to_owned(),
                uuid: [7; 16],
                id: -1,
            };
            let detail = 0;
            let message = DomainEventLifecycleMsg { dom, event, detail };
            let legacy = message.clone().into_legacy().expect("it is old");
            for event in [message.into_event(3), legacy] {
                let is_stop =
                    matches!(told(event), Some(What::Stopped(Uuid(uuid))) if uuid == [7; 16]);
                assert_eq!(is_stop, is_told);
            }
        }
    }
}
