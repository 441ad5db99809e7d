//! Streams.

mod ends;
mod waiting;
mod window;

use std::time::Duration;

use futures_util::poll;
use libvirt_remote::{Client, Error, Options, Piece, Stream};
use protocol_defs::message::{Message, ProcedureId};
use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError, OwnedPacket};
use protocol_defs::remote::{self, proc};
use protocol_defs::stream::{Hole, StreamPacket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::peer::{Peer, client, hostname};

fn volume() -> remote::NonnullStorageVol {
    remote::NonnullStorageVol {
        pool: "pool".to_owned(),
        name: "disk".to_owned(),
        key: "/disk".to_owned(),
    }
}

fn upload() -> remote::StorageVolUploadArgs {
    remote::StorageVolUploadArgs {
        vol: volume(),
        offset: 0,
        length: 0,
        flags: 0,
    }
}

fn download() -> remote::StorageVolDownloadArgs {
    remote::StorageVolDownloadArgs {
        vol: volume(),
        offset: 0,
        length: 0,
        flags: 0,
    }
}

/// A stream that has been begun, and the call's packet.
pub(crate) async fn begun(
    client: &Client,
    peer: &mut Peer,
    right_behind: &[StreamPacket<'_>],
) -> (Stream, OwnedPacket) {
    let args = download();
    let begin = client.stream::<proc::StorageVolDownload>(&args);
    let (stream, packet) = tokio::join!(begin, async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, remote::Reply::StorageVolDownload).await;
        for piece in right_behind {
            peer.stream(&packet, piece).await;
        }
        packet
    });
    (stream.expect("it begins").1, packet)
}

/// A client whose streams hold little, and its daemon.
fn narrow(stream_window: usize) -> (Client, Peer) {
    client(Options {
        stream_window,
        ..Options::default()
    })
}

/// Sends so many packets of 60,000 bytes.
async fn flood(peer: &mut Peer, call: &OwnedPacket, packets: usize) {
    let data = vec![7; 60_000];
    for _ in 0..packets {
        peer.stream(call, &StreamPacket::Data(&data)).await;
    }
}

/// The bytes of the next piece.
async fn read(stream: &mut Stream) -> usize {
    match stream.read().await.expect("it goes on") {
        Some(Piece::Data(data)) => data.len(),
        other => panic!("only data was sent: {other:?}"),
    }
}

/// What the client says on a stream, as text.
async fn said(peer: &mut Peer, call: &OwnedPacket) -> String {
    let packet = peer.next().await;
    assert_eq!(packet.header.serial, call.header.serial);
    match Message::decode(&packet.borrowed()) {
        Ok(Message::Stream { procedure, packet }) => {
            assert_eq!(procedure, ProcedureId::of(&call.header));
            match packet {
                StreamPacket::Data(data) => format!("data {}", data.len()),
                StreamPacket::Hole(hole) => format!("hole {}", hole.length),
                StreamPacket::EndOfData => "end of data".to_owned(),
                StreamPacket::Finish => "finish".to_owned(),
                StreamPacket::Abort(error) => format!("abort {error:?}"),
            }
        }
        other => panic!("nothing of a stream: {other:?}"),
    }
}

#[tokio::test]
async fn uploads_pieces_and_holes_and_waits_for_the_daemons_word() {
    let (client, mut peer) = client(Options::default());
    let uploading = async {
        let ((), mut stream) = client.stream::<proc::StorageVolUpload>(&upload()).await?;
        stream.write_all(&vec![7; 600_000]).await?;
        stream.write_all(&[]).await?;
        stream.write_hole(1 << 40).await?;
        assert_eq!(stream.write(b"end").await?, 3);
        stream.finish().await
    };
    let daemon = async {
        let (call, args) = peer.call().await;
        assert_eq!(args, remote::Call::StorageVolUpload(upload()));
        peer.reply(&call, remote::Reply::StorageVolUpload).await;
        let expected = [
            "data 262120",
            "data 262120",
            "data 75760",
            "hole 1099511627776",
            "data 3",
            "finish",
        ];
        for expected in expected {
            assert_eq!(said(&mut peer, &call).await, expected);
        }
        peer.stream(&call, &StreamPacket::Finish).await;
    };
    let (uploaded, ()) = tokio::join!(uploading, daemon);
    uploaded.expect("the daemon has all of it");
}

