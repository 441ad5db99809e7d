//! To and from what is on the wire. Nothing is lost in either direction.

use super::{Address, Domain, Family, GraphicsEvent, Identity, IdentityKind, Phase, Uuid};
use crate::remote::{
    DomainEventCallbackGraphicsMsg, DomainEventGraphicsAddress, DomainEventGraphicsIdentity,
    DomainEventGraphicsMsg, Event, NonnullDomain,
};

impl GraphicsEvent {
    /// The number of the registration and the event, out of the message of procedure 323.
    pub fn from_callback(msg: DomainEventCallbackGraphicsMsg) -> (i32, Self) {
        (msg.callback_id, msg.msg.into())
    }

    /// The message of procedure 323, for the client's registration of this number.
    pub fn into_callback(self, callback_id: i32) -> DomainEventCallbackGraphicsMsg {
        DomainEventCallbackGraphicsMsg {
            callback_id,
            msg: self.into(),
        }
    }
}

/// An event of the program, in either form, without the number of the registration; any other event comes back.
impl TryFrom<Event> for GraphicsEvent {
    type Error = Event;

    fn try_from(event: Event) -> Result<Self, Event> {
        match event {
            Event::DomainEventGraphics(msg) => Ok(msg.into()),
            Event::DomainEventCallbackGraphics(msg) => Ok(msg.into()),
            other => Err(other),
        }
    }
}

/// The event without the number of the registration; [`GraphicsEvent::from_callback`] keeps it.
impl From<DomainEventCallbackGraphicsMsg> for GraphicsEvent {
    fn from(msg: DomainEventCallbackGraphicsMsg) -> Self {
        msg.msg.into()
    }
}

impl From<DomainEventGraphicsMsg> for GraphicsEvent {
    fn from(msg: DomainEventGraphicsMsg) -> Self {
        Self {
            domain: msg.dom.into(),
            phase: msg.phase.into(),
            local: msg.local.into(),
            remote: msg.remote.into(),
            auth_scheme: msg.auth_scheme,
            subject: msg.subject.into_iter().map(Identity::from).collect(),
        }
    }
}

impl From<GraphicsEvent> for DomainEventGraphicsMsg {
    fn from(event: GraphicsEvent) -> Self {
        Self {
            dom: event.domain.into(),
            phase: event.phase.into(),
            local: event.local.into(),
            remote: event.remote.into(),
            auth_scheme: event.auth_scheme,
            subject: event.subject.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<NonnullDomain> for Domain {
    fn from(dom: NonnullDomain) -> Self {
        Self {
            name: dom.name,
            uuid: Uuid(dom.uuid),
            id: dom.id,
        }
    }
}

impl From<Domain> for NonnullDomain {
    fn from(domain: Domain) -> Self {
        Self {
            name: domain.name,
            uuid: domain.uuid.0,
            id: domain.id,
        }
    }
}

impl From<DomainEventGraphicsAddress> for Address {
    fn from(address: DomainEventGraphicsAddress) -> Self {
        Self {
            family: address.family.into(),
            node: address.node,
            service: address.service,
        }
    }
}

impl From<Address> for DomainEventGraphicsAddress {
    fn from(address: Address) -> Self {
        Self {
            family: address.family.into(),
            node: address.node,
            service: address.service,
        }
    }
}

impl From<DomainEventGraphicsIdentity> for Identity {
    fn from(identity: DomainEventGraphicsIdentity) -> Self {
        Self {
            kind: identity.r#type.into(),
            name: identity.name,
        }
    }
}

impl From<Identity> for DomainEventGraphicsIdentity {
    fn from(identity: Identity) -> Self {
        Self {
            r#type: identity.kind.into(),
            name: identity.name,
        }
    }
}

impl From<i32> for Phase {
    fn from(number: i32) -> Self {
        match number {
            0 => Self::Connect,
            1 => Self::Initialize,
            2 => Self::Disconnect,
            other => Self::Unknown(other),
        }
    }
}

impl From<Phase> for i32 {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Connect => 0,
            Phase::Initialize => 1,
            Phase::Disconnect => 2,
            Phase::Unknown(number) => number,
        }
    }
}

impl From<i32> for Family {
    fn from(number: i32) -> Self {
        match number {
            0 => Self::Ipv4,
            1 => Self::Ipv6,
            2 => Self::Unix,
            other => Self::Unknown(other),
        }
    }
}

impl From<Family> for i32 {
    fn from(family: Family) -> Self {
        match family {
            Family::Ipv4 => 0,
            Family::Ipv6 => 1,
            Family::Unix => 2,
            Family::Unknown(number) => number,
        }
    }
}

impl From<String> for IdentityKind {
    fn from(name: String) -> Self {
        match name.as_str() {
            "x509dname" => Self::X509DistinguishedName,
            "saslUsername" => Self::SaslUsername,
            _ => Self::Other(name),
        }
    }
}

impl From<IdentityKind> for String {
    fn from(kind: IdentityKind) -> Self {
        match kind {
            IdentityKind::Other(name) => name,
            known => known.name().to_owned(),
        }
    }
}
