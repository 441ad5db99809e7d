//! Graphics messages: random ones, and how the harness is told to build them.

use std::fmt::Write;

use proptest::arbitrary::any;
use proptest::collection::vec;
use proptest::strategy::Strategy;
use protocol_defs::remote::{
    DomainEventCallbackGraphicsMsg, DomainEventGraphicsAddress, DomainEventGraphicsIdentity,
    DomainEventGraphicsMsg, NonnullDomain,
};

pub(crate) fn callback_msg() -> impl Strategy<Value = DomainEventCallbackGraphicsMsg> {
    (any::<i32>(), msg())
        .prop_map(|(callback_id, msg)| DomainEventCallbackGraphicsMsg { callback_id, msg })
}

fn msg() -> impl Strategy<Value = DomainEventGraphicsMsg> {
    let parts = (
        (text(), any::<[u8; 16]>(), any::<i32>()),
        any::<i32>(),
        address(),
        address(),
        text(),
        vec((text(), text()), 0..=20),
    );
    parts.prop_map(
        |((name, uuid, id), phase, local, remote, auth_scheme, subject)| DomainEventGraphicsMsg {
            dom: NonnullDomain { name, uuid, id },
            phase,
            local,
            remote,
            auth_scheme,
            subject: subject
                .into_iter()
                .map(|(r#type, name)| DomainEventGraphicsIdentity { r#type, name })
                .collect(),
        },
    )
}

fn address() -> impl Strategy<Value = DomainEventGraphicsAddress> {
    (any::<i32>(), text(), text()).prop_map(|(family, node, service)| DomainEventGraphicsAddress {
        family,
        node,
        service,
    })
}

/// Any text without NUL, which would end a C string.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..40).prop_map(|mut characters| {
        characters.retain(|character| *character != '\0');
        characters.into_iter().collect()
    })
}

/// An ordinary message without identities.
pub(crate) fn plain() -> DomainEventGraphicsMsg {
    let address = |service: &str| DomainEventGraphicsAddress {
        family: 0,
        node: "192.0.2.7".to_owned(),
        service: service.to_owned(),
    };
    DomainEventGraphicsMsg {
        dom: NonnullDomain {
            name: "guest".to_owned(),
            uuid: [7; 16],
            id: 3,
        },
        phase: 1,
        local: address("5900"),
        remote: address("49152"),
        auth_scheme: "vnc".to_owned(),
        subject: Vec::new(),
    }
}

/// The message as `harness make` reads it, behind the name of its type.
pub(crate) fn fields(msg: &DomainEventGraphicsMsg) -> String {
    let mut fields = Vec::from([
        escaped(&msg.dom.name),
        crate::hex::hex(&msg.dom.uuid),
        msg.dom.id.to_string(),
        msg.phase.to_string(),
    ]);
    for address in [&msg.local, &msg.remote] {
        fields.push(address.family.to_string());
        fields.extend([escaped(&address.node), escaped(&address.service)]);
    }
    fields.push(escaped(&msg.auth_scheme));
    for identity in &msg.subject {
        fields.extend([escaped(&identity.r#type), escaped(&identity.name)]);
    }
    fields.join("\t")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\\' => {
                let code = u32::from(character);
                write!(escaped, "\\{code:02x}").expect("a string takes any text");
            }
            other => escaped.push(other),
        }
    }
    escaped
}
