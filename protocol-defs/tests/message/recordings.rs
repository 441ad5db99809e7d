//! All that a real virsh and a real libvirtd said to each other (`tests/recordings/README.md`) has a type, and becomes
//! the same bytes again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use protocol_defs::message::Message;
use protocol_defs::packet::PacketReader;
use xdr_wire::Options;

#[test]
fn every_recorded_packet_is_a_message_that_becomes_the_same_bytes() {
    let mut counts = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/recordings/libvirt-9.0.0");
    for file in fs::read_dir(folder).expect("there are recordings") {
        let path = file.expect("the folder can be read").path();
        if path.extension().is_none_or(|extension| extension != "bin") {
            continue;
        }
        let bytes = fs::read(&path).expect("it is there");
        let mut reader = PacketReader::new();
        reader.feed(&bytes);
        let mut again = Vec::new();
        while let Some(packet) = reader.next_packet().expect("libvirt frames well") {
            let place = format!("{} at byte {}", path.display(), packet.offset);
            // To the letter: libvirt leaves nothing behind its payloads.
            let message = Message::decode_with(&packet, Options::new());
            assert!(message.is_ok(), "{place}: {message:?}");
            let message = message.expect("it is, as just seen");
            message
                .write(packet.header.serial, packet.fds, &mut again)
                .expect("libvirt sent it");
            assert!(bytes.starts_with(&again), "{place}: {message:?}");
            *counts.entry(name(&message)).or_insert(0) += 1;
        }
        assert_eq!(again.len(), bytes.len(), "{}", path.display());
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
