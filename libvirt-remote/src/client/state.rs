//! What the callers and the task of a connection share: what waits to be written, and who waits for what.
//!
//! It is behind a lock that is held for as long as a packet takes to be encoded, and never while anything is awaited.

mod registrations;

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use protocol_defs::message::ProcedureId;
use protocol_defs::packet::{Header, Kind, Packet, Status};
use tokio::sync::oneshot;

use super::options::{KeepaliveOptions, Options};
use super::streams::Streams;
use super::waiters::Waiters;
use crate::error::{CloseReason, Closed};
use crate::events::queue::Queue;
use crate::events::registration::Way;
use crate::events::route::{Subscriber, Subscribers};
use crate::transport::Transport;
use crate::wire::outgoing::Outgoing;

/// Bytes that wait to be written when callers begin to wait, too.
pub(crate) const OUTGOING_MAX: usize = 1 << 20;

/// How many calls without an answer may have no caller any more. Each takes some 200 bytes, and as many again if it begins a
/// stream, until its answer comes; with more of them, none will.
const ABANDONED_MAX: usize = 16 << 10;

/// A connection, as callers and its task have it in common.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) passes_descriptors: bool,
    pub(crate) is_private: bool,
    /// Queues of events outlive the connection, unless this side ends it.
    keeps_queues: bool,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) outgoing: Outgoing,
    next_serial: u32,
    pub(crate) pending: HashMap<u32, Pending>,
    /// How many of them have been [abandoned](Self::abandon).
    pub(super) abandoned: usize,
    pub(crate) streams: Streams,
    /// The option of this name.
    pub(super) stream_window: usize,
    /// Nothing is read from the connection, see [`is_paused`](Self::is_paused).
    pub(super) is_resting: bool,
    pub(crate) subscribers: Subscribers,
    /// Who waits until registrations that are taken back are gone.
    pub(crate) settling: Waiters,
    pub(crate) keepalive: Option<KeepaliveOptions>,
    /// Callers that wait for room in `outgoing`.
    pub(crate) room: Waiters,
    /// The connection's task.
    task: Option<Waker>,
    /// Who waits for the end.
    watchers: Vec<oneshot::Sender<()>>,
    /// No caller is left.
    pub(crate) is_released: bool,
    pub(crate) closed: Option<Closed>,
}

/// A call that has no answer yet. Its caller may have gone; the answer is then read and dropped.
pub(crate) struct Pending {
    pub(crate) procedure: ProcedureId,
    pub(crate) caller: Option<Caller>,
    pub(crate) effect: Effect,
}

/// Who gets an answer.
pub(crate) type Caller = oneshot::Sender<Result<Answer, Closed>>;

impl Pending {
    fn is_abandoned(&self) -> bool {
        self.caller.as_ref().is_none_or(Caller::is_closed)
    }
}

/// What is done with a good answer as soon as it is read, before the next packet is.
pub(crate) enum Effect {
    None,
    /// The call registers for events, which go to the queues of these, who want the same. If by then nobody waits for it any
    /// more, it is taken back.
    Subscribe(Vec<Subscriber>),
    /// The call takes a registration back.
    Unsubscribe(Arc<Way>),
    /// The call begins a stream.
    Stream,
}

/// An answer, as it came.
pub(crate) struct Answer {
    pub(crate) header: Header,
    pub(crate) payload: Bytes,
    pub(crate) fds: Vec<OwnedFd>,
}

