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

use crate::transport::{READ_SIZE, Transport};

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

    /// Whether more descriptors have come than belong to the packet that waits for them. They come behind it, and a read
    /// ends with them, so that none belong to a later one.
    pub(crate) fn has_stray_descriptors(&self) -> bool {
        let count = self.held.as_ref().map_or(0, |packet| packet.fds as usize);
        self.fds.len() > count
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
        // What comes behind a long packet would keep its memory, however short it is.
        if packet.payload.len() > READ_SIZE {
            self.bytes = BytesMut::from(self.bytes.as_ref());
        }
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
        if self.bytes.is_empty() {
            self.bytes = BytesMut::new();
        }
        let fds = self.fds.drain(..count).collect();
        Ok(Some(Arrival { packet, fds }))
    }
}

/// A payload that is to be kept for a while. A short one would keep the memory of all that was read with it.
pub(crate) fn to_keep(payload: &Bytes) -> Bytes {
    if payload.len() < READ_SIZE {
        Bytes::copy_from_slice(payload)
    } else {
        payload.clone()
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use protocol_defs::packet::{Kind, Status, write_raw};
    use tokio::io::{AsyncWriteExt as _, duplex};

    use super::*;

    fn packet(payload: usize) -> Vec<u8> {
        let header = Header {
            program: 0x2000_8086,
            version: 1,
            procedure: 1,
            kind: Kind::Message,
            serial: 0,
            status: Status::Ok,
        };
        let mut bytes = Vec::new();
        write_raw(&header, 0, &vec![7; payload], &mut bytes).expect("it is short enough");
        bytes
    }

    /// What has been read and taken of these bytes, in reads as they come.
    async fn take(bytes: Vec<u8>) -> (Incoming, Vec<Bytes>) {
        let (mut far, near) = duplex(bytes.len());
        far.write_all(&bytes).await.expect("it has room");
        drop(far);
        let mut transport = Transport::new(near);
        let mut incoming = Incoming::default();
        let mut payloads = Vec::new();
        loop {
            while let Ok(Some(arrival)) = incoming.next(false) {
                payloads.push(arrival.packet.payload);
            }
            let read = poll_fn(|cx| incoming.poll_read(cx, &mut transport)).await;
            if read.expect("it reads") == 0 {
                return (incoming, payloads);
            }
        }
    }

    #[tokio::test]
    async fn nothing_is_held_when_all_has_been_taken() {
        let (incoming, payloads) = take([packet(10), packet(1 << 20), packet(20)].concat()).await;
        assert_eq!(
            payloads.iter().map(Bytes::len).sum::<usize>(),
            30 + (1 << 20)
        );
        assert_eq!(incoming.bytes.capacity(), 0);
        assert!(incoming.begun().is_none());
    }

    #[tokio::test]
    async fn what_comes_behind_a_long_packet_has_memory_of_its_own() {
        let begun = &packet(100)[..50];
        let (incoming, payloads) = take([&packet(1 << 20), begun].concat()).await;
        assert_eq!(incoming.begun(), Some(50));
        let [long] = &payloads[..] else {
            panic!("{} packets", payloads.len());
        };
        assert!(long.is_unique(), "nothing but the packet holds it");
    }

    #[test]
    fn what_is_kept_of_a_short_payload_does_not_hold_what_was_read_with_it() {
        let read = Bytes::from(vec![7; READ_SIZE]);
        let short = read.slice(..10);
        let kept = to_keep(&short);
        assert_eq!(kept, short);
        drop(short);
        assert!(read.is_unique());
        let long = to_keep(&read);
        assert!(!read.is_unique(), "a long one is not copied");
        drop(long);
    }
}
