//! What the task of a client does for its streams.

use std::task::{Context, Poll};

use bytes::Bytes;
use protocol_defs::packet::{ErrorCode, ErrorOrigin, Packet};

use super::Connection;
use crate::daemon::request::{Refusal, refusal};
use crate::daemon::session::{Course, State};
use crate::daemon::stream;

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
        // Nothing is read for a handler that takes nothing.
        let stalled = streams.stalled(options.stream_window);
        if let Poll::Ready(serial) = self.stall.poll(cx, stalled, options.stream_patience) {
            let waiting = streams.give_up(serial, queue);
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
