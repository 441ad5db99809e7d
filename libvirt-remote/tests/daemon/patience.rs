//! Clients that do not do what they should, or nothing at all, and how long they may.

use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Options, Program, Router, refusal};
use libvirt_remote::{Connection, Error};
use protocol_defs::message::Message;
use protocol_defs::packet::{ErrorCode, ErrorOrigin, Keepalive};
use protocol_defs::remote::{self, NodeGetSecurityModelRet, proc};
use protocol_defs::{admin, remote::ConnectOpenArgs};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{Instant, sleep, timeout};

use super::peer::{daemon, lookup, opened, packet, peer, peer_with};

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_open_its_driver_has_a_minute() {
    let daemon = daemon(Options::default());
    let (mut silent, _) = peer(&daemon, Access::ReadWrite);
    let (mut busy, _) = peer(&daemon, Access::ReadWrite);
    let (mut opened, _) = opened(&daemon).await;
    let start = Instant::now();
    let ping = Message::Keepalive(Keepalive::Ping).packet(0, 0);
    let ping = ping.expect("it has no payload");
    for _ in 0..5 {
        sleep(Duration::from_secs(10)).await;
        busy.packet(&ping).await;
        assert_eq!(busy.next().await.header, Keepalive::Pong.header());
        assert!(busy.ask(remote::Call::AuthList).await.is_ok());
    }
    silent.end().await;
    busy.end().await;
    assert_eq!(start.elapsed(), Duration::from_mins(1));
    let stats = daemon.stats();
    assert_eq!((stats.not_opened, stats.sessions), (2, 1));
    sleep(Duration::from_hours(1)).await;
    let (call, reply) = lookup(1);
    assert_eq!(opened.ask(call).await, Ok(reply), "it has come to stay");
}

#[tokio::test(start_paused = true)]
async fn what_the_daemon_takes_to_open_a_driver_is_not_the_clients_time() {
    let router = Router::new().on::<proc::ConnectOpen>(|_, args| async move {
        sleep(Duration::from_mins(5)).await;
        if args.flags == 0 {
            return Ok(());
        }
        let text = "no such driver";
        Err(refusal(ErrorCode::NO_CONNECT, ErrorOrigin::TEST, text))
    });
    let daemon = Daemon::new(router, Options::default());
    let (mut good, _) = peer(&daemon, Access::ReadWrite);
    good.open(0).await;
    sleep(Duration::from_hours(1)).await;
    assert!(good.ask(remote::Call::ConnectGetHostname).await.is_ok());
    let (mut bad, _) = peer(&daemon, Access::ReadWrite);
    let open = ConnectOpenArgs {
        name: None,
        flags: 1,
    };
    let refused = bad.ask(remote::Call::ConnectOpen(open)).await;
    assert!(refused.is_err(), "it is told before it is given up");
    bad.end().await;
    assert_eq!(daemon.stats().not_opened, 1);
}