#[tokio::test]
async fn a_daemon_that_gives_an_upload_up_says_why() {
    let (client, mut peer) = client(Options::default());
    let uploading = async {
        let ((), mut stream) = client.stream::<proc::StorageVolUpload>(&upload()).await?;
        loop {
            stream.write_all(&[7; 1000]).await?;
            tokio::task::yield_now().await;
        }
    };
    let daemon = async {
        let (call, _) = peer.call().await;
        peer.reply(&call, remote::Reply::StorageVolUpload).await;
        said(&mut peer, &call).await;
        let mut error = MessageError::new(ErrorCode::SYSTEM_ERROR, ErrorOrigin::STREAMS);
        error.message = Some("no space left".to_owned());
        peer.stream(&call, &StreamPacket::Abort(Some(Box::new(error))))
            .await;
        while peer.read().await.is_some() {}
    };
    let uploaded: Result<(), Error> = tokio::select! {
        uploaded = uploading => uploaded,
        () = daemon => panic!("the client has hung up"),
    };
    let error = uploaded.expect_err("it has been given up");
    assert_eq!(
        error.remote().map(MessageError::error_code),
        Some(ErrorCode::SYSTEM_ERROR)
    );
}

#[tokio::test]
async fn an_error_reply_to_the_call_of_an_open_stream_ends_it() {
    let (client, mut peer) = client(Options::default());
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    peer.refuse(&call, MessageError::rpc("cannot make a hole"))
        .await;
    let error = stream.finish().await.expect_err("it has failed");
    assert_eq!(error.to_string(), "cannot make a hole (code 39, domain 7)");
}

