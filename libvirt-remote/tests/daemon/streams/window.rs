//! Both sides of this crate, when the client's application takes nothing.

use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Options, StreamError};
use libvirt_remote::{Connection, Error, Stream};
use protocol_defs::remote::{ConnectGetMaxVcpusArgs, DomainLookupByIdArgs, proc};
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep, timeout};

use super::{Ended, download, end, served};
use crate::peer::connection_with;

/// A daemon that sends without end, and a client that has as much of it as it takes.
async fn full() -> (Daemon, Ended, Connection, Stream) {
    let (daemon, ended) = served(Options::default(), |mut stream| async move {
        loop {
            stream.write(&[1; 10_000]).await?;
        }
    });
    let options = libvirt_remote::Options {
        stream_window: 100_000,
        ..Default::default()
    };
    let conn = connection_with(&daemon, Access::ReadWrite, options).await;
    let begun = conn.stream::<proc::StorageVolDownload>(&download()).await;
    let ((), stream) = begun.expect("it begins");
    sleep(Duration::from_millis(50)).await;
    (daemon, ended, conn, stream)
}

async fn ends(finish: impl AsyncFnOnce(Stream) -> Result<(), Error>) -> StreamError {
    let (_daemon, mut ended, conn, stream) = full().await;
    let patience = Duration::from_secs(20);
    let finished = timeout(patience, finish(stream)).await;
    finished.expect("nobody waits for the other").expect("well");
    let args = DomainLookupByIdArgs { id: 2 };
    let found = conn.call::<proc::DomainLookupById>(&args).await;
    assert!(found.is_ok(), "the connection goes on");
    end(&mut ended).await.expect_err("it was to go on")
}

#[tokio::test]
async fn a_download_that_is_full_ends_when_the_client_wants() {
    let shut_down = async |mut stream: Stream| {
        let shut = stream.shutdown().await;
        shut.map_err(|error| panic!("{error}"))
    };
    let drops = async |stream| {
        drop(stream);
        Ok(())
    };
    assert!(matches!(ends(Stream::finish).await, StreamError::Finished));
    assert!(matches!(ends(shut_down).await, StreamError::Finished));
    let aborted = ends(Stream::abort).await;
    assert!(matches!(aborted, StreamError::Aborted(_)), "{aborted:?}");
    let dropped = ends(drops).await;
    assert!(matches!(dropped, StreamError::Aborted(_)), "{dropped:?}");
}

#[tokio::test(start_paused = true)]
async fn a_download_that_nobody_reads_holds_answers_up_for_its_patience_at_most() {
    let (_daemon, mut ended, conn, mut stream) = full().await;
    // With nobody behind it, it may stay as it is.
    sleep(Duration::from_hours(1)).await;
    let start = Instant::now();
    let args = ConnectGetMaxVcpusArgs { r#type: None };
    let answer = conn.call::<proc::ConnectGetMaxVcpus>(&args).await;
    assert_eq!(answer.expect("it is answered").max_vcpus, 4);
    assert!((10..=11).contains(&start.elapsed().as_secs()));
    let error = stream.read().await.expect_err("it is given up");
    assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
    let ended = end(&mut ended).await;
    assert!(matches!(ended, Err(StreamError::Aborted(_))), "{ended:?}");
}
