//! What all parts of a daemon have in common, and what of it is for its users.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol_defs::events::RemoteEvent;
use protocol_defs::packet::WriteError;
use protocol_defs::remote::ConnectEventConnectionClosedMsg;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::access::Access;
use super::admission::Program;
use super::connection::Connection;
use super::fate::Fate;
use super::hypervisor::{AnyHypervisor, Hypervisor};
use super::options::Options;
use super::registrations::Emission;
use super::session::{Emitted, Inner, Session};
use super::stats::{Counters, Stats};
use crate::transport::Transport;

/// A daemon, to tell its clients of events and to look at what it has counted. Clones are the same daemon, which may have
/// ended.
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Arc<Shared>,
}

impl Handle {
    /// Sends an event to all clients that have registered for its kind, and for its object if they have named one; once
    /// for each registration, in the form that the registration is of.
    ///
    /// The event's own number of a registration, which the newer kinds have as a field, is not looked at.
    ///
    /// What QEMU says on its monitor goes to those whose [`MonitorFilter`](protocol_defs::events::MonitorFilter) it passes. One
    /// with a pattern cannot be registered for: there are no regular expressions here.
    ///
    /// ```
    /// use libvirt_remote::daemon::Handle;
    /// use protocol_defs::packet::WriteError;
    /// use protocol_defs::remote::{DomainEventLifecycleMsg, NonnullDomain};
    ///
    /// /// The domain has been started; and how many messages the clients get of it.
    /// fn started(daemon: &Handle, dom: NonnullDomain) -> Result<u64, WriteError> {
    ///     let event = DomainEventLifecycleMsg { dom, event: 2, detail: 0 };
    ///     Ok(daemon.emit(event)?.sent)
    /// }
    /// ```
    ///
    /// # Errors
    /// [`WriteError`] if the event breaks a bound of its type.
    pub fn emit<E>(&self, event: E) -> Result<Emitted, WriteError>
    where
        E: RemoteEvent + Clone + Send + Sync + 'static,
    {
        let emission = Emission::new(event)?;
        Ok(self.to_all(|inner| inner.emit(&emission)))
    }

    /// [`emit`](Self::emit), and something happens to each message on its way.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn emit_fated<E>(&self, event: E, fate: &Fate) -> Result<Emitted, WriteError>
    where
        E: RemoteEvent + Clone + Send + Sync + 'static,
    {
        let emission = Emission::new(event)?;
        Ok(self.to_all(|inner| inner.emit_fated(&emission, fate)))
    }

    /// Tells all clients that have registered for it that the driver has lost its own connection; `reason` is of
    /// `enum virConnectCloseReason`. It is [`emit`](Self::emit) of that event.
    ///
    /// # Errors
    /// None that is known: the message has no bounds.
    pub fn connection_closed(&self, reason: i32) -> Result<Emitted, WriteError> {
        self.emit(ConnectEventConnectionClosedMsg { reason })
    }

    fn to_all(&self, send: impl Fn(&Inner) -> Emitted) -> Emitted {
        let mut emitted = Emitted::default();
        for session in self.sessions() {
            let of_one = send(&session.inner);
            emitted.sent += of_one.sent;
            emitted.lost += of_one.lost;
        }
        emitted
    }

    /// The clients that are connected, in the order in which they came.
    pub fn sessions(&self) -> Vec<Session> {
        let mut sessions: Vec<_> = self.shared.sessions().values().cloned().collect();
        sessions.sort_unstable_by_key(|session| session.inner.id);
        sessions
    }

