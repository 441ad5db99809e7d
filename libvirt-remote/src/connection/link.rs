//! What all clones of a connection, and its streams of events, have in common: the client that it has now, and what is
//! registered for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::client::Client;
use crate::error::{CloseReason, Closed, Error};
use crate::events::queue::Queue;
use crate::events::registration::{Registration, deregister};
use crate::events::route::Ticket;

/// A daemon that lets this side in.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) client: Client,
    /// Whether it has registrations for events with numbers.
    pub(crate) has_callbacks: bool,
}

pub(crate) struct Link {
    now: RwLock<Opened>,
    slots: Mutex<Slots>,
    /// Held while something is registered for, or everything is again.
    registering: tokio::sync::Mutex<()>,
    /// Told when the connection has been made anew, or will not be.
    changed: Notify,
}

#[derive(Default)]
struct Slots {
    all: Vec<Slot>,
    next_key: u64,
    /// No attempt to reconnect follows.
    is_final: bool,
    /// Why no attempt follows any more.
    given_up: Option<Closed>,
}

struct Slot {
    key: u64,
    registration: Arc<Registration>,
    queue: Arc<Queue>,
    /// Of the client that the connection has now, if that is registered.
    ticket: Option<Ticket>,
}

/// What is to be registered for again, once for all streams that want the same: an event right behind the answer is for each.
struct Wanted {
    registration: Arc<Registration>,
    /// The keys of their slots, and their queues.
    keys: Vec<u64>,
    queues: Vec<Arc<Queue>>,
}

impl Wanted {
    /// Registers, or ends the queues if the daemon refuses, or the connection if it does not answer. The tickets are in the
    /// order of the keys.
    async fn register(&self, opened: &Opened) -> Vec<Ticket> {
        for queue in &self.queues {
            queue.reconnected();
        }
        match self.answered(opened).await {
            Ok(tickets) => return tickets,
            // It has been lost again, and will be made anew again.
            Err(Error::Closed(_)) => {}
            // As good as lost.
            Err(Error::Timeout { after, .. }) => {
                opened.client.end(CloseReason::NotRenewed { after });
            }
            Err(error) => {
                let closed = Closed::new(CloseReason::NotRegistered(Box::new(error)));
                for queue in &self.queues {
                    queue.end(closed.clone());
                }
            }
        }
        Vec::new()
    }

    /// Registers within a time, as all wait for it.
    async fn answered(&self, opened: &Opened) -> Result<Vec<Ticket>, Error> {
        let Opened {
            client,
            has_callbacks,
        } = opened;
        let options = client.options();
        let after = options.call_timeout.unwrap_or(options.open_timeout);
        let registering = self
            .registration
            .register(client, &self.queues, *has_callbacks);
        let registered = timeout(after, registering).await;
        registered.map_err(|_| Error::Timeout {
            what: "a registration for events",
            after,
        })?
    }
}

impl Link {
    pub(super) fn new(opened: Opened, reconnects: bool) -> Arc<Self> {
        let slots = Slots {
            is_final: !reconnects,
            ..Slots::default()
        };
        Arc::new(Self {
            now: RwLock::new(opened),
            slots: Mutex::new(slots),
            registering: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
        })
    }

