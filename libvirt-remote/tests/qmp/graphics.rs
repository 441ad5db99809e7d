//! What QEMU says of a viewer, and what libvirt's daemon makes of it.

use libvirt_remote::qmp::{Event, Message};
use protocol_defs::graphics::{
    Address, Domain, Family, GraphicsEvent, Identity, IdentityKind, Phase, Uuid,
};
use serde_json::{Value, json};

fn domain() -> Domain {
    Domain {
        name: "gfx".to_owned(),
        uuid: Uuid([7; 16]),
        id: 4,
    }
}

fn event(name: &str, data: &Value) -> Event {
    let line = json!({
        "timestamp": { "seconds": 1_700_000_000, "microseconds": 250_000 },
        "event": name,
        "data": data,
    });
    match Message::read(line.to_string().as_bytes()) {
        Ok(Message::Event(event)) => event,
        other => panic!("no event: {other:?}"),
    }
}

/// Data as QEMU sends them, by VNC.
fn vnc() -> Value {
    json!({
        "server": {
            "auth": "vencrypt+x509+sasl", "family": "ipv4", "service": "5900", "host": "192.0.2.1", "websocket": false,
        },
        "client": {
            "family": "ipv4", "service": "49152", "host": "192.0.2.7", "websocket": false,
            "x509_dname": "CN=viewer.example,O=Example Org", "sasl_username": "viewer@host.example",
        },
    })
}

/// The same by SPICE, of one channel.
fn spice() -> Value {
    json!({
        "server": { "auth": "spice", "family": "ipv6", "port": "5901", "host": "2001:db8::1" },
        "client": {
            "family": "ipv6", "port": "49153", "host": "2001:db8::7",
            "connection-id": 1, "channel-type": 1, "channel-id": 0, "tls": true,
        },
    })
}

fn graphics(name: &str, data: &Value) -> GraphicsEvent {
    let read = event(name, data).graphics(&domain());
    match read {
        Ok(Some(event)) => event,
        other => panic!("no graphics event: {other:?}"),
    }
}

fn dropped(name: &str, data: &Value) -> String {
    match event(name, data).graphics(&domain()) {
        Err(dropped) => {
            assert_eq!(dropped.event, name);
            dropped.missing
        }
        Ok(event) => panic!("not dropped: {event:?}"),
    }
}

/// Takes a member out, or puts another value in its place.
fn changed(mut data: Value, path: &str, value: Option<Value>) -> Value {
    let (end, member) = path.split_once('.').map_or(("", path), |path| path);
    let object = if end.is_empty() {
        &mut data
    } else {
        &mut data[end]
    };
    let members = object.as_object_mut().expect("it is an object");
    match value {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.remove(member),
    }
    .expect("it is there");
    data
}

fn address(family: Family, node: &str, service: &str) -> Address {
    Address {
        family,
        node: node.to_owned(),
        service: service.to_owned(),
    }
}

#[test]
fn a_server_is_the_local_end_and_a_client_the_remote_one() {
    let expected = GraphicsEvent {
        domain: domain(),
        phase: Phase::Initialize,
        local: address(Family::Ipv4, "192.0.2.1", "5900"),
        remote: address(Family::Ipv4, "192.0.2.7", "49152"),
        auth_scheme: "vencrypt+x509+sasl".to_owned(),
        subject: vec![
            Identity {
                kind: IdentityKind::X509DistinguishedName,
                name: "CN=viewer.example,O=Example Org".to_owned(),
            },
            Identity {
                kind: IdentityKind::SaslUsername,
                name: "viewer@host.example".to_owned(),
            },
        ],
    };
    assert_eq!(graphics("VNC_INITIALIZED", &vnc()), expected);
}

#[test]
fn a_port_of_spice_is_the_service_and_it_has_no_identities() {
    let expected = GraphicsEvent {
        domain: domain(),
        phase: Phase::Initialize,
        local: address(Family::Ipv6, "2001:db8::1", "5901"),
        remote: address(Family::Ipv6, "2001:db8::7", "49153"),
        auth_scheme: "spice".to_owned(),
        subject: Vec::new(),
    };
    assert_eq!(graphics("SPICE_INITIALIZED", &spice()), expected);
    let mut data = spice();
    data["client"]["x509_dname"] = json!("CN=viewer.example");
    data["client"]["sasl_username"] = json!("viewer@host.example");
    assert_eq!(graphics("SPICE_INITIALIZED", &data), expected);
}

#[test]
fn names_of_events_are_the_phases() {
    for (name, phase) in [
        ("CONNECTED", Phase::Connect),
        ("INITIALIZED", Phase::Initialize),
        ("DISCONNECTED", Phase::Disconnect),
    ] {
        assert_eq!(graphics(&format!("VNC_{name}"), &vnc()).phase, phase);
        assert_eq!(graphics(&format!("SPICE_{name}"), &spice()).phase, phase);
    }
}

