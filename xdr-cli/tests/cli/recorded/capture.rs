//! A connection as a capture file, in the forms that captures come in.

use etherparse::PacketBuilder;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Client,
    Server,
}

/// What goes before the IP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Ethernet,
    Raw,
    Null,
    LinuxSll,
    LinuxSll2,
}

/// How the file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Little-endian, microseconds.
    Pcap,
    /// Big-endian, nanoseconds.
    PcapBigEndian,
    /// Little-endian, nanoseconds.
    PcapNg,
}

/// A segment that is on its way.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) from: From,
    pub(crate) sequence: u32,
    /// The number of the byte that the sender waits for.
    pub(crate) acknowledged: u32,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) payload: Vec<u8>,
}

/// A connection to port 16509 over IPv4 or IPv6.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    pub(crate) link: Link,
    pub(crate) format: Format,
    pub(crate) ipv6: bool,
    pub(crate) client_port: u16,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            link: Link::Ethernet,
            format: Format::Pcap,
            ipv6: false,
            client_port: 49_152,
        }
    }
}

/// The first sequence number of each side; soon beyond the last there is.
pub(crate) const FIRST: u32 = u32::MAX - 1_000;

/// The segments of a connection: it is opened, one side speaks after the other, it is closed.
pub(crate) fn connection(turns: &[(From, &[u8])], size: usize) -> Vec<Segment> {
    let mut next = [FIRST; 2];
    let mut segments = Vec::new();
    let mut send = |from: From, syn: bool, fin: bool, payload: &[u8]| {
        let acknowledged = next[1 - from as usize];
        let next = &mut next[from as usize];
        segments.push(Segment {
            from,
            sequence: *next,
            acknowledged,
            syn,
            fin,
            payload: payload.to_vec(),
        });
        let taken = u32::try_from(payload.len()).unwrap() + u32::from(syn) + u32::from(fin);
        *next = next.wrapping_add(taken);
    };
    send(From::Client, true, false, &[]);
    send(From::Server, true, false, &[]);
    for (from, bytes) in turns {
        for payload in bytes.chunks(size) {
            send(*from, false, false, payload);
        }
    }
    send(From::Client, false, true, &[]);
    send(From::Server, false, true, &[]);
    segments
}

impl Wire {
    /// A capture of segments, a millisecond apart.
    pub(crate) fn capture(self, segments: &[Segment]) -> Vec<u8> {
        let mut file = self.header();
        for (at, segment) in segments.iter().enumerate() {
            self.block(&mut file, u64::try_from(at).unwrap(), &self.frame(segment));
        }
        file
    }

    pub(crate) fn header(self) -> Vec<u8> {
        let link = match self.link {
            Link::Ethernet => 1_u32,
            Link::Raw => 101,
            Link::Null => 0,
            Link::LinuxSll => 113,
            Link::LinuxSll2 => 276,
        };
        match self.format {
            Format::Pcap => [0xa1b2_c3d4, 2 | 4 << 16, 0, 0, 262_144, link]
                .iter()
                .flat_map(|word: &u32| word.to_le_bytes())
                .collect(),
            Format::PcapBigEndian => [0xa1b2_3c4d, 2 << 16 | 4, 0, 0, 262_144, link]
                .iter()
                .flat_map(|word: &u32| word.to_be_bytes())
                .collect(),
            Format::PcapNg => {
                let section = [0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28];
                // Option 9, a byte long: ten to the minus ninth of a second.
                let interface = [1, 32, link, 262_144, 9 | 1 << 16, 9, 0, 32];
                [&section[..], &interface]
                    .concat()
                    .iter()
                    .flat_map(|word: &u32| word.to_le_bytes())
                    .collect()
            }
        }
    }

    /// A frame that was captured so many milliseconds after a certain second.
    pub(crate) fn block(self, file: &mut Vec<u8>, milliseconds: u64, frame: &[u8]) {
        const BEGAN: u64 = 1_700_000_000;
        let nanoseconds = BEGAN * 1_000_000_000 + milliseconds * 1_000_000;
        let seconds = u32::try_from(nanoseconds / 1_000_000_000).unwrap();
        let rest = u32::try_from(nanoseconds % 1_000_000_000).unwrap();
        let len = u32::try_from(frame.len()).unwrap();
        match self.format {
            Format::Pcap => {
                let words = [seconds, rest / 1_000, len, len];
                file.extend(words.iter().flat_map(|word| word.to_le_bytes()));
                file.extend_from_slice(frame);
            }
            Format::PcapBigEndian => {
                let words = [seconds, rest, len, len];
                file.extend(words.iter().flat_map(|word| word.to_be_bytes()));
                file.extend_from_slice(frame);
            }
            Format::PcapNg => {
                let padded = len.next_multiple_of(4);
                let high = u32::try_from(nanoseconds >> 32).unwrap();
                let low = u32::try_from(nanoseconds & u64::from(u32::MAX)).unwrap();
                let words = [6, 32 + padded, 0, high, low, len, len];
                file.extend(words.iter().flat_map(|word| word.to_le_bytes()));
                file.extend_from_slice(frame);
                file.resize(file.len() + (padded - len) as usize, 0);
                file.extend((32 + padded).to_le_bytes());
            }
        }
    }

    pub(crate) fn frame(self, segment: &Segment) -> Vec<u8> {
        let (source, destination) = match segment.from {
            From::Client => ((1, self.client_port), (2, 16_509)),
            From::Server => ((2, 16_509), (1, self.client_port)),
        };
        let v4 = |host| [192, 0, 2, host];
        let v6 = |host| {
            let mut address = [0; 16];
            address[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
            address[15] = host;
            address
        };
        let mut frame = self.before_ip();
        // Ethernet is there in any case, and taken off where it does not belong.
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
        let builder = if self.ipv6 {
            builder.ipv6(v6(source.0), v6(destination.0), 64)
        } else {
            builder.ipv4(v4(source.0), v4(destination.0), 64)
        };
        let mut builder = builder.tcp(source.1, destination.1, segment.sequence, u16::MAX);
        if segment.syn {
            builder = builder.syn();
        }
        if segment.fin {
            builder = builder.fin();
        }
        if !segment.syn || segment.from == From::Server {
            builder = builder.ack(segment.acknowledged);
        }
        let mut packet = Vec::new();
        builder.write(&mut packet, &segment.payload).unwrap();
        let ethernet = if self.link == Link::Ethernet { 0 } else { 14 };
        frame.extend_from_slice(&packet[ethernet..]);
        frame
    }

    fn before_ip(self) -> Vec<u8> {
        let ether_type: [u8; 2] = if self.ipv6 { [0x86, 0xdd] } else { [8, 0] };
        match self.link {
            Link::Ethernet | Link::Raw => Vec::new(),
            Link::Null => 2_u32.to_le_bytes().to_vec(),
            Link::LinuxSll => [&[0; 14][..], &ether_type].concat(),
            Link::LinuxSll2 => [&ether_type[..], &[0; 18]].concat(),
        }
    }
}
