//! Streams: the client of this crate, and one that keeps no rule, at handlers that read and write.

mod data;
mod ends;
mod hostile;
mod limits;
mod window;

use std::future::Future;
use std::time::Duration;

use libvirt_remote::daemon::{Daemon, Options, Stream, StreamError, Streaming};
use libvirt_remote::{Error, Piece};
use protocol_defs::packet::{MessageError, OwnedPacket};
use protocol_defs::remote::{
    self, NonnullStorageVol, StorageVolDownloadArgs, StorageVolUploadArgs, proc,
};
use protocol_defs::stream::{Stream as Numbers, StreamPacket};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::peer::{Peer, lookup, router};

pub(crate) fn volume() -> NonnullStorageVol {
    NonnullStorageVol {
        pool: "pool".to_owned(),
        name: "disk".to_owned(),
        key: "/example/disk".to_owned(),
    }
}

pub(crate) fn upload() -> StorageVolUploadArgs {
    StorageVolUploadArgs {
        vol: volume(),
        offset: 0,
        length: 0,
        flags: 0,
    }
}

pub(crate) fn download() -> StorageVolDownloadArgs {
    StorageVolDownloadArgs {
        vol: volume(),
        offset: 0,
        length: 0,
        flags: 0,
    }
}

/// Bytes of which no part is like another.
pub(crate) fn bytes(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// How the handler of a stream has ended.
pub(crate) type Ended = mpsc::UnboundedReceiver<Result<(), StreamError>>;

/// A daemon whose streams are served by this function, both kinds.
pub(crate) fn served<F, A>(options: Options, serve: F) -> (Daemon, Ended)
where
    F: Fn(Stream) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<(), StreamError>> + Send + 'static,
{
    let (told, ended) = mpsc::unbounded_channel();
    let streaming = move || {
        let (serve, told) = (serve.clone(), told.clone());
        Streaming::by(|stream| async move {
            let result = serve(stream).await;
            // Not every test asks.
            let _ = told.send(result.clone());
            result
        })
    };
    let other = streaming.clone();
    let router = router()
        .on_stream::<proc::StorageVolUpload>(move |_, _| {
            let streaming = streaming();
            async { Ok(((), streaming)) }
        })
        .on_stream::<proc::StorageVolDownload>(move |_, _| {
            let streaming = other();
            async { Ok(((), streaming)) }
        });
    (Daemon::new(router, options), ended)
}

pub(crate) async fn end(ended: &mut Ended) -> Result<(), StreamError> {
    let ended = timeout(Duration::from_mins(1), ended.recv()).await;
    ended.expect("it ends").expect("it says how")
}

pub(crate) async fn read_all(stream: &mut Stream) -> Result<Vec<Piece>, StreamError> {
    let mut pieces = Vec::new();
    while let Some(piece) = stream.read().await? {
        pieces.push(piece);
    }
    Ok(pieces)
}

pub(crate) fn data(pieces: &[Piece]) -> Vec<u8> {
    let each = pieces.iter().map(|piece| match piece {
        Piece::Data(data) => data.to_vec(),
        Piece::Hole(length) => vec![0; usize::try_from(*length).expect("a short hole")],
    });
    each.collect::<Vec<_>>().concat()
}

pub(crate) fn remote_error(error: Error) -> MessageError {
    match error {
        Error::Remote(error) => *error,
        other => panic!("no error of the daemon: {other}"),
    }
}

/// A stream of a client that keeps no rule, after the answer to its call.
pub(crate) async fn begun(peer: &mut Peer, call: impl Into<remote::Call>) -> Numbers {
    let call = call.into();
    let procedure = match &call {
        remote::Call::StorageVolUpload(_) => 208,
        _ => 209,
    };
    let serial = peer.call(call).await;
    let (answered, answer) = peer.answer().await;
    assert_eq!(answered, serial);
    assert!(answer.is_ok(), "{answer:?}");
    Numbers {
        program: remote::PROGRAM,
        version: remote::PROTOCOL_VERSION,
        procedure,
        serial,
    }
}

pub(crate) async fn say(peer: &mut Peer, stream: Numbers, packet: &StreamPacket<'_>) {
    let mut bytes = Vec::new();
    stream.write(packet, &mut bytes).expect("within bounds");
    peer.bytes(&bytes).await;
}

/// What the next packet says, which is of this stream.
pub(crate) fn said(packet: &OwnedPacket, stream: Numbers) -> StreamPacket<'_> {
    assert_eq!(Numbers::of(&packet.header), stream);
    let payload = &packet.payload[..];
    let packet = protocol_defs::packet::Packet {
        header: packet.header,
        fds: 0,
        payload,
        offset: 0,
    };
    StreamPacket::decode(&packet, protocol_defs::message::TOLERANT).expect("of a stream")
}

pub(crate) async fn aborted(peer: &mut Peer, stream: Numbers) -> MessageError {
    let packet = peer.next().await;
    match said(&packet, stream) {
        StreamPacket::Abort(Some(error)) => *error,
        other => panic!("not given up: {other:?}"),
    }
}

/// The connection goes on.
pub(crate) async fn is_there(peer: &mut Peer) {
    let (call, reply) = lookup(3);
    assert_eq!(peer.ask(call).await, Ok(reply));
}
