//! libvirt's protocols: messages and procedures as types, and packets without I/O.
//!
//! - [`remote`]: the remote program, how a client drives libvirtd (feature `remote`, on by default);
//! - [`graphics`]: its graphics event as an application wants it;
//! - [`packet`]: bytes of a connection → packets, and back;
//! - [`stream`]: the packets of streams.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `remote` | the module of that name, and [`graphics`]; on by default |
//! | `serde` | the JSON form of [`graphics`] |
//! | `tokio-util` | `packet::PacketCodec`, packets for tokio's `Framed` |
//!
//! Who is looking at a virtual machine's screen, out of what a daemon sent:
//!
//! ```no_run
//! # #[cfg(feature = "remote")] {
//! use protocol_defs::graphics::GraphicsEvent;
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
//!         let msg: DomainEventCallbackGraphicsMsg = from_bytes(packet.payload)?;
//!         let event = GraphicsEvent::from(msg);
//!         println!("{} {} by {}", event.domain.name, event.phase, event.auth_scheme);
//!     }
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "remote")]
pub mod graphics;
pub mod packet;
pub mod stream;

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
