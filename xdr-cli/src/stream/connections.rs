//! The TCP connections of a capture.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use super::calls::Calls;
use super::half::Half;
use super::line::{Label, Lines, Place};
use super::link::Found;
use super::tcp::{Piece, Reassembly};
use super::{Side, Stop, raw};

/// Connections that are followed at a time; the one that has been there for longest makes room.
const FOLLOWED: usize = 4_096;

/// Ports that libvirtd listens on: plain, and with TLS.
const PORTS: [u16; 2] = [16_509, 16_514];

/// Connections by their ends, the lower one first.
#[derive(Default)]
pub(super) struct Connections {
    by_ends: HashMap<[SocketAddr; 2], Connection>,
    /// When each of them was first seen, in order.
    ages: BTreeMap<u64, [SocketAddr; 2]>,
    seen: u64,
    /// Those of which packets have been read.
    speaking: u64,
}

struct Connection {
    age: u64,
    /// Counted from 1 among those that speak the protocol.
    number: Option<u64>,
    ends: [SocketAddr; 2],
    directions: [Direction; 2],
    /// Which side the first end is.
    first: Option<Side>,
    calls: Calls,
}

#[derive(Default)]
struct Direction {
    /// Its end has been seen.
    ended: bool,
    reassembly: Reassembly,
    half: Half,
}

impl Connections {
    /// Takes a segment.
    pub(super) fn take(
        &mut self,
        found: &Found<'_>,
        time: Option<Duration>,
        lines: &mut Lines<'_>,
    ) -> Result<(), Stop> {
        let mut ends = [found.source, found.destination];
        ends.sort_unstable();
        // The first segment of a connection between ends that have had one before, and not the same segment again.
        if found.segment.syn
            && !found.ack
            && let Some(known) = self.by_ends.get(&ends)
            && !(known.is_open() && known.is_opened_by(found))
        {
            self.close(ends, lines)?;
        }
        if !self.by_ends.contains_key(&ends) {
            if found.reset || (!found.segment.syn && found.segment.payload.is_empty()) {
                return Ok(());
            }
            if self.by_ends.len() >= FOLLOWED
                && let Some((_, &oldest)) = self.ages.first_key_value()
            {
                self.close(oldest, lines)?;
            }
            self.ages.insert(self.seen, ends);
        }
        let age = self.seen;
        let connection = self.by_ends.entry(ends).or_insert_with(|| {
            self.seen += 1;
            Connection::new(age, ends)
        });
        connection.take(found, time, &mut self.speaking, lines)?;
        if found.reset {
            self.close(ends, lines)?;
        }
        Ok(())
    }

    /// The capture has ended. How many connections there were, and how many of them spoke the protocol.
    pub(super) fn finish(mut self, lines: &mut Lines<'_>) -> Result<(u64, u64), Stop> {
        while let Some((_, &ends)) = self.ages.first_key_value() {
            self.close(ends, lines)?;
        }
        Ok((self.seen, self.speaking))
    }

    fn close(&mut self, ends: [SocketAddr; 2], lines: &mut Lines<'_>) -> Result<(), Stop> {
        let Some(mut connection) = self.by_ends.remove(&ends) else {
            return Ok(());
        };
        self.ages.remove(&connection.age);
        connection.finish(&mut self.speaking, lines)
    }
}

impl Connection {
    fn new(age: u64, ends: [SocketAddr; 2]) -> Self {
        let by_port = |end: &SocketAddr| PORTS.contains(&end.port());
        let first = match ends.each_ref().map(by_port) {
            [true, false] => Some(Side::Server),
            [false, true] => Some(Side::Client),
            _ => None,
        };
        Self {
            age,
            number: None,
            ends,
            directions: Default::default(),
            first,
            calls: Calls::default(),
        }
    }

    fn is_open(&self) -> bool {
        !self.directions.iter().all(|direction| direction.ended)
    }

    fn is_opened_by(&self, found: &Found<'_>) -> bool {
        let at = usize::from(self.ends[0] != found.source);
        let reassembly = &self.directions[at].reassembly;
        reassembly.is_opened_by(found.segment.sequence)
    }

    fn take(
        &mut self,
        found: &Found<'_>,
        time: Option<Duration>,
        speaking: &mut u64,
        lines: &mut Lines<'_>,
    ) -> Result<(), Stop> {
        let at = usize::from(self.ends[0] != found.source);
        if found.segment.syn {
            let sender = if found.ack {
                Side::Server
            } else {
                Side::Client
            };
            self.first = Some(if at == 0 { sender } else { sender.other() });
        }
        self.directions[at].ended |= found.fin;
        let mut reassembly = std::mem::take(&mut self.directions[at].reassembly);
        let taken = reassembly.take(found.segment, |piece| {
            self.piece(at, &piece, time, speaking, lines)
        });
        self.directions[at].reassembly = reassembly;
        taken
    }

    fn finish(&mut self, speaking: &mut u64, lines: &mut Lines<'_>) -> Result<(), Stop> {
        for at in [0, 1] {
            let mut reassembly = std::mem::take(&mut self.directions[at].reassembly);
            reassembly.finish(|piece| self.piece(at, &piece, None, speaking, lines))?;
            let label = self.label(at);
            let place = Place {
                from: self.side(at),
                time: None,
                connection: label.as_ref(),
            };
            self.directions[at].half.finish(&place, lines)?;
        }
        // Of a direction that has not been captured nothing is to be missed.
        if self.directions.iter().all(|it| it.half.has_spoken()) {
            lines.unanswered(&self.calls);
        }
        Ok(())
    }

    /// Takes a piece of one direction's stream.
    fn piece(
        &mut self,
        at: usize,
        piece: &Piece<'_>,
        time: Option<Duration>,
        speaking: &mut u64,
        lines: &mut Lines<'_>,
    ) -> Result<(), Stop> {
        let half = &mut self.directions[at].half;
        let missing = half.feed(piece, lines.programs());
        if half.is_reading() && self.number.is_none() {
            *speaking += 1;
            self.number = Some(*speaking);
        }
        if self.first.is_none() {
            let sender = half.peek().as_ref().and_then(raw::side);
            self.first = sender.map(|sender| if at == 0 { sender } else { sender.other() });
        }
        let label = self.label(at);
        let place = Place {
            from: self.side(at),
            time,
            connection: label.as_ref(),
        };
        if let Some(missing) = missing {
            lines.broken(&place, missing.offset, &missing)?;
        }
        let Self {
            directions, calls, ..
        } = self;
        directions[at].half.packets(&place, lines, calls)
    }

    fn side(&self, at: usize) -> Option<Side> {
        let first = self.first?;
        Some(if at == 0 { first } else { first.other() })
    }

    fn label(&self, at: usize) -> Option<Label> {
        Some(Label {
            number: self.number?,
            source: self.ends[at],
            destination: self.ends[1 - at],
        })
    }
}
