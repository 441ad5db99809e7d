//! One client, as the daemon's parts have it in common: what waits to be written to it, what it has registered for, and
//! what of it runs.
//!
//! It is behind a lock that is held for as long as a packet takes to be copied, and never while anything is awaited.

mod queue;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use protocol_defs::events::RemoteEvent;
use protocol_defs::message::Event;
use protocol_defs::packet::WriteError;

pub(super) use self::queue::{Course, HeldBack, Lane, Queue};
use super::access::{Access, Permission};
use super::end::End;
use super::fate::Fate;
use super::options::{Options, Overflow};
use super::registrations::{Emission, Place, Registrations, packet};
use super::stats::Counters;
use super::stream::Streams;

/// A client of a daemon. Clones are the same client; it may have gone.
#[derive(Clone)]
pub struct Session {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) id: u64,
    pub(super) access: Access,
    pub(super) passes_descriptors: bool,
    pub(super) options: Arc<Options>,
    pub(super) counters: Arc<Counters>,
    events_lost: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) queue: Queue,
    /// The driver, once the client has opened it.
    pub(super) opened: Option<Opened>,
    /// Whether it has said what it has come for: it has opened a driver, or called a program that has none.
    pub(super) is_settled: bool,
    /// Whether the client knows keepalive.
    pub(super) has_keepalive: bool,
    pub(super) registrations: Registrations,
    pub(super) streams: Streams,
    /// Calls that run.
    pub(super) running: Running,
    /// The connection's task.
    task: Option<Waker>,
}

/// The driver that a client has opened.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) name: Option<String>,
    pub(super) read_only: bool,
}

/// How many calls run, by what they may wait for.
#[derive(Clone, Copy, Default)]
pub(super) struct Running {
    pub(super) ordinary: usize,
    pub(super) urgent: usize,
    /// One that opens or closes the driver. Others wait for it.
    pub(super) alone: usize,
    /// Those of them that say what the client has come for, if they succeed.
    pub(super) settling: usize,
    /// Descriptors that came with them.
    pub(super) fds: usize,
    /// Bytes of their arguments.
    pub(super) bytes: usize,
}

impl Running {
    pub(super) const fn is_none(self) -> bool {
        self.ordinary + self.urgent + self.alone == 0
    }
}

/// How many messages an event became.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Emitted {
    /// Those that clients are sent: one for each registration.
    pub sent: u64,
    /// Those that were lost, as their client's queue was full.
    pub lost: u64,
}

impl Session {
    /// A number that no other client of the daemon has had.
    pub fn id(&self) -> u64 {
        self.inner.id
    }

    /// What clients of its socket may do. It may do less itself: see [`grants`](Self::grants).
    pub fn access(&self) -> &Access {
        &self.inner.access
    }

    /// Whether it may only read, be it for its socket or since it has opened its driver so.
    pub fn is_read_only(&self) -> bool {
        let has_opened_so = || {
            let state = self.inner.lock();
            state.opened.as_ref().is_some_and(|opened| opened.read_only)
        };
        matches!(self.inner.access, Access::ReadOnly) || has_opened_so()
    }

    /// Whether it has a permission, by its socket and by how it has opened its driver. Whether it may make a call the daemon
    /// has looked at, flags and all; a handler asks for what is not in the call, such as whether it may see a domain:
    ///
    /// ```
    /// use libvirt_remote::daemon::{Permission, Router};
    /// use protocol_defs::remote::{ConnectListAllDomainsRet, NonnullDomain, proc};
    ///
    /// let router = Router::with_state(Vec::<NonnullDomain>::new())
    ///     .on_sync::<proc::ConnectListAllDomains>(|cx, _| {
    ///         let seen = Permission::parse("domain:getattr");
    ///         let sees = seen.is_some_and(|seen| cx.session().grants(&seen));
    ///         let domains = if sees { cx.state().clone() } else { Vec::new() };
    ///         Ok(ConnectListAllDomainsRet { ret: domains.len() as u32, domains })
    ///     });
    /// ```
    pub fn grants(&self, permission: &Permission<'_>) -> bool {
        self.inner.access.grants(permission) && (permission.only_reads() || !self.is_read_only())
    }

    /// The name of the driver that it has opened, such as `qemu:///system`.
    pub fn driver(&self) -> Option<String> {
        self.inner.lock().opened.clone()?.name
    }

    /// Whether its connection has ended.
    pub fn is_closed(&self) -> bool {
        matches!(self.inner.lock().queue.course, Course::Closed)
    }

    /// How many registrations for events it has.
    pub fn registrations(&self) -> usize {
        self.inner.lock().registrations.len()
    }

    /// How many messages of events it has lost because its queue was full.
    pub fn events_lost(&self) -> u64 {
        self.inner.events_lost.load(Ordering::Relaxed)
    }

    /// Sends an event to this client alone, once for each of its registrations that wants it.
    ///
    /// # Errors
    /// [`WriteError`] if the event breaks a bound of its type.
    pub fn emit<E>(&self, event: E) -> Result<Emitted, WriteError>
    where
        E: RemoteEvent + Clone + Send + Sync + 'static,
    {
        Ok(self.inner.emit(&Emission::new(event)?))
    }

    /// Sends the message of an event as it is, whatever the client has registered for: one of another program, or one
    /// that it should not get, in a test.
    ///
    /// # Errors
    /// [`WriteError`] if the event breaks a bound of its type.
    pub fn send(&self, event: impl Into<Event>) -> Result<Emitted, WriteError> {
        let packet = packet(event.into())?;
        Ok(self.inner.emit_with(|_, send| send(&packet)))
    }

