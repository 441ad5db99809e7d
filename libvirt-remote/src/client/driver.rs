//! The task of a connection: reads and acts on what has come, writes what waits, and looks after the daemon.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use protocol_defs::packet::{Keepalive, Packet, write_packet};
use tokio::time::{Sleep, sleep};

use super::heart::{Beat, Heart};
use super::state::{Done, OUTGOING_MAX, Shared, State, unexpected};
use crate::error::CloseReason;
use crate::transport::Transport;
use crate::wire::incoming::{Arrival, Broken, Incoming};
use crate::wire::keepalive;
use crate::wire::outbox::Outbox;
use crate::wire::stall::Stall;

/// How long a daemon that takes nothing any more is listened to, and how long it takes at most to say that the connection
/// ends. If it has gone, which it has, that shows at once.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long a daemon has for what was sent, once nobody is left who could send more or wait for an answer.
const LEFT_BEHIND: Duration = Duration::from_secs(10);

/// Runs until the connection ends. Then everybody who waits for something of it knows why.
pub(super) struct Driver {
    shared: Arc<Shared>,
    transport: Transport,
    incoming: Incoming,
    done: Done,
    outbox: Outbox,
    /// The daemon hears no more. What it has said before is still to be read, for this long.
    deaf: Option<Pin<Box<Sleep>>>,
    heart: Heart,
    stall: Stall,
    /// Nobody is left, and something is still to be written, for this long.
    left_behind: Option<Pin<Box<Sleep>>>,
    /// The connection has ended; what is left is to say so to the transport.
    is_closed: bool,
}

impl Driver {
    pub(super) fn new(shared: Arc<Shared>, transport: Transport) -> Self {
        Self {
            shared,
            transport,
            incoming: Incoming::default(),
            done: Done::default(),
            outbox: Outbox::new(),
            deaf: None,
            heart: Heart::new(),
            stall: Stall::default(),
            left_behind: None,
            is_closed: false,
        }
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_closed {
            let Poll::Ready(reason) = self.drive(cx) else {
                return Poll::Pending;
            };
            self.shared.close(reason);
            self.is_closed = true;
            self.deaf = Some(Box::pin(sleep(LAST_WORDS)));
        }
        // Whether the peer hears of it changes nothing any more; so it is not waited for.
        if self.transport.poll_shutdown(cx).is_ready() {
            return Poll::Ready(());
        }
        let last_words = self.deaf.as_mut().map(|it| it.as_mut().poll(cx));
        last_words.unwrap_or(Poll::Ready(()))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.is_closed {
            self.shared.close(CloseReason::Runtime);
        }
    }
}

impl Driver {
    /// Does what can be done, until nothing can or the connection ends.
    fn drive(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        loop {
            let steps = [Self::look, Self::read, Self::write, Self::beat];
            let mut is_going_on = false;
            for step in steps {
                match step(self, cx) {
                    Ok(Step::Done) => is_going_on = true,
                    Ok(Step::Waits) => {}
                    Err(reason) => return Poll::Ready(reason),
                }
            }
            is_going_on |= self.free(cx) == Step::Done;
            if !is_going_on {
                return match &mut self.deaf {
                    Some(last_words) => last_words.as_mut().poll(cx).map(|()| self.end_of_input()),
                    None => Poll::Pending,
                };
            }
        }
    }

    /// Whether the connection is to go on, and who is woken if callers change anything from here on.
    fn look(&mut self, cx: &mut Context<'_>) -> Result<Step, CloseReason> {
        let mut state = self.shared.lock();
        state.sleep(cx.waker());
        self.heart.set(state.keepalive);
        let is_written = state.outgoing.is_empty() && self.outbox.is_done();
        if state.closed.is_some() || (state.is_released && is_written) {
            return Err(CloseReason::Here);
        }
        if !state.is_released {
            return Ok(Step::Waits);
        }
        drop(state);
        let patience = || Box::pin(sleep(LEFT_BEHIND));
        let left_behind = self.left_behind.get_or_insert_with(patience);
        match left_behind.as_mut().poll(cx) {
            Poll::Pending => Ok(Step::Waits),
            Poll::Ready(()) => Err(CloseReason::Here),
        }
    }

