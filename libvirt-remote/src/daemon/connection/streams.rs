//! What the task of a client does for its streams.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;

use bytes::Bytes;
use protocol_defs::packet::{ErrorCode, ErrorOrigin, Packet};
use tokio::time::{Sleep, sleep};

use super::Connection;
use crate::daemon::request::{Refusal, refusal};
use crate::daemon::session::{Course, State};
use crate::daemon::stream;

/// A stream for whose handler nothing is read.
pub(super) struct Stall {
    /// Its serial, and how many pieces the handler has taken.
    of: (u32, u64),
    /// How long the handler may leave it at that.
    until: Pin<Box<Sleep>>,
}

impl Connection {
    /// Ends streams with what they depend on, and those whose handler takes nothing.
    pub(super) fn look_at_streams(&mut self, cx: &mut Context<'_>) {
        let options = &self.shared.options;
        let mut state = self.session.inner.lock();
        let end = match (state.queue.stream_end(), &self.last) {
            (Some(end), _) => Some(end),
            (None, Some(_)) => Some(stream::End::Disconnected),
            (None, None) => None,
        };
        let is_told = matches!(state.queue.course, Course::Leaves);
        let State { streams, queue, .. } = &mut *state;
        if let Some(end) = end {
            let error = is_told.then(leaving);
            let waiting = streams.end_all(&end, error.as_ref(), queue);
            drop(state);
            waiting.wake();
            return;
        }
        let Some(stalled) = streams.stalled(options.stream_window) else {
            self.stall = None;
            return;
        };
        let stall = self.stall.take().filter(|stall| stall.of == stalled);
        let stall = self.stall.insert(stall.unwrap_or_else(|| Stall {
            of: stalled,
            until: Box::pin(sleep(options.stream_patience)),
        }));
        if stall.until.as_mut().poll(cx).is_ready() {
            let waiting = streams.give_up(stalled.0, queue);
            drop(state);
            waiting.wake();
        }
    }

    pub(super) fn take_stream(&self, packet: &Packet<Bytes>) {
        let mut state = self.session.inner.lock();
        if state.queue.takes_more() {
            let State { streams, queue, .. } = &mut *state;
            let waiting = streams.take(packet, queue);
            drop(state);
            waiting.wake();
        }
    }
}

/// What clients are told of their streams when the daemon ends.
fn leaving() -> Refusal {
    let text = "the daemon ends";
    refusal(ErrorCode::OPERATION_ABORTED, ErrorOrigin::STREAMS, text)
}
