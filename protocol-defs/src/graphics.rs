//! The graphics event: who came to a virtual machine's screen, from where, authenticated as whom.
//!
//! [`GraphicsEvent`] is what an application wants to know, whichever of the two forms the daemon sent: procedure 323
//! with the number of the client's registration before it, or procedure 173, the older one, without. It keeps
//! every value that can be on the wire, known or not, so that it becomes the same bytes again.
//!
//! ```
//! use protocol_defs::graphics::GraphicsEvent;
//! use protocol_defs::remote::DomainEventGraphicsMsg;
//! # use protocol_defs::graphics::{Address, Domain, Family, Identity, IdentityKind, Phase, Uuid};
//! # let msg = DomainEventGraphicsMsg::from(GraphicsEvent {
//! #     domain: Domain { name: "gfx".to_owned(), uuid: Uuid([7; 16]), id: 1 },
//! #     phase: Phase::Initialize,
//! #     local: Address { family: Family::Ipv4, node: "192.0.2.1".to_owned(), service: "5900".to_owned() },
//! #     remote: Address { family: Family::Ipv4, node: "192.0.2.7".to_owned(), service: "49152".to_owned() },
//! #     auth_scheme: "vencrypt+x509+none".to_owned(),
//! #     subject: vec![Identity { kind: IdentityKind::X509DistinguishedName, name: "CN=viewer.example".to_owned() }],
//! # });
//! # let payload = xdr_wire::to_vec(&msg)?;
//! let msg: DomainEventGraphicsMsg = xdr_wire::from_bytes(&payload)?;
//! let event = GraphicsEvent::from(msg);
//! assert_eq!(
//!     event.to_string(),
//!     "event 'graphics' for domain 'gfx': initialize \
//!      local[IPv4 192.0.2.1 5900] remote[IPv4 192.0.2.7 49152] vencrypt+x509+none\n\
//!      \tx509dname=CN=viewer.example"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the feature `serde` it has a JSON form, in which `"phase"` and `"family"` are numbers where they have no name:
//!
//! ```json
//! {
//!   "domain": "gfx",
//!   "uuid": "07070707-0707-0707-0707-070707070707",
//!   "id": 1,
//!   "phase": "initialize",
//!   "local": { "family": "ipv4", "node": "192.0.2.1", "service": "5900" },
//!   "remote": { "family": "ipv4", "node": "192.0.2.7", "service": "49152" },
//!   "auth_scheme": "vencrypt+x509+none",
//!   "subject": [{ "type": "x509dname", "name": "CN=viewer.example" }]
//! }
//! ```

#[cfg(feature = "serde")]
mod json;
mod text;
mod uuid;
mod wire;

pub use uuid::{ParseUuidError, Uuid};

/// Somebody came to a screen or left it.
///
/// [`Display`](std::fmt::Display) is as virsh prints it (`virsh event --event graphics`), without the last line's end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GraphicsEvent {
    /// Whose screen.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub domain: Domain,
    /// What has happened.
    pub phase: Phase,
    /// The end at the screen.
    pub local: Address,
    /// The end at the viewer.
    pub remote: Address,
    /// How the viewer authenticates, as QEMU calls it: `none`, `vencrypt+x509+none`. Empty if QEMU does not say.
    pub auth_scheme: String,
    /// As whom; the protocol has room for 20. Empty when the viewer has only connected.
    pub subject: Vec<Identity>,
}

/// A virtual machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Domain {
    /// Its name, unique on its host.
    #[cfg_attr(feature = "serde", serde(rename = "domain"))]
    pub name: String,
    /// Its UUID.
    pub uuid: Uuid,
    /// Its number while it runs, −1 otherwise.
    pub id: i32,
}

/// What has happened (libvirt, `virDomainEventGraphicsPhase`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The viewer has connected.
    Connect,
    /// The viewer has authenticated.
    Initialize,
    /// The viewer has gone.
    Disconnect,
    /// A number that has no name; by [`From<i32>`](#impl-From<i32>-for-Phase) never one that has.
    Unknown(i32),
}

/// One end of the connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Address {
    /// What the other two mean.
    pub family: Family,
    /// The IP address; empty for a UNIX socket.
    pub node: String,
    /// The port; of a UNIX socket its path, which is empty at the viewer's end.
    pub service: String,
}

/// A family of addresses (libvirt, `virDomainEventGraphicsAddressType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
    /// UNIX sockets.
    Unix,
    /// A number that has no name; by [`From<i32>`](#impl-From<i32>-for-Family) never one that has.
    Unknown(i32),
}

/// Who the viewer is, by one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Identity {
    /// By which account.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub kind: IdentityKind,
    /// The name there.
    pub name: String,
}

/// An account of who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(from = "String", into = "String")
)]
pub enum IdentityKind {
    /// `x509dname`: the distinguished name in the viewer's certificate.
    X509DistinguishedName,
    /// `saslUsername`: the user name by SASL.
    SaslUsername,
    /// Another; by [`From<String>`](#impl-From<String>-for-IdentityKind) never one of these.
    Other(String),
}
