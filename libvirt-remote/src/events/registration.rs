//! How a client registers for events, and takes it back.
//!
//! A daemon takes one registration of a client for a kind of events of an object, and refuses an equal one. So streams that
//! want the same share it: the first registers, the last takes it back.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use protocol_defs::events::{EventKind, EventObject, ObjectKind};
use protocol_defs::message::ProcedureId;
use protocol_defs::packet::write_raw;
use protocol_defs::remote::{
    ConnectDomainEventDeregisterAnyArgs, ConnectDomainEventRegisterAnyArgs, proc,
};
use tokio::time::timeout;
use xdr_wire::{Encode, Procedure, to_vec};

use super::queue::Queue;
use super::route::{Subscriber, Ticket, Which};
use crate::client::state::Effect;
use crate::client::{Call, Client, Queued, result};
use crate::error::Error;

/// What is registered for, in the ways in which daemons may want it.
pub(crate) struct Registration {
    way: Arc<Way>,
    /// With libvirt before 1.1.1, if it has these events at all.
    legacy: Option<Arc<Way>>,
    /// Whether such a daemon does not know `way`.
    is_dated: bool,
    what: &'static str,
}

/// How a registration is made and ended: calls and their arguments, as bytes, so that they can be made again.
pub(crate) struct Way {
    key: Key,
    which: Which,
    name: &'static str,
    args: Vec<u8>,
    deregister: ProcedureId,
    deregister_args: DeregisterArgs,
}

/// Two registrations of which this is the same are one to a daemon.
#[derive(PartialEq, Eq)]
struct Key {
    register: ProcedureId,
    kind: i32,
    object: Option<Vec<u8>>,
}

enum DeregisterArgs {
    /// They are made from the number of the registration.
    OfNumber(fn(i32) -> Vec<u8>),
    Are(Vec<u8>),
}

impl Registration {
    pub(crate) fn new<O: EventObject>(kind: &EventKind, object: Option<O>) -> Result<Self, Error> {
        let register = id::<O::Register>();
        let procedure = |procedure| ProcedureId {
            procedure,
            ..register
        };
        let key = Key {
            register,
            kind: kind.id,
            object: object.as_ref().map(O::key),
        };
        let (which, deregister_args) = if O::HAS_NUMBERS {
            let procedure = (kind.procedure != 0).then(|| procedure(kind.procedure));
            // A number breaks no bound.
            let args = |number| to_vec(&O::deregister(number)).unwrap_or_default();
            (
                Which::Registration { procedure },
                DeregisterArgs::OfNumber(args),
            )
        } else {
            let args = encode::<O::Deregister>(&O::deregister(0))?;
            (
                Which::Procedure(procedure(kind.procedure)),
                DeregisterArgs::Are(args),
            )
        };
        let way = Way {
            key,
            which,
            name: O::Register::NAME,
            args: encode::<O::Register>(&O::register(kind.id, object))?,
            deregister: id::<O::Deregister>(),
            deregister_args,
        };
        let legacy = kind.legacy.map(procedure);
        let legacy = legacy
            .map(|event| Way::legacy(kind.id, event))
            .transpose()?;
        Ok(Self {
            way: Arc::new(way),
            legacy: legacy.map(Arc::new),
            is_dated: kind.object == ObjectKind::Domain,
            what: kind.name,
        })
    }

    /// Whether a daemon would refuse the one beside the other.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.way.is_same(&other.way)
    }

    /// Registers, or shares an equal registration. The events go to the queue from the packet behind the answer on.
    ///
    /// It is not cancel-safe: what nobody waits for any more is still registered. Two must not be made at once.
    pub(crate) async fn register(
        &self,
        client: &Client,
        queue: &Arc<Queue>,
        has_callbacks: bool,
    ) -> Result<Ticket, Error> {
        let way = match &self.legacy {
            _ if has_callbacks || !self.is_dated => &self.way,
            Some(legacy) => legacy,
            None => return Err(Error::Unsupported { what: self.what }),
        };
        way.register(client, queue).await
    }
}

