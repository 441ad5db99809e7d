//! The graphics event, byte by byte, and what its bounds refuse.
#![cfg(feature = "remote")]

use protocol_defs::remote::{
    DOMAIN_EVENT_GRAPHICS_IDENTITY_MAX, DomainEventCallbackGraphicsMsg, DomainEventGraphicsAddress,
    DomainEventGraphicsIdentity, DomainEventGraphicsMsg, NonnullDomain, STRING_MAX, proc,
};
use xdr_wire::{Encode, ErrorKind, Procedure, ProcedureKind, from_bytes, to_vec};

fn address(family: i32, node: &str, service: &str) -> DomainEventGraphicsAddress {
    DomainEventGraphicsAddress {
        family,
        node: node.to_owned(),
        service: service.to_owned(),
    }
}

fn identity(name: &str) -> DomainEventGraphicsIdentity {
    DomainEventGraphicsIdentity {
        r#type: "x509dname".to_owned(),
        name: name.to_owned(),
    }
}

fn event() -> DomainEventCallbackGraphicsMsg {
    DomainEventCallbackGraphicsMsg {
        callback_id: 7,
        msg: DomainEventGraphicsMsg {
            dom: NonnullDomain {
                name: "gfx".to_owned(),
                uuid: *b"0123456789abcdef",
                id: -1,
            },
            phase: 1,
            local: address(0, "192.0.2.1", "5900"),
            remote: address(1, "2001:db8::7", "49152"),
            auth_scheme: "vencrypt+x509+none".to_owned(),
            subject: vec![identity("CN=viewer.example")],
        },
    }
}

/// What RFC 4506 makes of [`event`], written out by hand.
fn wire() -> Vec<u8> {
    let parts: [&[u8]; 19] = [
        &[0, 0, 0, 7],
        &[0, 0, 0, 3],
        b"gfx\0",
        b"0123456789abcdef",
        &[0xff, 0xff, 0xff, 0xff],
        &[0, 0, 0, 1],
        &[0, 0, 0, 0],
        &[0, 0, 0, 9],
        b"192.0.2.1\0\0\0",
        &[0, 0, 0, 4],
        b"5900",
        &[0, 0, 0, 1],
        &[0, 0, 0, 11],
        b"2001:db8::7\0",
        &[0, 0, 0, 5],
        b"49152\0\0\0",
        &[0, 0, 0, 18],
        b"vencrypt+x509+none\0\0",
        b"\0\0\0\x01\0\0\0\x09x509dname\0\0\0\0\0\0\x11CN=viewer.example\0\0\0",
    ];
    parts.concat()
}

#[test]
fn the_event_is_on_the_wire_as_rfc_4506_has_it() {
    let bytes = to_vec(&event()).expect("it is within its bounds");
    assert_eq!(bytes, wire());
    assert_eq!(event().encoded_len(), bytes.len());
    assert_eq!(
        from_bytes::<DomainEventCallbackGraphicsMsg>(&bytes),
        Ok(event())
    );
    // Without the number of a registration it is the older form.
    assert_eq!(
        from_bytes::<DomainEventGraphicsMsg>(&bytes[4..]),
        Ok(event().msg)
    );
}

#[test]
fn every_cut_of_the_event_is_an_error_that_says_where() {
    let bytes = wire();
    for end in 0..bytes.len() {
        let error =
            from_bytes::<DomainEventCallbackGraphicsMsg>(&bytes[..end]).expect_err("it is cut");
        assert!(error.offset() <= end, "{error}");
        assert!(!error.path().to_string().is_empty(), "{error}");
    }
    let error = from_bytes::<DomainEventCallbackGraphicsMsg>(&bytes[..60]).expect_err("it is cut");
    assert!(error.to_string().contains("msg.local.service"), "{error}");
}

#[test]
fn more_identities_than_the_protocol_allows_are_refused_both_ways() {
    let mut event = event();
    let most = DOMAIN_EVENT_GRAPHICS_IDENTITY_MAX as usize;
    event.msg.subject = vec![identity("CN=viewer.example"); most];
    let bytes = to_vec(&event).expect("so many are allowed");

    event.msg.subject.push(identity("CN=viewer.example"));
    let error = to_vec(&event).expect_err("one too many");
    assert_eq!(
        error.to_string(),
        "array of 21 elements is longer than its bound of 20, at msg.subject (byte 120)"
    );

    let mut forged = bytes;
    forged[120..124].copy_from_slice(&[0, 0, 0, 21]);
    let error = from_bytes::<DomainEventCallbackGraphicsMsg>(&forged).expect_err("one too many");
    assert_eq!(
        error.to_string(),
        "array of 21 elements is longer than its bound of 20, at msg.subject (byte 120)"
    );
}

#[test]
fn a_string_over_its_bound_is_refused_with_its_path() {
    let mut event = event();
    event.msg.subject = vec![identity("a"), identity("b"), identity("c"), identity("d")];
    event.msg.subject[3].name = "x".repeat(STRING_MAX as usize + 1);
    let error = to_vec(&event).expect_err("it is too long");
    assert!(
        error
            .to_string()
            .starts_with("string of 4194305 bytes is longer than its bound of 4194304, at msg.subject[3].name (byte "),
        "{error}"
    );
    event.msg.subject[3].name.pop();
    assert!(to_vec(&event).is_ok());
}

#[test]
fn padding_and_utf8_are_checked() {
    let mut bytes = wire();
    bytes[11] = 1;
    let error =
        from_bytes::<DomainEventCallbackGraphicsMsg>(&bytes).expect_err("the padding is not zero");
    assert!(
        matches!(error.kind(), ErrorKind::NonZeroPadding),
        "{error:?}"
    );
    assert_eq!(error.path().to_string(), "msg.dom.name");

    let mut bytes = wire();
    bytes[8] = 0xff;
    let error =
        from_bytes::<DomainEventCallbackGraphicsMsg>(&bytes).expect_err("the name is not UTF-8");
    assert_eq!(error.path().to_string(), "msg.dom.name");
}

#[test]
fn the_events_procedures_say_what_they_are() {
    fn is<P: Procedure<Args = T, Ret = ()>, T>(number: u32) {
        assert_eq!(
            (P::PROGRAM, P::VERSION, P::NUMBER),
            (0x2000_8086, 1, number)
        );
        assert_eq!(P::KIND, ProcedureKind::Event);
    }
    is::<proc::DomainEventGraphics, DomainEventGraphicsMsg>(173);
    is::<proc::DomainEventCallbackGraphics, DomainEventCallbackGraphicsMsg>(323);
    assert_eq!(proc::ConnectOpen::KIND, ProcedureKind::Call);
    assert_eq!(proc::DomainGetState::ACL, ["domain:read"]);
}
