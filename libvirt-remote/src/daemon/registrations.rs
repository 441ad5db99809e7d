//! What a client has registered for, and the messages of an event that it gets for that.

use std::any::Any;

use protocol_defs::events::{EventKind, EventObject, ObjectKind, RemoteEvent};
use protocol_defs::message::{Event, Message};
use protocol_defs::packet::{HEADER_LEN, LENGTH_LEN, WriteError};

/// All of a client.
#[derive(Default)]
pub(super) struct Registrations {
    numbered: Vec<Numbered>,
    /// Kinds of domain events in the way of libvirt before 1.1.1.
    legacy: Vec<i32>,
    /// Whether it wants to know when the driver loses its hypervisor.
    pub(super) has_close_callback: bool,
    /// A number that is given twice would be a registration that another one ends.
    next: i32,
}

/// A registration that has a number.
pub(super) struct Numbered {
    callback_id: i32,
    object: ObjectKind,
    event_id: i32,
    /// Of which object, an [`EventObject`]; of all, if there is none.
    about: Option<Box<dyn Any + Send>>,
}

impl Numbered {
    pub(super) fn new<O: EventObject>(callback_id: i32, event_id: i32, about: Option<O>) -> Self {
        Self {
            callback_id,
            object: O::KIND,
            event_id,
            about: about.map(|object| Box::new(object) as Box<dyn Any + Send>),
        }
    }
}

impl Registrations {
    /// A number for the next registration.
    pub(super) fn number(&mut self) -> i32 {
        let number = self.next;
        self.next = number.wrapping_add(1) & i32::MAX;
        number
    }

    pub(super) fn len(&self) -> usize {
        self.numbered.len() + self.legacy.len()
    }

    pub(super) fn add(&mut self, registration: Numbered) {
        self.numbered.push(registration);
    }

    /// Whether there was one.
    pub(super) fn remove(&mut self, object: ObjectKind, callback_id: i32) -> bool {
        let before = self.numbered.len();
        self.numbered
            .retain(|found| found.object != object || found.callback_id != callback_id);
        self.numbered.len() < before
    }

    pub(super) fn has_legacy(&self, event_id: i32) -> bool {
        self.legacy.contains(&event_id)
    }

    pub(super) fn add_legacy(&mut self, event_id: i32) {
        if !self.has_legacy(event_id) {
            self.legacy.push(event_id);
        }
    }

    /// Whether there was one.
    pub(super) fn remove_legacy(&mut self, event_id: i32) -> bool {
        let before = self.legacy.len();
        self.legacy.retain(|found| *found != event_id);
        self.legacy.len() < before
    }

    pub(super) fn clear(&mut self) {
        *self = Self {
            next: self.next,
            ..Self::default()
        };
    }

    /// Calls `send` with each packet of the event for this client.
    pub(super) fn each_packet(&self, emission: &Emission, mut send: impl FnMut(&[u8])) {
        let kind = &emission.kind;
        let is_of = |object, event_id| object == kind.object && event_id == kind.id;
        for registration in &self.numbered {
            let is_wanted = is_of(registration.object, registration.event_id)
                && registration
                    .about
                    .as_deref()
                    .is_none_or(|object| (emission.is_about)(object));
            if is_wanted {
                send(&emission.numbered(registration.callback_id));
            }
        }
        if let Some(packet) = &emission.legacy
            && self.legacy.iter().any(|id| is_of(ObjectKind::Domain, *id))
        {
            send(packet);
        }
    }
}

/// An event, encoded once for all clients.
pub(super) struct Emission {
    kind: EventKind,
    /// With the number 0 for that of a registration.
    packet: Vec<u8>,
    legacy: Option<Vec<u8>>,
    is_about: Box<IsAbout>,
}

/// Whether an event happened to the object that a registration is for.
type IsAbout = dyn Fn(&dyn Any) -> bool + Send + Sync;

impl Emission {
    pub(super) fn new<E>(event: E) -> Result<Self, WriteError>
    where
        E: RemoteEvent + Clone + Send + Sync + 'static,
    {
        let legacy = event.clone().into_legacy();
        Ok(Self {
            kind: E::KIND,
            packet: packet(event.clone().into_event(0).into())?,
            legacy: legacy.map(|legacy| packet(legacy.into())).transpose()?,
            is_about: Box::new(move |object| {
                let object = object.downcast_ref::<E::Object>();
                object.is_some_and(|object| event.is_about(object))
            }),
        })
    }

    /// The packet for the registration of this number, with which its payload begins.
    fn numbered(&self, callback_id: i32) -> Vec<u8> {
        const PAYLOAD: usize = LENGTH_LEN + HEADER_LEN;
        let mut packet = self.packet.clone();
        if let Some(number) = packet.get_mut(PAYLOAD..PAYLOAD + 4) {
            number.copy_from_slice(&callback_id.to_be_bytes());
        }
        packet
    }
}

/// The packet of an event, as it is.
pub(super) fn packet(event: Event) -> Result<Vec<u8>, WriteError> {
    let mut packet = Vec::new();
    // Events have a serial of their own.
    Message::Event(event).write(0, 0, &mut packet)?;
    Ok(packet)
}
