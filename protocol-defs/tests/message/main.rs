//! Packets → what they say, and back.

use protocol_defs::packet::{Header, Kind, OwnedPacket, Packet, Status};

mod errors;
mod numbers;
mod random;

/// A packet of this header, with as many file descriptors as its kind may have.
fn packet(header: Header, payload: &[u8]) -> Packet<&[u8]> {
    Packet {
        header,
        fds: u32::from(header.kind.has_fds()),
        payload,
        offset: 0,
    }
}

fn header(program: u32, procedure: u32, kind: Kind, status: Status) -> Header {
    Header {
        program,
        version: 1,
        procedure,
        kind,
        serial: 7,
        status,
    }
}

/// The bytes of a packet.
fn bytes(packet: &OwnedPacket) -> Vec<u8> {
    let mut out = Vec::new();
    packet.write(&mut out).expect("it is within its limits");
    out
}
