//! Keepalive packets (libvirt, `src/rpc/virkeepaliveprotocol.x`).

use super::header::{Header, Kind, Status};

/// Whether the peer is still there, and that one is. Neither has a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keepalive {
    /// Asks for a [`Pong`](Self::Pong).
    Ping,
    /// Answers a [`Ping`](Self::Ping).
    Pong,
}

impl Keepalive {
    /// The number of the keepalive program.
    pub const PROGRAM: u32 = 0x6b65_6570;

    /// The version of the keepalive program.
    pub const VERSION: u32 = 1;

    /// Which of the two has this procedure's number, if one has.
    pub const fn from_procedure(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Ping),
            2 => Some(Self::Pong),
            _ => None,
        }
    }

    /// The procedure's number.
    pub const fn procedure(self) -> u32 {
        match self {
            Self::Ping => 1,
            Self::Pong => 2,
        }
    }

    /// The header of its packet, which is all that there is to the packet.
    pub const fn header(self) -> Header {
        Header {
            program: Self::PROGRAM,
            version: Self::VERSION,
            procedure: self.procedure(),
            kind: Kind::Message,
            serial: 0,
            status: Status::Ok,
        }
    }
}
