//! Errors that a daemon replies with, and keepalive packets.

use protocol_defs::packet::{
    ErrorDomain, ErrorNetwork, Header, Keepalive, Kind, MessageError, PacketReader, Status,
    write_packet,
};
use xdr_wire::{from_bytes, to_vec};

/// What libvirtd 9.0.0 says to a procedure that it does not have.
fn unknown_procedure() -> MessageError {
    MessageError {
        code: 39,
        domain: 7,
        message: Some("unknown procedure: 999".to_owned()),
        level: 2,
        str1: Some("%s".to_owned()),
        str2: Some("unknown procedure: 999".to_owned()),
        int1: -1,
        int2: -1,
        ..MessageError::default()
    }
}

#[test]
fn a_daemon_that_lacks_a_procedure_is_told_from_one_that_failed() {
    assert!(unknown_procedure().is_unsupported());
    let older = MessageError {
        domain: 13,
        ..unknown_procedure()
    };
    assert!(older.is_unsupported());
    let others = [
        MessageError {
            code: 1,
            ..unknown_procedure()
        },
        MessageError {
            domain: 10,
            ..unknown_procedure()
        },
        MessageError {
            level: 1,
            ..unknown_procedure()
        },
        MessageError {
            message: None,
            ..unknown_procedure()
        },
        MessageError {
            message: Some("an unknown procedure".to_owned()),
            ..unknown_procedure()
        },
    ];
    for other in others {
        assert!(!other.is_unsupported(), "{other:?}");
    }
}

#[test]
fn a_daemon_says_that_it_lacks_a_procedure_as_clients_expect_it() {
    let error = MessageError::unknown_procedure(999);
    assert!(error.is_unsupported());
    let MessageError {
        code,
        domain,
        message,
        level,
        ..
    } = unknown_procedure();
    let expected = MessageError {
        code,
        domain,
        message,
        level,
        ..MessageError::default()
    };
    assert_eq!(error, expected);
    assert!(!MessageError::rpc("no such program").is_unsupported());
}

#[test]
fn an_error_is_one_line_with_its_numbers() {
    assert_eq!(
        unknown_procedure().to_string(),
        "unknown procedure: 999 (code 39, domain 7)"
    );
    assert_eq!(
        MessageError::default().to_string(),
        "unknown error (code 0, domain 0)"
    );
}

#[test]
fn an_error_is_on_the_wire_as_libvirt_has_it() {
    let error = MessageError {
        code: 1,
        domain: 2,
        message: Some("a".to_owned()),
        level: 3,
        dom: Some(ErrorDomain {
            name: "b".to_owned(),
            uuid: *b"0123456789abcdef",
            id: 4,
        }),
        str1: Some("c".to_owned()),
        str2: Some("d".to_owned()),
        str3: Some("e".to_owned()),
        int1: 5,
        int2: 6,
        net: Some(ErrorNetwork {
            name: "f".to_owned(),
            uuid: *b"fedcba9876543210",
        }),
    };
    let parts: [&[u8]; 10] = [
        b"\0\0\0\x01\0\0\0\x02",
        b"\0\0\0\x01\0\0\0\x01a\0\0\0\0\0\0\x03",
        b"\0\0\0\x01\0\0\0\x01b\0\0\0",
        b"0123456789abcdef\0\0\0\x04",
        b"\0\0\0\x01\0\0\0\x01c\0\0\0",
        b"\0\0\0\x01\0\0\0\x01d\0\0\0",
        b"\0\0\0\x01\0\0\0\x01e\0\0\0",
        b"\0\0\0\x05\0\0\0\x06",
        b"\0\0\0\x01\0\0\0\x01f\0\0\0",
        b"fedcba9876543210",
    ];
    let wire = parts.concat();
    assert_eq!(to_vec(&error).as_ref(), Ok(&wire));
    assert_eq!(from_bytes(&wire), Ok(error));
}

#[test]
fn keepalive_packets_are_headers_with_serial_0() {
    for (keepalive, procedure) in [(Keepalive::Ping, 1), (Keepalive::Pong, 2)] {
        let mut bytes = Vec::new();
        write_packet(&keepalive.header(), &(), &mut bytes).expect("it is short");
        assert_eq!(bytes.len(), 28);
        assert_eq!(bytes[..8], *b"\0\0\0\x1ckeep");
        let mut reader = PacketReader::new();
        reader.feed(&bytes);
        let found = reader
            .next_packet()
            .expect("it is well formed")
            .expect("it is whole");
        let expected = Header {
            program: 0x6b65_6570,
            version: 1,
            procedure,
            kind: Kind::Message,
            serial: 0,
            status: Status::Ok,
        };
        assert_eq!(found.header, expected);
        assert_eq!(Keepalive::from_procedure(procedure), Some(keepalive));
    }
    assert_eq!(Keepalive::from_procedure(0), None);
    assert_eq!(Keepalive::from_procedure(3), None);
}

#[test]
fn numbers_of_errors_have_names_and_others_stay_numbers() {
    use protocol_defs::packet::{ErrorCode, ErrorLevel, ErrorOrigin};

    let error = MessageError::new(ErrorCode::NO_DOMAIN, ErrorOrigin::QEMU);
    assert_eq!((error.code, error.domain, error.level), (42, 10, 2));
    assert_eq!(error.error_code().to_string(), "VIR_ERR_NO_DOMAIN");
    assert_eq!(error.origin().to_string(), "VIR_FROM_QEMU");
    assert_eq!(error.error_level(), ErrorLevel::ERROR);
    assert_eq!(ErrorCode(41).name(), Some("VIR_WAR_NO_NETWORK"));
    assert_eq!(ErrorCode(4000).name(), None);
    assert_eq!(ErrorCode(4000).to_string(), "4000");
}
