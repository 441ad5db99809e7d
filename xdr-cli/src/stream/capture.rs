//! Capture files, pcap and pcapng: frames with their times.

use std::collections::BTreeMap;
use std::io::{Chain, Cursor, Read};
use std::time::Duration;

use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapError, create_reader};

use super::connections::Connections;
use super::line::Lines;
use super::{Stop, link};

/// Bytes of the header that a pcap file begins with.
const HEADER_LEN: usize = 24;

/// Bytes of the buffer that blocks are read into, to begin with.
const BUFFER: usize = 256 * 1024;

/// The longest block that is waited for. Frames end at 256 KiB, whatever a damaged length says.
const LONGEST: usize = 16 << 20;

const NANOSECONDS: u64 = 1_000_000_000;

/// What capture files begin with: pcap in either byte order, with micro- or nanoseconds, and pcapng.
const MAGIC: [[u8; 4]; 5] = [
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0x4d, 0x3c, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x0a, 0x0d, 0x0d, 0x0a],
];

/// Interfaces of a section that are kept in mind; frames of others are passed over.
const INTERFACES: usize = 4_096;

/// A capture, from its beginning.
pub(crate) struct Capture<R> {
    input: Chain<Cursor<Vec<u8>>, R>,
}

/// What was in a capture that is of no use here.
#[derive(Debug, Default)]
pub(crate) struct Unused {
    /// Connections that do not speak the protocol, or not in a way that can be read.
    pub(crate) connections: u64,
    /// Frames with headers of a kind that is not known, by its number.
    pub(crate) frames: BTreeMap<i32, u64>,
}

/// An input that has been looked at.
pub(crate) enum Probed<R> {
    Capture(Capture<R>),
    /// Anything else, from its beginning.
    Other(Chain<Cursor<Vec<u8>>, R>),
}

/// Looks at how an input begins.
pub(crate) fn probe<R: Read>(mut input: R) -> Result<Probed<R>, Stop> {
    let mut head = Vec::new();
    let mut read_up_to = |len: usize, head: &mut Vec<u8>| {
        let more = len.saturating_sub(head.len()) as u64;
        let read = input.by_ref().take(more).read_to_end(head);
        read.map_err(Stop::Input)
    };
    read_up_to(4, &mut head)?;
    // As the length of a packet these would be too large.
    let is_capture = MAGIC.iter().any(|magic| head == magic);
    if is_capture {
        // The library wants the first header, or the first block, in one piece.
        read_up_to(HEADER_LEN, &mut head)?;
        read_up_to(first_block_len(&head), &mut head)?;
    }
    let input = Cursor::new(head).chain(input);
    Ok(if is_capture {
        Probed::Capture(Capture { input })
    } else {
        Probed::Other(input)
    })
}

/// Bytes of the block that a pcapng file begins with.
fn first_block_len(head: &[u8]) -> usize {
    let word = |at: usize| head.get(at..).and_then(<[u8]>::first_chunk);
    match (word(0), word(4), word(8)) {
        (Some([0x0a, 0x0d, 0x0d, 0x0a]), Some(length), Some(order)) => {
            let length = match order {
                [0x4d, 0x3c, 0x2b, 0x1a] => u32::from_le_bytes(*length),
                _ => u32::from_be_bytes(*length),
            };
            usize::try_from(length).map_or(BUFFER, |length| length.min(BUFFER))
        }
        _ => 0,
    }
}

impl<R: Read + Send> Capture<R> {
    /// Reads it, and writes the packets of all connections in it.
    pub(crate) fn read(self, lines: &mut Lines<'_>) -> Result<Unused, Stop> {
        let mut reader =
            create_reader(BUFFER, self.input).map_err(|error| Damage::of(&error, 0))?;
        let mut frames = Frames::default();
        let mut capacity = BUFFER;
        let ended = loop {
            let length = match reader.next() {
                Ok((length, block)) => {
                    frames.block(&block, lines)?;
                    length
                }
                Err(PcapError::Eof) => break Ok(()),
                Err(PcapError::Incomplete(_)) => {
                    lines.hand_on()?;
                    let before = reader.data().len();
                    reader.refill().map_err(|error| Damage::of(&error, 0))?;
                    if reader.data().len() > before || reader.reader_exhausted() {
                        continue;
                    }
                    0
                }
                Err(PcapError::BufferTooSmall) => 0,
                Err(error) => {
                    let error = error.to_owned_vec();
                    break Err(Damage::of(&error, reader.consumed()));
                }
            };
            if length > 0 {
                reader.consume(length);
            } else if capacity < LONGEST {
                capacity *= 2;
                reader.grow(capacity);
            } else {
                let error = PcapError::<&[u8]>::BufferTooSmall;
                break Err(Damage::of(&error, reader.consumed()));
            }
        };
        // What has been captured up to a damage is worth having.
        let (all, speaking) = frames.connections.finish(lines)?;
        ended?;
        Ok(Unused {
            connections: all - speaking,
            frames: frames.unknown,
        })
    }
}

