//! libvirt's protocols: messages and procedures as types, and packets without I/O.
//!
//! - [`remote`]: the remote program, how a client drives libvirtd (feature `remote`, on by default);
//! - [`packet`]: bytes of a connection → packets, and back.
//!
//! Who is looking at a virtual machine's screen, out of what a daemon sent:
//!
//! ```no_run
//! use protocol_defs::packet::{Kind, PacketReader};
//! use protocol_defs::remote::{self, DomainEventCallbackGraphicsMsg, proc::DomainEventCallbackGraphics};
//! use xdr_wire::{Procedure, from_bytes};
//!
//! let mut reader = PacketReader::new();
//! reader.feed(&std::fs::read("libvirtd.server.bin")?);
//! while let Some(packet) = reader.next_packet()? {
//!     let header = packet.header;
//!     if header.kind == Kind::Message
//!         && header.program == remote::PROGRAM
//!         && header.procedure == DomainEventCallbackGraphics::NUMBER
//!     {
//!         let event: DomainEventCallbackGraphicsMsg = from_bytes(packet.payload)?;
//!         println!("{} by {}", event.msg.dom.name, event.msg.auth_scheme);
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod packet;

/// libvirt's remote program, made from `proto/remote_protocol.x`: names without their `remote_` prefix.
///
/// A procedure is a type in [`proc`](remote::proc); its arguments and its result are structs named after it with
/// `Args` and `Ret`, the message of an event is one with `Msg`.
///
/// Procedures 105 and 106 (`CONNECT_DOMAIN_EVENT_REGISTER` and its opposite) declare a result that libvirt's own
/// client never reads: it takes their replies for empty.
#[cfg(feature = "remote")]
#[allow(
    missing_docs,
    reason = "fields, enumerators and constants are documented where the .x file says more than their name"
)]
pub mod remote {
    include!(concat!(env!("OUT_DIR"), "/remote_protocol.rs"));
}
