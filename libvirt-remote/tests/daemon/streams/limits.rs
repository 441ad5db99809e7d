//! What waits on a stream is bounded, and streams are.

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Options, Router, Streaming};
use protocol_defs::packet::ErrorCode;
use protocol_defs::remote::{self, proc};
use protocol_defs::stream::StreamPacket;
use tokio::sync::Barrier;
use tokio::time::Instant;

use super::{
    aborted, begun, bytes, data, download, end, is_there, read_all, said, say, served, upload,
};
use crate::peer::{connection_with, lookup, opened, peer};

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_makes_the_handler_wait() {
    let sent = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&sent);
    let options = Options {
        stream_window: 100_000,
        ..Options::default()
    };
    let (daemon, _ended) = served(options, move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            loop {
                let length = stream.write(&[1; 10_000]).await?;
                *counted.lock().expect("nobody panics") += length;
            }
        }
    });
    let (mut peer, _) = opened(&daemon).await;
    let stream = begun(&mut peer, remote::Call::StorageVolDownload(download())).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    let waits = *sent.lock().expect("nobody panics");
    // The window, what is being written, and what the pipe holds.
    assert!((100_000..300_000).contains(&waits), "{waits}");
    for _ in 0..100 {
        let packet = peer.next().await;
        assert!(matches!(said(&packet, stream), StreamPacket::Data(_)));
    }
    tokio::time::sleep(Duration::from_mins(1)).await;
    let waits = *sent.lock().expect("nobody panics");
    assert!((1_000_000..1_300_000).contains(&waits), "{waits}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_read_holds_calls_up_for_its_patience_at_most() {
    let options = Options {
        stream_window: 100_000,
        ..Options::default()
    };
    let (daemon, _ended) = served(options, |stream| async move {
        let _stream = stream;
        pending().await
    });
    let (mut peer, _) = opened(&daemon).await;
    let stream = begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
    let start = Instant::now();
    say(&mut peer, stream, &StreamPacket::Data(&bytes(90_000))).await;
    is_there(&mut peer).await;
    assert_eq!(start.elapsed(), Duration::ZERO, "there is room");
    say(&mut peer, stream, &StreamPacket::Data(&bytes(90_000))).await;
    say(&mut peer, stream, &StreamPacket::Data(&bytes(30_000))).await;
    let (call, reply) = lookup(4);
    peer.call(call).await;
    let error = aborted(&mut peer, stream).await;
    assert_eq!(error.error_code(), ErrorCode::OPERATION_TIMEOUT);
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(peer.answer().await.1, Ok(reply));
    assert_eq!(start.elapsed().as_secs(), 10);
    // Of the stream nothing is heard any more.
    say(&mut peer, stream, &StreamPacket::Data(&bytes(200_000))).await;
    say(&mut peer, stream, &StreamPacket::Finish).await;
    is_there(&mut peer).await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_gets_all_and_the_client_waits_for_it() {
    let options = Options {
        stream_window: 100_000,
        ..Options::default()
    };
    let (daemon, mut ended) = served(options, |mut stream| async move {
        let mut length = 0;
        while let Some(piece) = stream.read().await? {
            tokio::time::sleep(Duration::from_secs(3)).await;
            length += data(&[piece]).len();
        }
        assert_eq!(length, 3_000_000);
        stream.finish().await
    });
    // Beside a daemon that is busy with one thing, keepalive is another's business.
    let conn = connection_with(
        &daemon,
        Access::ReadWrite,
        libvirt_remote::Options {
            keepalive: None,
            ..Default::default()
        },
    )
    .await;
    let begun = conn.stream::<proc::StorageVolUpload>(&upload()).await;
    let ((), mut stream) = begun.expect("it begins");
    stream
        .write_all(&bytes(3_000_000))
        .await
        .expect("it is taken");
    stream.finish().await.expect("it is confirmed");
    assert!(end(&mut ended).await.is_ok());
}

#[tokio::test]
async fn streams_are_counted_and_begun_by_those_who_may() {
    let options = Options {
        max_streams: 2,
        ..Options::default()
    };
    let (daemon, mut ended) = served(options, |mut stream| async move {
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let (mut reader, _) = peer(&daemon, Access::ReadOnly);
    reader.open(0).await;
    let denied = reader.ask(remote::Call::StorageVolUpload(upload())).await;
    let denied = denied.expect_err("it only reads");
    assert_eq!(denied.error_code(), ErrorCode::OPERATION_DENIED);
    let (mut peer, _) = opened(&daemon).await;
    let one = begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
    begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
    let call = || remote::Call::StorageVolUpload(upload());
    let error = peer.ask(call()).await.expect_err("there are two");
    let text = "REMOTE_PROC_STORAGE_VOL_UPLOAD: 2 streams are open already";
    assert_eq!(error.message.as_deref(), Some(text));
    say(&mut peer, one, &StreamPacket::Finish).await;
    let confirmed = peer.next().await;
    assert_eq!(said(&confirmed, one), StreamPacket::Finish);
    assert!(end(&mut ended).await.is_ok());
    tokio::task::yield_now().await;
    begun(&mut peer, call()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_begin_at_once_are_counted_one_by_one() {
    let options = Options {
        max_streams: 1,
        ..Options::default()
    };
    // All answers are ready in the same moment.
    let all = Arc::new(Barrier::new(8));
    let router = Router::with_state(all).on_stream::<proc::StorageVolUpload>(|cx, _| async move {
        cx.state().wait().await;
        let serve = Streaming::by(|mut stream| async move {
            read_all(&mut stream).await?;
            stream.finish().await
        });
        Ok(((), serve))
    });
    let daemon = Daemon::new(router, options);
    for _ in 0..500 {
        let (mut peer, _) = opened(&daemon).await;
        for _ in 0..8 {
            peer.call(remote::Call::StorageVolUpload(upload())).await;
        }
        let mut begun = 0;
        for _ in 0..8 {
            begun += usize::from(peer.answer().await.1.is_ok());
        }
        assert_eq!(begun, 1);
    }
}
