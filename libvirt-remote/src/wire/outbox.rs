//! What is being written.

use std::io;
use std::os::fd::AsFd;
use std::task::{Context, Poll};

use super::outgoing::Outgoing;
use crate::transport::Transport;

/// Packets that have been taken out of the queue, and how far they have been written.
pub(crate) struct Outbox {
    writing: Outgoing,
    written: usize,
    /// Bytes that the transport has taken, of all that there have been.
    taken: u64,
    is_flushed: bool,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self {
            writing: Outgoing::default(),
            written: 0,
            taken: 0,
            is_flushed: true,
        }
    }

    /// Whether all that it was given is on its way.
    pub(crate) fn is_done(&self) -> bool {
        self.is_written() && self.is_flushed
    }

    /// How many bytes the transport has taken so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    fn is_written(&self) -> bool {
        self.written == self.writing.bytes.len()
    }

    /// What is to be filled next, if everything has been written.
    pub(crate) fn vacant(&mut self) -> Option<&mut Outgoing> {
        if !self.is_written() {
            return None;
        }
        self.writing.clear();
        self.written = 0;
        Some(&mut self.writing)
    }

    /// Writes on. Ready when everything has been written.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut Transport,
    ) -> Poll<io::Result<()>> {
        while !self.is_written() {
            let Self {
                writing,
                written,
                taken,
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
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0)) => {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                Poll::Ready(Ok(count)) => {
                    *written += count;
                    *taken += count as u64;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
            self.is_flushed = false;
        }
        if self.is_flushed {
            return Poll::Ready(Ok(()));
        }
        match transport.poll_flush(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => {
                self.is_flushed = true;
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
        }
    }
}