    /// Gives a stream up that keeps others waiting and that nobody reads.
    fn free(&mut self, cx: &mut Context<'_>) -> Step {
        let patience = self.shared.options.stream_patience;
        let mut state = self.shared.lock();
        let Poll::Ready(serial) = self.stall.poll(cx, state.stalled(), patience) else {
            return Step::Waits;
        };
        let waiting = state.give_up(serial, patience);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
        Step::Done
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Result<Step, CloseReason> {
        if self.is_paused() {
            return Ok(Step::Waits);
        }
        match self.incoming.poll_read(cx, &mut self.transport) {
            Poll::Pending => return Ok(Step::Waits),
            Poll::Ready(Ok(0)) => return Err(self.end_of_input()),
            Poll::Ready(Ok(_)) => {}
            Poll::Ready(Err(error)) => return Err(self.failed(error)),
        }
        self.heart.has_heard();
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        let acted = self.act(&mut state);
        drop(state);
        self.done.tell();
        acted.map(|()| Step::Done)
    }

    fn is_paused(&self) -> bool {
        let mut state = self.shared.lock();
        state.is_resting = state.is_paused();
        state.is_resting
    }

    fn end_of_input(&self) -> CloseReason {
        match self.incoming.begun() {
            None => CloseReason::ByPeer,
            Some(length) => CloseReason::CutOff { length },
        }
    }

    /// A daemon that has gone is one that has hung up, whichever of the two the socket says.
    fn failed(&self, error: io::Error) -> CloseReason {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset => self.end_of_input(),
            _ => CloseReason::Io(error),
        }
    }

    /// Acts on all packets that have come whole.
    fn act(&mut self, state: &mut State) -> Result<(), CloseReason> {
        let passes_descriptors = self.transport.passes_descriptors();
        while let Some(Arrival { packet, fds }) = self.incoming.next(passes_descriptors)? {
            if packet.header.program == Keepalive::PROGRAM {
                keepalive(&packet, state)?;
            } else {
                state.take(packet, fds, &mut self.done)?;
            }
        }
        if self.incoming.has_stray_descriptors() {
            return Err(CloseReason::Descriptors);
        }
        Ok(())
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Result<Step, CloseReason> {
        let mut step = Step::Waits;
        if self.deaf.is_some() {
            return Ok(step);
        }
        loop {
            if let Some(writing) = self.outbox.vacant() {
                let waiting = self.shared.lock().take_outgoing(writing);
                waiting.into_iter().for_each(Waker::wake);
            }
            if self.outbox.is_done() {
                return Ok(step);
            }
            match self.outbox.poll_write(cx, &mut self.transport) {
                Poll::Pending => return Ok(step),
                Poll::Ready(Ok(())) => step = Step::Done,
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                    self.deaf = Some(Box::pin(sleep(LAST_WORDS)));
                    return Ok(Step::Done);
                }
                Poll::Ready(Err(error)) => return Err(self.failed(error)),
            }
        }
    }

    fn beat(&mut self, cx: &mut Context<'_>) -> Result<Step, CloseReason> {
        // A daemon that is not listened to cannot be heard. But it has to hear this side.
        let is_listening = !self.is_paused();
        match self.heart.poll_beat(cx, is_listening) {
            Poll::Pending => Ok(Step::Waits),
            Poll::Ready(Beat::Dead { pings }) => Err(CloseReason::Keepalive { pings }),
            Poll::Ready(Beat::Ping) => {
                send(Keepalive::Ping, &mut self.shared.lock());
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

fn keepalive(packet: &Packet<Bytes>, state: &mut State) -> Result<(), CloseReason> {
    match keepalive::said(&packet.header) {
        Some(Keepalive::Ping) => {
            // A daemon that asks and asks, and takes no answer, shall not be answered without end.
            if state.outgoing.bytes.len() < OUTGOING_MAX {
                send(Keepalive::Pong, state);
            }
            Ok(())
        }
        // That something has come is known.
        Some(Keepalive::Pong) => Ok(()),
        None => Err(unexpected(&packet.header, keepalive::NEITHER)),
    }
}

fn send(keepalive: Keepalive, state: &mut State) {
    let header = keepalive.header();
    let sent = state.append(|out| write_packet(&header, &(), &mut out.bytes));
    // A packet without a payload breaks no bound, and the task that sends it writes next.
    let _ = sent;
}

impl From<Broken> for CloseReason {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Io(error) => Self::Io(error),
            Broken::Frame(error) => Self::Frame(error),
            Broken::Unexpected { header, why } => Self::Unexpected { header, why },
        }
    }
}
