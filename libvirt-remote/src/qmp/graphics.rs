//! What QEMU says of a viewer → graphics event, by the rules of libvirt's daemon.
//!
//! Members are looked up one by one rather than deserialized: one that is there and no string is to libvirt as one
//! that is not there.

use std::fmt;

use protocol_defs::graphics::{
    Address, Domain, Family, GraphicsEvent, Identity, IdentityKind, Phase,
};
use serde_json::{Map, Value};

use super::Event;

/// A protocol that a screen is shown by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Vnc,
    Spice,
}

/// One end of a viewer's connection, as QEMU describes it.
struct End<'a> {
    name: &'static str,
    members: &'a Map<String, Value>,
}

impl Event {
    /// What it says of somebody at the domain's screen; nothing if it is about something else.
    ///
    /// - `server` is the local end, `client` the remote one. SPICE says `port` where VNC says `service`.
    /// - Without `auth` the scheme is empty. A family that has no number is IPv4, as it is in libvirt.
    /// - VNC knows who a viewer is: by certificate, then by SASL. Of SPICE no identity is taken.
    ///
    /// # Errors
    /// Any other member that it lacks, for which libvirt drops an event, too.
    pub fn graphics(&self, domain: &Domain) -> Result<Option<GraphicsEvent>, Dropped> {
        let Some((protocol, phase)) = kind(&self.name) else {
            return Ok(None);
        };
        let read = || -> Result<GraphicsEvent, String> {
            let server = End::find(&self.data, "server")?;
            let client = End::find(&self.data, "client")?;
            Ok(GraphicsEvent {
                domain: domain.clone(),
                phase,
                local: server.address(protocol)?,
                remote: client.address(protocol)?,
                auth_scheme: server.text("auth").unwrap_or_default().to_owned(),
                subject: client.subject(protocol),
            })
        };
        read().map(Some).map_err(|missing| Dropped {
            event: self.name.clone(),
            missing,
        })
    }
}

fn kind(name: &str) -> Option<(Protocol, Phase)> {
    Some(match name {
        "VNC_CONNECTED" => (Protocol::Vnc, Phase::Connect),
        "VNC_INITIALIZED" => (Protocol::Vnc, Phase::Initialize),
        "VNC_DISCONNECTED" => (Protocol::Vnc, Phase::Disconnect),
        "SPICE_CONNECTED" => (Protocol::Spice, Phase::Connect),
        "SPICE_INITIALIZED" => (Protocol::Spice, Phase::Initialize),
        "SPICE_DISCONNECTED" => (Protocol::Spice, Phase::Disconnect),
        _ => return None,
    })
}

impl<'a> End<'a> {
    fn find(data: &'a Map<String, Value>, name: &'static str) -> Result<Self, String> {
        let members = data.get(name).and_then(Value::as_object);
        let members = members.ok_or_else(|| name.to_owned())?;
        Ok(Self { name, members })
    }

    fn text(&self, member: &str) -> Option<&'a str> {
        self.members.get(member)?.as_str()
    }

    fn required(&self, member: &str) -> Result<&'a str, String> {
        self.text(member)
            .ok_or_else(|| format!("{}.{member}", self.name))
    }

    fn address(&self, protocol: Protocol) -> Result<Address, String> {
        let service = match protocol {
            Protocol::Vnc => "service",
            Protocol::Spice => "port",
        };
        Ok(Address {
            family: match self.required("family")? {
                "ipv6" => Family::Ipv6,
                "unix" => Family::Unix,
                _ => Family::Ipv4,
            },
            node: self.required("host")?.to_owned(),
            service: self.required(service)?.to_owned(),
        })
    }

    fn subject(&self, protocol: Protocol) -> Vec<Identity> {
        if protocol == Protocol::Spice {
            return Vec::new();
        }
        let accounts = [
            (IdentityKind::X509DistinguishedName, "x509_dname"),
            (IdentityKind::SaslUsername, "sasl_username"),
        ];
        let named = accounts.into_iter().filter_map(|(kind, member)| {
            let name = self.text(member)?.to_owned();
            Some(Identity { kind, name })
        });
        named.collect()
    }
}

/// An event about a viewer that does not say enough to be told on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// QEMU's name for the event, such as `VNC_CONNECTED`.
    pub event: String,
    /// The member that it lacks, or that has another type: `client`, `client.service`.
    pub missing: String,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event, missing } = self;
        let what = if missing.contains('.') {
            "string"
        } else {
            "object"
        };
        write!(f, "{event} is dropped: it has no {what} `data.{missing}`")
    }
}

impl std::error::Error for Dropped {}
