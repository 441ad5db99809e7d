//! The streams of a connection: what their packets mean, and how data becomes packets.
//!
//! Some calls begin a stream beside the reply, such as the upload of a volume. Its packets carry program, version,
//! procedure and serial of that call ([`Stream`]), and say one of these ([`StreamPacket`]):
//!
//! | packet | kind, status, payload | who sends it |
//! | --- | --- | --- |
//! | data | stream, continue, raw bytes | who writes |
//! | end of data | stream, continue, nothing | the daemon, when a reader has got all |
//! | hole | stream hole, continue, [`Hole`] | who writes, if both sides have agreed to a sparse stream |
//! | finish | stream, ok, nothing | the client when it is done; the daemon confirms with the same |
//! | abort | stream, error, nothing | the client, when it gives up; the daemon confirms with *finish* |
//! | abort | stream, error, [`MessageError`] | the daemon, when the stream has failed |
//!
//! Data is not answered, so a stream may have packets on their way when it has ended. Both sides ignore those. A hole
//! that libvirtd cannot make is not answered by *abort*, but by an error reply with the serial of the call.
//!
//! An upload, once the call has been answered:
//!
//! ```
//! use protocol_defs::packet::{Header, Kind, Status};
//! use protocol_defs::stream::{Hole, Stream, StreamPacket};
//!
//! # let call = Header {
//! #     program: 0x2000_8086,
//! #     version: 1,
//! #     procedure: 208,
//! #     kind: Kind::Call,
//! #     serial: 10,
//! #     status: Status::Ok,
//! # };
//! let stream = Stream::of(&call);
//! let mut out = Vec::new();
//! stream.write(&StreamPacket::Data(b"the beginning"), &mut out)?;
//! stream.write(&StreamPacket::Hole(Hole { length: 1 << 30, flags: 0 }), &mut out)?;
//! stream.write(&StreamPacket::Data(b"the end"), &mut out)?;
//! stream.write(&StreamPacket::Finish, &mut out)?;
//! // The daemon confirms with `StreamPacket::Finish`, or says why not with `StreamPacket::Abort`.
//! # assert_eq!(out.len(), 28 + 13 + 40 + 28 + 7 + 28);
//! # Ok::<(), protocol_defs::packet::WriteError>(())
//! ```

use std::borrow::Cow;
use std::fmt;

use xdr_wire::{Decode, DecodeError, Encode, Options, from_bytes_with, to_vec};

use crate::packet::{Header, Kind, MessageError, Packet, Status, WriteError};

/// Most bytes of data in one packet that libvirt's daemons and virsh send (`VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX`); old
/// versions take no more. What is received may be longer: other programs choose for themselves.
pub const MAX_DATA: usize = 262_120;

/// What a packet of a stream says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StreamPacket<'a> {
    /// A piece of the data; never empty.
    Data(&'a [u8]),
    /// The reader has got all data. Until it [finishes](Self::Finish) the stream stays open.
    EndOfData,
    /// Bytes that are zero and are not sent.
    Hole(Hole),
    /// The stream is complete, or yes, it is.
    Finish,
    /// The stream ends here: the client does not want it any more, or the daemon says why it cannot go on.
    Abort(Option<Box<MessageError>>),
}

/// A part of a sparse stream that holds no data (libvirt, `struct virNetStreamHole`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Hole {
    /// Its bytes. libvirt refuses a hole that has none or less.
    pub length: i64,
    /// None is defined.
    pub flags: u32,
}

impl<'a> StreamPacket<'a> {
    /// Reads a packet of kind [`Stream`](Kind::Stream) or [`StreamHole`](Kind::StreamHole).
    ///
    /// # Errors
    /// [`StreamError`] if the packet is of another kind, has a status that none of a stream has, or a payload that is
    /// not what it should be.
    pub fn decode(packet: &Packet<&'a [u8]>, options: Options) -> Result<Self, StreamError> {
        let Header { kind, status, .. } = packet.header;
        let payload = packet.payload;
        match (kind, status) {
            (Kind::Stream, Status::Continue) if payload.is_empty() => Ok(Self::EndOfData),
            (Kind::Stream, Status::Continue) => Ok(Self::Data(payload)),
            (Kind::StreamHole, Status::Continue) => {
                Ok(Self::Hole(from_bytes_with(payload, options)?))
            }
            (Kind::Stream | Kind::StreamHole, Status::Ok) => {
                from_bytes_with::<()>(payload, options)?;
                Ok(Self::Finish)
            }
            (Kind::Stream | Kind::StreamHole, Status::Error) if payload.is_empty() => {
                Ok(Self::Abort(None))
            }
            (Kind::Stream | Kind::StreamHole, Status::Error) => {
                Ok(Self::Abort(Some(from_bytes_with(payload, options)?)))
            }
            (Kind::Stream | Kind::StreamHole, Status::Unknown(_)) => {
                Err(StreamError::Status { kind, status })
            }
            _ => Err(StreamError::Kind { kind }),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Hole(_) => Kind::StreamHole,
            _ => Kind::Stream,
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Data(_) | Self::EndOfData | Self::Hole(_) => Status::Continue,
            Self::Finish => Status::Ok,
            Self::Abort(_) => Status::Error,
        }
    }

