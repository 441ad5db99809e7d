//! The oracles of the fuzz targets, on inputs of chance and on recordings with bytes changed.

use std::fs;

use proptest::prelude::*;

/// The packets of one side of a recording.
fn recording(name: &str) -> Vec<u8> {
    let path = xdr_tests::root().join(format!("tests/recordings/libvirt-9.0.0/{name}.bin"));
    fs::read(path).expect("the recording is in the repository")
}

/// The payload of the last graphics event of a recording.
fn graphics_payload() -> Vec<u8> {
    let mut reader = protocol_defs::packet::PacketReader::new();
    reader.feed(&recording("tls.server"));
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

#[test]
fn both_codecs_agree_on_seeds_with_a_byte_changed() {
    for folder in ["dynamic", "types"] {
        let folder = xdr_tests::root().join("fuzz/seeds").join(folder);
        for seed in fs::read_dir(folder).expect("there are seeds") {
            let seed = fs::read(seed.expect("the folder can be read").path());
            let mut seed = seed.expect("it can be read");
            for at in (0..seed.len()).step_by(3) {
                for change in [1, 0x80, 0xff] {
                    seed[at] ^= change;
                    xdr_fuzz::dynamic(&seed);
                    seed[at] ^= change;
                }
            }
        }
    }
}

/// Sides of recordings that have every kind of packet but those with file descriptors.
const RECORDINGS: &[&str] = &[
    "admin.client",
    "admin.server",
    "inquiry.server",
    "legacy.server",
    "lifecycle.server",
    "monitor.server",
    "stream.client",
    "stream.server",
];

/// The remote program, QEMU's, LXC's, those of the administration, of virtlockd, virtlogd and the LXC helper, keepalive.
const PROGRAMS: &[u32] = &[
    0x2000_8086,
    0x2000_8087,
    0x0006_8000,
    0x0690_0690,
    0x0ea7_beef,
    0x8753_9319,
    0x1234_1234,
    0x6b65_6570,
];

proptest! {
    #[test]
    fn packets_with_a_byte_changed_do_no_harm(
        name in prop::sample::select(RECORDINGS),
        lengths in prop::collection::vec(any::<u8>(), 0..8),
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let count = u8::try_from(lengths.len()).expect("there are few");
        let mut input = vec![count];
        input.extend(lengths);
        input.extend(recording(name));
        let at = at.index(input.len());
        xdr_fuzz::packets(&input);
        input[at] = value;
        xdr_fuzz::packets(&input);
    }

    #[test]
    fn packets_of_any_words_do_no_harm(
        program in prop::sample::select(PROGRAMS),
        procedure in prop_oneof![0..460_u32, any::<u32>()],
        kind in 0..7_u32,
        status in 0..3_u32,
        words in prop::collection::vec(prop_oneof![4 => 0..4_u32, 1 => any::<u32>()], 0..60),
    ) {
        let length = u32::try_from(28 + 4 * words.len()).expect("it is short");
        let header = [length, program, 1, procedure, kind, 7, status];
        let packet = header.iter().chain(&words).flat_map(|word| word.to_be_bytes());
        // In one part.
        let input: Vec<u8> = [0].into_iter().chain(packet).collect();
        xdr_fuzz::packets(&input);
    }

    #[test]
    fn sources_with_a_piece_cut_out_do_no_harm(
        options in any::<[u8; 4]>(),
        from in any::<prop::sample::Index>(),
        length in 1usize..40,
    ) {
        let text = include_str!("schema_macros/screen.x");
        let from = from.index(text.len());
        let to = (from + length).min(text.len());
        let input = [&options[..], &text.as_bytes()[..from], &text.as_bytes()[to..]];
        xdr_fuzz::source(&input.concat());
    }
}
