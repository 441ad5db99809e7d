//! Which call a reply belongs to.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use protocol_defs::packet::{Header, Kind};

/// So many calls of a connection are kept in mind; of streams the packets come after the reply. A client that has more on
/// their way than this has none of the oldest matched.
const KEPT: usize = 8_192;

/// The calls of a connection.
#[derive(Default)]
pub(super) struct Calls {
    known: HashMap<Key, Call>,
    /// By the numbers of their packets, the oldest first.
    in_order: BTreeMap<u64, Key>,
    /// How many are without a reply and have been forgotten.
    forgotten: u64,
}

/// Program, procedure and serial: a serial alone may come twice, as each program counts for itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    program: u32,
    procedure: u32,
    serial: u32,
}

/// A call that something may belong to.
#[derive(Clone, Copy)]
pub(super) struct Call {
    /// Which packet it is, counted from 1.
    pub(super) packet: u64,
    pub(super) time: Option<Duration>,
    answered: bool,
}

impl Calls {
    /// Keeps a call in mind.
    pub(super) fn open(&mut self, header: &Header, packet: u64, time: Option<Duration>) {
        let key = Key::of(header);
        let call = Call {
            packet,
            time,
            answered: false,
        };
        if let Some(old) = self.known.insert(key, call) {
            self.drop_from_order(&old);
        }
        self.in_order.insert(packet, key);
        if self.in_order.len() > KEPT
            && let Some((_, oldest)) = self.in_order.pop_first()
            && let Some(old) = self.known.remove(&oldest)
            && !old.answered
        {
            self.forgotten += 1;
        }
    }

    /// Whether the call of a packet that belongs to one has been seen.
    pub(super) fn has(&self, header: &Header) -> bool {
        self.known.contains_key(&Key::of(header))
    }

    /// The call that a packet belongs to: a reply, or a packet of a stream.
    pub(super) fn of(&mut self, header: &Header) -> Option<Call> {
        let call = self.known.get_mut(&Key::of(header))?;
        if matches!(header.kind, Kind::Reply | Kind::ReplyWithFds) {
            call.answered = true;
        }
        Some(*call)
    }

    /// The packets of calls that nobody has answered, and how many more there were.
    pub(super) fn unanswered(&self) -> (Vec<u64>, u64) {
        let open = self
            .in_order
            .iter()
            .filter(|(_, key)| self.known.get(key).is_some_and(|call| !call.answered));
        (open.map(|(packet, _)| *packet).collect(), self.forgotten)
    }

    fn drop_from_order(&mut self, old: &Call) {
        self.in_order.remove(&old.packet);
        if !old.answered {
            self.forgotten += 1;
        }
    }
}

impl Key {
    fn of(header: &Header) -> Self {
        Self {
            program: header.program,
            procedure: header.procedure,
            serial: header.serial,
        }
    }
}