/// What has been read of a capture.
#[derive(Default)]
struct Frames {
    connections: Connections,
    interfaces: Vec<Interface>,
    unknown: BTreeMap<i32, u64>,
}

/// What a frame's bytes and its time are to be read as.
#[derive(Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Units of time in a second, if there is a number for it.
    resolution: Option<u64>,
    /// Seconds to add.
    offset: i64,
}

impl Frames {
    fn block(&mut self, block: &PcapBlockOwned<'_>, lines: &mut Lines<'_>) -> Result<(), Stop> {
        match block {
            PcapBlockOwned::LegacyHeader(header) => {
                self.interfaces = vec![Interface {
                    link: header.network,
                    resolution: Some(if header.is_nanosecond_precision() {
                        NANOSECONDS
                    } else {
                        1_000_000
                    }),
                    offset: 0,
                }];
            }
            PcapBlockOwned::Legacy(frame) => {
                if let Some(&interface) = self.interfaces.first() {
                    let units = interface.resolution.unwrap_or_default();
                    let units = u64::from(frame.ts_sec) * units + u64::from(frame.ts_usec);
                    let time = interface.time(units);
                    self.frame(interface.link, time, frame.data, lines)?;
                }
            }
            PcapBlockOwned::NG(Block::SectionHeader(_)) => self.interfaces.clear(),
            PcapBlockOwned::NG(Block::InterfaceDescription(described)) => {
                if self.interfaces.len() < INTERFACES {
                    self.interfaces.push(Interface {
                        link: described.linktype,
                        resolution: resolution(described.if_tsresol),
                        offset: described.if_tsoffset,
                    });
                }
            }
            PcapBlockOwned::NG(Block::EnhancedPacket(frame)) => {
                let interface = usize::try_from(frame.if_id);
                let interface = interface.ok().and_then(|at| self.interfaces.get(at));
                if let Some(&interface) = interface {
                    let units = u64::from(frame.ts_high) << 32 | u64::from(frame.ts_low);
                    let time = interface.time(units);
                    self.frame(interface.link, time, frame.packet_data(), lines)?;
                }
            }
            PcapBlockOwned::NG(Block::SimplePacket(frame)) => {
                if let Some(&interface) = self.interfaces.first() {
                    self.frame(interface.link, None, frame.packet_data(), lines)?;
                }
            }
            PcapBlockOwned::NG(_) => {}
        }
        Ok(())
    }

    fn frame(
        &mut self,
        link: Linktype,
        time: Option<Duration>,
        bytes: &[u8],
        lines: &mut Lines<'_>,
    ) -> Result<(), Stop> {
        if !link::is_known(link) {
            // The field for it has 16 bits.
            *self.unknown.entry(link.0).or_default() += 1;
            return Ok(());
        }
        match link::segment(link, bytes, time) {
            Some(found) => self.connections.take(&found, lines),
            None => Ok(()),
        }
    }
}

impl Interface {
    /// The time since 1970 that so many units are.
    fn time(self, units: u64) -> Option<Duration> {
        let resolution = self.resolution?;
        let seconds = i64::try_from(units.checked_div(resolution)?).ok()?;
        let seconds = u64::try_from(seconds.checked_add(self.offset)?).ok()?;
        let rest = u128::from(units % resolution) * u128::from(NANOSECONDS);
        let nanoseconds = u32::try_from(rest / u128::from(resolution)).ok()?;
        Some(Duration::new(seconds, nanoseconds))
    }
}

/// Units of time in a second: the first bit says whether the others are a power of two or of ten (pcapng, `if_tsresol`).
fn resolution(coded: u8) -> Option<u64> {
    let power = u32::from(coded & 0x7f);
    let base: u64 = if coded & 0x80 == 0 { 10 } else { 2 };
    base.checked_pow(power)
}

/// What is wrong with a capture file.
struct Damage;

impl Damage {
    fn of(error: &PcapError<&[u8]>, at: usize) -> Stop {
        let problem = match error {
            PcapError::Eof | PcapError::UnexpectedEof | PcapError::Incomplete(_) => {
                "the capture ends inside a block"
            }
            PcapError::BufferTooSmall => "a block of the capture is longer than any frame",
            PcapError::ReadError => "the capture cannot be read",
            _ => "this is no block of a capture",
        };
        Stop::Capture(format!("{problem}, at byte {at}"))
    }
}
