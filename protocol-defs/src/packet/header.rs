//! The header of a packet (libvirt, `struct virNetMessageHeader`).

use xdr_wire::{Decode, Encode};

/// Bytes of the length word, which counts itself.
pub const LENGTH_LEN: usize = 4;

/// Bytes of a header.
pub const HEADER_LEN: usize = 24;

/// Most bytes of header and payload together (`VIR_NET_MESSAGE_MAX`).
pub const MAX_LEN: usize = 33_554_432;

/// Most file descriptors that come with a packet (`VIR_NET_MESSAGE_NUM_FDS_MAX`).
pub const MAX_FDS: u32 = 32;

/// What a packet is, and what its payload is to be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Header {
    /// The program's number, such as `remote::PROGRAM`.
    pub program: u32,
    /// The program's version.
    pub version: u32,
    /// The procedure's number in the program. On the wire it is signed; no procedure has a negative number.
    pub procedure: u32,
    /// What the packet does.
    pub kind: Kind,
    /// Pairs replies and stream packets with calls. Events carry 1 and keepalive packets 0, so a serial alone tells
    /// nothing.
    pub serial: u32,
    /// How it went.
    pub status: Status,
}

/// What a packet does (`enum virNetMessageType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[repr(i32)]
pub enum Kind {
    /// Arguments of a procedure; from the client.
    Call = 0,
    /// A procedure's result or an error; from the daemon.
    Reply = 1,
    /// An event, or keepalive.
    Message = 2,
    /// Data of a stream.
    Stream = 3,
    /// A call with file descriptors.
    CallWithFds = 4,
    /// A reply with file descriptors.
    ReplyWithFds = 5,
    /// A hole in a sparse stream.
    StreamHole = 6,
    /// None of these.
    #[xdr(unknown)]
    Unknown(i32),
}

impl Kind {
    /// Whether a packet of this kind says how many file descriptors come with it.
    pub const fn has_fds(self) -> bool {
        matches!(self, Self::CallWithFds | Self::ReplyWithFds)
    }
}

/// How it went (`enum virNetMessageStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[repr(i32)]
pub enum Status {
    /// Well; of a stream, that it is complete.
    Ok = 0,
    /// The payload is an error.
    Error = 1,
    /// More of the stream follows.
    Continue = 2,
    /// None of these.
    #[xdr(unknown)]
    Unknown(i32),
}
