//! Bytes and descriptors → packets with theirs.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use protocol_defs::packet::{
    CodecError, FrameError, Header, LENGTH_LEN, MAX_LEN, Packet, PacketCodec,
};
use tokio_util::codec::Decoder;

use crate::transport::Transport;

/// A packet and its descriptors.
pub(crate) struct Arrival {
    pub(crate) packet: Packet<Bytes>,
    pub(crate) fds: Vec<OwnedFd>,
}

/// Why no packet can be read any more.
pub(crate) enum Broken {
    Io(io::Error),
    Frame(FrameError),
    Unexpected {
        header: Box<Header>,
        why: &'static str,
    },
}

/// What has come and has not been acted on.
#[derive(Default)]
pub(crate) struct Incoming {
    codec: PacketCodec,
    bytes: BytesMut,
    /// A packet whose descriptors have not all come.
    held: Option<Packet<Bytes>>,
    /// Descriptors whose packet has not come whole.
    fds: VecDeque<OwnedFd>,
}

impl Incoming {
    /// Reads what there is. No bytes are the end.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut Transport,
    ) -> Poll<io::Result<usize>> {
        transport.poll_read(cx, &mut self.bytes, &mut self.fds)
    }

    /// What the length word of the next packet says, if it has come and is one that a packet may have.
    pub(crate) fn announced(&self) -> Option<usize> {
        if self.held.is_some() {
            return None;
        }
        let word = self.bytes.first_chunk().copied()?;
        let length = usize::try_from(u32::from_be_bytes(word)).ok()?;
        (length <= LENGTH_LEN + MAX_LEN).then_some(length)
    }

    /// How many bytes of a packet have come that is not whole, if one has begun.
    pub(crate) fn begun(&self) -> Option<usize> {
        let length = self.bytes.len();
        (length > 0 || self.held.is_some()).then_some(length)
    }

    /// How many descriptors have come whose packet has not.
    pub(crate) fn descriptors(&self) -> usize {
        self.fds.len()
    }

    /// The next packet that has come whole, with the descriptors behind it.
    pub(crate) fn next(&mut self, passes_descriptors: bool) -> Result<Option<Arrival>, Broken> {
        let packet = match self.held.take() {
            Some(packet) => packet,
            None => match self.codec.decode(&mut self.bytes)? {
                Some(packet) => packet,
                None => return Ok(None),
            },
        };
        let count = packet.fds as usize;
        let unexpected = |why| {
            let header = Box::new(packet.header);
            Err(Broken::Unexpected { header, why })
        };
        if count > 0 && !passes_descriptors {
            return unexpected("file descriptors over a connection that cannot pass them");
        }
        if self.bytes.len() < count {
            self.held = Some(packet);
            return Ok(None);
        }
        if self.fds.len() < count {
            return unexpected("fewer file descriptors than announced");
        }
        self.bytes.advance(count);
        let fds = self.fds.drain(..count).collect();
        Ok(Some(Arrival { packet, fds }))
    }
}

impl From<CodecError> for Broken {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::Frame(error) => Self::Frame(error),
            CodecError::Io(error) => Self::Io(error),
            other => Self::Io(io::Error::other(other)),
        }
    }
}
