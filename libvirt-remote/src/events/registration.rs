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
use crate::client::state::{Effect, Wake};
use crate::client::waiters::Place;
use crate::client::{Call, Client, result};
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

    /// Whether both are one registration to a daemon that has numbers for them, or has not.
    pub(crate) fn is_one(&self, other: &Self, has_callbacks: bool) -> bool {
        match (self.way(has_callbacks), other.way(has_callbacks)) {
            (Some(one), Some(other)) => one.is_same(other),
            _ => false,
        }
    }

    /// Registers once for all these queues, or shares an equal registration. The events go to them from the packet behind the
    /// answer on.
    ///
    /// Cancel-safe: what nobody waits for any more is taken back. Two must not be made at once.
    pub(crate) async fn register(
        &self,
        client: &Client,
        queues: &[Arc<Queue>],
        has_callbacks: bool,
    ) -> Result<Vec<Ticket>, Error> {
        let way = self.way(has_callbacks);
        let way = way.ok_or(Error::Unsupported { what: self.what })?;
        way.register(client, queues).await
    }

    fn way(&self, has_callbacks: bool) -> Option<&Arc<Way>> {
        if has_callbacks || !self.is_dated {
            Some(&self.way)
        } else {
            self.legacy.as_ref()
        }
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
        queues: &[Arc<Queue>],
    ) -> Result<Vec<Ticket>, Error> {
        if let Some(tickets) = self.join(client, queues).await {
            return Ok(tickets);
        }
        let mut asked = Asked::new(client, queues.len());
        let queues = asked.tickets.iter().zip(queues);
        let subscribers = queues
            .map(|(ticket, queue)| Subscriber::new(*ticket, Arc::clone(self), Arc::clone(queue)));
        let call = Call {
            name: self.name,
            procedure: self.key.register,
            fds: Vec::new(),
        };
        let effect = Effect::Subscribe(subscribers.collect());
        let answered = client
            .answer(call, effect, &|header, fds, out| {
                write_raw(header, fds, &self.args, out)
            })
            .await;
        let (_, answer) = answered?;
        if let Which::Registration { .. } = self.which {
            result::<i32>(self.name, &answer.payload)?;
        }
        Ok(std::mem::take(&mut asked.tickets))
    }

    /// Shares an equal registration, if there is one.
    ///
    /// One that is being taken back is waited for. libvirtd works on several calls of a client at once, and refuses a
    /// registration that overtakes the end of an equal one.
    async fn join(&self, client: &Client, queues: &[Arc<Queue>]) -> Option<Vec<Ticket>> {
        let mut place = Place::new(client.shared(), |state| &mut state.settling);
        let joining = poll_fn(|cx| {
            client.shared().with(|state| {
                let subscribers = &mut state.subscribers;
                let joined = queues.iter().map(|queue| subscribers.join(self, queue));
                let joined = joined.collect::<Option<Vec<_>>>();
                if joined.is_some() || state.closed.is_some() || !state.is_leaving(self) {
                    return (Wake::Nobody, Poll::Ready(joined));
                }
                state.settling.wait(&mut place.number, cx);
                (state.wake_resting(), Poll::Pending)
            })
        });
        match client.options().call_timeout {
            None => joining.await,
            // Whatever it is, what follows says what is wrong.
            Some(after) => timeout(after, joining).await.unwrap_or_default(),
        }
    }
}

/// A registration that is asked for. Its answer may come in the moment in which it is not waited for any more.
struct Asked<'a> {
    client: &'a Client,
    tickets: Vec<Ticket>,
}

impl<'a> Asked<'a> {
    fn new(client: &'a Client, count: usize) -> Self {
        let mut state = client.shared().lock();
        let tickets = (0..count).map(|_| state.subscribers.ticket()).collect();
        Self { client, tickets }
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        for ticket in &self.tickets {
            deregister(self.client, *ticket);
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
