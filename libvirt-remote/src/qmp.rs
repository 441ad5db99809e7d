//! QEMU's monitor protocol (QMP): a source of graphics events where there is no libvirt.
//!
//! QEMU says on its monitor who comes to a screen, as JSON; libvirt's daemon makes its graphics event of that. The same
//! is done here, by the same rules, in three steps that can be used alone:
//!
//! - [`Message`] is a line of the protocol, and [`Event::graphics`] what it says of a viewer. Neither does any I/O.
//! - [`Monitor`] is a connection: greeting, commands, events.
//! - [`Watch`] is a QEMU whose monitor may come and go: it connects again, and says that events may be missing.
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
//!
//! A monitor has one client at a time: that of a QEMU which libvirt has started is libvirt's. `-qmp
//! unix:PATH,server=on,wait=off` gives a QEMU one more.

mod error;
mod graphics;
mod lines;
mod message;
mod monitor;
mod options;
mod watch;

pub use error::{Error, Fault};
pub use graphics::Dropped;
pub use message::{CommandError, Event, Message, MessageError, Timestamp, Version};
pub use monitor::{Monitor, Vnc, VncClient};
pub use options::{Options, WatchOptions};
pub use watch::{Notice, Watch};
