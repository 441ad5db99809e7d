//! Which events go to which queues.

use std::sync::Arc;

use protocol_defs::events::{KINDS, callback_id};
use protocol_defs::message::ProcedureId;
use protocol_defs::remote;

use super::queue::Queue;
use crate::error::Closed;

/// Names a subscriber, so that it can be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(pub(crate) u64);

/// What a queue is to get.
pub(crate) struct Subscriber {
    pub(crate) ticket: Ticket,
    pub(crate) which: Which,
    pub(crate) queue: Arc<Queue>,
}

/// Which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those of a procedure, whose messages do not say for which registration they are.
    Procedure(ProcedureId),
    /// Those of a procedure, for the registration of this number.
    Registration {
        /// The procedure of a known kind of events.
        procedure: Option<ProcedureId>,
        /// The number, once the daemon has given it.
        callback: Option<i32>,
    },
}

impl Subscriber {
    /// The same, now that the daemon has given the registration a number.
    pub(crate) fn confirmed(mut self, number: Option<i32>) -> Self {
        if let Which::Registration { callback, .. } = &mut self.which {
            *callback = number;
        }
        self
    }

    fn wants(&self, event: ProcedureId, number: Option<i32>) -> bool {
        match self.which {
            Which::Procedure(procedure) => procedure == event,
            Which::Registration {
                procedure,
                callback,
            } => {
                let is_kind = match procedure {
                    Some(procedure) => procedure == event,
                    None => event.program == remote::PROGRAM && !is_known(event.procedure),
                };
                is_kind && callback.is_some() && callback == number
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

    /// Whether another wants the events of a procedure whatever their registration.
    pub(crate) fn has(&self, which: Which) -> bool {
        self.all.iter().any(|subscriber| subscriber.which == which)
    }

    /// Removes it, and says what it was to get.
    pub(crate) fn remove(&mut self, ticket: Ticket) -> Option<Which> {
        let at = self.all.iter().position(|found| found.ticket == ticket)?;
        Some(self.all.swap_remove(at).which)
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

    pub(crate) fn end(self, closed: &Closed) {
        for subscriber in self.all {
            subscriber.queue.end(closed.clone());
        }
    }
}

fn is_known(procedure: u32) -> bool {
    KINDS
        .iter()
        .any(|kind| kind.procedure == procedure || kind.legacy == Some(procedure))
}
