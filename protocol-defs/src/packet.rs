//! Packets of a libvirt connection, without I/O: feed bytes, take packets; write packets, send bytes.
//!
//! A packet is a length word that counts itself, a header of six words, and a payload whose type follows from the
//! header (libvirt, `src/rpc/virnetprotocol.x`). What a packet means is for [`message`](crate::message) to say, what
//! those of a stream mean for [`stream`](crate::stream).
//!
//! # File descriptors
//! A packet of kind [`CallWithFds`](Kind::CallWithFds) or [`ReplyWithFds`](Kind::ReplyWithFds) has a word more between
//! header and payload: how many file descriptors come with it, [`MAX_FDS`] at most. Readers take it out and writers
//! put it in, so that a payload never begins with it.
//!
//! The descriptors are no part of the packet, and only UNIX sockets can pass them. They follow the last byte of the
//! packet: for each of them one message with one byte of data, which its length word does not count, and the descriptor
//! beside it (`SCM_RIGHTS`). Who reads from such a socket must therefore stop at the end of a packet that announces
//! descriptors, receive them, and go on with the next packet behind the last of those bytes.

#[cfg(feature = "tokio-util")]
mod codec;
mod error;
mod frame;
mod header;
mod keepalive;
mod message_error;
mod numbers;
mod reader;
mod write;

#[cfg(feature = "tokio-util")]
pub use codec::{CodecError, PacketCodec};
pub use error::FrameError;
pub use frame::{OwnedPacket, Packet};
pub use header::{HEADER_LEN, Header, Kind, LENGTH_LEN, MAX_FDS, MAX_LEN, Status};
pub use keepalive::Keepalive;
pub use message_error::{ErrorDomain, ErrorNetwork, MessageError};
pub use numbers::{ErrorCode, ErrorLevel, ErrorOrigin};
pub use reader::PacketReader;
pub(crate) use write::write_with;
pub use write::{WriteError, write_packet, write_packet_with_fds, write_raw};
