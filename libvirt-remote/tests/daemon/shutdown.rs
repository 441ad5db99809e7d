//! How a daemon ends.

use std::io;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Listener, Options, Router, serve};
use libvirt_remote::{Connection, Transport};
use protocol_defs::message::{Call, Message};
use protocol_defs::remote::{self, ConnectGetMaxVcpusArgs, proc};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
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
async fn a_call_has_all_of_the_grace_to_be_answered() {
    let router = Router::new().on::<proc::ConnectGetMaxVcpus>(|_, _| async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        Ok(remote::ConnectGetMaxVcpusRet { max_vcpus: 4 })
    });
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, _) = opened(&daemon).await;
    peer.call(slow()).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    // It is longer than what the client has to take the answer.
    let ending = tokio::spawn(daemon.shutdown(Duration::from_mins(1)));
    assert!(peer.answer().await.1.is_ok());
    peer.end().await;
    assert!(ending.await.expect("it does not panic"), "all is done");
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

/// Says a call, once it is told to; until then it keeps its thread.
struct Slow {
    is_read: Sender<()>,
    go: Mutex<Receiver<()>>,
    bytes: Vec<u8>,
}

impl AsyncRead for Slow {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.bytes.is_empty() {
            return Poll::Pending;
        }
        self.is_read.send(()).expect("the test waits");
        let go = self.go.lock().expect("nobody panics").recv();
        go.expect("the test says so");
        buffer.put_slice(&std::mem::take(&mut self.bytes));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Slow {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_read_while_it_is_dropped_does_not_outlive_it() {
    let alive = Arc::new(());
    let router = Router::with_state(Arc::clone(&alive))
        .on::<proc::AuthList>(|_, ()| async { std::future::pending().await });
    let daemon = Daemon::new(router, Options::default());
    let (is_read, reads) = channel();
    let (let_go, go) = channel();
    let call = Message::Call(Call::Remote(remote::Call::AuthList)).packet(0, 0);
    let mut bytes = Vec::new();
    let call = call.expect("it is within bounds");
    call.write(&mut bytes).expect("it is within bounds");
    let go = Mutex::new(go);
    let slow = Slow { is_read, go, bytes };
    daemon.accept(Transport::new(slow), Access::ReadWrite);
    reads.recv().expect("it is read");
    drop(daemon);
    let_go.send(()).expect("it waits for that");
    let deadline = Instant::now() + Duration::from_secs(5);
    while Arc::strong_count(&alive) > 1 {
        assert!(Instant::now() < deadline, "it is served on");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Keeps its thread.
struct Deaf(Mutex<Receiver<()>>);

impl Listener for Deaf {
    async fn accept(&mut self) -> io::Result<Transport> {
        // It ends with the test.
        let _ = self.0.lock().map(|end| end.recv());
        Err(io::ErrorKind::Other.into())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_that_does_not_return_is_given_up_as_well() {
    let daemon = daemon(Options::default());
    let (_end, ends) = channel();
    daemon.listen(Deaf(Mutex::new(ends)), Access::ReadWrite);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let grace = Duration::from_millis(50);
    let ending = tokio::time::timeout(Duration::from_secs(5), daemon.shutdown(grace));
    assert!(!ending.await.expect("it does not wait for that"));
}
