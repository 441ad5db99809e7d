//! The kinds of events that a client registers for, and which messages come of it.
//!
//! A kind is an object, such as a domain, and a number among its events. The numbers are in libvirt's C headers, not in
//! its protocol files, so they are a table here ([`KINDS`]).
//!
//! Of most events a client says for which registration they are: their message begins with the number that the daemon
//! gave for it ([`callback_id`]). The sixteen oldest kinds of domain events exist twice, since daemons before libvirt
//! 1.1.1 sent them without that number. [`RemoteEvent`] makes one type of both.
//!
//! Two kinds are not in the table. `remote::ConnectEventConnectionClosedMsg` is about the [`DriverConnection`], and has no
//! number of a registration; with the feature `qemu`, `qemu::DomainMonitorEventMsg` is what QEMU says on its monitor, of
//! which a client chooses with a `MonitorFilter`.
//!
//! ```
//! use protocol_defs::events::{FromEvent, RemoteEvent};
//! use protocol_defs::graphics::GraphicsEvent;
//! use protocol_defs::remote::{self, DomainEventCallbackPmwakeupMsg, DomainEventPmwakeupMsg, NonnullDomain};
//!
//! assert_eq!(GraphicsEvent::KIND.name, "graphics");
//! assert_eq!((GraphicsEvent::KIND.id, GraphicsEvent::KIND.procedure), (5, 323));
//!
//! let dom = NonnullDomain { name: "web".to_owned(), uuid: [7; 16], id: 1 };
//! let msg = DomainEventPmwakeupMsg { dom };
//! let new = DomainEventCallbackPmwakeupMsg { callback_id: 3, reason: 0, msg: msg.clone() };
//! let old = remote::Event::DomainEventPmwakeup(msg.clone());
//! for event in [old.clone(), remote::Event::DomainEventCallbackPmwakeup(new)] {
//!     assert_eq!(DomainEventPmwakeupMsg::from_event(event.into()), Ok(msg.clone()));
//! }
//! assert_eq!(msg.into_legacy(), Some(old.into()));
//! ```

mod kinds;
#[cfg(feature = "qemu")]
mod monitor;
mod objects;

pub use kinds::KINDS;
#[cfg(feature = "qemu")]
pub use monitor::MonitorFilter;
pub use objects::{DriverConnection, EventObject};

use crate::message::Event;
use crate::remote;

/// What can be made of an event.
pub trait FromEvent: Sized {
    /// What the event says, or the event, if it says something else.
    ///
    /// # Errors
    /// The event, as it was.
    fn from_event(event: Event) -> Result<Self, Box<Event>>;
}

/// Any event, those of newer daemons included.
impl FromEvent for Event {
    fn from_event(event: Event) -> Result<Self, Box<Event>> {
        Ok(event)
    }
}

/// Any event of the remote program.
impl FromEvent for remote::Event {
    fn from_event(event: Event) -> Result<Self, Box<Event>> {
        match event {
            Event::Remote(event) => Ok(event),
            #[cfg(any(feature = "qemu", feature = "lxc-monitor"))]
            other => Err(Box::new(other)),
        }
    }
}

/// A message that says one kind of event.
pub trait RemoteEvent: FromEvent {
    /// What it happens to, and what a client may restrict its registration to.
    type Object: EventObject;

    /// Which kind it is.
    const KIND: EventKind;

    /// Whether it happened to this object: daemons that know no registrations by object send the events of all.
    fn is_about(&self, object: &Self::Object) -> bool;

    /// What a daemon sends to the registration of this number.
    fn into_event(self, callback_id: i32) -> Event;

    /// What a daemon sends to a client that has registered without a number, if the kind is old enough for that.
    fn into_legacy(self) -> Option<Event>;
}

/// A kind of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EventKind {
    /// What it happens to.
    pub object: ObjectKind,
    /// Its number among those of the object, as in `virDomainEventID`.
    pub id: i32,
    /// What virsh calls it.
    pub name: &'static str,
    /// The procedure of its message, in the program in which it is registered for; 0 for a kind that is not known. The
    /// message begins with the number of the registration, if that has one.
    pub procedure: u32,
    /// The procedure of the message without that number, if there is one.
    pub legacy: Option<u32>,
}

impl EventKind {
    /// The kind of this number, if it is known.
    pub fn find(object: ObjectKind, id: i32) -> Option<&'static Self> {
        KINDS
            .iter()
            .find(|kind| kind.object == object && kind.id == id)
    }

    /// A kind that a newer libvirt has. Its events are [`Unknown`](remote::Event::Unknown).
    pub const fn unknown(object: ObjectKind, id: i32) -> Self {
        Self {
            object,
            id,
            name: "unknown",
            procedure: 0,
            legacy: None,
        }
    }
}

/// What events happen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A virtual machine.
    Domain,
    /// A virtual network.
    Network,
    /// A storage pool.
    StoragePool,
    /// A device of the host.
    NodeDevice,
    /// A secret.
    Secret,
    /// What a driver drives, as the connection to it may end.
    Driver,
    /// QEMU's monitor.
    Monitor,
}

/// The number of the registration at the beginning of an event's message, as all messages of events have it but the
/// [`legacy`](EventKind::legacy) ones and `CONNECT_EVENT_CONNECTION_CLOSED`. Those of newer daemons will, too.
pub fn callback_id(procedure: u32, payload: &[u8]) -> Option<i32> {
    let closed = remote::Procedure::ConnectEventConnectionClosed as u32;
    if procedure == closed || KINDS.iter().any(|kind| kind.legacy == Some(procedure)) {
        return None;
    }
    payload.first_chunk().copied().map(i32::from_be_bytes)
}
