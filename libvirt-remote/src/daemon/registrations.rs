//! What a client has registered for, and the messages of an event that it gets for that.

use std::any::Any;
use std::sync::{Arc, Weak};

use protocol_defs::events::{EventKind, EventObject, ObjectKind, RemoteEvent};
use protocol_defs::message::{Event, Message};
use protocol_defs::packet::{HEADER_LEN, LENGTH_LEN, WriteError};

/// All of a client.
#[derive(Default)]
pub(super) struct Registrations {
    all: Vec<Registration>,
    /// Whether it wants to know when the driver loses its hypervisor.
    pub(super) has_close_callback: bool,
    /// A number that is given twice would be a registration that another one ends.
    next: i32,
}

/// What a client asks to be registered for.
pub(super) struct Wanted {
    object: ObjectKind,
    event_id: i32,
    /// Of which object; of all, if there is none.
    about: Option<About>,
    has_number: bool,
    /// Whether there may be an equal one.
    is_repeatable: bool,
}

struct About {
    key: Vec<u8>,
    /// An [`EventObject`].
    object: Box<dyn Any + Send>,
}

struct Registration {
    wanted: Wanted,
    /// Bytes of the arguments that have asked for it.
    length: usize,
    callback_id: i32,
    course: Course,
}

enum Course {
    /// The answer is on its way, or it has been dropped with its [`Place`].
    Begins(Weak<()>),
    Stands,
}

/// The place of a registration that stands once its answer is queued. Dropped before that, there is none: calls of a client
/// run beside each other, so an equal one may come in between.
pub(super) struct Place {
    callback_id: i32,
    held: Arc<()>,
}

impl Place {
    pub(super) fn callback_id(&self) -> i32 {
        self.callback_id
    }
}

impl Wanted {
    /// In the way that has numbers.
    pub(super) fn new<O: EventObject>(event_id: i32, about: Option<O>) -> Self {
        let about = about.map(|object| About {
            key: object.key(),
            object: Box::new(object),
        });
        Self {
            object: O::KIND,
            event_id,
            about,
            has_number: true,
            is_repeatable: false,
        }
    }

    /// The same, whether or not there is an equal one.
    pub(super) fn repeatable(self) -> Self {
        Self {
            is_repeatable: true,
            ..self
        }
    }

    /// Events of domains in the way of libvirt before 1.1.1.
    pub(super) fn legacy(event_id: i32) -> Self {
        Self {
            object: ObjectKind::Domain,
            event_id,
            about: None,
            has_number: false,
            is_repeatable: false,
        }
    }

    pub(super) fn event_id(&self) -> i32 {
        self.event_id
    }

    fn is_of(&self, object: ObjectKind, event_id: i32) -> bool {
        self.object == object && self.event_id == event_id
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_of(other.object, other.event_id) && self.key() == other.key()
    }

    fn key(&self) -> Option<&[u8]> {
        self.about.as_ref().map(|about| &*about.key)
    }
}

impl Registration {
    fn stands(&self) -> bool {
        matches!(self.course, Course::Stands)
    }

    fn is_there(&self) -> bool {
        match &self.course {
            Course::Begins(held) => held.strong_count() > 0,
            Course::Stands => true,
        }
    }
}

impl Registrations {
    /// Keeps a place for a registration, unless there is an equal one.
    pub(super) fn begin(&mut self, wanted: Wanted, length: usize) -> Option<Place> {
        if self.beginning().any(|found| found.wanted.is_same(&wanted)) && !wanted.is_repeatable {
            return None;
        }
        let callback_id = self.next;
        if wanted.has_number {
            self.next = callback_id.wrapping_add(1) & i32::MAX;
        }
        let held = Arc::new(());
        self.all.push(Registration {
            wanted,
            length,
            callback_id,
            course: Course::Begins(Arc::downgrade(&held)),
        });
        Some(Place { callback_id, held })
    }

    /// Has a registration stand, unless all have been ended meanwhile.
    pub(super) fn stand(&mut self, place: &Place) {
        let held = Arc::downgrade(&place.held);
        for registration in &mut self.all {
            if matches!(&registration.course, Course::Begins(other) if other.ptr_eq(&held)) {
                registration.course = Course::Stands;
            }
        }
    }

    /// How many there are, those that begin among them, and how many bytes they have.
    pub(super) fn begun(&mut self) -> (usize, usize) {
        self.beginning().fold((0, 0), |(count, bytes), found| {
            (count + 1, bytes + found.length)
        })
    }

    fn beginning(&mut self) -> impl Iterator<Item = &Registration> {
        self.all.retain(Registration::is_there);
        self.all.iter()
    }

    fn standing(&self) -> impl Iterator<Item = &Registration> {
        self.all.iter().filter(|registration| registration.stands())
    }

    pub(super) fn len(&self) -> usize {
        self.standing().count()
    }

    /// Whether there was one.
    pub(super) fn remove(&mut self, object: ObjectKind, callback_id: i32) -> bool {
        self.remove_if(|found| {
            let Wanted { has_number, .. } = found.wanted;
            has_number && found.wanted.object == object && found.callback_id == callback_id
        })
    }

    /// Ends the first for a kind of events of domains. Whether there was one.
    pub(super) fn remove_first(&mut self, event_id: i32) -> bool {
        let mut all = self.all.iter();
        let at = all
            .position(|found| found.stands() && found.wanted.is_of(ObjectKind::Domain, event_id));
        at.map(|at| self.all.remove(at)).is_some()
    }

    fn remove_if(&mut self, is_meant: impl Fn(&Registration) -> bool) -> bool {
        let before = self.all.len();
        self.all.retain(|found| !found.stands() || !is_meant(found));
        self.all.len() < before
    }

    pub(super) fn clear(&mut self) {
        *self = Self {
            next: self.next,
            ..Self::default()
        };
    }

    /// Calls `send` with each packet of the event for this client.
    pub(super) fn each_packet(&self, emission: &Emission, mut send: impl FnMut(&[u8])) {
        let EventKind { object, id, .. } = emission.kind;
        if object == ObjectKind::Driver {
            // There is one at most, and it has no number.
            if self.has_close_callback {
                send(&emission.packet);
            }
            return;
        }
        for registration in self.standing() {
            let Wanted {
                about, has_number, ..
            } = &registration.wanted;
            let is_wanted = registration.wanted.is_of(object, id)
                && about
                    .as_ref()
                    .is_none_or(|about| (emission.is_about)(&*about.object));
            match &emission.legacy {
                _ if !is_wanted => {}
                _ if *has_number => send(&emission.numbered(registration.callback_id)),
                Some(packet) => send(packet),
                None => {}
            }
        }
    }
}

/// An event, encoded once for all clients.
pub(super) struct Emission {
    kind: EventKind,
    /// With the number 0 for that of a registration, where there are numbers.
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
            packet: packet(event.clone().into_event(0))?,
            legacy: legacy.map(packet).transpose()?,
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
