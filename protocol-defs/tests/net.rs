//! What `packet` and `stream` have by hand, against what is made from libvirt's own files.
#![cfg(all(feature = "net", feature = "keepalive", feature = "remote"))]

use proptest::prelude::*;
use protocol_defs::packet::{
    ErrorDomain, ErrorNetwork, HEADER_LEN, Header, Keepalive, LENGTH_LEN, MAX_FDS, MAX_LEN,
    MessageError,
};
use protocol_defs::stream::{Hole, MAX_DATA};
use protocol_defs::{keepalive, net, remote};
use xdr_wire::{Decode, Encode, Procedure, from_bytes, to_vec};

/// Bytes of a `T` are a `U`, which becomes the same bytes again.
fn is_same<T: Encode, U: for<'de> Decode<'de> + Encode>(value: &T) {
    let bytes = to_vec(value).expect("it is within its bounds");
    let other: U = from_bytes(&bytes).expect("it has the same form");
    assert_eq!(to_vec(&other), Ok(bytes));
}

#[test]
fn the_numbers_are_those_of_the_files() {
    let numbers = [
        (LENGTH_LEN, net::MESSAGE_LEN_MAX),
        (HEADER_LEN, net::MESSAGE_HEADER_MAX),
        (MAX_LEN, net::MESSAGE_MAX),
        (MAX_DATA, net::MESSAGE_LEGACY_PAYLOAD_MAX),
    ];
    for (number, of_file) in numbers {
        assert_eq!(u32::try_from(number), Ok(of_file));
    }
    assert_eq!(MAX_FDS, net::MESSAGE_NUM_FDS_MAX);
    assert_eq!(Keepalive::PROGRAM, keepalive::PROGRAM);
    assert_eq!(Keepalive::VERSION, keepalive::PROTOCOL_VERSION);
    assert_eq!(Keepalive::Ping.procedure(), keepalive::proc::Ping::NUMBER);
    assert_eq!(Keepalive::Pong.procedure(), keepalive::proc::Pong::NUMBER);
}

#[test]
fn an_error_has_the_bounds_of_the_files() {
    let longest = "x".repeat(net::MESSAGE_STRING_MAX as usize);
    let error = |text: String| MessageError {
        str3: Some(text),
        ..MessageError::default()
    };
    is_same::<_, net::MessageError>(&error(longest.clone()));
    is_same::<_, remote::Error>(&error(longest.clone()));
    let longer = to_vec(&error(longest + "x")).expect_err("one byte too long");
    assert!(longer.to_string().contains("str3"), "{longer}");
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of(".{0,8}")
}

fn domain() -> impl Strategy<Value = Option<ErrorDomain>> {
    let parts = (".{0,8}", any::<[u8; 16]>(), any::<i32>());
    prop::option::of(parts.prop_map(|(name, uuid, id)| ErrorDomain { name, uuid, id }))
}

fn network() -> impl Strategy<Value = Option<ErrorNetwork>> {
    let parts = (".{0,8}", any::<[u8; 16]>());
    prop::option::of(parts.prop_map(|(name, uuid)| ErrorNetwork { name, uuid }))
}

proptest! {
    #[test]
    fn a_header_is_the_same_bytes(bytes: [u8; HEADER_LEN]) {
        let ours: Header = from_bytes(&bytes).expect("any bytes are a header");
        let theirs: net::MessageHeader = from_bytes(&bytes).expect("any bytes are a header");
        prop_assert_eq!(to_vec(&ours), Ok(bytes.to_vec()));
        prop_assert_eq!(to_vec(&theirs), Ok(bytes.to_vec()));
        prop_assert_eq!((ours.program, ours.version), (theirs.prog, theirs.vers));
        prop_assert_eq!((ours.procedure, ours.serial), (theirs.proc.cast_unsigned(), theirs.serial));
        is_same::<_, net::MessageType>(&ours.kind);
        is_same::<_, net::MessageStatus>(&ours.status);
    }

    #[test]
    fn kinds_and_statuses_go_by_the_same_numbers(number in -1..9_i32) {
        let word = number.to_be_bytes();
        let header: Header = from_bytes(&[word; 6].concat()).expect("any bytes are a header");
        let theirs = net::MessageType::from(number);
        prop_assert_eq!(format!("{:?}", header.kind), format!("{theirs:?}"));
        let theirs = net::MessageStatus::from(number);
        prop_assert_eq!(format!("{:?}", header.status), format!("{theirs:?}"));
    }

    #[test]
    fn an_error_is_the_same_bytes(
        numbers: [i32; 5],
        message in text(), dom in domain(), str1 in text(), str2 in text(), str3 in text(), net in network(),
    ) {
        let [code, domain, level, int1, int2] = numbers;
        let error = MessageError { code, domain, message, level, dom, str1, str2, str3, int1, int2, net };
        is_same::<_, net::MessageError>(&error);
        is_same::<_, remote::Error>(&error);
    }

    #[test]
    fn a_hole_is_the_same_bytes(length: i64, flags: u32) {
        is_same::<_, net::StreamHole>(&Hole { length, flags });
    }
}
