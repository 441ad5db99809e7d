//! The task of a client: reads and begins its calls, writes what waits for it, and looks after it.

mod calls;
mod patience;
mod reading;
mod streams;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::BytesMut;
use protocol_defs::packet::{Keepalive, write_packet};
use tokio::time::Sleep;

use self::patience::Unwritten;
use super::end::End;
use super::handle::{Place, Shared};
use super::session::{Course, Session, State};
use super::stream;
use crate::client::heart::{Beat, Heart};
use crate::transport::Transport;
use crate::wire::incoming::{Arrival, Incoming};
use crate::wire::outbox::Outbox;
use crate::wire::stall::Stall;

/// Runs until the connection has ended.
pub(super) struct Connection {
    shared: Arc<Shared>,
    place: Arc<Place>,
    session: Session,
    transport: Transport,
    incoming: Incoming,
    /// Calls that wait for others.
    waiting: VecDeque<Arrival>,
    /// Bytes of their payloads.
    waiting_bytes: usize,
    /// Their descriptors.
    waiting_fds: usize,
    outbox: Outbox,
    /// Bytes that have come from the client.
    heard: u64,
    heart: Heart,
    /// Why nothing is read any more.
    last: Option<End>,
    /// How long the client has for its answers after that.
    patience: Option<Pin<Box<Sleep>>>,
    stall: Stall,
    /// The client has not said what it has come for. The daemon counts those.
    is_opening: bool,
    /// How long it may not.
    opening: Option<Pin<Box<Sleep>>>,
    unwritten: Option<Unwritten>,
    /// Nothing is written any more; what still comes is thrown away.
    is_lingering: bool,
}

impl Connection {
    pub(super) fn new(
        shared: Arc<Shared>,
        place: Place,
        session: Session,
        transport: Transport,
    ) -> Self {
        Self {
            shared,
            place: Arc::new(place),
            session,
            transport,
            incoming: Incoming::default(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            waiting_fds: 0,
            outbox: Outbox::new(),
            heard: 0,
            heart: Heart::new(),
            last: None,
            patience: None,
            stall: Stall::default(),
            is_opening: true,
            opening: None,
            unwritten: None,
            is_lingering: false,
        }
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_lingering {
            let Poll::Ready(end) = self.drive(cx) else {
                return Poll::Pending;
            };
            // What it has been answered might not arrive if what it has sent were left unread.
            self.is_lingering = end.is_malformed();
            let is_shut = self.transport.poll_shutdown(cx);
            self.close(&end);
            if !self.is_lingering || matches!(is_shut, Poll::Ready(Err(_))) {
                return Poll::Ready(());
            }
        }
        self.linger(cx)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_opening {
            self.shared.count_opening(false);
        }
        if !self.session.is_closed() {
            self.close(&End::Here);
        }
    }
}

impl Connection {
    /// From here on nobody has the client any more.
    fn close(&mut self, end: &End) {
        let waiting = self.session.inner.change(|state| {
            state.queue.course = Course::Closed;
            let end = match end {
                End::Here => stream::End::Here,
                _ => stream::End::Disconnected,
            };
            let waiting = state.streams.end_all(&end, None, &mut state.queue);
            state.queue.outgoing.clear();
            state.queue.held_back.clear();
            state.registrations.clear();
            waiting
        });
        waiting.wake();
        self.waiting.clear();
        self.shared.forget(&self.session);
        self.shared.counters.count_end(end);
        if !std::thread::panicking() {
            self.shared.hypervisor.disconnected(&self.session, end);
        }
    }

