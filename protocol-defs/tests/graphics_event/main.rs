//! The graphics event as an application wants it: as virsh prints it, and nothing lost.
#![cfg(feature = "remote")]

use proptest::prelude::*;
use protocol_defs::graphics::{
    Address, Domain, Family, GraphicsEvent, Identity, IdentityKind, Phase, Uuid,
};
use protocol_defs::remote::{
    DomainEventCallbackGraphicsMsg, DomainEventGraphicsAddress, DomainEventGraphicsIdentity,
    DomainEventGraphicsMsg, Event, NonnullDomain,
};
use xdr_wire::to_vec;

#[cfg(feature = "serde")]
mod json;

fn event() -> GraphicsEvent {
    GraphicsEvent {
        domain: Domain {
            name: "gfx".to_owned(),
            uuid: Uuid(*b"0123456789abcdef"),
            id: 3,
        },
        phase: Phase::Initialize,
        local: address(Family::Ipv4, "192.0.2.1", "5900"),
        remote: address(Family::Ipv6, "2001:db8::7", "49152"),
        auth_scheme: "vencrypt+x509+sasl".to_owned(),
        subject: vec![
            identity(IdentityKind::X509DistinguishedName, "CN=viewer.example"),
            identity(IdentityKind::SaslUsername, "viewer@host.example"),
        ],
    }
}

fn address(family: Family, node: &str, service: &str) -> Address {
    Address {
        family,
        node: node.to_owned(),
        service: service.to_owned(),
    }
}

fn identity(kind: IdentityKind, name: &str) -> Identity {
    Identity {
        kind,
        name: name.to_owned(),
    }
}

#[test]
fn the_event_means_what_the_message_says() {
    let wire_address = |family, node: &str, service: &str| DomainEventGraphicsAddress {
        family,
        node: node.to_owned(),
        service: service.to_owned(),
    };
    let wire_identity = |kind: &str, name: &str| DomainEventGraphicsIdentity {
        r#type: kind.to_owned(),
        name: name.to_owned(),
    };
    let msg = DomainEventGraphicsMsg {
        dom: NonnullDomain {
            name: "gfx".to_owned(),
            uuid: *b"0123456789abcdef",
            id: 3,
        },
        phase: 1,
        local: wire_address(0, "192.0.2.1", "5900"),
        remote: wire_address(1, "2001:db8::7", "49152"),
        auth_scheme: "vencrypt+x509+sasl".to_owned(),
        subject: vec![
            wire_identity("x509dname", "CN=viewer.example"),
            wire_identity("saslUsername", "viewer@host.example"),
        ],
    };
    assert_eq!(GraphicsEvent::from(msg.clone()), event());
    assert_eq!(DomainEventGraphicsMsg::from(event()), msg);

    let registered = DomainEventCallbackGraphicsMsg {
        callback_id: -7,
        msg,
    };
    assert_eq!(
        GraphicsEvent::from_callback(registered.clone()),
        (-7, event())
    );
    assert_eq!(GraphicsEvent::from(registered.clone()), event());
    assert_eq!(event().into_callback(-7), registered);
}

#[test]
fn it_is_found_among_all_events_of_the_program() {
    let older = Event::DomainEventGraphics(event().into());
    let newer = Event::DomainEventCallbackGraphics(event().into_callback(5));
    for wire in [older, newer] {
        assert_eq!(GraphicsEvent::try_from(wire), Ok(event()));
    }
    let unknown = Event::Unknown {
        procedure: 99_999,
        payload: vec![1],
    };
    assert_eq!(GraphicsEvent::try_from(unknown.clone()), Err(unknown));
}

#[test]
fn what_has_no_name_is_printed_as_virsh_does() {
    let event = GraphicsEvent {
        phase: Phase::from(3),
        local: address(Family::from(-1), "", "/run/gfx.vnc"),
        remote: address(Family::Unix, "", ""),
        auth_scheme: String::new(),
        subject: vec![identity(
            IdentityKind::from("token".to_owned()),
            "a\u{e9}=b",
        )],
        ..event()
    };
    assert_eq!(
        event.to_string(),
        "event 'graphics' for domain 'gfx': unknown local[unknown  /run/gfx.vnc] remote[unix  ] \n\ttoken=a\u{e9}=b"
    );
}

#[test]
fn names_that_are_known_are_never_kept_as_unknown() {
    for number in [0, 1, 2] {
        assert!(!matches!(Phase::from(number), Phase::Unknown(_)));
        assert!(!matches!(Family::from(number), Family::Unknown(_)));
    }
    for number in [-1, 3, i32::MIN, i32::MAX] {
        assert_eq!(Phase::from(number), Phase::Unknown(number));
        assert_eq!(Family::from(number), Family::Unknown(number));
    }
    for name in ["x509dname", "saslUsername"] {
        let kind = IdentityKind::from(name.to_owned());
        assert_eq!(kind.name(), name);
        assert!(!matches!(kind, IdentityKind::Other(_)));
    }
    // QEMU's own spelling is not libvirt's.
    let kind = IdentityKind::from("sasl_username".to_owned());
    assert_eq!(kind, IdentityKind::Other("sasl_username".to_owned()));
}

