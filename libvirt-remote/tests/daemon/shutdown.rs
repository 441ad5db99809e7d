//! How a daemon ends.

use std::time::Duration;

use libvirt_remote::Connection;
use libvirt_remote::daemon::{Access, Daemon, Options, Router, serve};
use protocol_defs::remote::{self, ConnectGetMaxVcpusArgs, proc};
use tokio::net::UnixListener;
use tokio::time::Instant;

use super::peer::{daemon, opened, peer, router};

fn slow() -> remote::Call {
    remote::Call::ConnectGetMaxVcpus(ConnectGetMaxVcpusArgs { r#type: None })
}

#[tokio::test(start_paused = true)]
async fn calls_that_have_come_are_answered_before_it_ends() {
    let daemon = daemon(Options::default());
    let (mut busy, _) = opened(&daemon).await;
    let (mut idle, _) = opened(&daemon).await;
    busy.call(slow()).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    let ending = tokio::spawn(daemon.shutdown(Duration::from_mins(1)));
    idle.end().await;
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(busy.answer().await.1.is_ok());
    busy.end().await;
    assert!(ending.await.expect("it does not panic"), "all is done");
    assert_eq!(start.elapsed(), Duration::from_millis(900));
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_is_given_up() {
    let router =
        Router::new().on::<proc::ConnectGetMaxVcpus>(|_, _| async { std::future::pending().await });
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, _) = opened(&daemon).await;
    peer.call(slow()).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    assert!(!daemon.shutdown(Duration::from_secs(2)).await);
    assert_eq!(start.elapsed(), Duration::from_secs(2));
    peer.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_take_its_answers_is_given_up_after_a_while() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = super::peer::peer_with(&daemon, Access::ReadWrite, 64);
    peer.open(0).await;
    for _ in 0..5 {
        peer.call(remote::Call::ConnectGetHostname).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    assert!(daemon.shutdown(Duration::from_mins(1)).await);
    assert_eq!(start.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn dropping_it_ends_it_at_once() {
    let daemon = daemon(Options::default());
    let handle = daemon.handle().clone();
    let (mut peer, session) = peer(&daemon, Access::ReadWrite);
    drop(daemon);
    peer.end().await;
    assert!(session.is_closed());
    assert_eq!(handle.stats().sessions, 0);
}

#[tokio::test]
async fn nobody_is_accepted_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    let daemon = serve(UnixListener::bind(&path).expect("a socket"), router());
    let uri = format!("test+unix:///default?socket={}", path.display());
    let conn = Connection::open(&uri).await.expect("it is let in");
    assert!(daemon.shutdown(Duration::from_secs(10)).await);
    let error = conn.call::<proc::ConnectGetHostname>(&()).await;
    let error = error.expect_err("the daemon is gone");
    assert_eq!(
        error.to_string(),
        "the connection has ended: the daemon has closed it"
    );
    assert!(Connection::open(&uri).await.is_err());
}
