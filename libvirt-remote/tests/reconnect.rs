//! A connection that is lost and made anew, with daemons at a UNIX socket that come and go.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

#[path = "client/peer.rs"]
#[expect(dead_code, reason = "the other suite has more use for it")]
mod peer;

use std::path::Path;
use std::time::Duration;

use libvirt_remote::{
    CloseReason, Connection, Error, EventError, Events, Options, ReconnectOptions,
};
use protocol_defs::message::Message;
use protocol_defs::packet::{ErrorCode, MessageError};
use protocol_defs::remote::{self, DomainEventRebootMsg, proc};
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::time::timeout;

use crate::peer::{Peer, domain, hostname};

const FAST: ReconnectOptions = ReconnectOptions {
    first_delay: Duration::from_millis(5),
    longest_delay: Duration::from_millis(20),
    attempts: None,
};

/// A socket at which somebody may listen, and options that come back to it.
fn place(attempts: Option<u32>) -> (TempDir, String, Options) {
    let folder = tempfile::tempdir().expect("a folder");
    let uri = format!(
        "test:///default?socket={}",
        folder.path().join("sock").display()
    );
    let reconnect = Some(ReconnectOptions { attempts, ..FAST });
    let options = Options {
        reconnect,
        ..Options::default()
    };
    (folder, uri, options)
}

/// Listens, takes one client, and listens no more.
async fn daemon(folder: &Path) -> Peer {
    let socket = folder.join("sock");
    // An earlier daemon's.
    let _ = std::fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).expect("a socket");
    let (stream, _) = listener.accept().await.expect("a client");
    std::fs::remove_file(&socket).expect("it is there");
    Peer::over(stream)
}

/// A daemon that lets one in.
async fn open_daemon(folder: &Path) -> Peer {
    let mut peer = daemon(folder).await;
    peer.let_in(&[14]).await;
    peer
}

async fn open(uri: &str, options: Options, folder: &Path) -> (Connection, Peer) {
    let listening = open_daemon(folder);
    let uri = uri.parse().expect("it is a URI");
    let opening = async {
        // The socket has to be there.
        while !folder.join("sock").exists() {
            tokio::task::yield_now().await;
        }
        Connection::open_with(&uri, options).await
    };
    let (conn, peer) = tokio::join!(opening, listening);
    (conn.expect("it opens"), peer)
}

async fn register(peer: &mut Peer, callback_id: i32) {
    let (packet, call) = peer.call().await;
    let is_registration = matches!(call, remote::Call::ConnectDomainEventCallbackRegisterAny(_));
    assert!(is_registration, "{call:?}");
    let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id };
    peer.reply(
        &packet,
        remote::Reply::ConnectDomainEventCallbackRegisterAny(ret),
    )
    .await;
}

async fn reboot(peer: &mut Peer, callback_id: i32, number: u8) {
    let msg = DomainEventRebootMsg {
        dom: domain(number),
    };
    let msg = remote::DomainEventCallbackRebootMsg { callback_id, msg };
    peer.event(remote::Event::DomainEventCallbackReboot(msg))
        .await;
}

/// Takes a registration, and says an event in the same write as the answer.
async fn register_and_reboot(peer: &mut Peer, callback_id: i32, number: u8) {
    let (packet, _) = peer.call().await;
    let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id };
    let reply = remote::Reply::ConnectDomainEventCallbackRegisterAny(ret);
    let msg = DomainEventRebootMsg {
        dom: domain(number),
    };
    let msg = remote::DomainEventCallbackRebootMsg { callback_id, msg };
    let event = remote::Event::DomainEventCallbackReboot(msg);
    let said = [
        (Message::Reply(reply.into()), packet.header.serial),
        (Message::Event(event.into()), 0),
    ];
    let mut bytes = Vec::new();
    for (message, serial) in said {
        let written = message.write(serial, 0, &mut bytes);
        written.expect("it is within bounds");
    }
    peer.bytes(&bytes).await;
}

async fn next(events: &mut Events<DomainEventRebootMsg>) -> String {
    let item = timeout(Duration::from_secs(20), events.recv()).await;
    match item.expect("something comes") {
        Some(Ok(event)) => event.dom.name,
        Some(Err(EventError::Reconnected)) => "reconnected".to_owned(),
        Some(Err(error)) => error.to_string(),
        None => "the end".to_owned(),
    }
}

