//! Which events go to which queues.

use std::sync::Arc;

use protocol_defs::events::{KINDS, callback_id};
use protocol_defs::message::ProcedureId;
use protocol_defs::remote;

use super::queue::Queue;
use super::registration::Way;
use crate::error::Closed;

/// Names a subscriber, so that it can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(pub(crate) u64);

/// Who is to get events, and of which registration.
pub(crate) struct Subscriber {
    ticket: Ticket,
    way: Arc<Way>,
    /// The number of the registration, once the daemon has given it; nothing where there is none.
    number: Option<i32>,
    queue: Arc<Queue>,
}

/// Which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those of a procedure, whose messages do not say for which registration they are.
    Procedure(ProcedureId),
    /// Those that bear the number of the registration.
    Registration {
        /// The procedure of a known kind of events.
        procedure: Option<ProcedureId>,
    },
}

impl Subscriber {
    pub(crate) fn new(ticket: Ticket, way: Arc<Way>, queue: Arc<Queue>) -> Self {
        Self {
            ticket,
            way,
            number: None,
            queue,
        }
    }

    pub(crate) fn way(&self) -> &Arc<Way> {
        &self.way
    }

    /// The same, now that the daemon has answered; nothing if the answer lacks the number.
    pub(crate) fn confirmed(mut self, answer: &[u8]) -> Option<Self> {
        if let Which::Registration { .. } = self.way.which() {
            self.number = Some(i32::from_be_bytes(*answer.first_chunk()?));
        }
        Some(self)
    }

    /// The call that ends the registration, and its arguments.
    pub(crate) fn end(&self) -> (ProcedureId, Vec<u8>) {
        self.way.end(self.number)
    }

    /// Tells that nothing follows.
    pub(crate) fn finish(&self, closed: &Closed) {
        self.queue.end(closed.clone());
    }

    fn wants(&self, event: ProcedureId, number: Option<i32>) -> bool {
        match self.way.which() {
            Which::Procedure(procedure) => procedure == event,
            Which::Registration { procedure } => {
                let is_kind = match procedure {
                    Some(procedure) => procedure == event,
                    None => event.program == remote::PROGRAM && !is_known(event.procedure),
                };
                is_kind && self.number.is_some() && self.number == number
            }
        }
    }
}

/// All of a connection.
#[derive(Default)]
pub(crate) struct Subscribers {
    all: Vec<Subscriber>,
    next_ticket: u64,
    /// Events that nobody wanted.
    unclaimed: u64,
}

impl Subscribers {
    /// A name that no subscriber has had.
    pub(crate) fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    pub(crate) fn add(&mut self, subscriber: Subscriber) {
        self.all.push(subscriber);
    }

    /// Adds one to a registration that there is already.
    pub(crate) fn join(&mut self, way: &Way, queue: &Arc<Queue>) -> Option<Ticket> {
        let found = self.all.iter().find(|found| found.way.is_same(way))?;
        let (way, number) = (Arc::clone(&found.way), found.number);
        let ticket = self.ticket();
        self.all.push(Subscriber {
            ticket,
            way,
            number,
            queue: Arc::clone(queue),
        });
        Some(ticket)
    }

    /// Removes it, and gives it if nobody else shares its registration.
    pub(crate) fn remove(&mut self, ticket: Ticket) -> Option<Subscriber> {
        let at = self.all.iter().position(|found| found.ticket == ticket)?;
        let removed = self.all.swap_remove(at);
        let is_shared = self.all.iter().any(|left| left.way.is_same(&removed.way));
        (!is_shared).then_some(removed)
    }

    pub(crate) fn deliver(&mut self, event: ProcedureId, payload: &[u8]) {
        let number = match event.program {
            remote::PROGRAM => callback_id(event.procedure, payload),
            // Of the other programs' events, all begin with it.
            _ => payload.first_chunk().copied().map(i32::from_be_bytes),
        };
        let mut is_claimed = false;
        for subscriber in &self.all {
            if subscriber.wants(event, number) {
                subscriber.queue.push(event, payload);
                is_claimed = true;
            }
        }
        self.unclaimed += u64::from(!is_claimed);
    }

    pub(crate) fn unclaimed(&self) -> u64 {
        self.unclaimed
    }

    /// All of them, as there are none any more.
    pub(crate) fn take(&mut self) -> Vec<Subscriber> {
        std::mem::take(&mut self.all)
    }
}

fn is_known(procedure: u32) -> bool {
    KINDS
        .iter()
        .any(|kind| kind.procedure == procedure || kind.legacy == Some(procedure))
}