    fn payload(&self) -> Result<Cow<'a, [u8]>, WriteError> {
        match self {
            Self::Data([]) => Err(WriteError::EmptyData),
            Self::Data(data) => Ok(Cow::Borrowed(data)),
            Self::EndOfData | Self::Finish | Self::Abort(None) => Ok(Cow::Borrowed(&[])),
            Self::Hole(hole) => Ok(Cow::Owned(to_vec(hole)?)),
            Self::Abort(Some(error)) => Ok(Cow::Owned(to_vec(error)?)),
        }
    }
}

/// Which stream: numbers of the call that began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    /// Of the call.
    pub program: u32,
    /// Of the call.
    pub version: u32,
    /// Of the call.
    pub procedure: u32,
    /// Of the call.
    pub serial: u32,
}

impl Stream {
    /// The stream that this packet belongs to: the call or its reply that began it, or one of its own.
    pub const fn of(header: &Header) -> Self {
        Self {
            program: header.program,
            version: header.version,
            procedure: header.procedure,
            serial: header.serial,
        }
    }

    /// The packet that says this, one whatever its length.
    ///
    /// # Errors
    /// [`WriteError`] if the error breaks a bound of its type, or if data is empty.
    pub fn packet<'a>(
        &self,
        packet: &StreamPacket<'a>,
    ) -> Result<Packet<Cow<'a, [u8]>>, WriteError> {
        Ok(Packet {
            header: self.header(packet.kind(), packet.status()),
            fds: 0,
            payload: packet.payload()?,
            offset: 0,
        })
    }

    /// The packets that carry this data, each with [`MAX_DATA`] bytes of it at most; none if there is none.
    pub fn data<'a>(&self, data: &'a [u8]) -> impl Iterator<Item = Packet<&'a [u8]>> + use<'a> {
        let header = self.header(Kind::Stream, Status::Continue);
        data.chunks(MAX_DATA).map(move |payload| Packet {
            header,
            fds: 0,
            payload,
            offset: 0,
        })
    }

    /// Appends the packet that says this; for [data](StreamPacket::Data) as many as it takes.
    ///
    /// # Errors
    /// As [`packet`](Self::packet). `out` is then as it was.
    pub fn write(&self, packet: &StreamPacket<'_>, out: &mut Vec<u8>) -> Result<(), WriteError> {
        match packet {
            StreamPacket::Data(data) if !data.is_empty() => {
                self.data(data).try_for_each(|piece| piece.write(out))
            }
            other => self.packet(other)?.write(out),
        }
    }

    const fn header(&self, kind: Kind, status: Status) -> Header {
        Header {
            program: self.program,
            version: self.version,
            procedure: self.procedure,
            kind,
            serial: self.serial,
            status,
        }
    }
}

/// Why a packet says nothing about a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamError {
    /// It is no packet of a stream.
    Kind {
        /// What it is.
        kind: Kind,
    },
    /// No packet of its kind has its status.
    Status {
        /// The packet's kind.
        kind: Kind,
        /// The packet's status.
        status: Status,
    },
    /// Its payload is not what it should be.
    Payload(DecodeError),
}

impl From<DecodeError> for StreamError {
    fn from(error: DecodeError) -> Self {
        Self::Payload(error)
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { kind } => write!(f, "packet of kind {kind:?} belongs to no stream"),
            Self::Status { kind, status } => {
                write!(f, "packet of kind {kind:?} with status {status:?}")
            }
            Self::Payload(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Payload(error) => Some(error),
            _ => None,
        }
    }
}