impl Shared {
    pub(crate) fn new(options: Options, transport: &Transport, keeps_queues: bool) -> Arc<Self> {
        let state = State {
            stream_window: options.stream_window,
            ..State::default()
        };
        Arc::new(Self {
            keeps_queues,
            options,
            passes_descriptors: transport.passes_descriptors(),
            is_private: transport.is_private(),
            state: Mutex::new(state),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and has the task look at it if that is what the change says.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> (Wake, T)) -> T {
        let mut state = self.lock();
        let (wake, value) = change(&mut state);
        let waker = match wake {
            Wake::Task => state.task.take(),
            Wake::Nobody => None,
        };
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        value
    }

    /// Waits until a packet may be appended, in a place among those that do.
    pub(crate) fn poll_room(
        &self,
        cx: &Context<'_>,
        place: &mut Option<u64>,
    ) -> Poll<Result<(), Closed>> {
        self.with(|state| {
            if let Some(closed) = &state.closed {
                return (Wake::Nobody, Poll::Ready(Err(closed.clone())));
            }
            if state.outgoing.bytes.len() < OUTGOING_MAX {
                return (Wake::Nobody, Poll::Ready(Ok(())));
            }
            state.room.wait(place, cx);
            // A daemon may take nothing before what it sends is taken.
            (state.wake_resting(), Poll::Pending)
        })
    }

    /// Waits until the connection has ended.
    pub(crate) async fn ended(&self) -> Closed {
        loop {
            let watcher = {
                let mut state = self.lock();
                if let Some(closed) = &state.closed {
                    return closed.clone();
                }
                let (sender, watcher) = oneshot::channel();
                state.watchers.push(sender);
                watcher
            };
            // Whatever it is: the state says whether it is the end.
            let _ = watcher.await;
        }
    }

    /// Ends the connection: everybody who waits is told at once.
    pub(crate) fn close(&self, reason: CloseReason) {
        let mut state = self.lock();
        let closed = state
            .closed
            .get_or_insert_with(|| Closed::new(reason))
            .clone();
        let pending = std::mem::take(&mut state.pending);
        state.abandoned = 0;
        let subscribers = state.subscribers.take();
        let watchers = std::mem::take(&mut state.watchers);
        state.outgoing.clear();
        let mut wakers: Vec<_> = state.room.take().collect();
        wakers.extend(state.settling.take());
        wakers.extend(state.streams.close(&closed));
        drop(state);
        for pending in pending.into_values() {
            // Who has gone needs no answer.
            let _ = pending.caller.map(|it| it.send(Err(closed.clone())));
        }
        if !self.keeps_queues || matches!(closed.reason(), CloseReason::Here) {
            for subscriber in subscribers {
                subscriber.finish(&closed);
            }
        }
        for watcher in watchers {
            // Who has gone does not want to know.
            let _ = watcher.send(());
        }
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// Whether the task has something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    Task,
    Nobody,
}

impl State {
    /// The task, to be woken. It calls this before it looks.
    pub(crate) fn sleep(&mut self, waker: &Waker) {
        match &mut self.task {
            Some(task) => task.clone_from(waker),
            None => self.task = Some(waker.clone()),
        }
    }

    /// A serial that no call and no stream has.
    pub(crate) fn serial(&mut self) -> u32 {
        loop {
            let serial = self.next_serial;
            self.next_serial = serial.wrapping_add(1);
            if !self.pending.contains_key(&serial) && !self.streams.contains(serial) {
                return serial;
            }
        }
    }

    /// Appends packets. While some wait already, the task knows.
    pub(crate) fn append<E>(
        &mut self,
        write: impl FnOnce(&mut Outgoing) -> Result<(), E>,
    ) -> Result<Wake, E> {
        let was_empty = self.outgoing.is_empty();
        write(&mut self.outgoing)?;
        Ok(if was_empty { Wake::Task } else { Wake::Nobody })
    }

    /// What waits to be written, in exchange for something empty; and who waits for its room.
    pub(crate) fn take_outgoing(&mut self, empty: &mut Outgoing) -> Vec<Waker> {
        std::mem::swap(&mut self.outgoing, empty);
        self.room.take().collect()
    }

    /// Wakes a task that does not read and may have to.
    pub(crate) fn wake_resting(&self) -> Wake {
        if self.is_resting {
            Wake::Task
        } else {
            Wake::Nobody
        }
    }

    /// Acts on a packet from the daemon, or says why it is none.
    pub(crate) fn take(
        &mut self,
        packet: Packet<Bytes>,
        fds: Vec<OwnedFd>,
        done: &mut Done,
    ) -> Result<(), CloseReason> {
        let Header { kind, status, .. } = packet.header;
        match (kind, status) {
            (Kind::Reply | Kind::ReplyWithFds, Status::Ok | Status::Error) => {
                self.answer(packet, fds, done)
            }
            (Kind::Message, Status::Ok) => {
                let procedure = ProcedureId::of(&packet.header);
                self.subscribers.deliver(procedure, &packet.payload);
                Ok(())
            }
            (Kind::Stream | Kind::StreamHole, _) => self
                .streams
                .take(&packet, &mut done.wakers)
                .map_err(|why| unexpected(&packet.header, why)),
            (Kind::Call | Kind::CallWithFds, _) => Err(unexpected(
                &packet.header,
                "the daemon has called its client",
            )),
            (Kind::Unknown(_), _) => Err(unexpected(&packet.header, "packet of an unknown kind")),
            _ => Err(unexpected(
                &packet.header,
                "packet with a status that its kind does not have",
            )),
        }
    }

    fn answer(
        &mut self,
        packet: Packet<Bytes>,
        fds: Vec<OwnedFd>,
        done: &mut Done,
    ) -> Result<(), CloseReason> {
        let Packet {
            header, payload, ..
        } = packet;
        let procedure = ProcedureId::of(&header);
        let is_ok = header.status == Status::Ok;
        match self.pending.get(&header.serial) {
            Some(pending) if pending.procedure != procedure => {
                let why = "answer to another procedure than the one called";
                return Err(unexpected(&header, why));
            }
            _ => {}
        }
        let Some(pending) = self.pending.remove(&header.serial) else {
            // This is how libvirtd says that it cannot make a hole.
            let wakers = &mut done.wakers;
            if !is_ok
                && self
                    .streams
                    .fail(header.serial, procedure, &payload, wakers)
            {
                return Ok(());
            }
            return Err(unexpected(&header, "answer to no call"));
        };
        let is_abandoned = pending.is_abandoned();
        match pending.effect {
            Effect::Subscribe(subscribers) => {
                if is_ok {
                    self.subscribe(subscribers, &payload, is_abandoned);
                }
                done.wakers.extend(self.settling.take());
            }
            Effect::Unsubscribe(_) => done.wakers.extend(self.settling.take()),
            Effect::Stream if !is_ok => {
                self.streams.refused(header.serial);
            }
            Effect::Stream if is_abandoned => {
                // The task that reads this writes next.
                self.end_stream(header.serial);
            }
            _ => {}
        }
        let answer = Answer {
            header,
            payload,
            fds,
        };
        match pending.caller {
            Some(caller) => done.answers.push((caller, answer)),
            None => self.abandoned -= 1,
        }
        Ok(())
    }

    /// The caller has gone before it took its answer, which has to be known for what it is when it comes. Says if there are
    /// too many of those.
    pub(super) fn abandon(&mut self, serial: u32) -> (Wake, Option<CloseReason>) {
        let Some(pending) = self.pending.get_mut(&serial) else {
            // It has come. If it has begun a stream, nobody else would end that.
            return (self.end_stream(serial), None);
        };
        pending.caller = None;
        self.abandoned += 1;
        if let Some(inbox) = self.streams.inbox(serial) {
            // What comes of it before it is aborted is for nobody.
            inbox.abandon();
        }
        let calls = self.abandoned;
        let is_too_many = calls > ABANDONED_MAX;
        let reason = is_too_many.then_some(CloseReason::Unanswered { calls });
        (self.wake_resting(), reason)
    }
}

/// Who is to be told when the lock is free again.
#[derive(Default)]
pub(crate) struct Done {
    answers: Vec<(Caller, Answer)>,
    wakers: Vec<Waker>,
}

impl Done {
    pub(crate) fn tell(&mut self) {
        for (caller, answer) in self.answers.drain(..) {
            // The caller may have gone; its answer, and the descriptors in it, go here.
            let _ = caller.send(Ok(answer));
        }
        self.wakers.drain(..).for_each(Waker::wake);
    }
}

/// The header of a call.
pub(super) fn call_header(procedure: ProcedureId, kind: Kind, serial: u32) -> Header {
    Header {
        program: procedure.program,
        version: procedure.version,
        procedure: procedure.procedure,
        kind,
        serial,
        status: Status::Ok,
    }
}

pub(crate) fn unexpected(header: &Header, why: &'static str) -> CloseReason {
    CloseReason::Unexpected {
        header: Box::new(*header),
        why,
    }
}

/// A queue as the options have it.
pub(crate) fn queue(options: &Options) -> Arc<Queue> {
    Arc::new(Queue::new(options.event_queue, options.event_queue_bytes))
}
