//! What a daemon counts.

use std::sync::atomic::{AtomicU64, Ordering};

use super::end::End;

/// What a daemon has counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Clients that are connected now.
    pub sessions: usize,
    /// Clients that have come.
    pub accepted: u64,
    /// Clients that could not be accepted.
    pub accept_errors: u64,
    /// Calls that have been answered, those that were refused among them.
    pub calls: u64,
    /// Calls that were refused before they came to the hypervisor: of a program, version or procedure that there is not,
    /// without the rights or an open driver that they need, with a status that no call has, or for one stream too many.
    pub refused: u64,
    /// Connections that ended since what came was no packet, or none that a client sends.
    pub malformed: u64,
    /// Connections that ended since the client did not open its driver in time, [`End::NotOpened`](super::End::NotOpened).
    pub not_opened: u64,
    /// Connections that ended since the client took nothing of what waited for it and said nothing,
    /// [`End::Stalled`](super::End::Stalled).
    pub stalled: u64,
    /// Messages of events that clients have been sent.
    pub events_sent: u64,
    /// Messages of events that were lost, as their client's queue was full.
    pub events_lost: u64,
    /// Streams whose handlers run now.
    pub streams: usize,
    /// Streams that have begun.
    pub streams_begun: u64,
    /// Bytes of data that handlers of streams have read; holes are none.
    pub stream_bytes_read: u64,
    /// Bytes of data that handlers of streams have written.
    pub stream_bytes_written: u64,
    /// Bytes that have come from clients, of whatever kind.
    pub bytes_received: u64,
    /// Bytes that have been written to clients, of whatever kind.
    pub bytes_sent: u64,
}

#[derive(Default)]
pub(super) struct Counters {
    pub(super) accepted: Counter,
    pub(super) accept_errors: Counter,
    pub(super) calls: Counter,
    pub(super) refused: Counter,
    malformed: Counter,
    not_opened: Counter,
    stalled: Counter,
    pub(super) events_sent: Counter,
    pub(super) events_lost: Counter,
    pub(super) streams_begun: Counter,
    pub(super) streams_ended: Counter,
    pub(super) stream_bytes_read: Counter,
    pub(super) stream_bytes_written: Counter,
    pub(super) bytes_received: Counter,
    pub(super) bytes_sent: Counter,
}

impl Counters {
    /// Counts a connection that has ended, by the reason.
    pub(super) fn count_end(&self, end: &End) {
        let counter = match end {
            End::NotOpened => &self.not_opened,
            End::Stalled => &self.stalled,
            end if end.is_malformed() => &self.malformed,
            _ => return,
        };
        counter.add(1);
    }

    pub(super) fn stats(&self, sessions: usize) -> Stats {
        // One that ends in between has begun.
        let streams_ended = self.streams_ended.value();
        let streams_begun = self.streams_begun.value();
        let streams = streams_begun.saturating_sub(streams_ended);
        Stats {
            sessions,
            accepted: self.accepted.value(),
            accept_errors: self.accept_errors.value(),
            calls: self.calls.value(),
            refused: self.refused.value(),
            malformed: self.malformed.value(),
            not_opened: self.not_opened.value(),
            stalled: self.stalled.value(),
            events_sent: self.events_sent.value(),
            events_lost: self.events_lost.value(),
            streams: usize::try_from(streams).unwrap_or(usize::MAX),
            streams_begun,
            stream_bytes_read: self.stream_bytes_read.value(),
            stream_bytes_written: self.stream_bytes_written.value(),
            bytes_received: self.bytes_received.value(),
            bytes_sent: self.bytes_sent.value(),
        }
    }
}

/// A number that only grows. Nothing else is told by it, so the order of its changes is nobody's business.
#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// One more, and how many they were before.
    pub(super) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