#[test]
fn more_than_the_protocol_allows_is_refused_on_the_way_out() {
    let mut event = event();
    event.subject = vec![identity(IdentityKind::SaslUsername, "viewer"); 21];
    let error = to_vec(&DomainEventGraphicsMsg::from(event.clone())).expect_err("one too many");
    assert_eq!(
        error.to_string(),
        "array of 21 elements is longer than its bound of 20, at subject (byte 116)"
    );
    event.subject.truncate(20);
    assert!(to_vec(&DomainEventGraphicsMsg::from(event.clone())).is_ok());

    event.remote.node = "x".repeat(4_194_305);
    let error = to_vec(&event.into_callback(0)).expect_err("it is too long");
    assert_eq!(
        error.to_string(),
        "string of 4194305 bytes is longer than its bound of 4194304, at msg.remote.node (byte 68)"
    );
}

#[test]
fn a_uuid_is_read_in_its_usual_form_only() {
    let text = "6695eb01-f6a4-4304-98aa-97f2502e193f";
    let uuid: Uuid = text.parse().expect("it is a UUID");
    assert_eq!(uuid.to_string(), text);
    assert_eq!(text.to_uppercase().parse(), Ok(uuid));
    assert_eq!(format!("{uuid:?}"), format!("Uuid({text})"));
    let wrong = [
        "",
        "6695eb01f6a4430498aa97f2502e193f",
        "6695eb01-f6a4-4304-98aa-97f2502e193",
        "6695eb01-f6a4-4304-98aa-97f2502e193f0",
        "6695eb01-f6a4-4304-98aa-97f2502e193g",
        "6695eb010f6a4-4304-98aa-97f2502e193f",
        "6695eb0--f6a4-4304-98aa-97f2502e193f",
        "6695eb01-f6a4-4304-98aa-97f2502e19\u{e9}",
    ];
    for text in wrong {
        let error = text.parse::<Uuid>().expect_err("it is none");
        assert_eq!(
            error.to_string(),
            "a UUID is 32 hex digits in groups of 8-4-4-4-12"
        );
    }
}

/// A number that often has a name.
fn number() -> impl Strategy<Value = i32> {
    prop_oneof![-2..5_i32, any::<i32>()]
}

fn wire_address() -> impl Strategy<Value = DomainEventGraphicsAddress> {
    (number(), ".{0,8}", ".{0,8}").prop_map(|(family, node, service)| DomainEventGraphicsAddress {
        family,
        node,
        service,
    })
}

fn wire_identity() -> impl Strategy<Value = DomainEventGraphicsIdentity> {
    let kind = prop_oneof!["x509dname", "saslUsername", ".{0,12}"];
    (kind, ".{0,12}").prop_map(|(kind, name)| DomainEventGraphicsIdentity { r#type: kind, name })
}

fn wire() -> impl Strategy<Value = DomainEventGraphicsMsg> {
    let dom = (".{0,8}", any::<[u8; 16]>(), any::<i32>())
        .prop_map(|(name, uuid, id)| NonnullDomain { name, uuid, id });
    let subject = prop::collection::vec(wire_identity(), 0..=20);
    let parts = (
        dom,
        number(),
        wire_address(),
        wire_address(),
        ".{0,8}",
        subject,
    );
    parts.prop_map(
        |(dom, phase, local, remote, auth_scheme, subject)| DomainEventGraphicsMsg {
            dom,
            phase,
            local,
            remote,
            auth_scheme,
            subject,
        },
    )
}

proptest! {
    #[test]
    fn every_message_comes_back_as_it_was(msg in wire(), callback_id: i32) {
        let bytes = to_vec(&msg).expect("it is within its bounds");
        let event = GraphicsEvent::from(msg.clone());
        let again = DomainEventGraphicsMsg::from(event.clone());
        prop_assert_eq!(to_vec(&again), Ok(bytes));

        let registered = DomainEventCallbackGraphicsMsg { callback_id, msg };
        let (id, same) = GraphicsEvent::from_callback(registered.clone());
        prop_assert_eq!(&same, &event);
        prop_assert_eq!(same.into_callback(id), registered);
    }

    #[test]
    fn every_event_comes_back_as_it_was(msg in wire()) {
        let event = GraphicsEvent::from(msg);
        let msg = DomainEventGraphicsMsg::from(event.clone());
        prop_assert_eq!(GraphicsEvent::from(msg), event);
    }

    #[test]
    fn every_uuid_is_read_as_it_is_written(uuid: [u8; 16]) {
        let uuid = Uuid(uuid);
        prop_assert_eq!(uuid.to_string().parse(), Ok(uuid));
    }
}
