//! A connection to libvirtd as a capture file: TCP segments in the pcap format.

use std::collections::BTreeMap;

use etherparse::PacketBuilder;

/// The port that libvirtd listens on for plain TCP, by which the dissector knows its packets.
const LIBVIRTD: End = End {
    address: [192, 0, 2, 2],
    port: 16_509,
};
const CLIENT: End = End {
    address: [192, 0, 2, 1],
    port: 49_152,
};

/// Bytes of a full segment on Ethernet.
const SEGMENT: usize = 1_460;

/// Magic number of a little-endian file with microseconds.
const PCAP: u32 = 0xA1B2_C3D4;
/// Packets begin with an IP header.
const LINKTYPE_RAW: u32 = 101;
/// Longest packet; that of IP.
const SNAPLEN: u32 = 65_535;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum From {
    Client,
    Daemon,
}

#[derive(Clone, Copy)]
struct End {
    address: [u8; 4],
    port: u16,
}

/// What was captured up to now.
pub(crate) struct Capture {
    file: Vec<u8>,
    /// The sequence number of the next byte from each end.
    next: BTreeMap<From, u32>,
    segments: u32,
}

impl Capture {
    pub(crate) fn new() -> Self {
        let mut file = Vec::new();
        // Version 2.4 of the format; two unused words.
        for word in [PCAP, 2 | 4 << 16, 0, 0, SNAPLEN, LINKTYPE_RAW] {
            file.extend_from_slice(&word.to_le_bytes());
        }
        Self {
            file,
            next: BTreeMap::new(),
            segments: 0,
        }
    }

    /// Bytes that one end writes in one go: full segments and a rest, cut wherever that falls.
    pub(crate) fn send(&mut self, from: From, bytes: &[u8]) {
        for segment in bytes.chunks(SEGMENT) {
            self.segment(from, segment);
        }
    }

    fn segment(&mut self, from: From, payload: &[u8]) {
        let (source, destination, other) = match from {
            From::Client => (CLIENT, LIBVIRTD, From::Daemon),
            From::Daemon => (LIBVIRTD, CLIENT, From::Client),
        };
        let acknowledged = self.next.get(&other).copied().unwrap_or_default();
        let sequence = self.next.entry(from).or_default();
        let builder = PacketBuilder::ipv4(source.address, destination.address, 64)
            .tcp(source.port, destination.port, *sequence, u16::MAX)
            .psh()
            .ack(acknowledged);
        let payload_len = u32::try_from(payload.len()).expect("a segment is short");
        *sequence = sequence.wrapping_add(payload_len);

        let length = u32::try_from(builder.size(payload.len())).expect("a segment is short");
        // A millisecond between segments; captured is all of each.
        let (seconds, microseconds) = (self.segments / 1_000, self.segments % 1_000 * 1_000);
        for word in [seconds, microseconds, length, length] {
            self.file.extend_from_slice(&word.to_le_bytes());
        }
        builder
            .write(&mut self.file, payload)
            .expect("a segment fits into an IP packet");
        self.segments += 1;
    }

    pub(crate) fn segments(&self) -> u32 {
        self.segments
    }

    /// The file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.file
    }
}
