//! Keepalive, with a clock that the test runs.

use std::time::Duration;

use libvirt_remote::{CloseReason, Error, KeepaliveOptions, Options};
use protocol_defs::message::Message;
use protocol_defs::packet::Keepalive;
use protocol_defs::remote::proc;
use protocol_defs::stream::StreamPacket;
use tokio::time::{Instant, sleep, timeout};

use crate::peer::{Peer, client, hostname};
use crate::streams::begun;

const OPTIONS: KeepaliveOptions = KeepaliveOptions {
    interval: Duration::from_secs(5),
    count: 3,
};

async fn said(peer: &mut Peer) -> Keepalive {
    let packet = peer.next().await;
    match Message::decode(&packet.borrowed()) {
        Ok(Message::Keepalive(keepalive)) => keepalive,
        other => panic!("no keepalive: {other:?}"),
    }
}

#[tokio::test]
async fn a_ping_is_answered_whether_or_not_this_side_asks() {
    let (client, mut peer) = client(Options::default());
    peer.say(&Message::Keepalive(Keepalive::Ping), 0).await;
    assert_eq!(said(&mut peer).await, Keepalive::Pong);
    drop(client);
    peer.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_does_not_answer_is_given_up_after_so_many_pings() {
    let (client, mut peer) = client(Options::default());
    client.start_keepalive(OPTIONS);
    let start = Instant::now();
    let call = client.call::<proc::ConnectGetHostname>(&());
    let watch = async {
        peer.call().await;
        for ping in 1..=3 {
            assert_eq!(said(&mut peer).await, Keepalive::Ping);
            assert_eq!(start.elapsed().as_secs(), 5 * ping);
        }
        peer.end().await;
        assert_eq!(start.elapsed().as_secs(), 20);
    };
    let (result, ()) = tokio::join!(call, watch);
    let Err(Error::Closed(closed)) = result else {
        panic!("{result:?}");
    };
    assert!(matches!(
        closed.reason(),
        CloseReason::Keepalive { pings: 3 }
    ));
    assert_eq!(
        closed.to_string(),
        "the connection has ended: the daemon has not answered 3 keepalive packets"
    );
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_answers_is_asked_on() {
    let (client, mut peer) = client(Options::default());
    client.start_keepalive(OPTIONS);
    for _ in 0..10 {
        assert_eq!(said(&mut peer).await, Keepalive::Ping);
        peer.say(&Message::Keepalive(Keepalive::Pong), 0).await;
    }
    assert!(client.closed().is_none());
}

#[tokio::test(start_paused = true)]
async fn whatever_comes_shows_that_the_daemon_is_there() {
    let (client, mut peer) = client(Options::default());
    client.start_keepalive(OPTIONS);
    let start = Instant::now();
    // Something every four seconds: five are never reached.
    for _ in 0..10 {
        sleep(Duration::from_secs(4)).await;
        let call = client.call::<proc::ConnectGetHostname>(&());
        let answer = async {
            let (packet, _) = peer.call().await;
            peer.reply(&packet, hostname("host.example")).await;
        };
        let (result, ()) = tokio::join!(call, answer);
        result.expect("it is answered");
    }
    assert_eq!(said(&mut peer).await, Keepalive::Ping);
    assert_eq!(start.elapsed().as_secs(), 45);
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_nothing_is_no_keepalive() {
    let (client, mut peer) = client(Options::default());
    client.start_keepalive(OPTIONS);
    assert_eq!(said(&mut peer).await, Keepalive::Ping);
    client.start_keepalive(KeepaliveOptions {
        interval: Duration::ZERO,
        count: 3,
    });
    let packet = timeout(Duration::from_hours(1), peer.read()).await;
    assert!(packet.is_err(), "nothing is asked: {packet:?}");
    assert!(client.closed().is_none());
}

#[tokio::test(start_paused = true)]
async fn an_interval_that_no_clock_reaches_is_no_keepalive() {
    for interval in [Duration::MAX, Duration::from_secs(u64::MAX / 4)] {
        let (client, mut peer) = client(Options::default());
        client.start_keepalive(KeepaliveOptions { interval, count: 3 });
        let packet = timeout(Duration::from_hours(1), peer.read()).await;
        assert!(packet.is_err(), "nothing is asked: {packet:?}");
        peer.say(&Message::Keepalive(Keepalive::Ping), 0).await;
        assert_eq!(said(&mut peer).await, Keepalive::Pong);
        assert!(client.closed().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn no_packets_at_all_are_asked_for_before_a_daemon_is_given_up() {
    let (client, mut peer) = client(Options::default());
    client.start_keepalive(KeepaliveOptions {
        count: 0,
        ..OPTIONS
    });
    let start = Instant::now();
    peer.end().await;
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_is_not_listened_to_is_not_given_up_without_being_asked() {
    let (client, mut peer) = client(Options {
        stream_window: 0,
        ..Options::default()
    });
    client.start_keepalive(KeepaliveOptions {
        count: 0,
        ..OPTIONS
    });
    let data = StreamPacket::Data(&[7; 1000]);
    let (mut stream, call) = begun(&client, &mut peer, &[data]).await;
    sleep(Duration::from_hours(1)).await;
    peer.stream(&call, &StreamPacket::Finish).await;
    assert!(stream.read().await.expect("it goes on").is_some());
    assert!(stream.read().await.expect("it goes on").is_none());
}
