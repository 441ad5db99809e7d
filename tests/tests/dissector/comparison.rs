//! Packets through a capture and the dissector, and what it shows against what it ought to show.

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

use protocol_defs::packet::Header;

use crate::capture::Capture;
use crate::flaws::Met;
use crate::packet::{Expected, Packet};
use crate::pdml::{self, Node};
use crate::program::Programs;
use crate::shown;
use crate::tshark::Tshark;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) packets: usize,
    pub(crate) segments: u32,
    /// Programs' and procedures' numbers.
    pub(crate) procedures: BTreeSet<(u32, u32)>,
    /// Leaves that are shown as they ought to be, those of headers included.
    pub(crate) leaves: usize,
    /// Leaves that come too late in packets that the dissector cannot read to their ends.
    pub(crate) lost: usize,
    /// The fields that were seen.
    pub(crate) fields: BTreeSet<String>,
    pub(crate) met: Met,
    /// One for each packet that is shown differently.
    pub(crate) differences: Vec<String>,
    /// All of it: making the capture, dissecting and comparing.
    pub(crate) took: Duration,
}

impl Comparison {
    /// Sends packets and compares all of them.
    pub(crate) fn of(packets: &[Packet], programs: &Programs, tshark: &Tshark) -> Self {
        Self::with(packets, packets, programs, tshark)
    }

    /// Sends packets, and compares what is shown with what ought to be shown of others.
    ///
    /// # Panics
    /// If the dissector finds more or fewer packets.
    pub(crate) fn with(
        sent: &[Packet],
        meant: &[Packet],
        programs: &Programs,
        tshark: &Tshark,
    ) -> Self {
        let start = Instant::now();
        let capture = capture(sent);
        let dissected = pdml::packets(&tshark.dissect(capture.bytes()));
        assert_eq!(dissected.len(), sent.len(), "packets that tshark found");
        let mut comparison = Self {
            packets: sent.len(),
            segments: capture.segments(),
            ..Self::default()
        };
        for (packet, node) in meant.iter().zip(&dissected) {
            comparison.compare(packet, node, programs);
        }
        comparison.took = start.elapsed();
        comparison
    }

    fn compare(&mut self, packet: &Packet, node: &Node, programs: &Programs) {
        let Header {
            program, procedure, ..
        } = packet.header;
        self.procedures.insert((program, procedure));
        let shown = shown::leaves(node);
        let Expected { leaves, lost } = packet.expected(programs, &mut self.met);
        let pairs = leaves.iter().zip(&shown);
        let same = pairs.take_while(|(ours, theirs)| ours == theirs).count();
        self.leaves += same;
        self.lost += lost;
        if same < leaves.len() || (same < shown.len() && lost == 0) {
            self.differences.push(format!(
                "{:?}, leaf {same}\n  ought to be {:?}\n  is shown as {:?}",
                packet.header,
                leaves.get(same),
                shown.get(same)
            ));
        } else {
            self.see(node);
        }
    }

    fn see(&mut self, node: &Node) {
        for child in &node.children {
            self.fields.insert(child.name.clone());
            // The type of a struct is a field of its own, shown only by name.
            if let Some((_, ty)) = child.showname.split_once(" :: ") {
                self.fields.insert(format!("libvirt.{ty}"));
            }
            self.see(child);
        }
    }

    /// # Panics
    /// If any packet is shown differently.
    pub(crate) fn must_agree(&self) {
        assert!(
            self.differences.is_empty(),
            "{self}; {} packets are shown differently, such as\n{}",
            self.differences.len(),
            self.differences[..self.differences.len().min(10)].join("\n")
        );
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} packets of {} procedures in {} segments, {} leaves alike, {} out of the dissector's reach, {:.1} s",
            self.packets,
            self.procedures.len(),
            self.segments,
            self.leaves,
            self.lost,
            self.took.as_secs_f32()
        )
    }
}

/// Packets of one end that follow each other are sent together, so that segments hold several packets and packets take
/// several segments.
pub(crate) fn capture(packets: &[Packet]) -> Capture {
    let mut capture = Capture::new();
    for group in packets.chunk_by(|one, next| one.from == next.from) {
        let bytes: Vec<u8> = group.iter().flat_map(|it| &it.bytes).copied().collect();
        capture.send(group[0].from, &bytes);
    }
    capture
}
