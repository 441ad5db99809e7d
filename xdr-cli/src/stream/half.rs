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
    /// A packet has been found in it.
    spoken: bool,
}

#[derive(Default)]
enum State {
    /// Where a packet begins is not known: at the beginning, or behind a gap. It may begin with the next piece.
    #[default]
    Searching,
    /// The beginning of what could be a packet, too short to tell.
    Beginning(Vec<u8>),
    /// In the packets, and how many bytes of the stream the reader has never seen.
    Reading { packets: PacketReader, before: u64 },
}

impl Half {
    /// Takes the next piece of the stream. If it is a gap in what was being read, that is returned.
    pub(super) fn feed(&mut self, piece: &Piece<'_>, programs: &Programs) -> Option<Missing> {
        let before = self.seen;
        match piece {
            Piece::Bytes(bytes) => {
                self.seen += bytes.len() as u64;
                self.bytes(bytes, programs);
                None
            }
            Piece::Gap(bytes) => {
                self.seen += bytes;
                let was_reading = self.is_reading();
                self.state = State::Searching;
                was_reading.then_some(Missing {
                    offset: before,
                    bytes: *bytes,
                })
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

    /// Writes the packets that are there.
    pub(super) fn packets(
        &mut self,
        place: &Place<'_>,
        lines: &mut Lines<'_>,
        calls: &mut Calls,
    ) -> Result<(), Stop> {
        let State::Reading { packets, before } = &mut self.state else {
            return Ok(());
        };
        loop {
            match packets.next_packet() {
                Ok(Some(mut packet)) => {
                    packet.offset += *before;
                    lines.packet(place, &packet, calls)?;
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    let offset = *before + error.offset();
                    self.state = State::Searching;
                    return lines.broken(place, offset, &error);
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
        }
        self.state = State::default();
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8], programs: &Programs) {
        let mut joined = Vec::new();
        let bytes = match &mut self.state {
            State::Reading { packets, .. } => return packets.feed(bytes),
            State::Searching => bytes,
            State::Beginning(begun) => {
                joined.append(begun);
                joined.extend_from_slice(bytes);
                &joined
            }
        };
        self.state = if bytes.len() < PRELUDE {
            State::Beginning(bytes.to_vec())
        } else if begins_a_packet(bytes, programs) {
            let mut packets = PacketReader::new();
            packets.feed(bytes);
            self.spoken = true;
            State::Reading {
                packets,
                before: self.seen - bytes.len() as u64,
            }
        } else {
            State::Searching
        };
    }
}

/// Bytes of a stream that have not been captured.
pub(super) struct Missing {
    /// Bytes of the stream before them.
    pub(super) offset: u64,
    bytes: u64,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes are missing from the capture", self.bytes)
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
