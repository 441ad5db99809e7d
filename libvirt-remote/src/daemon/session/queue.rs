//! What waits to be written to a client, and whether anything is added to it.

use std::os::fd::OwnedFd;

use crate::daemon::end::End;
use crate::daemon::options::Options;
use crate::daemon::stream;
use crate::wire::outgoing::Outgoing;

/// What waits to be written to a client.
#[derive(Default)]
pub(in crate::daemon) struct Queue {
    pub(in crate::daemon) outgoing: Outgoing,
    /// Bytes that have been taken out of it, but not all been written.
    pub(in crate::daemon) writing: usize,
    /// Packets that wait for others to go first.
    pub(in crate::daemon) held_back: Vec<HeldBack>,
    pub(in crate::daemon) course: Course,
}

/// Whether the connection goes on.
#[derive(Default)]
pub(in crate::daemon) enum Course {
    #[default]
    Stays,
    /// It ends when the calls that have come are answered.
    Leaves,
    /// It ends when what waits is written. Nothing is added.
    Cut,
    /// It ends at once.
    Killed(End),
    Closed,
}

/// Packets that keep an order among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::daemon) enum Lane {
    /// Answers and events.
    Answers,
    /// Those of the stream of this serial.
    Stream(u32),
}

/// A packet that goes out when `behind` others of its lane have.
pub(in crate::daemon) struct HeldBack {
    pub(in crate::daemon) lane: Lane,
    pub(in crate::daemon) behind: usize,
    pub(in crate::daemon) packet: Vec<u8>,
    pub(in crate::daemon) fds: Vec<OwnedFd>,
}

impl Queue {
    /// Bytes that the client has not taken.
    pub(in crate::daemon) fn queued(&self) -> usize {
        self.outgoing.bytes.len() + self.writing
    }

    /// Whether anything may still be said to the client.
    pub(in crate::daemon) fn takes_more(&self) -> bool {
        matches!(self.course, Course::Stays | Course::Leaves)
    }

    /// Whether a stream may send more: events and answers are to have room beside it.
    pub(in crate::daemon) fn has_stream_room(&self, options: &Options) -> bool {
        let room = options.stream_window.min(options.queue_bytes / 2);
        self.queued() < room.max(1)
    }

    /// Why a stream cannot go on that begins now, if it cannot.
    pub(in crate::daemon) fn stream_end(&self) -> Option<stream::End> {
        match self.course {
            Course::Stays => None,
            Course::Closed => Some(stream::End::Disconnected),
            Course::Leaves | Course::Cut | Course::Killed(_) => Some(stream::End::Here),
        }
    }

    pub(in crate::daemon) fn cut(&mut self) {
        if self.takes_more() {
            self.course = Course::Cut;
        }
    }

    pub(in crate::daemon) fn kill(&mut self, end: End) {
        if !matches!(self.course, Course::Killed(_) | Course::Closed) {
            self.course = Course::Killed(end);
        }
    }

    /// Why it is to end at once, if it is. It then has.
    pub(in crate::daemon) fn take_killed(&mut self) -> Option<End> {
        match std::mem::replace(&mut self.course, Course::Closed) {
            Course::Killed(end) => Some(end),
            other => {
                self.course = other;
                None
            }
        }
    }

    pub(in crate::daemon) fn has_room(&self, length: usize, most: usize) -> bool {
        let queued = self.queued();
        queued == 0 || queued.saturating_add(length) <= most
    }

    /// Appends a packet, and those that waited for it.
    pub(in crate::daemon) fn append(&mut self, lane: Lane, packet: &[u8], fds: Vec<OwnedFd>) {
        if self.takes_more() {
            self.outgoing.bytes.extend_from_slice(packet);
            self.outgoing.push_fds(fds);
            self.pass(lane);
        }
    }

    /// A packet of this lane has gone out: those that waited for it go, too.
    pub(in crate::daemon) fn pass(&mut self, lane: Lane) {
        for held in self.held_back.iter_mut().filter(|held| held.lane == lane) {
            held.behind = held.behind.saturating_sub(1);
        }
        while let Some(at) = self.held_back.iter().position(|held| held.behind == 0) {
            let held = self.held_back.remove(at);
            self.outgoing.bytes.extend_from_slice(&held.packet);
            self.outgoing.push_fds(held.fds);
        }
    }

    /// Nothing more goes out in this lane.
    pub(in crate::daemon) fn close(&mut self, lane: Lane) {
        self.held_back.retain(|held| held.lane != lane);
    }
}