    /// What it has counted.
    pub fn stats(&self) -> Stats {
        let sessions = self.shared.sessions().len();
        self.shared.counters.stats(sessions)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

pub(super) struct Shared {
    pub(super) hypervisor: Arc<dyn AnyHypervisor>,
    pub(super) programs: Vec<Program>,
    pub(super) options: Arc<Options>,
    pub(super) counters: Arc<Counters>,
    sessions: Mutex<HashMap<u64, Session>>,
    /// Places that are taken. It changes while `sessions` is locked, or gets less.
    places: AtomicUsize,
    /// Clients that have not said what they have come for.
    opening: AtomicUsize,
    /// Connections, and calls that run; none when the daemon has ended.
    tasks: Mutex<Option<JoinSet<()>>>,
    /// There may be room for another client.
    room: Notify,
    is_leaving: AtomicBool,
}

impl Shared {
    pub(super) fn new(hypervisor: impl Hypervisor, options: Options) -> Arc<Self> {
        Arc::new(Self {
            programs: hypervisor.programs(),
            hypervisor: Arc::new(hypervisor),
            options: Arc::new(options),
            counters: Arc::default(),
            sessions: Mutex::default(),
            places: AtomicUsize::new(0),
            opening: AtomicUsize::new(0),
            tasks: Mutex::new(Some(JoinSet::new())),
            room: Notify::new(),
            is_leaving: AtomicBool::new(false),
        })
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<u64, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tasks(&self) -> MutexGuard<'_, Option<JoinSet<()>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a task that ends with the daemon.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut guard = self.tasks();
        let Some(tasks) = &mut *guard else {
            // One may have been on its way when all others were ended. What it holds is not let go under the lock.
            drop(guard);
            drop(task);
            return;
        };
        // What has ended is forgotten. That one has panicked its client knows.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Serves a client once there is room for it.
    pub(super) async fn accept_in_turn(self: &Arc<Self>, transport: Transport, access: Access) {
        let mut transport = transport;
        loop {
            let room = self.room.notified();
            match self.accept_if_room(transport, &access) {
                Ok(_) => return,
                Err(returned) => transport = returned,
            }
            room.await;
        }
    }

    fn accept_if_room(
        self: &Arc<Self>,
        transport: Transport,
        access: &Access,
    ) -> Result<Session, Transport> {
        let sessions = self.sessions();
        let has_room = self.places.load(Ordering::SeqCst) < self.options.max_clients
            && self.opening.load(Ordering::SeqCst) < self.options.max_opening;
        if has_room {
            Ok(self.begin(sessions, transport, access.clone()))
        } else {
            Err(transport)
        }
    }

    /// Serves a client.
    pub(super) fn accept(self: &Arc<Self>, transport: Transport, access: Access) -> Session {
        self.begin(self.sessions(), transport, access)
    }

    fn begin(
        self: &Arc<Self>,
        mut sessions: MutexGuard<'_, HashMap<u64, Session>>,
        transport: Transport,
        access: Access,
    ) -> Session {
        let accepted = self.counters.accepted.next();
        let inner = Inner::new(
            accepted,
            access,
            transport.passes_descriptors(),
            Arc::clone(&self.options),
            Arc::clone(&self.counters),
        );
        let session = Session { inner };
        sessions.insert(accepted, session.clone());
        let place = Place::take(self);
        self.opening.fetch_add(1, Ordering::SeqCst);
        drop(sessions);
        if self.is_leaving() {
            session.inner.leave();
        }
        let shared = Arc::clone(self);
        self.spawn(Connection::new(shared, place, session.clone(), transport));
        session
    }

    pub(super) fn forget(&self, session: &Session) {
        self.sessions().remove(&session.inner.id);
    }

    /// A client has said what it has come for, or has gone; or the other way round.
    pub(super) fn count_opening(&self, is_opening: bool) {
        if is_opening {
            self.opening.fetch_add(1, Ordering::SeqCst);
        } else {
            self.opening.fetch_sub(1, Ordering::SeqCst);
            self.room.notify_waiters();
        }
    }

    fn is_leaving(&self) -> bool {
        self.is_leaving.load(Ordering::SeqCst)
    }

    /// Has all clients leave when their calls are answered.
    pub(super) fn leave(&self) {
        self.is_leaving.store(true, Ordering::SeqCst);
        for session in self.sessions().values() {
            session.inner.leave();
        }
    }

    /// Waits until all tasks have ended, those that begin meanwhile among them.
    pub(super) async fn join(&self) {
        loop {
            let tasks = self.tasks().as_mut().map(std::mem::take);
            let Some(mut tasks) = tasks.filter(|tasks| !tasks.is_empty()) else {
                return;
            };
            while tasks.join_next().await.is_some() {}
        }
    }

    pub(super) fn abort(&self) {
        self.leave();
        // Dropped, it ends them all.
        let tasks = self.tasks().take();
        drop(tasks);
    }
}

/// One of the places for clients that a daemon has. It is taken until nothing is left of a client, neither its connection nor
/// a call that still runs: otherwise who comes and goes could have any number of them run.
pub(super) struct Place {
    shared: Arc<Shared>,
}

impl Place {
    fn take(shared: &Arc<Shared>) -> Self {
        shared.places.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(shared);
        Self { shared }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.places.fetch_sub(1, Ordering::SeqCst);
        self.shared.room.notify_waiters();
    }
}
