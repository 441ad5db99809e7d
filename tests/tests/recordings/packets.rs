//! Packets out of bytes, and bytes out of packets.

use protocol_defs::packet::{Header, Kind, PacketReader, Status, write_packet};
use protocol_defs::remote;

use crate::Recording;
use crate::procedures::{self, Payload};

/// Programs beside the remote one, by the names that the listings have.
const OTHERS: [(u32, &str); 3] = [
    (0x2000_8087, "qemu"),
    (0x0690_0690, "admin"),
    (0x6b65_6570, "keepalive"),
];

/// All packets of one direction.
pub(crate) fn split(bytes: &[u8], chunk: usize) -> Vec<(Header, Vec<u8>)> {
    let mut reader = PacketReader::new();
    let mut packets = Vec::new();
    for part in bytes.chunks(chunk) {
        reader.feed(part);
        while let Some(packet) = reader.next_packet().expect("the stream is well framed") {
            packets.push((packet.header, packet.payload.to_vec()));
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
                let lines: Vec<_> = packets.iter().map(|(h, p)| line(h, p)).collect();
                assert_eq!(lines, listed, "{} {direction}", recording.name);
            }
        }
    }
}

/// The header as the listings have it, behind the direction.
fn line(header: &Header, payload: &[u8]) -> String {
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
    let length = 28 + payload.len();
    let Header {
        version,
        procedure,
        serial,
        ..
    } = header;
    format!(" {program} {version} {procedure} {kind} {serial} {status} {length}")
}

#[test]
fn encodes_every_packet_of_the_remote_program_back_to_its_bytes() {
    let mut typed = 0;
    for recording in Recording::all() {
        for (direction, bytes) in recording.directions() {
            let mut again = Vec::new();
            for (header, payload) in split(bytes, bytes.len()) {
                let place = format!(
                    "{} {direction} byte {}: {header:?}",
                    recording.name,
                    again.len()
                );
                if let Some(rewrite) = rewrite(&header, &payload) {
                    rewrite(&header, &payload, &mut again)
                        .unwrap_or_else(|error| panic!("{place}: {error}"));
                    typed += 1;
                } else {
                    // Of another program, or a stream's data: not XDR that is described here.
                    write_packet(&header, &(), &mut again).expect("a header has no bounds");
                    let start = again.len() - 28;
                    let length = 28 + u32::try_from(payload.len()).expect("a packet is small");
                    again[start..start + 4].copy_from_slice(&length.to_be_bytes());
                    again.extend_from_slice(&payload);
                }
                assert!(bytes.starts_with(&again), "{place}");
            }
            assert_eq!(again.len(), bytes.len(), "{} {direction}", recording.name);
        }
    }
    assert!(typed >= 450, "only {typed} packets had a type");
}

/// How to decode and encode what the header announces, if it is XDR of the remote program.
fn rewrite(header: &Header, payload: &[u8]) -> Option<procedures::Rewrite> {
    if header.program != remote::PROGRAM {
        return None;
    }
    let of_procedure = |which| Some(procedures::rewrite(header.procedure, which));
    match (header.kind, header.status) {
        (Kind::Call | Kind::Message, Status::Ok) => of_procedure(Payload::Args),
        (Kind::Reply, Status::Ok) => of_procedure(Payload::Ret),
        // A client that gives up a stream says so without a reason.
        (Kind::Stream, Status::Error) if payload.is_empty() => Some(procedures::again::<()>),
        (Kind::Reply | Kind::Stream, Status::Error) => Some(procedures::again::<remote::Error>),
        (Kind::Stream, Status::Ok) => Some(procedures::again::<()>),
        // `virNetStreamHole`: a length and flags.
        (Kind::StreamHole, _) => Some(procedures::again::<(i64, u32)>),
        _ => None,
    }
}
