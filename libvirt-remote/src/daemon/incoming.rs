//! Bytes and descriptors → packets with theirs.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use protocol_defs::packet::{CodecError, LENGTH_LEN, MAX_FDS, MAX_LEN, Packet, PacketCodec};
use tokio_util::codec::Decoder;

use super::end::End;
use crate::transport::Transport;

/// A packet and its descriptors.
pub(super) struct Arrival {
    pub(super) packet: Packet<Bytes>,
    pub(super) fds: Vec<OwnedFd>,
}

/// What has come from a client and has not been acted on.
#[derive(Default)]
pub(super) struct Incoming {
    codec: PacketCodec,
    bytes: BytesMut,
    /// A packet whose descriptors have not all come.
    held: Option<Packet<Bytes>>,
    /// Descriptors whose packet has not come whole.
    fds: VecDeque<OwnedFd>,
}

impl Incoming {
    /// Reads what there is. The error is the end.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut Transport,
    ) -> Poll<Result<(), End>> {
        match transport.poll_read(cx, &mut self.bytes, &mut self.fds) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(0)) => Poll::Ready(Err(self.end())),
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(End::Io(error))),
        }
    }

    /// What the length word of the next packet says, if it has come and is one that a packet may have.
    fn length(&self) -> Option<usize> {
        let word = self.bytes.first_chunk().copied()?;
        let length = usize::try_from(u32::from_be_bytes(word)).ok()?;
        (length <= LENGTH_LEN + MAX_LEN).then_some(length)
    }

    fn end(&self) -> End {
        match self.bytes.len() {
            0 if self.held.is_none() => End::ByClient,
            length => End::CutOff { length },
        }
    }

    /// The next packet that has come whole, with the descriptors behind it.
    pub(super) fn next(
        &mut self,
        passes_descriptors: bool,
        longest: usize,
    ) -> Result<Option<Arrival>, End> {
        let packet = match self.held.take() {
            Some(packet) => packet,
            None if self.length().is_some_and(|length| length > longest) => {
                let length = self.length().unwrap_or_default();
                return Err(End::TooLong { length });
            }
            None => match self.codec.decode(&mut self.bytes).map_err(broken)? {
                Some(packet) => packet,
                // They are read before the packet that they belong to only if a client sends them too early.
                None if self.fds.len() > MAX_FDS as usize => return Err(End::Descriptors),
                None => return Ok(None),
            },
        };
        let count = packet.fds as usize;
        if count > 0 && !passes_descriptors {
            let why = "file descriptors over a connection that cannot pass them";
            return Err(unexpected(&packet, why));
        }
        if self.bytes.len() < count {
            self.held = Some(packet);
            return Ok(None);
        }
        if self.fds.len() < count {
            let why = "fewer file descriptors than announced";
            return Err(unexpected(&packet, why));
        }
        self.bytes.advance(count);
        let fds = self.fds.drain(..count).collect();
        Ok(Some(Arrival { packet, fds }))
    }
}

pub(super) fn unexpected(packet: &Packet<Bytes>, why: &'static str) -> End {
    let header = Box::new(packet.header);
    End::Unexpected { header, why }
}

fn broken(error: CodecError) -> End {
    match error {
        CodecError::Frame(error) => End::Frame(error),
        CodecError::Io(error) => End::Io(error),
        other => End::Io(std::io::Error::other(other)),
    }
}
