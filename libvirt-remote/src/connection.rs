//! A connection that is open: libvirt's client as applications use it.

mod backoff;
mod feature;
pub(crate) mod link;
mod open;
mod reconnect;

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use protocol_defs::events::{EventKind, EventObject, RemoteEvent};
use protocol_defs::remote::{self, ConnectSupportsFeatureArgs, NonnullDomain, proc};
use tokio::task::JoinSet;
use xdr_wire::{Decode, Encode, Procedure};

pub use self::feature::Feature;
use self::link::{Link, Opened};
use crate::client::state::queue;
use crate::client::{Client, Options};
use crate::error::{CloseReason, Closed, Error};
use crate::events::registration::Registration;
use crate::events::{Events, Filter};
use crate::stream::Stream;
use crate::transport::Transport;
use crate::uri::Uri;

/// A driver of a libvirt daemon, opened.
///
/// ```no_run
/// use libvirt_remote::{Connection, Error};
/// use protocol_defs::remote::{ConnectListAllDomainsArgs, proc};
///
/// # async fn list() -> Result<(), Error> {
/// let conn = Connection::open("qemu:///system").await?;
/// let args = ConnectListAllDomainsArgs { need_results: 1, flags: 0 };
/// for domain in conn.call::<proc::ConnectListAllDomains>(&args).await?.domains {
///     println!("{} {}", domain.id, domain.name);
/// }
/// conn.close().await
/// # }
/// ```
///
/// Clones are the same connection; see [`Client`] for when it ends, and for what happens to a call whose future is
/// dropped.
#[derive(Clone)]
pub struct Connection {
    link: Arc<Link>,
}

impl Connection {
    /// Connects to the daemon that a URI names, authenticates, and opens the driver. Aliases and the default of
    /// `libvirt.conf` are known: [`Uri::resolve`].
    ///
    /// A daemon is never started, and no driver runs in this process: `test:///default` is the test driver of the
    /// session's daemon.
    ///
    /// # Errors
    /// [`Error::Uri`], [`Error::Connect`], [`Error::Auth`], [`Error::Timeout`], [`Error::Closed`]; [`Error::Remote`] if
    /// the daemon has no such driver.
    pub async fn open(uri: &str) -> Result<Self, Error> {
        Self::open_with(&Uri::resolve(uri)?, Options::default()).await
    }