#[tokio::test]
async fn events_go_on_and_say_that_some_may_be_missing() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    let of_one = conn.events::<DomainEventRebootMsg>(Some(domain(1)));
    let (other, ()) = tokio::join!(of_one, register(&mut peer, 8));
    drop(other.expect("registered"));
    // What is not read before a socket is closed keeps the other end from reading on.
    peer.call().await;
    reboot(&mut peer, 7, 1).await;
    drop(peer);
    let mut peer = open_daemon(folder.path()).await;
    // Only what is still wanted; under another number.
    register(&mut peer, 9).await;
    reboot(&mut peer, 9, 2).await;
    reboot(&mut peer, 7, 3).await;
    reboot(&mut peer, 9, 4).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(next(&mut events).await);
    }
    assert_eq!(seen, ["guest-1", "reconnected", "guest-2", "guest-4"]);
    conn.ready().await.expect("it is there again");
    let (result, ()) = tokio::join!(conn.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    assert_eq!(result.expect("it is answered").hostname, "host.example");
    drop(events);
    let (_, call) = peer.call().await;
    let args = remote::ConnectDomainEventCallbackDeregisterAnyArgs { callback_id: 9 };
    assert_eq!(
        call,
        remote::Call::ConnectDomainEventCallbackDeregisterAny(args)
    );
}

#[tokio::test]
async fn what_had_been_called_fails_and_is_not_called_again() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (result, ()) = tokio::join!(conn.call::<proc::ConnectGetHostname>(&()), async {
        peer.call().await;
        drop(peer);
    });
    assert!(matches!(result, Err(Error::Closed(_))), "{result:?}");
    let again = conn.call::<proc::ConnectGetHostname>(&()).await;
    assert!(
        matches!(again, Err(Error::Closed(_))),
        "nobody waits for a new one: {again:?}"
    );
    let (ready, mut peer) = tokio::join!(conn.ready(), open_daemon(folder.path()));
    ready.expect("it is there again");
    let (closed, ()) = tokio::join!(conn.close(), async {
        let (packet, call) = peer.call().await;
        assert_eq!(call, remote::Call::ConnectClose, "the first that it hears");
        peer.reply(&packet, remote::Reply::ConnectClose).await;
        peer.end().await;
    });
    closed.expect("it closes");
}

#[tokio::test]
async fn a_daemon_that_does_not_let_it_in_is_tried_again() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    drop(peer);
    let mut peer = daemon(folder.path()).await;
    let (packet, _) = peer.call().await;
    peer.refuse(&packet, MessageError::rpc("not yet")).await;
    drop(peer);
    // Lets it in, and is gone before it registers.
    drop(open_daemon(folder.path()).await);
    let mut peer = open_daemon(folder.path()).await;
    register(&mut peer, 1).await;
    reboot(&mut peer, 1, 5).await;
    assert_eq!(next(&mut events).await, "reconnected", "once is enough");
    assert_eq!(next(&mut events).await, "guest-5");
}

#[tokio::test]
async fn a_registration_that_is_refused_the_second_time_ends_its_stream_only() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    drop(peer);
    let mut peer = open_daemon(folder.path()).await;
    let (packet, _) = peer.call().await;
    peer.refuse(&packet, MessageError::rpc("no such event"))
        .await;
    assert_eq!(next(&mut events).await, "reconnected");
    assert_eq!(
        next(&mut events).await,
        "the connection has ended: no registration on a new one: no such event (code 39, domain 7)"
    );
    assert_eq!(next(&mut events).await, "the end");
    conn.ready().await.expect("it is there");
    drop(events);
    let (result, ()) = tokio::join!(conn.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    result.expect("it is answered");
}

#[tokio::test]
async fn after_the_last_attempt_everything_ends() {
    let (folder, uri, options) = place(Some(3));
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    drop(peer);
    conn.call::<proc::ConnectGetHostname>(&())
        .await
        .expect_err("it is lost");
    let why = conn.ready().await.expect_err("nobody is there").to_string();
    assert_eq!(
        why.replace(&folder.path().display().to_string(), ""),
        "the connection has ended: the daemon has closed it; no new one after 3 attempts: \
         cannot connect to /sock: No such file or directory (os error 2)"
    );
    assert_eq!(next(&mut events).await, why);
    assert_eq!(next(&mut events).await, "the end");
}

#[tokio::test]
async fn a_daemon_that_does_not_know_the_client_any_more_is_not_asked_again() {
    let refused = MessageError {
        code: ErrorCode::AUTH_FAILED.0,
        ..MessageError::rpc("authentication failed")
    };
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    drop(peer);
    let mut peer = daemon(folder.path()).await;
    let (packet, _) = peer.call().await;
    peer.refuse(&packet, refused).await;
    let why = "the connection has ended: the daemon has closed it; no new one after 1 attempt: \
               authentication failed (code 45, domain 7)";
    assert_eq!(next(&mut events).await, why);
    let error = conn.ready().await.expect_err("nothing follows");
    assert_eq!(error.to_string(), why);
    let Error::Closed(closed) = error else {
        panic!("{error:?}");
    };
    let CloseReason::NotReconnected { lost, attempts, .. } = closed.reason() else {
        panic!("{closed:?}");
    };
    assert!(matches!(lost.reason(), CloseReason::ByPeer));
    assert_eq!(*attempts, 1);
    let soon = Duration::from_millis(100);
    assert!(
        timeout(soon, daemon(folder.path())).await.is_err(),
        "nobody comes back"
    );
}

