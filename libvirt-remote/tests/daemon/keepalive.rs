//! Whether the other side is still there.

use std::time::Duration;

use libvirt_remote::KeepaliveOptions;
use libvirt_remote::daemon::{Access, Options};
use protocol_defs::message::Message;
use protocol_defs::packet::{Keepalive, OwnedPacket};
use protocol_defs::remote::{self, ConnectSupportsFeatureArgs};
use tokio::time::{Instant, timeout};

use super::peer::{Peer, connection_with, daemon, opened, peer};

fn keepalive(which: Keepalive) -> OwnedPacket {
    let packet = Message::Keepalive(which).packet(0, 0);
    packet.expect("it has no payload")
}

async fn ask_for_keepalive(peer: &mut Peer) {
    let args = ConnectSupportsFeatureArgs { feature: 10 };
    let reply = peer.ask(remote::Call::ConnectSupportsFeature(args)).await;
    let ret = remote::ConnectSupportsFeatureRet { supported: 1 };
    assert_eq!(reply, Ok(remote::Reply::ConnectSupportsFeature(ret)));
}

#[tokio::test]
async fn a_ping_is_answered_also_while_nothing_is_open() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = peer(&daemon, Access::ReadWrite);
    for _ in 0..3 {
        peer.packet(&keepalive(Keepalive::Ping)).await;
        assert_eq!(peer.next().await.header, Keepalive::Pong.header());
    }
    peer.packet(&keepalive(Keepalive::Pong)).await;
    assert!(peer.ask(remote::Call::AuthList).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_knows_keepalive_and_does_not_answer_is_given_up() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    ask_for_keepalive(&mut peer).await;
    let start = Instant::now();
    for _ in 0..5 {
        assert_eq!(peer.next().await.header, Keepalive::Ping.header());
    }
    peer.end().await;
    assert_eq!(start.elapsed(), Duration::from_secs(30));
    assert_eq!(daemon.stats().sessions, 0);
}

#[tokio::test(start_paused = true)]
async fn one_that_answers_stays_and_one_that_does_not_know_keepalive_is_not_asked() {
    let daemon = daemon(Options::default());
    let (mut asked, _) = opened(&daemon).await;
    let (mut other, _) = opened(&daemon).await;
    ask_for_keepalive(&mut asked).await;
    for _ in 0..50 {
        assert_eq!(asked.next().await.header, Keepalive::Ping.header());
        asked.packet(&keepalive(Keepalive::Pong)).await;
    }
    assert_eq!(daemon.stats().sessions, 2);
    assert!(other.ask(remote::Call::ConnectGetHostname).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn both_sides_of_this_crate_keep_each_other_alive() {
    let keepalive = Some(KeepaliveOptions {
        interval: Duration::from_secs(2),
        count: 2,
    });
    let daemon = daemon(Options {
        keepalive,
        ..Options::default()
    });
    let options = libvirt_remote::Options {
        keepalive,
        ..libvirt_remote::Options::default()
    };
    let conn = connection_with(&daemon, Access::ReadWrite, options).await;
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(conn.client().closed().is_none());
    assert_eq!(daemon.stats().sessions, 1);
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_nothing_or_one_that_no_clock_reaches_is_no_keepalive() {
    let far = Duration::from_secs(u64::MAX / 4);
    for interval in [Duration::ZERO, far, Duration::MAX] {
        let daemon = daemon(Options {
            keepalive: Some(KeepaliveOptions { interval, count: 3 }),
            ..Options::default()
        });
        let (mut peer, _) = opened(&daemon).await;
        ask_for_keepalive(&mut peer).await;
        let packet = timeout(Duration::from_mins(9), peer.next()).await;
        assert!(packet.is_err(), "nothing is asked: {packet:?}");
        assert!(peer.ask(remote::Call::ConnectGetHostname).await.is_ok());
    }
}