#[tokio::test(start_paused = true)]
async fn calls_that_open_nothing_give_a_client_no_more_time() {
    let router = Router::new().on::<proc::AuthList>(|_, ()| async {
        sleep(Duration::from_secs(3)).await;
        let types = vec![remote::AuthType::None];
        Ok(remote::AuthListRet { types })
    });
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, _) = peer(&daemon, Access::ReadWrite);
    // One of them runs at any time.
    for _ in 0..35 {
        peer.call(remote::Call::AuthList).await;
        sleep(Duration::from_secs(2)).await;
    }
    let stats = daemon.stats();
    assert_eq!((stats.sessions, stats.not_opened), (0, 1));
    for _ in 0..30 {
        assert!(peer.answer().await.1.is_ok(), "what has come is answered");
    }
    peer.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_closes_its_driver_has_a_minute_to_go_or_to_open_another() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    sleep(Duration::from_mins(10)).await;
    for opens in [true, false] {
        assert!(peer.ask(remote::Call::ConnectClose).await.is_ok());
        let start = Instant::now();
        sleep(Duration::from_secs(59)).await;
        if opens {
            peer.open(0).await;
            sleep(Duration::from_mins(10)).await;
        } else {
            peer.end().await;
            assert_eq!(start.elapsed(), Duration::from_mins(1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_of_a_program_without_drivers_opens_none() {
    let router = Router::new()
        .program(Program::of::<admin::Call>())
        .always::<admin::proc::ConnectOpen>(&());
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, _) = peer(&daemon, Access::ReadWrite);
    let open = admin::Call::ConnectOpen(admin::ConnectOpenArgs { flags: 0 });
    let open = Message::Call(open.into()).packet(3, 0);
    peer.packet(&open.expect("it is within bounds")).await;
    assert_eq!(peer.next().await.header.serial, 3);
    sleep(Duration::from_hours(1)).await;
    assert_eq!(daemon.stats().sessions, 1);
}

/// A daemon with long answers.
fn talkative(options: Options) -> Daemon {
    let model = NodeGetSecurityModelRet {
        model: vec![b'm'; 256],
        doi: vec![b'd'; 256],
    };
    let router = Router::new().always::<proc::NodeGetSecurityModel>(&model);
    Daemon::new(router, options)
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_for_two_minutes_is_given_up() {
    let daemon = talkative(Options::default());
    let (mut silent, _) = peer_with(&daemon, Access::ReadWrite, 1000);
    silent.open(0).await;
    // It has nothing to take, and need not say anything.
    sleep(Duration::from_hours(1)).await;
    silent.call(remote::Call::NodeGetSecurityModel).await;
    let (mut slow, _) = peer_with(&daemon, Access::ReadWrite, 1000);
    slow.open(0).await;
    for _ in 0..3 {
        slow.call(remote::Call::NodeGetSecurityModel).await;
    }
    let start = Instant::now();
    while daemon.stats().stalled == 0 {
        sleep(Duration::from_secs(1)).await;
        let waits = start.elapsed().as_secs();
        assert!(waits < 200);
        // 2 kB and some for each answer: it takes one now and then.
        if waits == 100 {
            assert!(slow.answer().await.1.is_ok());
        }
    }
    assert!((119..=121).contains(&start.elapsed().as_secs()));
    assert_eq!(daemon.stats().sessions, 1);
    sleep(Duration::from_secs(90)).await;
    assert!(slow.answer().await.1.is_ok(), "it has taken something");
    assert!(slow.answer().await.1.is_ok());
    sleep(Duration::from_hours(1)).await;
    assert_eq!(daemon.stats().sessions, 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_that_it_is_there_may_put_off_what_waits_for_it() {
    let daemon = talkative(Options {
        queue_bytes: 4000,
        ..Options::default()
    });
    let ping = Message::Keepalive(Keepalive::Ping).packet(0, 0);
    let ping = ping.expect("it has no payload");
    let (mut busy, _) = peer_with(&daemon, Access::ReadWrite, 300);
    busy.open(0).await;
    busy.call(remote::Call::NodeGetSecurityModel).await;
    // The answers to these are far from what its queue holds.
    for _ in 0..30 {
        sleep(Duration::from_mins(1)).await;
        busy.packet(&ping).await;
    }
    assert_eq!(daemon.stats().sessions, 1);
    assert!(busy.answer().await.1.is_ok());
    // What it says when its queue is full is not heard.
    let second = Duration::from_secs(1);
    while timeout(second, busy.packet(&ping)).await.is_ok() {}
    sleep(Duration::from_mins(3)).await;
    assert_eq!((daemon.stats().stalled, daemon.stats().sessions), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn either_time_may_be_unlimited() {
    let daemon = talkative(Options {
        opening_timeout: None,
        write_timeout: None,
        ..Options::default()
    });
    let (_silent, _) = peer(&daemon, Access::ReadWrite);
    let (mut slow, _) = peer_with(&daemon, Access::ReadWrite, 1000);
    slow.open(0).await;
    slow.call(remote::Call::NodeGetSecurityModel).await;
    sleep(Duration::from_hours(100)).await;
    assert_eq!(daemon.stats().sessions, 2);
    assert!(slow.answer().await.1.is_ok());
}

#[tokio::test]
async fn clients_that_have_opened_nothing_are_few_and_others_wait_for_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    let daemon = daemon(Options {
        max_opening: 2,
        ..Options::default()
    });
    let listener = UnixListener::bind(&path).expect("a socket");
    daemon.listen(listener, Access::ReadWrite);
    let uri = format!("test+unix:///default?socket={}", path.display());
    let mut open = Vec::new();
    for _ in 0..4 {
        let conn = Connection::open(&uri).await;
        open.push(conn.expect("those that have opened are not counted"));
    }
    let silent = UnixStream::connect(&path).await.expect("it is let in");
    let _other = UnixStream::connect(&path).await.expect("it is let in");
    let patient = || timeout(Duration::from_millis(100), Connection::open(&uri));
    while daemon.stats().sessions < 6 {
        sleep(Duration::from_millis(1)).await;
    }
    assert!(patient().await.is_err(), "it is not let in yet");
    drop(silent);
    let let_in: Result<Connection, Error> = Connection::open(&uri).await;
    let_in.expect("one has gone");
}

/// The arguments do not matter: nobody opens anything.
#[tokio::test]
async fn a_refused_call_opens_nothing() {
    let daemon = daemon(Options {
        opening_timeout: Some(Duration::from_millis(20)),
        ..Options::default()
    });
    let (mut peer, _) = peer(&daemon, Access::ReadWrite);
    let unknown = protocol_defs::message::ProcedureId {
        program: admin::PROGRAM,
        version: admin::PROTOCOL_VERSION,
        procedure: 1,
    };
    peer.packet(&packet(unknown, 7, vec![0; 4])).await;
    assert!(peer.answer().await.1.is_err());
    peer.end().await;
    assert_eq!(daemon.stats().not_opened, 1);
}