#[tokio::test]
async fn downloads_what_comes_right_behind_the_answer() {
    let (client, mut peer) = client(Options::default());
    let right_behind = [
        StreamPacket::Data(b"the beginning"),
        StreamPacket::Hole(Hole {
            length: 4096,
            flags: 0,
        }),
        StreamPacket::Data(b"the end"),
        StreamPacket::EndOfData,
    ];
    let (mut stream, call) = begun(&client, &mut peer, &right_behind).await;
    let mut pieces = Vec::new();
    while let Some(piece) = stream.read().await.expect("it goes on") {
        pieces.push(piece);
    }
    let data = |bytes: &'static [u8]| Piece::Data(bytes.into());
    assert_eq!(
        pieces,
        [data(b"the beginning"), Piece::Hole(4096), data(b"the end")]
    );
    assert!(stream.read().await.expect("it stays so").is_none());
    let (finished, ()) = tokio::join!(stream.finish(), async {
        assert_eq!(said(&mut peer, &call).await, "finish");
        peer.stream(&call, &StreamPacket::Finish).await;
    });
    finished.expect("the daemon says the same");
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_aborted_and_what_was_on_its_way_is_ignored() {
    let (client, mut peer) = client(Options::default());
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    drop(stream);
    assert_eq!(said(&mut peer, &call).await, "abort None");
    peer.stream(&call, &StreamPacket::Data(b"late")).await;
    peer.stream(&call, &StreamPacket::Finish).await;
    let (result, ()) = tokio::join!(client.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    result.expect("the connection goes on");
}

#[tokio::test]
async fn aborting_waits_until_the_daemon_knows() {
    let (client, mut peer) = client(Options::default());
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    let (aborted, ()) = tokio::join!(stream.abort(), async {
        assert_eq!(said(&mut peer, &call).await, "abort None");
        peer.stream(&call, &StreamPacket::Finish).await;
    });
    aborted.expect("the daemon knows");
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_no_stream_open() {
    let (client, mut peer) = client(Options::default());
    let soon = Duration::from_millis(20);
    let args = download();
    let begin = timeout(soon, client.stream::<proc::StorageVolDownload>(&args));
    assert!(begin.await.is_err(), "nobody has answered yet");
    let (call, _) = peer.call().await;
    peer.reply(&call, remote::Reply::StorageVolDownload).await;
    assert_eq!(said(&mut peer, &call).await, "abort None");
}

#[tokio::test]
async fn a_call_that_is_dropped_with_its_answer_leaves_no_stream_open() {
    let (client, mut peer) = client(Options::default());
    let args = download();
    let mut begin = Box::pin(client.stream::<proc::StorageVolDownload>(&args));
    assert!(poll!(&mut begin).is_pending());
    let (call, _) = peer.call().await;
    peer.reply(&call, remote::Reply::StorageVolDownload).await;
    // The answer is taken by the connection, and not by its caller.
    while !format!("{client:?}").contains("pending: 0") {
        tokio::task::yield_now().await;
    }
    drop(begin);
    assert_eq!(said(&mut peer, &call).await, "abort None");
}

#[tokio::test]
async fn a_stream_that_was_refused_is_none() {
    let (client, mut peer) = client(Options::default());
    let args = download();
    let begin = client.stream::<proc::StorageVolDownload>(&args);
    let (stream, ()) = tokio::join!(begin, async {
        let (packet, _) = peer.call().await;
        peer.refuse(&packet, MessageError::rpc("no")).await;
    });
    stream.expect_err("it is refused");
    assert!(format!("{client:?}").contains("streams: 0"), "{client:?}");
}

#[tokio::test]
async fn streams_end_with_their_connection() {
    let (client, mut peer) = client(Options::default());
    let (mut stream, _) = begun(&client, &mut peer, &[StreamPacket::Data(b"some")]).await;
    drop(peer);
    assert_eq!(
        stream.read().await.expect("it had come"),
        Some(Piece::Data("some".into()))
    );
    let error = stream.read().await.expect_err("no more comes");
    assert_eq!(
        error.to_string(),
        "the connection has ended: the daemon has closed it"
    );
    stream.write(b"x").await.expect_err("nobody reads");
}

#[tokio::test]
async fn is_read_as_bytes_in_which_holes_are_zeros() {
    let (client, mut peer) = client(Options::default());
    let right_behind = [
        StreamPacket::Data(b"the beginning"),
        StreamPacket::Hole(Hole {
            length: 5000,
            flags: 0,
        }),
        StreamPacket::Data(b"the end"),
        StreamPacket::EndOfData,
    ];
    let (mut stream, call) = begun(&client, &mut peer, &right_behind).await;
    let mut start = [0; 3];
    stream.read_exact(&mut start).await.expect("it goes on");
    assert_eq!(&start, b"the");
    assert_eq!(
        stream.read().await.expect("it goes on"),
        Some(Piece::Data(" beginning".into()))
    );
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("it goes on");
    assert_eq!(rest, [&[0; 5000][..], b"the end"].concat());
    let (ended, ()) = tokio::join!(stream.shutdown(), async {
        assert_eq!(said(&mut peer, &call).await, "finish");
        peer.stream(&call, &StreamPacket::Finish).await;
    });
    ended.expect("the daemon says the same");
}

#[tokio::test]
async fn is_written_as_bytes() {
    let (client, mut peer) = client(Options::default());
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    let data = vec![7; 300_000];
    let copying = async {
        tokio::io::copy(&mut &data[..], &mut stream).await?;
        stream.shutdown().await
    };
    let daemon = async {
        let mut count = 0;
        while count < 300_000 {
            let said = said(&mut peer, &call).await;
            let length = said.strip_prefix("data ").expect("it is data");
            count += length.parse::<usize>().expect("it is a number");
        }
        assert_eq!(said(&mut peer, &call).await, "finish");
        let error = MessageError::new(ErrorCode::SYSTEM_ERROR, ErrorOrigin::STREAMS);
        peer.stream(&call, &StreamPacket::Abort(Some(Box::new(error))))
            .await;
    };
    let (copied, ()) = tokio::join!(copying, daemon);
    let error = copied.expect_err("the daemon could not");
    let inside = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<Error>());
    let said = inside.and_then(Error::remote).expect("the daemon's error");
    assert_eq!(said.error_code(), ErrorCode::SYSTEM_ERROR);
}