#[test]
fn other_events_are_not_about_viewers_whatever_they_say() {
    for name in [
        "STOP",
        "SHUTDOWN",
        "SPICE_MIGRATE_COMPLETED",
        "VNC_",
        "vnc_connected",
    ] {
        for data in [vnc(), json!({})] {
            assert_eq!(event(name, &data).graphics(&domain()), Ok(None), "{name}");
        }
    }
}

#[test]
fn families_have_the_numbers_of_libvirt_and_others_are_ipv4() {
    for (name, family) in [
        ("ipv4", Family::Ipv4),
        ("ipv6", Family::Ipv6),
        ("unix", Family::Unix),
        ("vsock", Family::Ipv4),
        ("unknown", Family::Ipv4),
        ("IPv6", Family::Ipv4),
        ("", Family::Ipv4),
    ] {
        let local = changed(vnc(), "server.family", Some(json!(name)));
        let event = graphics("VNC_CONNECTED", &local);
        assert_eq!(
            (event.local.family, event.remote.family),
            (family, Family::Ipv4),
            "{name}"
        );
        let remote = changed(vnc(), "client.family", Some(json!(name)));
        let event = graphics("VNC_CONNECTED", &remote);
        assert_eq!(
            (event.local.family, event.remote.family),
            (Family::Ipv4, family),
            "{name}"
        );
    }
}

#[test]
fn a_viewer_at_a_unix_socket_has_no_address_of_its_own() {
    let data = json!({
        "server": { "auth": "none", "family": "unix", "service": "/run/gfx.vnc", "host": "" },
        "client": { "family": "unix", "service": "", "host": "" },
    });
    let event = graphics("VNC_CONNECTED", &data);
    assert_eq!(event.local, address(Family::Unix, "", "/run/gfx.vnc"));
    assert_eq!(event.remote, address(Family::Unix, "", ""));
}

#[test]
fn an_event_without_a_scheme_has_an_empty_one() {
    for value in [None, Some(json!(null)), Some(json!(1)), Some(json!(""))] {
        let data = changed(vnc(), "server.auth", value.clone());
        assert_eq!(graphics("VNC_CONNECTED", &data).auth_scheme, "");
        let data = changed(spice(), "server.auth", value);
        assert_eq!(graphics("SPICE_CONNECTED", &data).auth_scheme, "");
    }
}

#[test]
fn an_event_that_lacks_another_member_is_dropped_and_says_which() {
    for end in ["server", "client"] {
        for (name, data, service) in [
            ("VNC_CONNECTED", vnc(), "service"),
            ("SPICE_DISCONNECTED", spice(), "port"),
        ] {
            for member in ["family", "host", service] {
                let path = format!("{end}.{member}");
                // What is no string is to libvirt as if it was not there.
                for value in [
                    None,
                    Some(json!(null)),
                    Some(json!(5900)),
                    Some(json!(["x"])),
                ] {
                    let data = changed(data.clone(), &path, value);
                    assert_eq!(dropped(name, &data), path);
                }
            }
            for value in [None, Some(json!("text")), Some(json!(["none", "ipv4"]))] {
                let data = changed(data.clone(), end, value);
                assert_eq!(dropped(name, &data), end);
            }
        }
    }
    assert_eq!(dropped("VNC_CONNECTED", &json!({})), "server");
}

#[test]
fn vnc_says_service_and_spice_says_port_and_neither_takes_the_others() {
    assert_eq!(dropped("VNC_CONNECTED", &spice()), "server.service");
    assert_eq!(dropped("SPICE_CONNECTED", &vnc()), "server.port");
}

#[test]
fn what_is_dropped_is_told_in_a_sentence() {
    let told = |data: Value| {
        let read = event("VNC_CONNECTED", &data).graphics(&domain());
        read.expect_err("it is dropped").to_string()
    };
    assert_eq!(
        told(changed(vnc(), "client.service", None)),
        "VNC_CONNECTED is dropped: it has no string `data.client.service`"
    );
    assert_eq!(
        told(changed(vnc(), "client", None)),
        "VNC_CONNECTED is dropped: it has no object `data.client`"
    );
}

#[test]
fn identities_are_those_that_are_known_the_certificate_first() {
    let kinds = |data: &Value| -> Vec<String> {
        let subject = graphics("VNC_INITIALIZED", data).subject;
        subject
            .into_iter()
            .map(|identity| identity.to_string())
            .collect()
    };
    let (x509, sasl) = (
        "x509dname=CN=viewer.example,O=Example Org",
        "saslUsername=viewer@host.example",
    );
    assert_eq!(kinds(&vnc()), [x509, sasl]);
    assert_eq!(kinds(&changed(vnc(), "client.x509_dname", None)), [sasl]);
    assert_eq!(kinds(&changed(vnc(), "client.sasl_username", None)), [x509]);
    let neither = changed(vnc(), "client.x509_dname", Some(json!(null)));
    let neither = changed(neither, "client.sasl_username", Some(json!(1)));
    assert!(kinds(&neither).is_empty());
}