    pub(super) fn opened(&self) -> Opened {
        let now = self.now.read();
        now.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn client(&self) -> Client {
        let now = self.now.read();
        now.unwrap_or_else(PoisonError::into_inner).client.clone()
    }

    /// Waits until the connection is there, or is known to stay away.
    pub(super) async fn ready(&self) -> Result<(), Closed> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on nothing is missed.
            changed.as_mut().enable();
            let Some(closed) = self.client().closed() else {
                return Ok(());
            };
            if self.is_final() || matches!(closed.reason(), CloseReason::Here) {
                return Err(self.slots().given_up.clone().unwrap_or(closed));
            }
            changed.await;
        }
    }

    /// Registers. If it is not run to its end, the registration is taken back; while it waits, nothing else is registered for.
    pub(super) async fn register(
        self: &Arc<Self>,
        registration: Registration,
        queue: &Arc<Queue>,
    ) -> Result<Registered, Error> {
        let _one_by_one = self.registering.lock().await;
        let Opened {
            client,
            has_callbacks,
        } = self.opened();
        let registration = Arc::new(registration);
        let queues = [Arc::clone(queue)];
        let registering = registration.register(&client, &queues, has_callbacks);
        let tickets = registering.await?;
        let mut slots = self.slots();
        let key = slots.next_key;
        slots.next_key += 1;
        slots.all.push(Slot {
            key,
            registration,
            queue: Arc::clone(queue),
            ticket: tickets.first().copied(),
        });
        let given_up = slots.given_up.clone();
        drop(slots);
        if let Some(closed) = given_up {
            queue.end(closed);
        }
        let link = Arc::clone(self);
        Ok(Registered { link, key })
    }

    /// Takes a new client, once the daemon has registered it for all that the old one was registered for.
    pub(super) async fn renew(&self, opened: Opened) {
        let _one_by_one = self.registering.lock().await;
        let mut registered = Vec::new();
        for wanted in self.wanted(opened.has_callbacks) {
            let tickets = wanted.register(&opened).await;
            registered.push((wanted, tickets));
        }
        self.adopt(opened, registered);
        self.changed.notify_waiters();
    }

    fn wanted(&self, has_callbacks: bool) -> Vec<Wanted> {
        let mut all: Vec<Wanted> = Vec::new();
        for slot in &self.slots().all {
            let Slot {
                key,
                registration,
                queue,
                ..
            } = slot;
            // It has ended when the daemon refused it, and its application has not dropped it yet.
            if queue.is_over() {
                continue;
            }
            let mut before = all.iter_mut();
            match before.find(|it| it.registration.is_one(registration, has_callbacks)) {
                Some(wanted) => {
                    wanted.keys.push(*key);
                    wanted.queues.push(Arc::clone(queue));
                }
                None => all.push(Wanted {
                    registration: Arc::clone(registration),
                    keys: vec![*key],
                    queues: vec![Arc::clone(queue)],
                }),
            }
        }
        all
    }

    fn adopt(&self, opened: Opened, registered: Vec<(Wanted, Vec<Ticket>)>) {
        let mut slots = self.slots();
        for slot in &mut slots.all {
            slot.ticket = None;
        }
        for (wanted, tickets) in registered {
            for (key, ticket) in wanted.keys.into_iter().zip(tickets) {
                match slots.all.iter_mut().find(|slot| slot.key == key) {
                    Some(slot) => slot.ticket = Some(ticket),
                    // Its stream has been dropped meanwhile.
                    None => deregister(&opened.client, ticket),
                }
            }
        }
        if slots.is_final {
            opened.client.disconnect();
        }
        let now = self.now.write();
        *now.unwrap_or_else(PoisonError::into_inner) = opened;
    }

    /// Whether the connection, should it be lost, will not be made anew.
    pub(super) fn is_final(&self) -> bool {
        self.slots().is_final
    }

    /// Ends the connection now, also while it is being made anew.
    pub(super) fn disconnect(&self) {
        let client = self.client();
        client.disconnect();
        self.give_up(&Closed::new(CloseReason::Here));
    }

    /// Nothing follows.
    pub(super) fn give_up(&self, closed: &Closed) {
        let mut slots = self.slots();
        slots.is_final = true;
        slots.given_up.get_or_insert_with(|| closed.clone());
        let queues: Vec<_> = slots.all.iter().map(|it| Arc::clone(&it.queue)).collect();
        // Whoever is woken may drop a stream.
        drop(slots);
        for queue in queues {
            queue.end(closed.clone());
        }
        self.changed.notify_waiters();
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A registration that ends when this is dropped.
pub(crate) struct Registered {
    link: Arc<Link>,
    key: u64,
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut slots = self.link.slots();
        let at = slots.all.iter().position(|slot| slot.key == self.key);
        let Some(slot) = at.map(|at| slots.all.swap_remove(at)) else {
            return;
        };
        let client = self.link.client();
        drop(slots);
        if let Some(ticket) = slot.ticket {
            deregister(&client, ticket);
        }
    }
}
