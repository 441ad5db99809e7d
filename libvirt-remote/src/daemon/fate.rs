//! What becomes of packets on their way, where a test wants them to meet more than good daemons do to them.

use std::os::fd::OwnedFd;

use protocol_defs::packet::{HEADER_LEN, LENGTH_LEN};

use super::session::{HeldBack, Lane, Queue};

/// What becomes of a packet on its way: whoever tests a client has it meet more than good daemons do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It arrives.
    #[default]
    Arrives,
    /// Its payload lacks so many bytes at its end; the packet is whole. Of a stream's data nobody sees that.
    Truncated(usize),
    /// These bytes arrive instead of it, and the connection goes on.
    Replaced(Vec<u8>),
    /// So many bytes of it arrive. Then the connection ends.
    CutOff(usize),
    /// It does not arrive.
    Lost,
    /// It arrives when so many answers to the same client have, of those that come after it; a packet of a stream, when so
    /// many of the same stream have. If there are not so many, it does not.
    HeldBack(usize),
    /// It arrives twice.
    Doubled,
}

impl Fate {
    /// Queues what arrives of a packet.
    pub(super) fn deliver(
        self,
        lane: Lane,
        queue: &mut Queue,
        mut packet: Vec<u8>,
        fds: Vec<OwnedFd>,
    ) {
        match self {
            Self::Arrives | Self::HeldBack(0) => queue.append(lane, &packet, fds),
            Self::Truncated(count) => {
                truncate(&mut packet, count);
                queue.append(lane, &packet, fds);
            }
            Self::Replaced(bytes) => queue.append(lane, &bytes, Vec::new()),
            Self::CutOff(after) => {
                packet.truncate(after);
                queue.append(lane, &packet, Vec::new());
                queue.cut();
            }
            Self::Lost => {}
            Self::HeldBack(behind) => queue.held_back.push(HeldBack {
                lane,
                behind,
                packet,
                fds,
            }),
            Self::Doubled => {
                queue.append(lane, &packet, fds);
                queue.append(lane, &packet, Vec::new());
            }
        }
    }
}

/// Takes bytes off the end of a packet, of its payload at most, and has its length word say so.
fn truncate(packet: &mut Vec<u8>, count: usize) {
    let length = packet.len().saturating_sub(count);
    packet.truncate(length.max(LENGTH_LEN + HEADER_LEN));
    let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
    if let Some(word) = packet.first_chunk_mut() {
        *word = length.to_be_bytes();
    }
}
