//! Packets for tokio: `Framed::new(stream, PacketCodec::new())`.

use std::{fmt, io};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

use super::error::FrameError;
use super::frame::{Packet, open, packet_len};
use super::write::{WriteError, prelude};

/// Splits a stream into packets and joins packets to one, for `tokio_util::codec::Framed`.
///
/// A payload that comes out is a part of the buffer it was read into; it is not copied, and keeps that buffer in memory.
/// A length word that is out of range is an error as soon as it is there, and no room is made for what a length word
/// claims.
///
/// ```
/// use futures_util::{SinkExt, StreamExt};
/// use protocol_defs::message::Message;
/// use protocol_defs::packet::{Keepalive, PacketCodec};
/// use tokio::io::{AsyncRead, AsyncWrite};
/// use tokio_util::codec::Framed;
///
/// /// Answers keepalive packets until the peer hangs up.
/// async fn serve(io: impl AsyncRead + AsyncWrite + Unpin) -> Result<(), Box<dyn std::error::Error>> {
///     let mut packets = Framed::new(io, PacketCodec::new());
///     while let Some(packet) = packets.next().await {
///         if let Message::Keepalive(Keepalive::Ping) = Message::decode(&packet?.borrowed())? {
///             let pong = Message::Keepalive(Keepalive::Pong);
///             packets.send(pong.packet(0, 0)?).await?;
///         }
///     }
///     Ok(())
/// }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// #     let (near, far) = tokio::io::duplex(64);
/// #     let mut near = Framed::new(near, PacketCodec::new());
/// #     near.send(Message::Keepalive(Keepalive::Ping).packet(0, 0)?).await?;
/// #     let client = async {
/// #         let pong = near.next().await.ok_or("an answer")??;
/// #         assert_eq!(Message::decode(&pong.borrowed())?, Message::Keepalive(Keepalive::Pong));
/// #         drop(near);
/// #         Ok::<(), Box<dyn std::error::Error>>(())
/// #     };
/// #     let (client, server) = futures_util::join!(client, serve(far));
/// #     client.and(server)
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// File descriptors do not travel through it: [they come between packets](super#file-descriptors), where a buffering
/// reader does not stop.
#[derive(Clone, Debug, Default)]
pub struct PacketCodec {
    /// Bytes of the stream that have been taken out as packets.
    offset: u64,
}

impl PacketCodec {
    /// A codec at the beginning of a stream.
    pub const fn new() -> Self {
        Self { offset: 0 }
    }
}

impl Decoder for PacketCodec {
    type Item = Packet<Bytes>;
    type Error = CodecError;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Self::Item>, CodecError> {
        let Some(length) = packet_len(buffer, self.offset)? else {
            return Ok(None);
        };
        let Some(bytes) = buffer.get(..length) else {
            return Ok(None);
        };
        let packet = open(bytes, self.offset)?;
        let before = length - packet.payload.len();
        let packet = packet.with(());
        let mut payload = buffer.split_to(length).freeze();
        payload.advance(before);
        self.offset += length as u64;
        Ok(Some(packet.with(payload)))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<Self::Item>, CodecError> {
        match self.decode(buffer)? {
            None if !buffer.is_empty() => Err(CodecError::CutOff {
                length: buffer.len(),
                offset: self.offset,
            }),
            packet => Ok(packet),
        }
    }
}

impl<P: AsRef<[u8]>> Encoder<Packet<P>> for PacketCodec {
    type Error = CodecError;

    fn encode(&mut self, packet: Packet<P>, buffer: &mut BytesMut) -> Result<(), CodecError> {
        let payload = packet.payload.as_ref();
        let prelude = prelude(&packet.header, packet.fds, payload.len())?;
        buffer.reserve(prelude.len() + payload.len());
        buffer.put_slice(&prelude);
        buffer.put_slice(payload);
        Ok(())
    }
}

/// Why a stream of packets ends.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodecError {
    /// What was read is no packet.
    Frame(FrameError),
    /// What was to be written is no packet.
    Write(WriteError),
    /// The stream has ended within a packet.
    CutOff {
        /// Bytes of that packet.
        length: usize,
        /// Bytes of the stream before it.
        offset: u64,
    },
    /// The stream itself has failed.
    Io(io::Error),
}

impl From<FrameError> for CodecError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<WriteError> for CodecError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<io::Error> for CodecError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
            Self::CutOff { length, offset } => write!(
                f,
                "stream ends after {length} bytes of a packet, at byte {offset} of the stream"
            ),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Frame(error) => Some(error),
            Self::Write(error) => Some(error),
            Self::CutOff { .. } => None,
            Self::Io(error) => Some(error),
        }
    }
}
