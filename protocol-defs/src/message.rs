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
//! # Answers
//! A reply, and an error in place of one, repeat the serial of the call. Each call wants one of them, also one that
//! cannot be read; clients wait for it.
//!
//! ```
//! # #[cfg(feature = "remote")] {
//! use protocol_defs::message::{Call, Message, ProcedureId, ReadError, Reply};
//! use protocol_defs::packet::{Kind, MessageError, Packet, WriteError};
//! use protocol_defs::remote;
//!
//! /// What a daemon that knows one procedure answers.
//! fn answer(packet: &Packet<&[u8]>) -> Result<Vec<u8>, WriteError> {
//!     let mut out = Vec::new();
//!     if !matches!(packet.header.kind, Kind::Call | Kind::CallWithFds) {
//!         return Ok(out);
//!     }
//!     let failed = |error: MessageError| Message::Error {
//!         procedure: ProcedureId::of(&packet.header),
//!         error: Box::new(error),
//!     };
//!     let answer = match Message::decode(packet) {
//!         Ok(Message::Call(Call::Remote(remote::Call::ConnectGetHostname))) => {
//!             let hostname = "host.example".to_owned();
//!             let ret = remote::ConnectGetHostnameRet { hostname };
//!             Message::Reply(Reply::from(remote::Reply::ConnectGetHostname(ret)))
//!         }
//!         Ok(_) | Err(ReadError::Message(xdr_wire::MessageError::UnknownProcedure { .. })) => {
//!             failed(MessageError::unknown_procedure(packet.header.procedure))
//!         }
//!         Err(error) => failed(MessageError::rpc(error.to_string())),
//!     };
//!     answer.write(packet.header.serial, 0, &mut out)?;
//!     Ok(out)
//! }
//! # use protocol_defs::packet::PacketReader;
//! # for (call, fine) in [(remote::Call::ConnectGetHostname, true), (remote::Call::ConnectClose, false)] {
//! #     let call = Message::Call(Call::from(call)).packet(5, 0)?;
//! #     let mut reader = PacketReader::new();
//! #     reader.feed(&answer(&call.borrowed())?);
//! #     let packet = reader.next_packet()?.ok_or("it is whole")?;
//! #     assert_eq!(packet.header.serial, 5);
//! #     match Message::decode(&packet)? {
//! #         Message::Reply(_) => assert!(fine),
//! #         Message::Error { error, .. } => assert!(!fine && error.is_unsupported()),
//! #         other => panic!("{other:?}"),
//! #     }
//! # }
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
