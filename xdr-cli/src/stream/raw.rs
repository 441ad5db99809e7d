//! The bytes of one direction of a connection, or of both.

use std::fmt;
use std::io::{ErrorKind, Read};

use protocol_defs::packet::{Header, Keepalive, Kind, PacketReader};

use super::calls::Calls;
use super::line::{Lines, Place};
use super::{Side, Stop};

/// Bytes that are read at a time.
const CHUNK: usize = 64 * 1024;

/// Reads one or two directions of a connection, and writes their packets. Recordings have no times, so where there are two,
/// a reply comes as soon as its call has come, and all else that the server says as soon as it can.
pub(crate) fn read_raw(
    inputs: Vec<Box<dyn Read + Send + '_>>,
    lines: &mut Lines<'_>,
) -> Result<(), Stop> {
    let mut directions: Vec<Direction<'_>> = inputs.into_iter().map(Direction::new).collect();
    for direction in &mut directions {
        direction.fill(lines)?;
    }
    // If one side is known, so is the other.
    if let [one, other] = directions.as_mut_slice() {
        let known = one.side.or(other.side.map(Side::other));
        one.side = known.or(Some(Side::Client));
        other.side = one.side.map(Side::other);
    }
    let mut calls = Calls::default();
    while let Some(next) = choose(&directions, &calls) {
        let direction = &mut directions[next];
        direction.write(lines, &mut calls)?;
        direction.fill(lines)?;
    }
    if directions.len() > 1 {
        lines.unanswered(&calls);
    }
    Ok(())
}

/// The direction whose next packet comes next.
fn choose(directions: &[Direction<'_>], calls: &Calls) -> Option<usize> {
    let mut waiting = directions
        .iter()
        .enumerate()
        .filter_map(|(at, direction)| Some((at, direction, direction.next.as_ref()?)));
    let all = waiting.clone().count();
    let ready = waiting.clone().find(|(_, direction, header)| {
        let belongs_to_call = matches!(
            header.kind,
            Kind::Reply | Kind::ReplyWithFds | Kind::Stream | Kind::StreamHole
        );
        direction.side == Some(Side::Server) && (!belongs_to_call || calls.has(header))
    });
    let client = || {
        waiting
            .clone()
            .find(|(_, direction, _)| all == 1 || direction.side != Some(Side::Server))
    };
    ready
        .or_else(client)
        .or_else(|| waiting.next())
        .map(|(at, ..)| at)
}

/// One direction.
struct Direction<'r> {
    input: Box<dyn Read + Send + 'r>,
    packets: PacketReader,
    side: Option<Side>,
    /// The header of the next packet, which is there as a whole.
    next: Option<Header>,
    chunk: Vec<u8>,
    /// It has come to its end, or to a place from where it makes no sense.
    over: bool,
}

impl<'r> Direction<'r> {
    fn new(input: Box<dyn Read + Send + 'r>) -> Self {
        Self {
            input,
            packets: PacketReader::new(),
            side: None,
            next: None,
            chunk: vec![0; CHUNK],
            over: false,
        }
    }

    /// Reads on until the next packet is there.
    fn fill(&mut self, lines: &mut Lines<'_>) -> Result<(), Stop> {
        self.next = None;
        while !self.over {
            match self.packets.peek_packet() {
                Ok(Some(packet)) => {
                    self.next = Some(packet.header);
                    self.side = self.side.or(side(&packet.header));
                    return Ok(());
                }
                Ok(None) => {}
                Err(error) => {
                    self.over = true;
                    return lines.broken(&self.place(), error.offset(), &error);
                }
            }
            lines.hand_on()?;
            match self.input.read(&mut self.chunk) {
                Ok(0) => return self.end(lines),
                Ok(len) => self.packets.feed(&self.chunk[..len]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::Input(error)),
            }
        }
        Ok(())
    }

    /// Writes the next packet, which is there.
    fn write(&mut self, lines: &mut Lines<'_>, calls: &mut Calls) -> Result<(), Stop> {
        let place = self.place();
        match self.packets.next_packet() {
            Ok(Some(packet)) => lines.packet(&place, &packet, calls),
            _ => Ok(()),
        }
    }

    fn end(&mut self, lines: &mut Lines<'_>) -> Result<(), Stop> {
        self.over = true;
        match CutOff::of(&self.packets) {
            Some(problem) => lines.broken(&self.place(), self.packets.offset(), &problem),
            None => Ok(()),
        }
    }

    fn place(&self) -> Place<'static> {
        Place {
            from: self.side,
            ..Place::default()
        }
    }
}

/// Who sends such packets, if only one side does.
pub(super) fn side(header: &Header) -> Option<Side> {
    match header.kind {
        Kind::Call | Kind::CallWithFds => Some(Side::Client),
        Kind::Reply | Kind::ReplyWithFds => Some(Side::Server),
        Kind::Message if header.program != Keepalive::PROGRAM => Some(Side::Server),
        _ => None,
    }
}

/// A stream that ends in a packet.
pub(super) struct CutOff {
    /// Bytes of the packet that are there.
    there: usize,
    /// Its length word, if that is.
    length: Option<u32>,
}

impl CutOff {
    /// What the reader is left with, if that is something.
    pub(super) fn of(packets: &PacketReader) -> Option<Self> {
        let unread = packets.unread();
        (!unread.is_empty()).then(|| Self {
            there: unread.len(),
            length: unread.first_chunk().map(|word| u32::from_be_bytes(*word)),
        })
    }
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the stream ends inside a packet, of which {} ",
            self.there
        )?;
        match self.length {
            Some(length) => write!(f, "of {length} bytes are there"),
            None => f.write_str("bytes are there"),
        }
    }
}
