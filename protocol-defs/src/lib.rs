//! libvirt's protocols: messages and procedures as types, and packets without I/O.
//!
//! - [`packet`]: bytes of a connection → packets, and back;
//! - [`message`]: packets → what they say, typed by program, procedure, kind and status, and back;
//! - [`stream`]: the packets of streams;
//! - a module for each protocol, of which [`remote`], how a client drives libvirtd, is the one on by default;
//! - [`events`]: the kinds of events that a client registers for, and their messages;
//! - [`graphics`]: the graphics event of the remote program as an application wants it.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `remote` | the remote program, [`events`] and [`graphics`]; on by default |
//! | `qemu`, `lxc` | the programs of libvirtd's drivers for QEMU and LXC, and with them `remote` |
//! | `admin` | the program by which a daemon is administered |
//! | `lock`, `log`, `lxc-monitor` | the programs of virtlockd, virtlogd, and the helper beside an LXC container |
//! | `net`, `keepalive` | what all programs share, as libvirt's files have it |
//! | `sources` | the module `sources`: the texts of the `.x` files, for programs that compile them while they run |
//! | `type-table` | `TYPES` in each protocol's module: all its types, by their XDR names |
//! | `proptest`, `arbitrary` | `Arbitrary` of these crates for all types of each protocol's module |
//! | `serde` | the JSON form of [`graphics`] |
//! | `tokio-util` | `packet::PacketCodec`, packets for tokio's `Framed` |
//!
//! In each program's module, `proc` has its procedures as types, and the enums `Call`, `Reply` and `Event` are all of its
//! messages; `Event` keeps those that it does not know.
//!
//! Enums are closed: a number without a name is an error. Open, with a variant `Unknown`, are those in which a newer
//! peer may well say more: `remote::AuthType`, `lxc_monitor::ExitStatus`, `net::MessageType` and `net::MessageStatus`.
//!
//! Who is looking at a virtual machine's screen, out of what a daemon sent:
//!
//! ```no_run
//! # #[cfg(feature = "remote")] {
//! use protocol_defs::graphics::GraphicsEvent;
//! use protocol_defs::message::{Event, Message};
//! use protocol_defs::packet::PacketReader;
//!
//! let mut reader = PacketReader::new();
//! reader.feed(&std::fs::read("libvirtd.server.bin")?);
//! while let Some(packet) = reader.next_packet()? {
//!     if let Message::Event(Event::Remote(event)) = Message::decode(&packet)? {
//!         if let Ok(event) = GraphicsEvent::try_from(event) {
//!             println!("{} {} by {}", event.domain.name, event.phase, event.auth_scheme);
//!         }
//!     }
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "remote")]
pub mod events;
#[cfg(feature = "remote")]
pub mod graphics;
pub mod message;
pub mod packet;
#[cfg(feature = "sources")]
pub mod sources;
pub mod stream;

/// A module of what is made from a file in `proto/`.
macro_rules! protocol {
    ($(#[$docs:meta])* $feature:literal => $name:ident, $file:literal $(, $message:ident)*) => {
        $(#[$docs])*
        #[cfg(feature = $feature)]
        #[allow(
            missing_docs,
            reason = "fields, enumerators and constants are documented where the .x file says more than their name"
        )]
        pub mod $name {
            include!(concat!(env!("OUT_DIR"), $file));

            $(pub use self::proc::$message;)*
        }
    };
}

protocol! {
    /// libvirt's remote program, made from `proto/remote_protocol.x`: names without their `remote_` prefix.
    ///
    /// A procedure is a type in [`proc`](remote::proc); its arguments and its result are structs named after it with
    /// `Args` and `Ret`, the message of an event is one with `Msg`.
    ///
    /// Procedures 105 and 106 (`CONNECT_DOMAIN_EVENT_REGISTER` and its opposite) declare a result that libvirt's own
    /// client never reads: it takes their replies for empty.
    "remote" => remote, "/remote_protocol.rs", Call, Reply, Event
}

protocol! {
    /// The QEMU program, made from `proto/qemu_protocol.x`: what goes past the remote program to QEMU's monitor and to
    /// the agent in the guest. Types that it shares with the remote program are those of [`remote`].
    "qemu" => qemu, "/qemu_protocol.rs", Call, Reply, Event
}

protocol! {
    /// The LXC program, made from `proto/lxc_protocol.x`: the namespaces of a container. Types that it shares with the
    /// remote program are those of [`remote`].
    "lxc" => lxc, "/lxc_protocol.rs", Call, Reply
}

protocol! {
    /// The admin program, made from `proto/admin_protocol.x`: the servers, clients, threads and logs of a daemon.
    "admin" => admin, "/admin_protocol.rs", Call, Reply
}

protocol! {
    /// The lock program, made from `proto/lock_protocol.x`: how virtlockd holds locks for libvirt's drivers. Names are
    /// without their `virLockSpaceProtocol` prefix.
    "lock" => lock, "/lock_protocol.rs", Call, Reply
}

protocol! {
    /// The log program, made from `proto/log_protocol.x`: how virtlogd writes the logs of domains. Names are without
    /// their `virLogManagerProtocol` prefix.
    "log" => log, "/log_protocol.rs", Call, Reply
}

protocol! {
    /// The LXC monitor program, made from `proto/lxc_monitor_protocol.x`: two events by which the helper beside a
    /// container tells libvirt's LXC driver what becomes of it. Names are without their `virLXCMonitor` prefix.
    "lxc-monitor" => lxc_monitor, "/lxc_monitor_protocol.rs", Event
}

protocol! {
    /// What all programs share, made from `proto/virnetprotocol.x`: the header of a packet, errors, holes. Names are
    /// without their `virNet` prefix. These are the same bytes as [`packet::Header`], [`packet::MessageError`] and
    /// [`stream::Hole`], which have more to offer.
    "net" => net, "/virnetprotocol.rs"
}

protocol! {
    /// The keepalive program, made from `proto/virkeepaliveprotocol.x`: the numbers of its two procedures, as
    /// [`packet::Keepalive`] has them.
    "keepalive" => keepalive, "/virkeepaliveprotocol.rs"
}
