//! The event as virsh prints it, in the locale `C`.

use std::fmt;

use super::{Address, Family, GraphicsEvent, Identity, IdentityKind, Phase};

impl IdentityKind {
    /// The name on the wire: `x509dname`, `saslUsername`.
    pub fn name(&self) -> &str {
        match self {
            Self::X509DistinguishedName => "x509dname",
            Self::SaslUsername => "saslUsername",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for GraphicsEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "event 'graphics' for domain '{}': {} local[{}] remote[{}] {}",
            self.domain.name, self.phase, self.local, self.remote, self.auth_scheme
        )?;
        self.subject
            .iter()
            .try_for_each(|identity| write!(f, "\n\t{identity}"))
    }
}

/// `connect`, `initialize`, `disconnect`; `unknown` for every other number.
impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Connect => "connect",
            Self::Initialize => "initialize",
            Self::Disconnect => "disconnect",
            Self::Unknown(_) => "unknown",
        })
    }
}

/// Family, node and service with spaces between them.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.family, self.node, self.service)
    }
}

/// `IPv4`, `IPv6`, `unix`; `unknown` for every other number.
impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
            Self::Unix => "unix",
            Self::Unknown(_) => "unknown",
        })
    }
}

/// `x509dname=CN=viewer.example`.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.kind, self.name)
    }
}

/// The name on the wire.
impl fmt::Display for IdentityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