    /// Throws away what comes, for a while, until the client hangs up.
    fn linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut bytes = BytesMut::new();
        let mut fds = VecDeque::new();
        loop {
            if self.is_out_of_patience(cx) {
                return Poll::Ready(());
            }
            match self.transport.poll_read(cx, &mut bytes, &mut fds) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(()),
                Poll::Ready(Ok(count)) => {
                    self.shared.counters.bytes_received.add(count as u64);
                }
            }
            bytes.clear();
            fds.clear();
        }
    }

    /// Does what can be done, until nothing can or the connection ends.
    fn drive(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        loop {
            let steps = [Self::look, Self::read, Self::write, Self::beat];
            let mut is_going_on = false;
            for step in steps {
                match step(self, cx) {
                    Ok(Step::Done) => is_going_on = true,
                    Ok(Step::Waits) => {}
                    Err(end) => return Poll::Ready(end),
                }
            }
            is_going_on |= self.begin() == Step::Done;
            if !is_going_on {
                return Poll::Pending;
            }
        }
    }

    /// Whether the connection is to go on, and who is woken if anybody changes anything from here on.
    fn look(&mut self, cx: &mut Context<'_>) -> Result<Step, End> {
        self.session.inner.lock().sleep(cx.waker());
        self.look_at_streams(cx);
        let mut state = self.session.inner.lock();
        if let Some(end) = state.queue.take_killed() {
            return Err(end);
        }
        let keepalive = self.shared.options.keepalive;
        self.heart.set(keepalive.filter(|_| state.has_keepalive));
        if matches!(state.queue.course, Course::Leaves) && self.last.is_none() {
            self.last = Some(End::Here);
        }
        let is_written = state.queue.outgoing.is_empty() && self.outbox.is_done();
        let is_cut = matches!(state.queue.course, Course::Cut);
        let is_leaving = matches!(state.queue.course, Course::Leaves);
        // Under the same lock as whether all is written: an answer may be queued as the call that it is to ends.
        let is_answered = self.waiting.is_empty() && state.running.is_none();
        let is_settled = state.is_settled;
        let is_settling = state.running.settling > 0;
        drop(state);
        self.look_at_opening(cx, is_settled, is_settling);
        if is_written && is_cut {
            return Err(End::Here);
        }
        if is_cut || self.last.is_some() {
            if is_written && is_answered {
                return Err(self.last.take().unwrap_or(End::Here));
            }
            // What the daemon takes to answer is not the client's time; there is a limit to that where it ends itself.
            if is_leaving && is_written {
                self.patience = None;
            } else if self.is_out_of_patience(cx) {
                return Err(End::Drained);
            }
        }
        Ok(Step::Waits)
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Result<Step, End> {
        let mut step = Step::Waits;
        loop {
            if let Some(writing) = self.outbox.vacant() {
                let mut state = self.session.inner.lock();
                std::mem::swap(&mut state.queue.outgoing, writing);
                state.queue.writing = writing.bytes.len();
                if state.queue.has_stream_room(&self.shared.options) {
                    let waiting = state.streams.writers();
                    drop(state);
                    waiting.wake();
                }
            }
            if self.outbox.is_done() {
                self.unwritten = None;
                return Ok(step);
            }
            let before = self.outbox.taken();
            let polled = self.outbox.poll_write(cx, &mut self.transport);
            let taken = self.outbox.taken() - before;
            self.shared.counters.bytes_sent.add(taken);
            match polled {
                Poll::Pending => return self.look_at_unwritten(cx).map(|()| step),
                Poll::Ready(Ok(())) => step = Step::Done,
                Poll::Ready(Err(error)) => {
                    return Err(self.last.take().unwrap_or(End::Io(error)));
                }
            }
        }
    }

    fn beat(&mut self, cx: &mut Context<'_>) -> Result<Step, End> {
        // A client that is not listened to cannot be heard. But it has to hear this side.
        let is_listening = self.is_listening();
        match self.heart.poll_beat(cx, is_listening) {
            Poll::Pending => Ok(Step::Waits),
            Poll::Ready(Beat::Dead { pings }) => Err(End::Keepalive { pings }),
            Poll::Ready(Beat::Ping) => {
                send(Keepalive::Ping, &mut self.session.inner.lock());
                Ok(Step::Done)
            }
        }
    }
}

/// Whether a step has changed anything. If not, what it waits for will wake the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Done,
    Waits,
}

fn send(keepalive: Keepalive, state: &mut State) {
    if !state.queue.takes_more() {
        return;
    }
    // A packet without a payload breaks no bound, and the task that sends it writes next.
    let _ = write_packet(&keepalive.header(), &(), &mut state.queue.outgoing.bytes);
}
