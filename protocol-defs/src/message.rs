//! Packets → what they say, and back.
//!
//! [`Message::decode`] goes by program, version, procedure, kind and status of a packet, and has an answer for every
//! combination of them: a typed message, or an error that says which of them does not fit. An event's number is never
//! taken for a call, a number that nobody has for a procedure, or an error for a result.
//!
//! It knows the programs whose features are on, and keepalive. All programs that libvirt's daemons speak number their
//! procedures themselves, so a procedure is known by [three numbers](ProcedureId).
//!
//! ```
//! # #[cfg(feature = "remote")] {
//! use protocol_defs::message::{Call, Message};
//! use protocol_defs::packet::PacketReader;
//! use protocol_defs::remote;
//!
//! let open = remote::ConnectOpenArgs { name: Some("qemu:///system".to_owned()), flags: 0 };
//! let call = Message::Call(Call::Remote(remote::Call::ConnectOpen(open)));
//! let mut bytes = Vec::new();
//! call.write(0, 0, &mut bytes)?;
//!
//! let mut reader = PacketReader::new();
//! reader.feed(&bytes);
//! let packet = reader.next_packet()?.ok_or("it has arrived whole")?;
//! assert_eq!(Message::decode(&packet)?, call);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Trailing bytes
//! libvirt's own peers ignore what follows a payload. So does [`Message::decode`]; [`Message::decode_with`] with the
//! options' defaults is strict.

mod decode;
mod error;
mod programs;
mod write;

pub use error::ReadError;
pub use programs::{Call, Event, Reply};

use xdr_wire::{Options, Rule};

use crate::packet::{Header, Keepalive, MessageError};
use crate::stream::StreamPacket;

/// The serial of packets with events: libvirt's daemons send 1, its clients do not look at it.
pub const EVENT_SERIAL: u32 = 1;

/// How libvirt's peers read payloads: what follows is ignored.
pub const TOLERANT: Options = Options::new().allow(Rule::Trailing);

/// What a packet says. What else the packet has, its serial and file descriptors, is in the packet.
#[derive(Clone, Debug, PartialEq)]
pub enum Message<'a> {
    /// A client asks for a procedure to be run.
    Call(Call),
    /// A daemon answers with the result.
    Reply(Reply),
    /// A daemon answers that it could not.
    Error {
        /// What was called. Whatever it was: an unknown procedure, or one of an unknown program, is answered so.
        procedure: ProcedureId,
        /// Why.
        error: Box<MessageError>,
    },
    /// A daemon tells what has happened.
    Event(Event),
    /// A packet of a stream.
    Stream {
        /// The call that began it.
        procedure: ProcedureId,
        /// What it says.
        packet: StreamPacket<'a>,
    },
    /// Whether the peer is still there.
    Keepalive(Keepalive),
}

/// Which procedure (RFC 5531, section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProcedureId {
    /// The program's number.
    pub program: u32,
    /// The program's version.
    pub version: u32,
    /// The procedure's number in it.
    pub procedure: u32,
}

impl ProcedureId {
    /// The procedure that a packet names.
    pub const fn of(header: &Header) -> Self {
        Self {
            program: header.program,
            version: header.version,
            procedure: header.procedure,
        }
    }
}