    /// [`open`](Self::open) with options.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(uri: &Uri, options: Options) -> Result<Self, Error> {
        let reconnect = options.reconnect;
        let opened = open::by_uri(uri, options.clone()).await?;
        let conn = Self::of(opened, reconnect.is_some());
        if let Some(reconnect) = reconnect {
            let link = Arc::downgrade(&conn.link);
            let uri = uri.clone();
            tokio::spawn(reconnect::watch(link, uri, options, reconnect));
        }
        Ok(conn)
    }

    /// Authenticates and opens the driver over a transport that is connected already; the URI's host and transport are
    /// not looked at.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_over(
        transport: Transport,
        uri: &Uri,
        options: Options,
    ) -> Result<Self, Error> {
        let opened = open::over(transport, uri, options).await?;
        Ok(Self::of(opened, false))
    }

    fn of(opened: Opened, reconnects: bool) -> Self {
        Self {
            link: Link::new(opened, reconnects),
        }
    }

    /// Calls a procedure of any program that the daemon has, and waits for its result.
    ///
    /// # Errors
    /// [`Error::Remote`] if the daemon's answer is an error; others say what else can go wrong.
    pub async fn call<P>(&self, args: &P::Args) -> Result<P::Ret, Error>
    where
        P: Procedure<Args: Encode + Sync, Ret: for<'de> Decode<'de>>,
    {
        self.client().call::<P>(args).await
    }

    /// Calls a procedure with file descriptors, and gives those that came with the result.
    ///
    /// # Errors
    /// As [`call`](Self::call), and [`Error::NoDescriptors`] if there are some and the connection is no UNIX socket.
    pub async fn call_with_descriptors<P>(
        &self,
        args: &P::Args,
        fds: Vec<OwnedFd>,
    ) -> Result<(P::Ret, Vec<OwnedFd>), Error>
    where
        P: Procedure<Args: Encode + Sync, Ret: for<'de> Decode<'de>>,
    {
        self.client().call_with_descriptors::<P>(args, fds).await
    }

    /// Calls a procedure that begins a stream.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn stream<P>(&self, args: &P::Args) -> Result<(P::Ret, Stream), Error>
    where
        P: Procedure<Args: Encode + Sync, Ret: for<'de> Decode<'de>>,
    {
        self.client().stream::<P>(args).await
    }

    /// Registers for a kind of events, of one object or of all. They are in the stream from the moment in which the
    /// daemon has registered the client.
    ///
    /// Streams that want the same share one registration, since a daemon refuses a second one: each has all events from
    /// its own beginning, and the last one ends the registration.
    ///
    /// Cancel-safe: if the future is dropped, the registration is taken back.
    ///
    /// # Errors
    /// As [`call`](Self::call); [`Error::Unsupported`] if the daemon is of a libvirt before 1.1.1, which knows the oldest
    /// sixteen kinds of domain events only.
    pub async fn events<E>(&self, object: Option<E::Object>) -> Result<Events<E>, Error>
    where
        E: RemoteEvent + Send + 'static,
    {
        let registration = Registration::new(&E::KIND, object.clone())?;
        // A daemon that has numbers for registrations has looked already; after a reconnection it may be another.
        let filter =
            object.map(|object| -> Filter<E> { Box::new(move |event| event.is_about(&object)) });
        self.register(vec![registration], filter).await
    }

    /// Registers for several kinds of domain events in one stream, of one domain or of all: for
    /// [`KINDS`](protocol_defs::events::KINDS) of them, or [kinds that are not known](EventKind::unknown).
    ///
    /// # Errors
    /// As [`events`](Self::events). A kind that is not one of a domain is [`Error::Unsupported`].
    pub async fn domain_events(
        &self,
        kinds: &[EventKind],
        domain: Option<NonnullDomain>,
    ) -> Result<Events<remote::Event>, Error> {
        let registrations = kinds.iter().map(|kind| {
            if kind.object == NonnullDomain::KIND {
                Registration::new(kind, domain.clone())
            } else {
                Err(Error::Unsupported { what: kind.name })
            }
        });
        let registrations = registrations.collect::<Result<_, _>>()?;
        // As with one kind. What is of a kind that is not known comes from a daemon that has looked.
        let filter = domain.map(|domain| -> Filter<remote::Event> {
            Box::new(move |event| event.domain().is_none_or(|it| it.is_same(&domain)))
        });
        self.register(registrations, filter).await
    }

    async fn register<E: Send + 'static>(
        &self,
        registrations: Vec<Registration>,
        filter: Option<Filter<E>>,
    ) -> Result<Events<E>, Error> {
        let link = Arc::clone(&self.link);
        // A caller that is not polled keeps nobody else from registering; with one that is dropped, it ends.
        let mut registering = JoinSet::new();
        registering.spawn(async move {
            let queue = queue(link.client().options());
            let mut registered = Vec::with_capacity(registrations.len());
            for registration in different(registrations) {
                registered.push(link.register(registration, &queue).await?);
            }
            Ok(Events::new(queue, registered, filter))
        });
        match registering.join_next().await {
            Some(Ok(registered)) => registered,
            _ => Err(Error::Closed(Closed::new(CloseReason::Runtime))),
        }
    }

    /// Whether the daemon, or the driver that it has opened, has a feature.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn supports(&self, feature: Feature) -> Result<bool, Error> {
        supports(&self.client(), feature).await
    }

    /// Waits until the connection is there, which it is unless it has been lost and is to be
    /// [made anew](Options::reconnect).
    ///
    /// # Errors
    /// Why it has ended, if nothing follows; [`CloseReason::NotReconnected`] if the attempts to make it anew are over.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.link.ready().await?)
    }

    /// The connection below, as it is now, for calls as values and for what it counts.
    pub fn client(&self) -> Client {
        self.link.client()
    }

    /// Closes the driver and ends the connection for all clones, once the daemon has said that it is closed, or hangs up
    /// instead: `virt-ssh-helper` may do so before it has handed on what the daemon says.
    ///
    /// # Errors
    /// As [`call`](Self::call). The connection has ended then, too.
    pub async fn close(self) -> Result<(), Error> {
        let was_open = self.client().closed().is_none();
        let closed = self.call::<proc::ConnectClose>(&()).await;
        self.link.disconnect();
        match closed {
            Err(Error::Closed(closed))
                if was_open && matches!(closed.reason(), CloseReason::ByPeer) =>
            {
                Ok(())
            }
            closed => closed,
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("client", &self.client())
            .finish_non_exhaustive()
    }
}

/// Those among which no two are equal: a stream has each event once.
fn different(registrations: Vec<Registration>) -> Vec<Registration> {
    let mut different: Vec<Registration> = Vec::with_capacity(registrations.len());
    for registration in registrations {
        if !different.iter().any(|before| before.is_same(&registration)) {
            different.push(registration);
        }
    }
    different
}

async fn supports(client: &Client, feature: Feature) -> Result<bool, Error> {
    let args = ConnectSupportsFeatureArgs { feature: feature.0 };
    match client.call::<proc::ConnectSupportsFeature>(&args).await {
        Ok(ret) => Ok(ret.supported != 0),
        Err(error) if error.is_unsupported() => Ok(false),
        Err(error) => Err(error),
    }
}
