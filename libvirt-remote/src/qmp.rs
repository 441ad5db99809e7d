//! QEMU's monitor protocol (QMP): a source of graphics events where there is no libvirt.
//!
//! QEMU says on its monitor who comes to a screen, as JSON; libvirt's daemon makes its graphics event of that. The same
//! is done here, by the same rules: [`Message`] is a line of the protocol, and [`Event::graphics`] what it says of a
//! viewer. Neither does any I/O.
//!
//! ```
//! use libvirt_remote::qmp::Message;
//! use protocol_defs::graphics::{Domain, Uuid};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let line = br#"{"timestamp": {"seconds": 1700000000, "microseconds": 250000}, "event": "VNC_CONNECTED", "data": {
//!     "server": {"auth": "vencrypt+x509+none", "family": "ipv4", "service": "5900", "host": "192.0.2.1"},
//!     "client": {"family": "ipv4", "service": "49152", "host": "192.0.2.7"}}}"#;
//! let domain = Domain { name: "gfx".to_owned(), uuid: Uuid([7; 16]), id: 1 };
//! let Message::Event(event) = Message::read(line)? else {
//!     return Err("it is an event".into());
//! };
//! let graphics = event.graphics(&domain)?.ok_or("it is about a screen")?;
//! assert_eq!(
//!     graphics.to_string(),
//!     "event 'graphics' for domain 'gfx': connect \
//!      local[IPv4 192.0.2.1 5900] remote[IPv4 192.0.2.7 49152] vencrypt+x509+none"
//! );
//! # Ok(())
//! # }
//! ```

mod graphics;
mod message;

pub use graphics::Dropped;
pub use message::{CommandError, Event, Message, MessageError, Timestamp, Version};
