//! A client of libvirt's daemons over tokio: libvirt's remote driver, with the protocol's own types.
//!
//! ```no_run
//! use libvirt_remote::Connection;
//! use protocol_defs::remote::{DomainLookupByNameArgs, DomainGetStateArgs, proc};
//!
//! # async fn state() -> Result<(), libvirt_remote::Error> {
//! let conn = Connection::open("qemu:///system").await?;
//! let args = DomainLookupByNameArgs { name: "web".to_owned() };
//! let dom = conn.call::<proc::DomainLookupByName>(&args).await?.dom;
//! let state = conn.call::<proc::DomainGetState>(&DomainGetStateArgs { dom, flags: 0 }).await?;
//! println!("{} {}", state.state, state.reason);
//! # Ok(())
//! # }
//! ```
//!
//! - [`Connection`]: a driver that is open. Every procedure of every program is called by its type in
//!   [`protocol_defs`]; there is no function for each.
//! - [`Client`]: the connection below it, which is also for the other daemons of libvirt.
//! - [`events`]: what the daemon tells unasked, as streams.
//! - [`stream`]: data beside a call.
//! - `qmp`: QEMU's own monitor, as a source of graphics events where there is no daemon.
//! - [`uri`]: where the daemon is.
//! - [`error`]: what can go wrong.
//! - [`daemon`]: the other side, for whoever answers libvirt's clients.
//! - [`testkit`]: a daemon that says and breaks what a test wants, for whoever tests a client.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `tls` | URIs with the transport `tls`; on by default |
//! | `ssh` | URIs with the transports `ssh` and `ext`, and any program as a way to a daemon; on by default |
//! | `sasl` | authentication by SCRAM-SHA-256, SCRAM-SHA-512 and, where nobody can listen, PLAIN; on by default |
//! | `qmp` | the module of this name |
//!
//! `examples/domains.rs` is a client to begin with, `examples/daemon.rs` a daemon.
//!
//! Whatever waits for the daemon can be dropped. Calls of one connection do not wait for each other; a connection that
//! ends fails all that wait at once, with the reason.
//!
//! What comes is bounded. Queues of events lose what has no room, and count it. A stream cannot be stopped alone: when an
//! application leaves [too much](Options::stream_window) in one, nothing is read from the connection, and events wait at the
//! daemon. An answer still comes: while somebody waits for one, reading goes on for a while, and a stream that nobody reads
//! is then [given up](Options::stream_patience).
#![forbid(unsafe_code)]

mod auth;
pub mod client;
pub mod connection;
pub mod daemon;
pub mod error;
pub mod events;
#[cfg(feature = "qmp")]
pub mod qmp;
pub mod stream;
mod surroundings;
pub mod testkit;
mod transport;
pub mod uri;
mod wire;

pub use client::{Client, Credentials, KeepaliveOptions, Options, ReconnectOptions};
pub use connection::{Connection, Feature};
pub use error::{CloseReason, Closed, Error};
pub use events::{EventError, Events};
pub use stream::{Piece, Stream};
pub use transport::Transport;
