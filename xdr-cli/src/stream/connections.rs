//! The TCP connections of a capture.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use super::calls::Calls;
use super::half::Half;
use super::line::{Label, Lines, Place};
use super::link::Found;
use super::tcp::{Piece, Reassembly};
use super::{Side, Stop, raw};

/// Connections that are followed at a time. Those that have ended make room first, then those that do not speak the protocol,
/// then that which has been silent for longest.
const FOLLOWED: usize = 4_096;

/// What may wait for something missing in all connections together.
const WAITING: usize = 64 << 20;

/// Ports that libvirtd listens on: plain, and with TLS.
const PORTS: [u16; 2] = [16_509, 16_514];

/// Connections by their ends, the lower one first.
#[derive(Default)]
pub(super) struct Connections {
    by_ends: HashMap<Ends, Connection>,
    /// Who makes room first.
    ranks: BTreeMap<Rank, Ends>,
    /// Segments up to now.
    clock: u64,
    waiting: usize,
    seen: u64,
    /// Those of which packets have been read.
    speaking: u64,
}

type Ends = [SocketAddr; 2];

/// How much a connection is worth, and when it was last heard of; no two are of the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    worth: Worth,
    heard: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Ended,
    Other,
    Speaking,
}

struct Connection {
    rank: Rank,
    /// Counted from 1 among those that speak the protocol.
    number: Option<u64>,
    ends: Ends,
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
    pub(super) fn take(&mut self, found: &Found<'_>, lines: &mut Lines<'_>) -> Result<(), Stop> {
        self.clock += 1;
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
        let Some(mut connection) = self.remove(ends) else {
            return self.begin(ends, found, lines);
        };
        let reset = found.reset && connection.believes(found);
        self.follow(&mut connection, found, lines)?;
        if reset {
            self.waiting = self.waiting.saturating_sub(connection.waiting());
            return connection.finish(&mut self.speaking, lines);
        }
        self.insert(connection);
        Ok(())
    }

    /// The capture has ended. How many connections there were, and how many of them spoke the protocol.
    pub(super) fn finish(mut self, lines: &mut Lines<'_>) -> Result<(u64, u64), Stop> {
        // In the order in which they were last heard of.
        let mut left: Vec<Rank> = self.ranks.keys().copied().collect();
        left.sort_unstable_by_key(|rank| rank.heard);
        for rank in left {
            if let Some(&ends) = self.ranks.get(&rank) {
                self.close(ends, lines)?;
            }
        }
        Ok((self.seen, self.speaking))
    }

    /// A connection that is not known.
    fn begin(&mut self, ends: Ends, found: &Found<'_>, lines: &mut Lines<'_>) -> Result<(), Stop> {
        if found.reset || (!found.segment.syn && found.segment.payload.is_empty()) {
            return Ok(());
        }
        if self.by_ends.len() >= FOLLOWED
            && let Some((_, &ends)) = self.ranks.first_key_value()
        {
            let given_up = self.by_ends.get(&ends).and_then(Connection::speaks);
            if let Some(number) = given_up {
                lines.note(&format!(
                    "connection {number} is not followed any more: there are too many"
                ));
            }
            self.close(ends, lines)?;
        }
        self.seen += 1;
        let mut connection = Connection::new(ends);
        self.follow(&mut connection, found, lines)?;
        self.insert(connection);
        Ok(())
    }

    fn follow(
        &mut self,
        connection: &mut Connection,
        found: &Found<'_>,
        lines: &mut Lines<'_>,
    ) -> Result<(), Stop> {
        let before = connection.waiting();
        connection.take(found, &mut self.speaking, lines)?;
        let after = connection.waiting();
        self.waiting = self.waiting.saturating_sub(before) + after;
        if self.waiting > WAITING {
            connection.give_up(&mut self.speaking, lines)?;
            self.waiting -= after;
        }
        Ok(())
    }

    fn insert(&mut self, mut connection: Connection) {
        connection.rank = Rank {
            worth: connection.worth(),
            heard: self.clock,
        };
        self.ranks.insert(connection.rank, connection.ends);
        self.by_ends.insert(connection.ends, connection);
    }

    fn remove(&mut self, ends: Ends) -> Option<Connection> {
        let connection = self.by_ends.remove(&ends)?;
        self.ranks.remove(&connection.rank);
        Some(connection)
    }

    fn close(&mut self, ends: Ends, lines: &mut Lines<'_>) -> Result<(), Stop> {
        let Some(mut connection) = self.remove(ends) else {
            return Ok(());
        };
        self.waiting = self.waiting.saturating_sub(connection.waiting());
        connection.finish(&mut self.speaking, lines)
    }
}

