//! What is wrong with a packet is one line that says what and where; what is unknown but harmless is kept.

use protocol_defs::message::Message;
use protocol_defs::packet::{Header, Keepalive, Kind, MessageError, Status, WriteError};
use xdr_wire::Options;

use crate::{header, packet};

/// The text of the error that a packet is.
fn error(header: Header, payload: &[u8]) -> String {
    Message::decode(&packet(header, payload))
        .expect_err("it is no message")
        .to_string()
}

#[test]
fn what_is_wrong_with_the_numbers_is_said() {
    let cases = [
        (
            header(0x1234, 1, Kind::Call, Status::Ok),
            "no program has the number 0x1234",
        ),
        (
            Header {
                version: 2,
                ..Keepalive::Ping.header()
            },
            "version 2 of program 0x6b656570, which is known in version 1",
        ),
        (
            header(Keepalive::PROGRAM, 3, Kind::Message, Status::Ok),
            "no procedure has the number 3",
        ),
        (
            header(Keepalive::PROGRAM, 1, Kind::Call, Status::Ok),
            "KEEPALIVE_PROC_PING is an event, which nobody calls",
        ),
        (
            header(Keepalive::PROGRAM, 2, Kind::Stream, Status::Ok),
            "KEEPALIVE_PROC_PONG is an event, which nobody calls",
        ),
        (
            header(0x1234, 1, Kind::Unknown(9), Status::Ok),
            "packet of kind Unknown(9)",
        ),
        (
            header(0x1234, 1, Kind::Call, Status::Continue),
            "packet of kind Call with status Continue",
        ),
    ];
    for (header, message) in cases {
        assert_eq!(error(header, &[]), message);
    }
}

#[cfg(feature = "remote")]
#[test]
fn what_is_wrong_with_a_procedure_or_its_payload_is_said() {
    let of = |procedure, kind| header(protocol_defs::remote::PROGRAM, procedure, kind, Status::Ok);
    let cases = [
        (
            of(173, Kind::Call),
            "REMOTE_PROC_DOMAIN_EVENT_GRAPHICS is an event, which nobody calls",
        ),
        (
            of(173, Kind::Reply),
            "REMOTE_PROC_DOMAIN_EVENT_GRAPHICS is an event, which nobody calls",
        ),
        (
            of(1, Kind::Message),
            "REMOTE_PROC_CONNECT_OPEN is a procedure to be called, not an event",
        ),
        (of(0, Kind::Call), "no procedure has the number 0"),
        (of(99_999, Kind::Reply), "no procedure has the number 99999"),
        (
            of(323, Kind::Message),
            "payload of REMOTE_PROC_DOMAIN_EVENT_CALLBACK_GRAPHICS: input ends too early, at callbackID (byte 2)",
        ),
    ];
    for (header, message) in cases {
        assert_eq!(error(header, &[0, 0]), message);
    }
}

#[test]
fn an_error_about_anything_is_an_error() {
    let failure = MessageError {
        code: 39,
        domain: 7,
        message: Some("unknown procedure: 9999".to_owned()),
        level: 2,
        ..MessageError::default()
    };
    let payload = xdr_wire::to_vec(&failure).expect("it is within its bounds");
    for program in [0x2000_8086, 0x1234] {
        let came = packet(header(program, 9999, Kind::Reply, Status::Error), &payload);
        match Message::decode(&came) {
            Ok(Message::Error { procedure, error }) => {
                assert_eq!((procedure.program, procedure.procedure), (program, 9999));
                assert!(error.is_unsupported());
            }
            other => assert!(other.is_err(), "{other:?}"),
        }
        let short = packet(came.header, &payload[..6]);
        let error = Message::decode(&short).expect_err("it is cut");
        assert!(
            error.to_string().starts_with("payload of an error: ")
                && error.to_string().contains("domain"),
            "{error}"
        );
    }
}

#[test]
fn what_follows_a_payload_is_ignored_unless_asked_for() {
    let ping = packet(Keepalive::Ping.header(), &[0; 4]);
    assert_eq!(
        Message::decode(&ping),
        Ok(Message::Keepalive(Keepalive::Ping))
    );
    let error = Message::decode_with(&ping, Options::new()).expect_err("four bytes too many");
    assert!(
        error
            .to_string()
            .starts_with("payload of a keepalive packet: "),
        "{error}"
    );
}

#[cfg(feature = "remote")]
#[test]
fn an_event_of_a_newer_daemon_is_kept() {
    use protocol_defs::message::Event;
    use protocol_defs::remote;

    let came = packet(
        header(remote::PROGRAM, 99_999, Kind::Message, Status::Ok),
        &[1, 2, 3],
    );
    let message = Message::decode(&came).expect("it is an event");
    let unknown = remote::Event::Unknown {
        procedure: 99_999,
        payload: vec![1, 2, 3],
    };
    assert_eq!(message, Message::Event(Event::from(unknown)));
    let out = message.packet(7, 0).expect("it can be written");
    assert_eq!(out.payload, came.payload);
    assert_eq!(
        out.header,
        Header {
            serial: 1,
            ..came.header
        }
    );
}

#[test]
fn only_calls_and_replies_take_descriptors_along() {
    let ping = Message::Keepalive(Keepalive::Ping);
    let mut out = vec![1];
    assert_eq!(
        ping.write(0, 1, &mut out),
        Err(WriteError::FdsWithoutPlace {
            kind: Kind::Message,
            count: 1
        })
    );
    assert_eq!(out, [1]);
}

#[cfg(feature = "remote")]
#[test]
fn a_call_says_how_many_descriptors_it_takes_along() {
    use protocol_defs::message::Call;
    use protocol_defs::remote;

    let call = Message::Call(Call::from(remote::Call::ConnectClose));
    let without = call.packet(3, 0).expect("it is short");
    let with = call.packet(3, 2).expect("it is short");
    assert_eq!((without.header.kind, without.fds), (Kind::Call, 0));
    assert_eq!((with.header.kind, with.fds), (Kind::CallWithFds, 2));
    assert_eq!(with.payload, without.payload);
    assert_eq!(crate::bytes(&with)[28..], [0, 0, 0, 2]);
    for packet in [with, without] {
        assert_eq!(Message::decode(&packet.borrowed()).as_ref(), Ok(&call));
    }
}
