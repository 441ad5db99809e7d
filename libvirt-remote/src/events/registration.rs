//! How a client registers for events, and takes it back.

use std::sync::Arc;

use protocol_defs::events::{EventKind, EventObject};
use protocol_defs::message::ProcedureId;
use protocol_defs::packet::write_raw;
use protocol_defs::remote::{
    self, ConnectDomainEventDeregisterAnyArgs, ConnectDomainEventRegisterAnyArgs, proc,
};
use xdr_wire::{Procedure, to_vec};

use super::queue::Queue;
use super::route::{Subscriber, Ticket, Which};
use crate::client::state::{Effect, Wake};
use crate::client::{Call, Client};
use crate::error::Error;

/// What is registered for: calls and their arguments, as bytes, so that they can be made again.
pub(crate) struct Registration {
    /// The kind's messages; nothing of a kind that is not known.
    event: Option<ProcedureId>,
    register: (&'static str, ProcedureId),
    args: Vec<u8>,
    deregister: (&'static str, ProcedureId),
    /// From the number of the registration.
    deregister_args: fn(i32) -> Vec<u8>,
    /// The kind's number, where it can be registered for in the old way, and the messages then.
    legacy: Option<(i32, ProcedureId)>,
    what: &'static str,
}

impl Registration {
    pub(crate) fn new<O: EventObject>(kind: &EventKind, object: Option<O>) -> Result<Self, Error> {
        let args = to_vec(&O::register(kind.id, object)).map_err(|error| Error::Arguments {
            procedure: O::Register::NAME,
            error: error.into(),
        })?;
        let procedure = |number| ProcedureId {
            program: remote::PROGRAM,
            version: remote::PROTOCOL_VERSION,
            procedure: number,
        };
        Ok(Self {
            event: (kind.procedure != 0).then(|| procedure(kind.procedure)),
            register: named::<O::Register>(),
            args,
            deregister: named::<O::Deregister>(),
            // A number breaks no bound.
            deregister_args: |number| to_vec(&O::deregister(number)).unwrap_or_default(),
            legacy: kind.legacy.map(|number| (kind.id, procedure(number))),
            what: kind.name,
        })
    }

    /// Registers. The events go to the queue from the packet behind the answer on.
    ///
    /// It is not cancel-safe: what nobody waits for any more is still registered. Two must not be made at once.
    pub(crate) async fn register(
        &self,
        client: &Client,
        queue: &Arc<Queue>,
        has_callbacks: bool,
    ) -> Result<Ticket, Error> {
        client.left().await;
        if !has_callbacks {
            return self.register_legacy(client, queue).await;
        }
        let ticket = client.shared().lock().subscribers.ticket();
        let subscriber = Subscriber {
            ticket,
            which: Which::Registration {
                procedure: self.event,
                callback: None,
            },
            queue: Arc::clone(queue),
        };
        let undo = (self.deregister.1, self.deregister_args);
        let effect = Effect::Subscribe { subscriber, undo };
        client
            .answer(call(self.register), effect, &|header, fds, out| {
                write_raw(header, fds, &self.args, out)
            })
            .await?;
        Ok(ticket)
    }

    /// Registers in the way of libvirt before 1.1.1, once for all that want this kind: a daemon takes no second one.
    async fn register_legacy(&self, client: &Client, queue: &Arc<Queue>) -> Result<Ticket, Error> {
        let Some((event_id, procedure)) = self.legacy else {
            return Err(Error::Unsupported { what: self.what });
        };
        let which = Which::Procedure(procedure);
        let (ticket, is_first) = client.shared().with(|state| {
            let is_first = !state.subscribers.has(which);
            let ticket = state.subscribers.ticket();
            state.subscribers.add(Subscriber {
                ticket,
                which,
                queue: Arc::clone(queue),
            });
            (Wake::Nobody, (ticket, is_first))
        });
        if is_first {
            let args = ConnectDomainEventRegisterAnyArgs { event_id };
            let called = client.call::<proc::ConnectDomainEventRegisterAny>(&args);
            if let Err(error) = called.await {
                client.shared().lock().subscribers.remove(ticket);
                return Err(error);
            }
        }
        Ok(ticket)
    }

    /// Takes it back. Nobody waits for the daemon's answer.
    pub(crate) fn deregister(&self, client: &Client, ticket: Ticket) {
        let which = client.shared().with(|state| {
            let which = state.subscribers.remove(ticket);
            // Others have registered for the same, in the one way in which that is one registration.
            let is_last = which.filter(|which| !state.subscribers.has(*which));
            (Wake::Nobody, is_last)
        });
        let (called, args) = match (which, self.legacy) {
            (
                Some(Which::Registration {
                    callback: Some(number),
                    ..
                }),
                _,
            ) => (self.deregister, (self.deregister_args)(number)),
            (Some(Which::Procedure(_)), Some((event_id, _))) => {
                let args = ConnectDomainEventDeregisterAnyArgs { event_id };
                // A number breaks no bound.
                let args = to_vec(&args).unwrap_or_default();
                (named::<proc::ConnectDomainEventDeregisterAny>(), args)
            }
            _ => return,
        };
        client.send(call(called), &|header, fds, out| {
            write_raw(header, fds, &args, out)
        });
    }
}

fn named<P: Procedure>() -> (&'static str, ProcedureId) {
    let Call {
        name, procedure, ..
    } = Call::of::<P>(Vec::new());
    (name, procedure)
}

fn call((name, procedure): (&'static str, ProcedureId)) -> Call {
    Call {
        name,
        procedure,
        fds: Vec::new(),
    }
}