impl Connection {
    fn new(ends: Ends) -> Self {
        let by_port = |end: &SocketAddr| PORTS.contains(&end.port());
        let first = match ends.each_ref().map(by_port) {
            [true, false] => Some(Side::Server),
            [false, true] => Some(Side::Client),
            _ => None,
        };
        Self {
            rank: Rank {
                worth: Worth::Other,
                heard: 0,
            },
            number: None,
            ends,
            directions: Default::default(),
            first,
            calls: Calls::default(),
        }
    }

    fn worth(&self) -> Worth {
        if !self.is_open() {
            Worth::Ended
        } else if self.number.is_some() {
            Worth::Speaking
        } else {
            Worth::Other
        }
    }

    /// Its number, if it speaks the protocol and goes on.
    fn speaks(&self) -> Option<u64> {
        self.number.filter(|_| self.is_open())
    }

    fn waiting(&self) -> usize {
        let directions = self.directions.iter();
        directions.map(|it| it.reassembly.waiting()).sum()
    }

    fn is_open(&self) -> bool {
        !self.directions.iter().all(|direction| direction.ended)
    }

    fn is_opened_by(&self, found: &Found<'_>) -> bool {
        let reassembly = &self.directions[self.sender(found)].reassembly;
        reassembly.is_opened_by(found.segment.sequence)
    }

    /// Whether a segment that ends the connection is of it, and not of one that was before.
    fn believes(&self, found: &Found<'_>) -> bool {
        let reassembly = &self.directions[self.sender(found)].reassembly;
        reassembly.is_near(found.segment.sequence)
    }

    fn sender(&self, found: &Found<'_>) -> usize {
        usize::from(self.ends[0] != found.source)
    }

    fn take(
        &mut self,
        found: &Found<'_>,
        speaking: &mut u64,
        lines: &mut Lines<'_>,
    ) -> Result<(), Stop> {
        let at = self.sender(found);
        if found.segment.syn {
            let sender = if found.ack {
                Side::Server
            } else {
                Side::Client
            };
            self.first = Some(if at == 0 { sender } else { sender.other() });
        }
        self.directions[at].ended |= found.fin;
        // What the other side has said before this one could answer it.
        if found.ack && !found.segment.syn {
            let sequence = found.acknowledged;
            self.reassemble(1 - at, speaking, lines, |reassembly, give| {
                reassembly.acknowledge(sequence, give)
            })?;
        }
        self.reassemble(at, speaking, lines, |reassembly, give| {
            reassembly.take(found.segment, give)
        })
    }

    /// Waits no longer for anything.
    fn give_up(&mut self, speaking: &mut u64, lines: &mut Lines<'_>) -> Result<(), Stop> {
        for at in [0, 1] {
            self.reassemble(at, speaking, lines, |reassembly, give| {
                reassembly.finish(give)
            })?;
        }
        Ok(())
    }

    fn finish(&mut self, speaking: &mut u64, lines: &mut Lines<'_>) -> Result<(), Stop> {
        self.give_up(speaking, lines)?;
        if self.number.is_none() {
            return Ok(());
        }
        for at in [0, 1] {
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

    /// Does something with the segments of one direction, and takes the pieces that come of it.
    fn reassemble(
        &mut self,
        at: usize,
        speaking: &mut u64,
        lines: &mut Lines<'_>,
        act: impl FnOnce(
            &mut Reassembly,
            &mut dyn FnMut(Piece<'_>) -> Result<(), Stop>,
        ) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut reassembly = std::mem::take(&mut self.directions[at].reassembly);
        let is_opened = reassembly.is_opened();
        let acted = act(&mut reassembly, &mut |piece| {
            self.piece(at, &piece, is_opened, speaking, lines)
        });
        self.directions[at].reassembly = reassembly;
        acted
    }

    /// Takes a piece of one direction's stream.
    fn piece(
        &mut self,
        at: usize,
        piece: &Piece<'_>,
        is_opened: bool,
        speaking: &mut u64,
        lines: &mut Lines<'_>,
    ) -> Result<(), Stop> {
        let half = &mut self.directions[at].half;
        let had_spoken = half.has_spoken();
        half.feed(piece, lines.programs());
        if half.is_reading() && self.number.is_none() {
            *speaking += 1;
            self.number = Some(*speaking);
        }
        if half.is_reading() && !had_spoken && !is_opened {
            half.excuse();
        }
        if self.first.is_none() {
            let sender = half.peek().as_ref().and_then(raw::side);
            self.first = sender.map(|sender| if at == 0 { sender } else { sender.other() });
        }
        let label = self.label(at);
        let place = Place {
            from: self.side(at),
            time: match piece {
                Piece::Bytes(_, time) => *time,
                Piece::Gap(_) => None,
            },
            connection: label.as_ref(),
        };
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
