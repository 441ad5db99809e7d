//! How a stream ends before both are content.

use std::sync::Arc;
use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Options, Router, StreamError, Streaming, refusal};
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{self, DomainLookupByIdArgs, proc};
use protocol_defs::stream::StreamPacket;
use tokio::sync::{Semaphore, mpsc};

use super::{begun, download, end, read_all, remote_error, say, served, upload};
use crate::peer::{connection, opened};

#[tokio::test]
async fn an_error_of_the_handler_is_what_the_client_gets() {
    let (daemon, _) = served(Options::default(), |mut stream| async move {
        stream.read().await?;
        Err(refusal(
            ErrorCode::WRITE_FAILED,
            ErrorOrigin::STORAGE,
            "the disk is full",
        )
        .into())
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let begun = conn.stream::<proc::StorageVolUpload>(&upload()).await;
    let ((), mut stream) = begun.expect("it begins");
    stream.write_all(b"data").await.expect("it is taken");
    let error = remote_error(stream.finish().await.expect_err("it has failed"));
    assert_eq!(error.error_code(), ErrorCode::WRITE_FAILED);
    assert_eq!(error.message.as_deref(), Some("the disk is full"));
}

#[tokio::test]
async fn a_handler_that_returns_or_panics_in_the_middle_aborts() {
    for panics in [false, true] {
        let (daemon, _) = served(Options::default(), move |_stream| async move {
            assert!(!panics, "a mistake of the handler's, which the test means");
            Ok(())
        });
        let conn = connection(&daemon, Access::ReadWrite).await;
        let begun = conn.stream::<proc::StorageVolUpload>(&upload()).await;
        let ((), stream) = begun.expect("it begins");
        let error = remote_error(stream.finish().await.expect_err("it has failed"));
        let text = "the daemon has given the stream up";
        assert_eq!(error.message.as_deref(), Some(text));
        let args = DomainLookupByIdArgs { id: 2 };
        let found = conn.call::<proc::DomainLookupById>(&args).await;
        assert!(found.is_ok(), "the connection goes on");
    }
}

#[tokio::test]
async fn a_client_that_gives_up_is_told_yes_and_its_handler_knows() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    for drops in [false, true] {
        let begun = conn.stream::<proc::StorageVolUpload>(&upload()).await;
        let ((), mut stream) = begun.expect("it begins");
        stream.write_all(b"data").await.expect("it is taken");
        if drops {
            drop(stream);
        } else {
            stream.abort().await.expect("the daemon says yes");
        }
        let error = end(&mut ended).await.expect_err("it has been given up");
        assert!(matches!(error, StreamError::Aborted(None)), "{error:?}");
    }
}

#[tokio::test]
async fn a_client_that_is_done_early_is_told_yes() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        loop {
            stream.write(&[7; 10_000]).await?;
        }
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let begun = conn.stream::<proc::StorageVolDownload>(&download()).await;
    let ((), mut stream) = begun.expect("it begins");
    assert!(stream.read().await.expect("it goes on").is_some());
    stream.finish().await.expect("it is confirmed");
    let error = end(&mut ended).await.expect_err("it was not done");
    assert!(matches!(error, StreamError::Finished), "{error:?}");
}

#[tokio::test]
async fn who_hangs_up_in_the_middle_ends_the_stream() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let (mut peer, _) = opened(&daemon).await;
    let stream = begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
    say(&mut peer, stream, &StreamPacket::Data(b"the beginning")).await;
    peer.hang_up().await;
    let error = end(&mut ended).await.expect_err("it is not whole");
    assert!(matches!(error, StreamError::Disconnected), "{error:?}");
    assert_eq!(error.to_string(), "the client has gone");
}

#[tokio::test]
async fn a_daemon_that_ends_says_so_on_its_streams() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let begun = conn.stream::<proc::StorageVolUpload>(&upload()).await;
    let ((), mut stream) = begun.expect("it begins");
    assert!(daemon.shutdown(Duration::from_secs(10)).await);
    let error = end(&mut ended).await.expect_err("it is not whole");
    assert!(matches!(error, StreamError::Here), "{error:?}");
    let error = remote_error(stream.read().await.expect_err("it has ended"));
    assert_eq!(error.message.as_deref(), Some("the daemon ends"));
}

#[tokio::test]
async fn a_session_that_is_ended_ends_its_streams() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let (mut peer, session) = opened(&daemon).await;
    for _ in 0..2 {
        begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
    }
    session.disconnect();
    for _ in 0..2 {
        let error = end(&mut ended).await.expect_err("it is not whole");
        assert!(matches!(error, StreamError::Here), "{error:?}");
    }
}

#[tokio::test]
async fn a_stream_that_begins_when_its_client_has_gone_says_so() {
    let (told, mut ended) = mpsc::unbounded_channel();
    let gone = Arc::new(Semaphore::new(0));
    let router =
        Router::with_state(Arc::clone(&gone)).on_stream::<proc::StorageVolUpload>(move |cx, _| {
            let told = told.clone();
            async move {
                let gone = cx.state().acquire().await;
                gone.expect("nobody closes it").forget();
                let serve = Streaming::by(|mut stream| async move {
                    let read = stream.read().await.map(drop);
                    told.send(read.clone()).expect("the test waits");
                    read
                });
                Ok(((), serve))
            }
        });
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, session) = opened(&daemon).await;
    peer.call(remote::Call::StorageVolUpload(upload())).await;
    // A client that hangs up in an orderly way waits for its answer.
    peer.bytes(&[0xff; 8]).await;
    drop(peer);
    while !session.is_closed() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    gone.add_permits(1);
    let error = end(&mut ended).await.expect_err("nobody is there");
    assert!(matches!(error, StreamError::Disconnected), "{error:?}");
}
