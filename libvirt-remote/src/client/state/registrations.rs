//! Registrations for events: what their answers do, and how they are taken back.

use std::sync::Arc;

use protocol_defs::packet::{Kind, write_raw};

use super::{Effect, Pending, State, Wake, call_header};
use crate::events::registration::Way;
use crate::events::route::{Subscriber, Ticket};

impl State {
    /// Has the events of a registration go to their queues from now on.
    pub(super) fn subscribe(
        &mut self,
        subscribers: Vec<Subscriber>,
        answer: &[u8],
        is_given_up: bool,
    ) {
        // If there are none, who waits for the answer sees what is wrong with it.
        let confirmed = subscribers
            .into_iter()
            .filter_map(|it| it.confirmed(answer));
        for subscriber in confirmed {
            if is_given_up {
                // The task that reads this writes next.
                self.end_registration(&subscriber);
                return;
            }
            self.subscribers.add(subscriber);
        }
    }

    /// Removes a subscriber, and ends its registration if that was the last one.
    pub(crate) fn unsubscribe(&mut self, ticket: Ticket) -> Wake {
        let last = self.subscribers.remove(ticket);
        last.map_or(Wake::Nobody, |last| self.end_registration(&last))
    }

    /// Whether a registration like this is being taken back, or will be when it has been made, as nobody waits for it.
    pub(crate) fn is_leaving(&self, way: &Way) -> bool {
        self.pending.values().any(|call| match &call.effect {
            Effect::Unsubscribe(ended) => ended.is_same(way),
            Effect::Subscribe(made) => {
                call.is_abandoned() && made.iter().any(|it| it.way().is_same(way))
            }
            Effect::None | Effect::Stream => false,
        })
    }

    /// Calls for the end of a registration. Nobody waits for the answer itself.
    fn end_registration(&mut self, ended: &Subscriber) -> Wake {
        let (procedure, args) = ended.end();
        let serial = self.serial();
        let header = call_header(procedure, Kind::Call, serial);
        let written = self.append(|out| write_raw(&header, 0, &args, &mut out.bytes));
        // Numbers break no bound.
        let Ok(wake) = written else {
            return Wake::Nobody;
        };
        let pending = Pending {
            procedure,
            caller: None,
            effect: Effect::Unsubscribe(Arc::clone(ended.way())),
        };
        self.pending.insert(serial, pending);
        self.abandoned += 1;
        wake
    }
}
