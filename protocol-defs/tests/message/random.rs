//! Any header with any payload is a message that can be written again, or an error.

use proptest::prelude::*;
use protocol_defs::message::{Message, TOLERANT};
use protocol_defs::packet::{Header, Keepalive};
use xdr_wire::{Options, from_bytes};

use crate::{bytes, packet};

/// Numbers of programs, known and not.
const PROGRAMS: [u32; 8] = [
    0x2000_8086,
    0x2000_8087,
    0x0006_8000,
    0x0690_0690,
    0x0ea7_beef,
    0x8753_9319,
    0x1234_1234,
    Keepalive::PROGRAM,
];

/// A number, mostly of a program.
fn program() -> impl Strategy<Value = u32> {
    prop_oneof![9 => prop::sample::select(&PROGRAMS[..]), 1 => any::<u32>()]
}

/// A header, mostly one that could be.
fn header() -> impl Strategy<Value = Header> {
    let version = prop_oneof![9 => Just(1_u32), 1 => any::<u32>()];
    let procedure = prop_oneof![4 => 0..20_u32, 4 => 0..460_u32, 1 => any::<u32>()];
    let kind = prop_oneof![9 => 0..7_u32, 1 => any::<u32>()];
    let status = prop_oneof![9 => 0..3_u32, 1 => any::<u32>()];
    let parts = (program(), version, procedure, kind, any::<u32>(), status);
    parts.prop_map(|(program, version, procedure, kind, serial, status)| {
        let words = [program, version, procedure, kind, serial, status];
        from_bytes(&words.map(u32::to_be_bytes).concat()).expect("any words are a header")
    })
}

/// Small numbers in words, so that some are lengths and some are text, or any bytes.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        6 => Just([0; 4]),
        3 => (0..4_u8).prop_map(|number| [0, 0, 0, number]),
        2 => Just(*b"text"),
        1 => any::<[u8; 4]>(),
    ];
    let words = prop::collection::vec(word, 0..60).prop_map(|words| words.concat());
    prop_oneof![9 => words, 1 => prop::collection::vec(any::<u8>(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_packet_is_a_message_that_can_be_written_again_or_an_error(header in header(), payload in payload()) {
        for options in [TOLERANT, Options::new()] {
            let came = packet(header, &payload);
            match Message::decode_with(&came, options) {
                Ok(message) => {
                    let out = message.packet(header.serial, came.fds).expect("what was read can be written");
                    let again = Message::decode_with(&out.borrowed(), Options::new()).expect("it was written here");
                    // Bytes, as what is not a number is not equal to itself.
                    let once_more = again.packet(out.header.serial, out.fds).expect("it was written before");
                    prop_assert_eq!(bytes(&once_more), bytes(&out));
                    prop_assert_eq!(format!("{again:?}"), format!("{message:?}"));
                }
                Err(error) => {
                    let text = error.to_string();
                    prop_assert!(!text.is_empty() && !text.contains('\n'), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_read_to_the_letter_is_read_the_same_with_more_behind_it(header in header(), payload in payload()) {
        let strict = Message::decode_with(&packet(header, &payload), Options::new());
        let tolerant = Message::decode(&packet(header, &payload));
        if strict.is_ok() {
            prop_assert_eq!(format!("{tolerant:?}"), format!("{strict:?}"));
        }
    }
}