impl Way {
    /// That of libvirt before 1.1.1: for all domains, and without a number.
    fn legacy(event_id: i32, event: ProcedureId) -> Result<Self, Error> {
        type Register = proc::ConnectDomainEventRegisterAny;
        type Deregister = proc::ConnectDomainEventDeregisterAny;
        let args = ConnectDomainEventDeregisterAnyArgs { event_id };
        Ok(Self {
            key: Key {
                register: id::<Register>(),
                kind: event_id,
                object: None,
            },
            which: Which::Procedure(event),
            name: Register::NAME,
            args: encode::<Register>(&ConnectDomainEventRegisterAnyArgs { event_id })?,
            deregister: id::<Deregister>(),
            deregister_args: DeregisterArgs::Are(encode::<Deregister>(&args)?),
        })
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// Which events come of it.
    pub(crate) fn which(&self) -> Which {
        self.which
    }

    /// The call that ends the registration of this number, if it has one, and its arguments.
    pub(crate) fn end(&self, number: Option<i32>) -> (ProcedureId, Vec<u8>) {
        let args = match &self.deregister_args {
            DeregisterArgs::OfNumber(args) => number.map(args).unwrap_or_default(),
            DeregisterArgs::Are(args) => args.clone(),
        };
        (self.deregister, args)
    }

    async fn register(
        self: &Arc<Self>,
        client: &Client,
        queue: &Arc<Queue>,
    ) -> Result<Ticket, Error> {
        if let Some(ticket) = self.join(client, queue).await {
            return Ok(ticket);
        }
        let ticket = client.shared().lock().subscribers.ticket();
        let subscriber = Subscriber::new(ticket, Arc::clone(self), Arc::clone(queue));
        let call = Call {
            name: self.name,
            procedure: self.key.register,
            fds: Vec::new(),
        };
        let effect = Effect::Subscribe(subscriber);
        let answered = client
            .answer(call, effect, &|header, fds, out| {
                write_raw(header, fds, &self.args, out)
            })
            .await;
        let registered = answered.and_then(|(_, answer)| match self.which {
            Which::Procedure(_) => Ok(()),
            Which::Registration { .. } => result::<i32>(self.name, &answer.payload).map(|_| ()),
        });
        match registered {
            Ok(()) => Ok(ticket),
            Err(error) => {
                // The answer may have come in the moment in which it was not waited for any more.
                deregister(client, ticket);
                Err(error)
            }
        }
    }

    /// Shares an equal registration, if there is one.
    ///
    /// One that is being taken back is waited for. libvirtd works on several calls of a client at once, and refuses a
    /// registration that overtakes the end of an equal one.
    async fn join(self: &Arc<Self>, client: &Client, queue: &Arc<Queue>) -> Option<Ticket> {
        let mut waiting = None;
        let joining = poll_fn(|cx| {
            let mut state = client.shared().lock();
            if let Some(ticket) = state.subscribers.join(self, queue) {
                return Poll::Ready(Some(ticket));
            }
            if state.closed.is_none() && state.is_leaving(self) {
                state.wait_until_settled(cx);
                drop(state);
                waiting.get_or_insert_with(|| Queued::new(client.shared()));
                return Poll::Pending;
            }
            Poll::Ready(None)
        });
        match client.options().call_timeout {
            None => joining.await,
            // Whatever it is, what follows says what is wrong.
            Some(after) => timeout(after, joining).await.unwrap_or_default(),
        }
    }
}

/// Takes back what was registered, unless others share it. Nobody waits for the daemon's answer but who registers for the
/// same.
pub(crate) fn deregister(client: &Client, ticket: Ticket) {
    client
        .shared()
        .with(|state| (state.unsubscribe(ticket), ()));
}

fn encode<P: Procedure<Args: Encode>>(args: &P::Args) -> Result<Vec<u8>, Error> {
    to_vec(args).map_err(|error| Error::Arguments {
        procedure: P::NAME,
        error: error.into(),
    })
}

fn id<P: Procedure>() -> ProcedureId {
    Call::of::<P>(Vec::new()).procedure
}
