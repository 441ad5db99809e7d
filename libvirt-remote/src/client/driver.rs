//! The task of a connection: reads and acts on what has come, writes what waits, and looks after the daemon.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use protocol_defs::packet::{CodecError, Keepalive, Packet, PacketCodec, write_packet};
use tokio::time::{Sleep, sleep};
use tokio_util::codec::Decoder;

use super::heart::{Beat, Heart};
use super::outgoing::Outgoing;
use super::state::{Done, OUTGOING_MAX, Shared, State, unexpected};
use crate::error::CloseReason;
use crate::transport::Transport;

/// How long a daemon that takes nothing any more is listened to, and how long it takes at most to say that the connection
/// ends. If it has gone, which it has, that shows at once.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs until the connection ends. Then everybody who waits for something of it knows why.
pub(super) struct Driver {
    shared: Arc<Shared>,
    transport: Transport,
    codec: PacketCodec,
    input: BytesMut,
    /// A packet whose descriptors have not all come.
    held: Option<Packet<Bytes>>,
    /// Descriptors that have come, and whose packet may not have.
    fds: VecDeque<OwnedFd>,
    done: Done,
    writing: Outgoing,
    /// Bytes of it that have been written.
    written: usize,
    is_flushed: bool,
    /// The daemon hears no more. What it has said before is still to be read, for this long.
    deaf: Option<Pin<Box<Sleep>>>,
    heart: Heart,
    /// The connection has ended; what is left is to say so to the transport.
    is_closed: bool,
}

impl Driver {
    pub(super) fn new(shared: Arc<Shared>, transport: Transport) -> Self {
        Self {
            shared,
            transport,
            codec: PacketCodec::new(),
            input: BytesMut::new(),
            held: None,
            fds: VecDeque::new(),
            done: Done::default(),
            writing: Outgoing::default(),
            written: 0,
            is_flushed: true,
            deaf: None,
            heart: Heart::new(),
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
        let is_written = self.written == self.writing.bytes.len() && self.is_flushed;
        if state.closed.is_some() || (state.is_released && state.outgoing.is_empty() && is_written)
        {
            return Err(CloseReason::Here);
        }
        Ok(Step::Waits)
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Result<Step, CloseReason> {
        if self.is_paused() {
            return Ok(Step::Waits);
        }
        let Self {
            transport,
            input,
            fds,
            ..
        } = self;
        match transport.poll_read(cx, input, fds) {
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
        let state = self.shared.lock();
        state.is_paused(self.shared.options.stream_window)
    }

    fn end_of_input(&self) -> CloseReason {
        match self.input.len() {
            0 if self.held.is_none() => CloseReason::ByPeer,
            length => CloseReason::CutOff { length },
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
        while let Some((packet, fds)) = self.next_packet()? {
            if packet.header.program == Keepalive::PROGRAM {
                keepalive(&packet, state)?;
            } else {
                state.take(packet, fds, &mut self.done)?;
            }
        }
        Ok(())
    }

    /// The next packet, with the descriptors that have come behind it.
    fn next_packet(&mut self) -> Result<Option<Arrival>, CloseReason> {
        let packet = match self.held.take() {
            Some(packet) => packet,
            None => match self.codec.decode(&mut self.input).map_err(broken)? {
                Some(packet) => packet,
                None => return Ok(None),
            },
        };
        let count = packet.fds as usize;
        if count > 0 && !self.transport.passes_descriptors() {
            let why = "file descriptors over a connection that cannot pass them";
            return Err(unexpected(&packet.header, why));
        }
        if self.input.len() < count {
            self.held = Some(packet);
            return Ok(None);
        }
        if self.fds.len() < count {
            let why = "fewer file descriptors than announced";
            return Err(unexpected(&packet.header, why));
        }
        self.input.advance(count);
        let fds = self.fds.drain(..count).collect();
        Ok(Some((packet, fds)))
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Result<Step, CloseReason> {
        let mut step = Step::Waits;
        if self.deaf.is_some() {
            return Ok(step);
        }
        while self.has_something_to_write() {
            let Self {
                transport,
                writing,
                written,
                ..
            } = self;
            let (until, fd) = match writing.carrier() {
                Some((at, fd)) => (*at, Some(fd)),
                None => (writing.bytes.len(), None),
            };
            let polled = match (writing.bytes.get(*written..until), fd) {
                (Some([]) | None, Some(fd)) => {
                    let sent = transport.poll_send_fd(cx, fd.as_fd());
                    sent.map_ok(|()| {
                        writing.pop_carrier();
                        1
                    })
                }
                (bytes, _) => transport.poll_write(cx, bytes.unwrap_or_default()),
            };
            match polled {
                Poll::Pending => return Ok(step),
                Poll::Ready(Ok(0)) => return Err(CloseReason::Io(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => *written += count,
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                    self.deaf = Some(Box::pin(sleep(LAST_WORDS)));
                    return Ok(Step::Done);
                }
                Poll::Ready(Err(error)) => return Err(self.failed(error)),
            }
            self.is_flushed = false;
            step = Step::Done;
        }
        if !self.is_flushed {
            match self.transport.poll_flush(cx) {
                Poll::Pending => {}
                Poll::Ready(Ok(())) => {
                    self.is_flushed = true;
                    step = Step::Done;
                }
                Poll::Ready(Err(error)) => return Err(self.failed(error)),
            }
        }
        Ok(step)
    }

    /// Whether there is; if what was being written is, takes all that waits.
    fn has_something_to_write(&mut self) -> bool {
        if self.written < self.writing.bytes.len() {
            return true;
        }
        self.writing.clear();
        self.written = 0;
        let waiting = self.shared.lock().take_outgoing(&mut self.writing);
        waiting.into_iter().for_each(Waker::wake);
        !self.writing.is_empty()
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

/// A packet and its descriptors.
type Arrival = (Packet<Bytes>, Vec<OwnedFd>);

/// Whether a step has changed anything. If not, what it waits for will wake the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Done,
    Waits,
}

fn keepalive(packet: &Packet<Bytes>, state: &mut State) -> Result<(), CloseReason> {
    let header = &packet.header;
    match Keepalive::from_procedure(header.procedure) {
        Some(expected @ Keepalive::Ping) if is_like(header, expected) => {
            // A daemon that asks and asks, and takes no answer, shall not be answered without end.
            if state.outgoing.bytes.len() < OUTGOING_MAX {
                send(Keepalive::Pong, state);
            }
            Ok(())
        }
        // That something has come is known.
        Some(expected @ Keepalive::Pong) if is_like(header, expected) => Ok(()),
        _ => Err(unexpected(
            header,
            "packet of keepalive that is neither of the two",
        )),
    }
}

/// Serials of keepalive packets are nobody's business.
fn is_like(header: &protocol_defs::packet::Header, expected: Keepalive) -> bool {
    let expected = expected.header();
    (header.version, header.kind, header.status)
        == (expected.version, expected.kind, expected.status)
}

fn send(keepalive: Keepalive, state: &mut State) {
    let header = keepalive.header();
    let sent = state.append(|out| write_packet(&header, &(), &mut out.bytes));
    // A packet without a payload breaks no bound, and the task that sends it writes next.
    let _ = sent;
}

fn broken(error: CodecError) -> CloseReason {
    match error {
        CodecError::Frame(error) => CloseReason::Frame(error),
        CodecError::Io(error) => CloseReason::Io(error),
        other => CloseReason::Io(io::Error::other(other)),
    }
}