    /// Sends bytes as they are, whatever they are, in a test.
    pub fn inject(&self, bytes: &[u8]) {
        self.inner.change(|state| {
            if state.queue.takes_more() {
                state.queue.outgoing.bytes.extend_from_slice(bytes);
            }
        });
    }

    /// Ends the connection when what waits has been written. Calls that run are not answered any more.
    pub fn hang_up(&self) {
        self.inner.change(|state| state.queue.cut());
    }

    /// Ends the connection at once. What waits to be written is lost.
    pub fn disconnect(&self) {
        self.inner.kill(End::Here);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.inner.id)
            .field("access", &self.inner.access)
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub(super) fn new(
        id: u64,
        access: Access,
        passes_descriptors: bool,
        options: Arc<Options>,
        counters: Arc<Counters>,
    ) -> Arc<Self> {
        Arc::new(Self {
            id,
            access,
            passes_descriptors,
            options,
            counters,
            events_lost: AtomicU64::new(0),
            state: Mutex::default(),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and has the task look at it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let value = change(&mut state);
        let task = state.task.take();
        drop(state);
        if let Some(task) = task {
            task.wake();
        }
        value
    }

    /// The same, if it says that the task has to look.
    pub(super) fn change_if<T>(&self, change: impl FnOnce(&mut State) -> (bool, T)) -> T {
        let mut state = self.lock();
        let (is_changed, value) = change(&mut state);
        let task = is_changed.then(|| state.task.take()).flatten();
        drop(state);
        if let Some(task) = task {
            task.wake();
        }
        value
    }

    pub(super) fn kill(&self, end: End) {
        self.change(|state| state.queue.kill(end));
    }

    pub(super) fn leave(&self) {
        self.change(|state| {
            if matches!(state.queue.course, Course::Stays) {
                state.queue.course = Course::Leaves;
            }
        });
    }

    pub(super) fn emit(&self, emission: &Emission) -> Emitted {
        self.emit_with(|registrations, send| registrations.each_packet(emission, send))
    }

    /// Has something happen to the messages of an event on their way, whatever room there is.
    pub(super) fn emit_fated(&self, emission: &Emission, fate: &Fate) -> Emitted {
        let mut packets = Vec::new();
        let emitted = self.change(|state| {
            state
                .registrations
                .each_packet(emission, |packet| packets.push(packet.to_owned()));
            let sent = packets.len() as u64;
            for packet in packets {
                let queue = &mut state.queue;
                fate.clone()
                    .deliver(Lane::Answers, queue, packet, Vec::new());
            }
            Emitted { sent, lost: 0 }
        });
        self.counters.events_sent.add(emitted.sent);
        emitted
    }

    /// Sends the messages of an event that `each` finds.
    pub(super) fn emit_with(
        &self,
        each: impl FnOnce(&Registrations, &mut dyn FnMut(&[u8])),
    ) -> Emitted {
        let mut emitted = Emitted::default();
        let mut state = self.lock();
        if !state.queue.takes_more() {
            return emitted;
        }
        // The registrations cannot change while the lock is held; the queue does.
        let registrations = std::mem::take(&mut state.registrations);
        each(&registrations, &mut |packet| {
            if state.queue.has_room(packet.len(), self.options.queue_bytes) {
                state.queue.outgoing.bytes.extend_from_slice(packet);
                emitted.sent += 1;
            } else {
                emitted.lost += 1;
            }
        });
        state.registrations = registrations;
        let is_killed = emitted.lost > 0 && self.options.overflow == Overflow::Disconnect;
        if is_killed {
            state.queue.kill(End::Overflow);
        }
        let task = (emitted.sent > 0 || is_killed)
            .then(|| state.task.take())
            .flatten();
        drop(state);
        self.events_lost.fetch_add(emitted.lost, Ordering::Relaxed);
        self.counters.events_sent.add(emitted.sent);
        self.counters.events_lost.add(emitted.lost);
        if let Some(task) = task {
            task.wake();
        }
        emitted
    }
}

impl State {
    /// The task, to be woken. It calls this before it looks.
    pub(super) fn sleep(&mut self, waker: &Waker) {
        match &mut self.task {
            Some(task) => task.clone_from(waker),
            None => self.task = Some(waker.clone()),
        }
    }

    pub(super) fn act(&mut self, effect: Effect) {
        match effect {
            Effect::None => {}
            Effect::Settle => self.is_settled = true,
            Effect::Open(opened) => {
                self.opened = Some(opened);
                self.is_settled = true;
            }
            Effect::Close => {
                self.opened = None;
                self.is_settled = false;
                self.registrations.clear();
            }
            Effect::Keepalive => self.has_keepalive = true,
            Effect::Register(place) => self.registrations.stand(&place),
            Effect::CloseCallback(has) => self.registrations.has_close_callback = has,
        }
    }
}

/// What a good answer does to its client, in the moment in which it is queued: events behind it are the client's from
/// then on, and not before.
pub(super) enum Effect {
    None,
    /// The client has come for what it has called.
    Settle,
    Open(Opened),
    Close,
    Keepalive,
    Register(Place),
    CloseCallback(bool),
}

impl Effect {
    /// Whether the client has then said what it has come for.
    pub(super) fn settles(&self) -> bool {
        matches!(self, Self::Open(_) | Self::Settle)
    }
}
