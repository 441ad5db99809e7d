//! What waits for an application that does not take it is bounded.

use std::time::Duration;

use futures_util::poll;
use libvirt_remote::{KeepaliveOptions, Options, Piece};
use protocol_defs::message::Message;
use protocol_defs::packet::Keepalive;
use protocol_defs::remote::proc;
use protocol_defs::stream::{Hole, StreamPacket};
use tokio::time::timeout;

use super::{begun, flood, narrow};
use crate::peer::{Peer, client};

#[tokio::test]
async fn a_slow_reader_slows_the_daemon_but_no_answer() {
    let options = Options {
        stream_window: 100_000,
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    let data = vec![7; 60_000];
    let flood = async |peer: &mut Peer| {
        for _ in 0..20 {
            peer.stream(&call, &StreamPacket::Data(&data)).await;
        }
    };
    let soon = Duration::from_millis(50);
    assert!(
        timeout(soon, flood(&mut peer)).await.is_err(),
        "the daemon has to wait"
    );
    // Whoever waits for an answer gets it, past all that is before it. What was cut short above is whole first.
    let mut read = 0;
    let reading = async {
        while read < 1_200_000 {
            let Some(Piece::Data(data)) = stream.read().await.expect("it goes on") else {
                panic!("only data was sent");
            };
            read += data.len();
        }
    };
    let soon = Duration::from_millis(50);
    assert!(timeout(soon, reading).await.is_err(), "not all was sent");
    drop((client, peer));
}

#[tokio::test(start_paused = true)]
async fn keepalive_goes_on_while_nothing_is_read() {
    let options = Options {
        stream_window: 10,
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let data = [StreamPacket::Data(b"more than the window")];
    let (stream, _call) = begun(&client, &mut peer, &data).await;
    client.start_keepalive(KeepaliveOptions {
        interval: Duration::from_secs(5),
        count: 2,
    });
    for _ in 0..10 {
        let packet = peer.next().await;
        let said = Message::decode(&packet.borrowed()).expect("it can be read");
        assert_eq!(said, Message::Keepalive(Keepalive::Ping));
    }
    assert!(
        client.closed().is_none(),
        "what is not read cannot be heard"
    );
    drop(stream);
}

#[tokio::test]
async fn holes_without_end_are_not_held_without_end() {
    let options = Options {
        stream_window: 1000,
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    let hole = StreamPacket::Hole(Hole {
        length: 1,
        flags: 0,
    });
    let flood = async {
        for _ in 0..100_000 {
            peer.stream(&call, &hole).await;
        }
    };
    let soon = Duration::from_millis(200);
    assert!(
        timeout(soon, flood).await.is_err(),
        "the daemon has to wait"
    );
    drop(stream);
}

#[tokio::test]
async fn what_is_left_in_a_stream_that_has_ended_keeps_nothing_back() {
    let options = Options {
        stream_window: 10,
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let right_behind = [
        StreamPacket::Data(b"more than the window"),
        StreamPacket::Finish,
    ];
    let (stream, _) = begun(&client, &mut peer, &right_behind).await;
    peer.say(&Message::Keepalive(Keepalive::Ping), 0).await;
    let soon = Duration::from_millis(20);
    assert!(timeout(soon, peer.read()).await.is_err(), "nothing is read");
    drop(stream);
    let packet = peer.next().await;
    let said = Message::decode(&packet.borrowed()).expect("it can be read");
    assert_eq!(said, Message::Keepalive(Keepalive::Pong));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_nobody_reads_is_bounded_also_while_a_call_waits() {
    let (client, mut peer) = narrow(100_000);
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    let mut waiting = Box::pin(client.call::<proc::ConnectGetHostname>(&()));
    assert!(poll!(&mut waiting).is_pending());
    let mut sent = 0;
    let flooding = async {
        while sent < 100 {
            flood(&mut peer, &call, 1).await;
            sent += 1;
        }
    };
    let soon = Duration::from_secs(9);
    let result = tokio::select! {
        result = timeout(soon, flooding) => result,
        _ = &mut waiting => panic!("nobody has answered it"),
    };
    assert!(result.is_err(), "the daemon has to wait");
    // Four windows, what a read brings beyond, and what the pipe holds.
    assert!((7..11).contains(&sent), "{sent} packets");
    drop(stream);
}

#[tokio::test]
async fn small_pieces_hold_no_memory_of_what_was_read_with_them() {
    let (client, mut peer) = client(Options::default());
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    peer.stream(&call, &StreamPacket::Data(b"small")).await;
    let Some(Piece::Data(data)) = stream.read().await.expect("it goes on") else {
        panic!("data was sent");
    };
    // Nobody else has a part of what it is in.
    let data = data.try_into_mut().expect("it is alone");
    assert!(data.capacity() < 1000, "{} bytes", data.capacity());
}
