//! Packets out of bytes, and bytes out of packets.

use std::collections::BTreeMap;

use protocol_defs::message::Message;
use protocol_defs::packet::{Header, Kind, OwnedPacket, PacketReader, Status};
use protocol_defs::remote;
use xdr_wire::Options;

use crate::Recording;

/// Programs beside the remote one, by the names that the listings have.
const OTHERS: [(u32, &str); 3] = [
    (0x2000_8087, "qemu"),
    (0x0690_0690, "admin"),
    (0x6b65_6570, "keepalive"),
];

/// All packets of one direction.
pub(crate) fn split(bytes: &[u8], chunk: usize) -> Vec<OwnedPacket> {
    let mut reader = PacketReader::new();
    let mut packets = Vec::new();
    for part in bytes.chunks(chunk) {
        reader.feed(part);
        while let Some(packet) = reader.next_packet().expect("the stream is well framed") {
            packets.push(packet.owned());
        }
    }
    assert!(reader.unread().is_empty(), "nothing is cut off");
    packets
}

#[test]
fn splits_every_recording_into_the_packets_that_passed() {
    for recording in Recording::all() {
        for (direction, bytes) in recording.directions() {
            let listed = recording.packets.lines();
            let listed: Vec<_> = listed.filter_map(|l| l.strip_prefix(direction)).collect();
            for chunk in [1, 7, 65_536] {
                let packets = split(bytes, chunk);
                let lines: Vec<_> = packets.iter().map(line).collect();
                assert_eq!(lines, listed, "{} {direction}", recording.name);
            }
        }
    }
}

/// The header as the listings have it, behind the direction.
fn line(packet: &OwnedPacket) -> String {
    let header = &packet.header;
    let program = match header.program {
        remote::PROGRAM => "remote",
        other => OTHERS
            .iter()
            .find(|(number, _)| *number == other)
            .map_or("unknown", |(_, name)| name),
    };
    let kind = match header.kind {
        Kind::Call => "call",
        Kind::Reply => "reply",
        Kind::Message => "message",
        Kind::Stream => "stream",
        Kind::CallWithFds => "call_with_fds",
        Kind::ReplyWithFds => "reply_with_fds",
        Kind::StreamHole => "stream_hole",
        Kind::Unknown(_) => "unknown",
    };
    let status = match header.status {
        Status::Ok => "ok",
        Status::Error => "error",
        Status::Continue => "continue",
        Status::Unknown(_) => "unknown",
    };
    let length = 28 + packet.payload.len();
    let Header {
        version,
        procedure,
        serial,
        ..
    } = header;
    format!(" {program} {version} {procedure} {kind} {serial} {status} {length}")
}

#[test]
fn every_packet_is_a_message_that_becomes_the_same_bytes() {
    let mut counts = BTreeMap::new();
    for recording in Recording::all() {
        for (direction, bytes) in recording.directions() {
            let mut again = Vec::new();
            for packet in split(bytes, bytes.len()) {
                let OwnedPacket { header, offset, .. } = packet;
                let place = format!("{} {direction} byte {offset}: {header:?}", recording.name);
                // To the letter: libvirt leaves nothing behind its payloads.
                let message = Message::decode_with(&packet.borrowed(), Options::new())
                    .unwrap_or_else(|error| panic!("{place}: {error}"));
                message
                    .write(header.serial, packet.fds, &mut again)
                    .unwrap_or_else(|error| panic!("{place}: {error}"));
                assert!(bytes.starts_with(&again), "{place}: {message:?}");
                *counts.entry(name(&message)).or_insert(0) += 1;
            }
            assert_eq!(again.len(), bytes.len(), "{} {direction}", recording.name);
        }
    }
    let least = [
        ("call", 200),
        ("error", 3),
        ("event", 30),
        ("keepalive", 6),
        ("reply", 200),
        ("stream", 14),
    ];
    for (name, least) in least {
        let count = counts.get(name).copied().unwrap_or_default();
        assert!(count >= least, "only {count} packets were of a {name}");
    }
}

fn name(message: &Message<'_>) -> &'static str {
    match message {
        Message::Call(_) => "call",
        Message::Reply(_) => "reply",
        Message::Error { .. } => "error",
        Message::Event(_) => "event",
        Message::Stream { .. } => "stream",
        Message::Keepalive(_) => "keepalive",
    }
}
