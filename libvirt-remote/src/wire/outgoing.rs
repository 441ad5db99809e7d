//! What waits to be written.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;

/// Memory that is kept for the next bytes, once these are written.
const KEPT: usize = 16 << 10;

/// Bytes, and the descriptors that go beside some of them.
#[derive(Default)]
pub(crate) struct Outgoing {
    /// Whole packets, behind each the carriers of its descriptors.
    pub(crate) bytes: Vec<u8>,
    /// Where in the bytes the next carriers are, and what goes beside them.
    carriers: VecDeque<(usize, OwnedFd)>,
}

impl Outgoing {
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Appends the carrier bytes of a packet's descriptors.
    pub(crate) fn push_fds(&mut self, fds: Vec<OwnedFd>) {
        for fd in fds {
            self.carriers.push_back((self.bytes.len(), fd));
            self.bytes.push(0);
        }
    }

    /// The next carrier.
    pub(crate) fn carrier(&self) -> Option<&(usize, OwnedFd)> {
        self.carriers.front()
    }

    /// The next carrier is written.
    pub(crate) fn pop_carrier(&mut self) {
        self.carriers.pop_front();
    }

    /// Everything is written.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
        self.carriers.clear();
    }
}