/// It would be tried some fifty times in this second, were the waits to begin anew with each that is taken.
#[tokio::test]
async fn a_daemon_that_takes_clients_and_loses_them_at_once_is_not_run_over() {
    let (folder, uri, options) = place(None);
    let reconnect = ReconnectOptions {
        first_delay: Duration::from_millis(10),
        longest_delay: Duration::from_secs(10),
        attempts: None,
    };
    let options = Options {
        reconnect: Some(reconnect),
        ..options
    };
    let (conn, peer) = open(&uri, options, folder.path()).await;
    drop(peer);
    let mut taken = 0;
    let lose = async {
        loop {
            drop(open_daemon(folder.path()).await);
            taken += 1;
        }
    };
    let second = timeout(Duration::from_secs(1), lose).await;
    second.expect_err("it goes on");
    assert!((1..=10).contains(&taken), "{taken}");
    drop(conn);
}

#[tokio::test]
async fn who_closes_while_it_is_lost_ends_it() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    drop(peer);
    conn.client()
        .call::<proc::ConnectGetHostname>(&())
        .await
        .expect_err("it is lost");
    let other = conn.clone();
    conn.close().await.expect_err("there is nobody to tell");
    assert_eq!(
        next(&mut events).await,
        "the connection has ended: this side has closed it"
    );
    other.ready().await.expect_err("nothing follows");
    let soon = Duration::from_millis(100);
    assert!(
        timeout(soon, daemon(folder.path())).await.is_err(),
        "nobody comes back"
    );
}

#[tokio::test]
async fn who_is_dropped_does_not_come_back() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    drop(conn);
    peer.end().await;
    let soon = Duration::from_millis(100);
    assert!(
        timeout(soon, daemon(folder.path())).await.is_err(),
        "nobody comes back"
    );
}

#[tokio::test]
async fn equal_streams_are_registered_for_once_again() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (one, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let (mut one, mut two) = (
        one.expect("registered"),
        conn.events(None).await.expect("registered"),
    );
    drop(peer);
    let mut peer = open_daemon(folder.path()).await;
    register(&mut peer, 8).await;
    conn.ready().await.expect("it is there again");
    reboot(&mut peer, 8, 1).await;
    for events in [&mut one, &mut two] {
        assert_eq!(next(events).await, "reconnected");
        assert_eq!(next(events).await, "guest-1");
    }
    drop(one);
    reboot(&mut peer, 8, 2).await;
    assert_eq!(next(&mut two).await, "guest-2");
    drop(two);
    let (_, call) = peer.call().await;
    let args = remote::ConnectDomainEventCallbackDeregisterAnyArgs { callback_id: 8 };
    assert_eq!(
        call,
        remote::Call::ConnectDomainEventCallbackDeregisterAny(args)
    );
}

#[tokio::test]
async fn an_event_right_behind_the_answer_goes_to_all_equal_streams() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (one, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let (one, two) = (one.expect("registered"), conn.events(None).await);
    drop(peer);
    let mut peer = open_daemon(folder.path()).await;
    register_and_reboot(&mut peer, 8, 1).await;
    for mut events in [one, two.expect("registered")] {
        assert_eq!(next(&mut events).await, "reconnected");
        assert_eq!(next(&mut events).await, "guest-1");
    }
}

#[tokio::test]
async fn a_stream_that_has_ended_is_not_registered_for_again() {
    let (folder, uri, options) = place(None);
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    drop(peer);
    let mut peer = open_daemon(folder.path()).await;
    let (packet, _) = peer.call().await;
    peer.refuse(&packet, MessageError::rpc("no such event"))
        .await;
    conn.ready().await.expect("it is there");
    drop(peer);
    let mut peer = open_daemon(folder.path()).await;
    let said = timeout(Duration::from_millis(50), peer.read()).await;
    assert!(said.is_err(), "{said:?}");
    assert_eq!(next(&mut events).await, "reconnected");
    let end = next(&mut events).await;
    assert!(end.contains("no registration on a new one"), "{end}");
    assert_eq!(next(&mut events).await, "the end");
}

#[tokio::test]
async fn a_daemon_that_does_not_answer_a_registration_is_lost_again() {
    let (folder, uri, options) = place(None);
    let options = Options {
        open_timeout: Duration::from_millis(500),
        ..options
    };
    let (conn, mut peer) = open(&uri, options, folder.path()).await;
    let (events, ()) = tokio::join!(conn.events(None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    drop(peer);
    let mut silent = open_daemon(folder.path()).await;
    silent.call().await;
    let mut peer = timeout(Duration::from_secs(10), open_daemon(folder.path()))
        .await
        .expect("it comes back");
    silent.end().await;
    register(&mut peer, 8).await;
    reboot(&mut peer, 8, 1).await;
    assert_eq!(next(&mut events).await, "reconnected", "once is enough");
    assert_eq!(next(&mut events).await, "guest-1");
    conn.ready().await.expect("it is there");
}
