//! What a daemon tells unasked, once a client has registered for it.
//!
//! [`Connection::events`](crate::Connection::events) registers for one kind, named by the type of its message, and gives
//! a stream of them:
//!
//! ```no_run
//! use futures_util::StreamExt;
//! use libvirt_remote::{Connection, Error};
//! use protocol_defs::graphics::GraphicsEvent;
//!
//! async fn watch(conn: &Connection) -> Result<(), Error> {
//!     let mut events = conn.events::<GraphicsEvent>(None).await?;
//!     while let Some(event) = events.next().await {
//!         match event {
//!             Ok(event) => println!("{event}"),
//!             Err(gap) => eprintln!("{gap}"),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Besides what happens to domains and other objects there are two kinds more. That the driver has lost its own connection to
//! the hypervisor is told by `remote::ConnectEventConnectionClosedMsg`, if the driver has one to lose. What QEMU says on its
//! monitor is a `qemu::DomainMonitorEventMsg`, and the object a [`MonitorFilter`](protocol_defs::events::MonitorFilter):
//!
//! ```no_run
//! use libvirt_remote::{Connection, Error};
//! use protocol_defs::events::MonitorFilter;
//! use protocol_defs::qemu::DomainMonitorEventMsg;
//!
//! async fn stop(conn: &Connection) -> Result<(), Error> {
//!     let filter = MonitorFilter { event: Some("STOP".to_owned()), ..MonitorFilter::default() };
//!     let mut events = conn.events::<DomainMonitorEventMsg>(Some(filter)).await?;
//!     if let Some(Ok(event)) = events.recv().await {
//!         println!("{}: {}", event.dom.name, event.details.unwrap_or_default());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # An application that is slow
//! Each stream has a queue of its own, as long as [`Options::event_queue`](crate::Options::event_queue) and
//! [`event_queue_bytes`](crate::Options::event_queue_bytes) say. When it is full, further events of this stream are lost:
//! neither answers to calls nor other streams wait for it. The stream has [`EventError::Lost`] where they are missing,
//! with their number; [`Events::lost`] is how many they are so far. Between two events are at most one of these and one
//! [`EventError::Reconnected`], whatever has happened there, so that the queue is bounded as a whole.
//!
//! # A stream of data that is not read
//! What a stream of data leaves unread beyond [`Options::stream_window`](crate::Options::stream_window) keeps the whole connection
//! from being read, as is said there. Events then wait at the daemon, which may lose some without a word, and only those that
//! come here are counted. Who waits for events does not end that.
//!
//! # A connection that is lost
//! With [`Options::reconnect`](crate::Options::reconnect) a stream outlives its connection: once that has been made anew and
//! the daemon has registered the client again, it has [`EventError::Reconnected`], and then what comes. Without, and when
//! the last attempt has failed, it ends with [`EventError::Closed`]. A new daemon that lets the client in, and then does not
//! answer a registration within [`Options::call_timeout`](crate::Options::call_timeout), or
//! [`open_timeout`](crate::Options::open_timeout) where there is none, counts as lost as well.

pub(crate) mod queue;
pub(crate) mod registration;
pub(crate) mod route;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use protocol_defs::events::FromEvent;
use protocol_defs::message::{Event, ProcedureId, ReadError, TOLERANT};

use self::queue::{Item, Queue};
use crate::connection::link::Registered;
use crate::error::Closed;

/// Events of one kind; or of several, as `Events<protocol_defs::remote::Event>`.
///
/// It ends with its connection: the last item is [`EventError::Closed`]. Dropping it ends its registration.
pub struct Events<E> {
    queue: Arc<Queue>,
    /// What is to be undone when it is dropped.
    _registered: Vec<Registered>,
    /// What a daemon that knows no registrations by object sends too much.
    filter: Option<Filter<E>>,
}

/// Whether an event is wanted.
pub(crate) type Filter<E> = Box<dyn Fn(&E) -> bool + Send + Sync>;

/// Why an item of a stream of events is none.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EventError {
    /// Events came faster than they were taken, and these are missing here.
    Lost {
        /// How many.
        count: u64,
    },
    /// The connection was lost and has been made anew. What happened in between has not been told.
    Reconnected,
    /// An event that cannot be read. Others follow.
    Unreadable(ReadError),
    /// The connection has ended. Nothing follows.
    Closed(Closed),
}

impl<E> Events<E> {
    pub(crate) fn new(
        queue: Arc<Queue>,
        registered: Vec<Registered>,
        filter: Option<Filter<E>>,
    ) -> Self {
        Self {
            queue,
            _registered: registered,
            filter,
        }
    }

    /// How many events have been lost so far because the queue was full.
    pub fn lost(&self) -> u64 {
        self.queue.lost()
    }
}

impl<E: FromEvent> Events<E> {
    /// The next event; nothing behind the last one. As `next` of a stream, without a trait.
    ///
    /// Cancel-safe: no event is lost when the future is dropped.
    pub async fn recv(&mut self) -> Option<Result<E, EventError>> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    fn poll_recv(&mut self, cx: &Context<'_>) -> Poll<Option<Result<E, EventError>>> {
        loop {
            let item = match self.queue.poll_pop(cx) {
                Poll::Ready(Some(item)) => item,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            };
            let read = match item {
                Item::Event { procedure, payload } => read(procedure, &payload),
                Item::Lost(count) => Err(EventError::Lost { count }),
                Item::Reconnected => Err(EventError::Reconnected),
                Item::Closed(closed) => Err(EventError::Closed(closed)),
            };
            match (&read, &self.filter) {
                (Ok(event), Some(filter)) if !filter(event) => {}
                _ => return Poll::Ready(Some(read)),
            }
        }
    }
}

impl<E: FromEvent> Stream for Events<E> {
    type Item = Result<E, EventError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_recv(cx)
    }
}

impl<E> fmt::Debug for Events<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

/// Bytes → event. It is done where the event is taken, not where it is received.
fn read<E: FromEvent>(id: ProcedureId, payload: &[u8]) -> Result<E, EventError> {
    let event = Event::decode(id, payload, TOLERANT).map_err(EventError::Unreadable)?;
    E::from_event(event).map_err(|event| {
        // Its queue gets the events of its kind only.
        let number = event.procedure().procedure;
        EventError::Unreadable(xdr_wire::MessageError::UnknownProcedure { number }.into())
    })
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { count } => write!(f, "{count} events were lost: the queue was full"),
            Self::Reconnected => {
                f.write_str("the connection was made anew; events may have been missed")
            }
            Self::Unreadable(error) => write!(f, "event that cannot be read: {error}"),
            Self::Closed(closed) => closed.fmt(f),
        }
    }
}

impl std::error::Error for EventError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            Self::Closed(closed) => Some(closed),
            Self::Lost { .. } | Self::Reconnected => None,
        }
    }
}
