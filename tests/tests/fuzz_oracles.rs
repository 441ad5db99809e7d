//! The oracles of the fuzz targets, on inputs of chance and on recordings with bytes changed.

use std::fs;

use proptest::prelude::*;

/// The packets of a recording's server side.
fn recording(name: &str) -> Vec<u8> {
    let path = xdr_tests::root().join(format!("tests/recordings/libvirt-9.0.0/{name}.server.bin"));
    fs::read(path).expect("the recording is in the repository")
}

/// The payload of the last graphics event of a recording.
fn graphics_payload() -> Vec<u8> {
    let mut reader = protocol_defs::packet::PacketReader::new();
    reader.feed(&recording("tls"));
    let mut payload = Vec::new();
    while let Some(packet) = reader.next_packet().expect("the recording is well formed") {
        if packet.header.procedure == 323 {
            payload = packet.payload.to_vec();
        }
    }
    payload
}

#[test]
fn every_single_byte_of_a_graphics_event_may_be_wrong() {
    let payload = graphics_payload();
    assert!(!payload.is_empty());
    for at in 0..payload.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = payload.clone();
            changed[at] ^= change;
            xdr_fuzz::graphics(&changed);
            xdr_fuzz::graphics(&changed[4..]);
        }
        xdr_fuzz::graphics(&payload[..at]);
    }
}

proptest! {
    #[test]
    fn packets_do_not_depend_on_cuts(seed in any::<u8>(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut input = vec![seed];
        input.extend(recording("tls"));
        let at = at.index(input.len());
        xdr_fuzz::packets(&input);
        input[at] = value;
        xdr_fuzz::packets(&input);
    }

    #[test]
    fn sources_with_a_piece_cut_out_do_no_harm(from in any::<prop::sample::Index>(), length in 1usize..40) {
        let text = include_str!("schema_macros/screen.x");
        let from = from.index(text.len());
        let to = (from + length).min(text.len());
        xdr_fuzz::source(format!("{}{}", &text[..from], &text[to..]).as_bytes());
    }
}
