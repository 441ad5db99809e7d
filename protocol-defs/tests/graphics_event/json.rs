//! The event as JSON.

use proptest::prelude::*;
use protocol_defs::graphics::{Family, GraphicsEvent, Identity, IdentityKind, Phase};
use serde_json::{Value, from_value, json, to_value};

use crate::{event, wire};

fn as_json() -> Value {
    json!({
        "domain": "gfx",
        "uuid": "30313233-3435-3637-3839-616263646566",
        "id": 3,
        "phase": "initialize",
        "local": { "family": "ipv4", "node": "192.0.2.1", "service": "5900" },
        "remote": { "family": "ipv6", "node": "2001:db8::7", "service": "49152" },
        "auth_scheme": "vencrypt+x509+sasl",
        "subject": [
            { "type": "x509dname", "name": "CN=viewer.example" },
            { "type": "saslUsername", "name": "viewer@host.example" },
        ],
    })
}

#[test]
fn an_event_is_one_object() {
    assert_eq!(to_value(event()).expect("it has a form"), as_json());
    let again: GraphicsEvent = from_value(as_json()).expect("it is an event");
    assert_eq!(again, event());
}

#[test]
fn its_members_are_in_the_order_in_which_people_read_them() {
    let text = serde_json::to_string(&event()).expect("it has a form");
    assert!(
        text.starts_with(r#"{"domain":"gfx","uuid":"30313233-"#),
        "{text}"
    );
    assert!(text.contains(r#"{"family":"ipv4","node":"192.0.2.1","service":"5900"}"#));
}

#[test]
fn more_members_are_no_mistake() {
    let mut value = as_json();
    value["host"] = json!("host.example");
    assert_eq!(from_value::<GraphicsEvent>(value).ok(), Some(event()));
}

#[test]
fn what_has_no_name_is_a_number() {
    let form = |value| to_value(value).expect("it has a form");
    assert_eq!(form(Phase::Unknown(-3)), json!(-3));
    for (phase, name) in [
        (Phase::Connect, "connect"),
        (Phase::Initialize, "initialize"),
        (Phase::Disconnect, "disconnect"),
    ] {
        assert_eq!(form(phase), json!(name));
        assert_eq!(from_value::<Phase>(json!(name)).ok(), Some(phase));
        assert_eq!(
            from_value::<Phase>(json!(i32::from(phase))).ok(),
            Some(phase)
        );
    }
    assert_eq!(
        from_value::<Family>(json!(7)).ok(),
        Some(Family::Unknown(7))
    );
    let identity: Identity =
        from_value(json!({ "type": "token", "name": "t" })).expect("any type is one");
    assert_eq!(identity.kind, IdentityKind::Other("token".to_owned()));
}

#[test]
fn what_is_no_event_is_an_error_that_says_what_would_be() {
    let cases = [
        (
            json!("gone"),
            "invalid value: string \"gone\", expected `connect`, `initialize`, `disconnect`, or a number of 32 bits",
        ),
        (
            json!(1_u64 << 40),
            "invalid value: integer `1099511627776`, expected `connect`, `initialize`, `disconnect`, or a number of 32 bits",
        ),
        (
            json!(-1_i64 << 40),
            "invalid value: integer `-1099511627776`, expected `connect`, `initialize`, `disconnect`, or a number of 32 bits",
        ),
    ];
    for (value, message) in cases {
        let error = from_value::<Phase>(value).expect_err("it is no phase");
        assert_eq!(error.to_string(), message);
    }
    let mut value = as_json();
    value["uuid"] = json!("gfx");
    let error = from_value::<GraphicsEvent>(value).expect_err("it has no UUID");
    assert_eq!(
        error.to_string(),
        "a UUID is 32 hex digits in groups of 8-4-4-4-12"
    );
}

proptest! {
    #[test]
    fn every_event_is_read_as_it_is_written(msg in wire()) {
        let event = GraphicsEvent::from(msg);
        let text = serde_json::to_string(&event).expect("it has a form");
        prop_assert_eq!(serde_json::from_str::<GraphicsEvent>(&text).ok(), Some(event));
    }
}
