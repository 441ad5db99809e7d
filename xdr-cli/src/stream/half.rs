//! One direction of a captured connection: pieces of a stream become packets.

use std::fmt;

use protocol_defs::packet::{HEADER_LEN, Header, LENGTH_LEN, MAX_LEN, PacketReader};

use super::Stop;
use super::calls::Calls;
use super::line::{Lines, Place};
use super::programs::Programs;
use super::raw::CutOff;
use super::tcp::Piece;

/// Bytes by which the beginning of a packet is known.
const PRELUDE: usize = LENGTH_LEN + HEADER_LEN;

/// What has been read of one direction.
#[derive(Default)]
pub(super) struct Half {
    state: State,
    /// Bytes of the stream up to now.
    seen: u64,
    /// What has not been read since the last packet.
    lost: Option<Lost>,
    /// A packet has been found in it.
    spoken: bool,
}

#[derive(Default)]
enum State {
    /// Where a packet begins is not known: at the beginning, or behind a gap. It may begin with the next segment.
    #[default]
    Searching,
    /// The beginning of what could be a packet, too short to tell.
    Beginning(Vec<u8>),
    /// In the packets, and how many bytes of the stream the reader has never seen.
    Reading { packets: PacketReader, before: u64 },
}

impl Half {
    /// Takes the next piece of the stream.
    pub(super) fn feed(&mut self, piece: &Piece<'_>, programs: &Programs) {
        match piece {
            Piece::Bytes(bytes, _) => {
                self.seen += bytes.len() as u64;
                self.bytes(bytes, programs);
            }
            Piece::Gap(bytes) => {
                let held = self.search();
                self.lose(held, 0);
                self.lose(0, *bytes);
                self.seen += bytes;
            }
        }
    }

    /// Whether it speaks libvirt's protocol, as far as is known.
    pub(super) fn is_reading(&self) -> bool {
        matches!(self.state, State::Reading { .. })
    }

    /// Whether it ever did.
    pub(super) fn has_spoken(&self) -> bool {
        self.spoken
    }

    /// The header of the packet that comes next, if it is there.
    pub(super) fn peek(&self) -> Option<Header> {
        match &self.state {
            State::Reading { packets, .. } => Some(packets.peek_packet().ok()??.header),
            _ => None,
        }
    }

    /// Forgets what could not be read up to now: it was the rest of what had begun before the capture did.
    pub(super) fn excuse(&mut self) {
        self.lost = None;
    }

    /// Writes the packets that are there, and before them what could not be read.
    pub(super) fn packets(
        &mut self,
        place: &Place<'_>,
        lines: &mut Lines<'_>,
        calls: &mut Calls,
    ) -> Result<(), Stop> {
        let State::Reading { packets, before } = &mut self.state else {
            return Ok(());
        };
        if let Some(lost) = self.lost.take() {
            lines.broken(place, lost.offset, &lost)?;
        }
        loop {
            match packets.next_packet() {
                Ok(Some(mut packet)) => {
                    packet.offset += *before;
                    lines.packet(place, &packet, calls)?;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    let offset = *before + error.offset();
                    lines.broken(place, offset, &error)?;
                    let held = self.search();
                    self.lose(held, 0);
                    return Ok(());
                }
            }
        }
    }

    /// The stream has ended.
    pub(super) fn finish(&mut self, place: &Place<'_>, lines: &mut Lines<'_>) -> Result<(), Stop> {
        if let State::Reading { packets, before } = &self.state
            && let Some(problem) = CutOff::of(packets)
        {
            lines.broken(place, before + packets.offset(), &problem)?;
        } else {
            let held = self.search();
            self.lose(held, 0);
        }
        if let Some(lost) = self.lost.take() {
            lines.broken(place, lost.offset, &lost)?;
        }
        self.state = State::default();
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8], programs: &Programs) {
        let mut joined = Vec::new();
        let mut candidate = match &mut self.state {
            State::Reading { packets, .. } => return packets.feed(bytes),
            State::Searching => bytes,
            State::Beginning(begun) => {
                joined.append(begun);
                joined.extend_from_slice(bytes);
                &joined
            }
        };
        if candidate.len() >= PRELUDE && !begins_a_packet(candidate, programs) {
            // It was the end of something, and a packet may begin behind it.
            let before = candidate.len() - bytes.len();
            self.lost_before(bytes.len(), before);
            candidate = bytes;
        }
        self.state = if candidate.len() < PRELUDE {
            State::Beginning(candidate.to_vec())
        } else if begins_a_packet(candidate, programs) {
            let mut packets = PacketReader::new();
            packets.feed(candidate);
            self.spoken = true;
            State::Reading {
                packets,
                before: self.seen - candidate.len() as u64,
            }
        } else {
            self.lost_before(0, candidate.len());
            State::Searching
        };
    }

    /// Looks for a packet from here on. How many bytes have been held that belong to none.
    fn search(&mut self) -> usize {
        match std::mem::take(&mut self.state) {
            State::Searching => 0,
            State::Beginning(begun) => begun.len(),
            State::Reading { packets, .. } => packets.unread().len(),
        }
    }

    /// Bytes that end so many before the last that has been seen.
    fn lost_before(&mut self, behind: usize, passed: usize) {
        if passed > 0 {
            let offset = self.seen - (behind + passed) as u64;
            let lost = self.lost.get_or_insert(Lost::at(offset));
            lost.passed += passed as u64;
        }
    }

    /// Bytes that were there up to here, or are missing from here on.
    fn lose(&mut self, passed: usize, missing: u64) {
        self.lost_before(0, passed);
        if missing > 0 {
            let lost = self.lost.get_or_insert(Lost::at(self.seen));
            lost.missing += missing;
        }
    }
}

/// Bytes of a stream that could not be read.
struct Lost {
    /// Bytes of the stream before them.
    offset: u64,
    /// Not captured.
    missing: u64,
    /// There, but of no packet whose beginning is known.
    passed: u64,
}

impl Lost {
    fn at(offset: u64) -> Self {
        Self {
            offset,
            missing: 0,
            passed: 0,
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            missing, passed, ..
        } = self;
        match (missing, passed) {
            (0, passed) => write!(f, "{passed} bytes are of no packet that could be found"),
            (missing, 0) => write!(f, "{missing} bytes are missing from the capture"),
            (missing, passed) => write!(
                f,
                "{missing} bytes are missing from the capture, and {passed} around them cannot be read without them"
            ),
        }
    }
}

/// Whether bytes look like the beginning of a packet of a known program.
fn begins_a_packet(bytes: &[u8], programs: &Programs) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return false;
    };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if !(PRELUDE..=LENGTH_LEN + MAX_LEN).contains(&length) {
        return false;
    }
    xdr_wire::from_prefix::<Header>(rest).is_ok_and(|(header, _)| programs.is_plausible(&header))
}
