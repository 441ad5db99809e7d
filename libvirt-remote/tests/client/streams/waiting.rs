//! Who waits for what may be behind a stream that nobody reads.

use std::time::Duration;

use libvirt_remote::{Client, Connection, Error, Events, Options, Piece, Stream};
use protocol_defs::packet::OwnedPacket;
use protocol_defs::remote::{self, proc};
use protocol_defs::stream::{Stream as Numbers, StreamPacket};
use tokio::time::{Instant, sleep, timeout};

use super::{begun, flood, narrow, read, said};
use crate::peer::{Peer, connection, hostname};

#[tokio::test]
async fn an_answer_comes_past_a_stream_that_nobody_reads() {
    let (client, mut peer) = narrow(100_000);
    let data = vec![7; 110_000];
    let data = [StreamPacket::Data(&data)];
    let (mut stream, call) = begun(&client, &mut peer, &data).await;
    let (result, ()) = tokio::join!(client.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        flood(&mut peer, &call, 4).await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    assert_eq!(result.expect("it is answered").hostname, "host.example");
    let mut count = 0;
    while count < 350_000 {
        count += read(&mut stream).await;
    }
    assert_eq!(count, 350_000);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_keeps_an_answer_back_and_is_not_read_is_given_up() {
    let (client, mut peer) = narrow(100_000);
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    let start = Instant::now();
    let (result, ()) = tokio::join!(client.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        flood(&mut peer, &call, 40).await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    assert_eq!(result.expect("it is answered").hostname, "host.example");
    assert_eq!(start.elapsed().as_secs(), 10);
    let error = stream.read().await.expect_err("it is given up");
    assert_eq!(
        error.to_string(),
        "the stream has been given up: nothing of what it held was taken for 10s, and others waited"
    );
    let error = stream.write(b"x").await.expect_err("it is given up");
    assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
    assert_eq!(said(&mut peer, &call).await, "abort None");
    peer.stream(&call, &StreamPacket::Finish).await;
    drop(stream);
    let (result, ()) = tokio::join!(client.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    result.expect("the connection goes on");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_given_up_does_not_look_complete() {
    for end in [StreamPacket::EndOfData, StreamPacket::Finish] {
        let (client, mut peer) = narrow(1000);
        let (mut stream, call) = begun(&client, &mut peer, &[]).await;
        let calling = client.call::<proc::ConnectGetHostname>(&());
        let (result, ()) = tokio::join!(calling, async {
            let (packet, _) = peer.call().await;
            // All in one piece, so that its end is read with the data.
            let data = StreamPacket::Data(&[7; 1000]);
            let numbers = Numbers::of(&call.header);
            let mut bytes = Vec::new();
            for packet in [&data, &data, &data, &data, &data, &end] {
                let written = numbers.write(packet, &mut bytes);
                written.expect("it is within bounds");
            }
            peer.bytes(&bytes).await;
            sleep(Duration::from_secs(1)).await;
            peer.reply(&packet, hostname("host.example")).await;
        });
        result.expect("it is answered");
        let error = stream.read().await.expect_err("it is given up");
        assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
        stream.abort().await.expect("it has been");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_read_slowly_is_not_given_up() {
    let (client, mut peer) = narrow(100_000);
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    let calling = client.call::<proc::ConnectGetHostname>(&());
    let daemon = async {
        let (packet, _) = peer.call().await;
        flood(&mut peer, &call, 20).await;
        peer.reply(&packet, hostname("host.example")).await;
    };
    let reading = async {
        for _ in 0..20 {
            sleep(Duration::from_secs(9)).await;
            assert_eq!(read(&mut stream).await, 60_000);
        }
    };
    let (result, (), ()) = tokio::join!(calling, daemon, reading);
    result.expect("it is answered");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_keeps_nobodys_answer_back_may_be_left_alone() {
    let (client, mut peer) = narrow(100_000);
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    let flooding = flood(&mut peer, &call, 20);
    let reading = async {
        sleep(Duration::from_hours(1)).await;
        for _ in 0..20 {
            assert_eq!(read(&mut stream).await, 60_000);
        }
    };
    tokio::join!(flooding, reading);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_was_given_up_gives_no_other_stream_up() {
    let (client, mut peer) = narrow(100_000);
    let (mut unread, call) = begun(&client, &mut peer, &[]).await;
    let (mut other, _) = begun(&client, &mut peer, &[]).await;
    let reading = timeout(Duration::from_secs(1), other.read()).await;
    reading.expect_err("nothing comes");
    let application = async {
        sleep(Duration::from_hours(1)).await;
        for _ in 0..20 {
            assert_eq!(read(&mut unread).await, 60_000);
        }
    };
    tokio::join!(flood(&mut peer, &call, 20), application);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_no_more_gives_no_stream_up() {
    let (client, mut peer) = narrow(100_000);
    let (mut stream, call) = stuck(&client, &mut peer, 7).await;
    let soon = Duration::from_secs(1);
    let calling = client.call::<proc::ConnectGetHostname>(&());
    timeout(soon, calling).await.expect_err("there is no room");
    let writing = timeout(soon, stream.write(b"the end")).await;
    writing.expect_err("there is no room");
    let application = async {
        sleep(Duration::from_hours(1)).await;
        assert_eq!(read(&mut stream).await, 110_000);
        for _ in 0..20 {
            assert_eq!(read(&mut stream).await, 60_000);
        }
    };
    tokio::join!(flood(&mut peer, &call, 20), application);
}

/// A daemon that reads nothing until what it writes has been taken, and a client that has more to send than the way to it
/// holds and reads nothing, either. Between them is what the callers have handed over.
async fn stuck(client: &Client, peer: &mut Peer, written: usize) -> (Stream, OwnedPacket) {
    let data = vec![7; 110_000];
    let data = [StreamPacket::Data(&data)];
    let (mut stream, call) = begun(client, peer, &data).await;
    let data = vec![7; 200_000];
    for _ in 0..written {
        stream.write(&data).await.expect("there is room");
        sleep(Duration::from_millis(20)).await;
    }
    (stream, call)
}

async fn is_answered_though_all_is_stuck(written: usize) {
    let (client, mut peer) = narrow(100_000);
    let (stream, call) = stuck(&client, &mut peer, written).await;
    let calling = client.call::<proc::ConnectGetHostname>(&());
    let daemon = async {
        sleep(Duration::from_millis(20)).await;
        flood(&mut peer, &call, 3).await;
        for _ in 0..written {
            assert_eq!(said(&mut peer, &call).await, "data 200000");
        }
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    };
    let both = async { tokio::join!(calling, daemon) };
    let (result, ()) = timeout(Duration::from_secs(5), both)
        .await
        .expect("nobody waits for the other");
    result.expect("it is answered");
    drop(stream);
}

#[tokio::test]
async fn a_call_is_answered_though_nothing_was_read_and_much_waits_to_be_sent() {
    is_answered_though_all_is_stuck(2).await;
}

#[tokio::test]
async fn a_call_that_waits_for_room_has_the_connection_read() {
    is_answered_though_all_is_stuck(7).await;
}

#[tokio::test]
async fn who_waits_for_room_to_write_has_the_connection_read() {
    let (client, mut peer) = narrow(100_000);
    let (mut stream, call) = stuck(&client, &mut peer, 7).await;
    let writing = stream.write(b"the end");
    let daemon = async {
        flood(&mut peer, &call, 3).await;
        for _ in 0..7 {
            assert_eq!(said(&mut peer, &call).await, "data 200000");
        }
        assert_eq!(said(&mut peer, &call).await, "data 7");
    };
    let both = async { tokio::join!(writing, daemon) };
    let both = timeout(Duration::from_secs(5), both).await;
    let (written, ()) = both.expect("nobody waits for the other");
    assert_eq!(written.expect("it goes on"), 7);
}

#[tokio::test(start_paused = true)]
async fn who_reads_one_stream_before_another_gets_both_or_is_told() {
    // The daemon sends the one that is read behind the other, of which as much as that.
    for (packets, is_told) in [(5, false), (20, true)] {
        let (client, mut peer) = narrow(100_000);
        let (mut second, late) = begun(&client, &mut peer, &[]).await;
        let (mut first, early) = begun(&client, &mut peer, &[]).await;
        let daemon = async {
            flood(&mut peer, &late, packets).await;
            flood(&mut peer, &early, 1).await;
        };
        let (count, ()) = tokio::join!(read(&mut first), daemon);
        assert_eq!(count, 60_000);
        match second.read().await {
            Ok(Some(Piece::Data(_))) => assert!(!is_told),
            Err(Error::Stalled { .. }) => assert!(is_told),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_stream_comes_past_another_that_nobody_reads() {
    let (client, mut peer) = narrow(100_000);
    let (unread, full) = begun(&client, &mut peer, &[]).await;
    let (ended, call) = begun(&client, &mut peer, &[]).await;
    let daemon = async {
        flood(&mut peer, &full, 20).await;
        assert_eq!(said(&mut peer, &call).await, "finish");
        peer.stream(&call, &StreamPacket::Finish).await;
    };
    let start = Instant::now();
    let ending = async {
        sleep(Duration::from_mins(1)).await;
        ended.finish().await
    };
    let (ended, ()) = tokio::join!(ending, daemon);
    ended.expect("the daemon says so");
    assert_eq!(start.elapsed().as_secs(), 70);
    drop(unread);
}

/// Registers for a kind of events.
async fn registered(conn: &Connection, peer: &mut Peer) -> Events<remote::DomainEventRebootMsg> {
    let (events, ()) = tokio::join!(conn.events(None), async {
        let (packet, _) = peer.call().await;
        let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id: 7 };
        let reply = remote::Reply::ConnectDomainEventCallbackRegisterAny(ret);
        peer.reply(&packet, reply).await;
    });
    events.expect("it is registered")
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_registration_gives_no_stream_up_but_the_next_registration_does() {
    let options = Options {
        stream_window: 100_000,
        keepalive: None,
        ..Options::default()
    };
    let (conn, mut peer) = connection(options, &[14]).await;
    let events = registered(&conn, &mut peer).await;
    let (mut stream, call) = begun(&conn.client(), &mut peer, &[]).await;
    let daemon = async {
        flood(&mut peer, &call, 30).await;
        let (packet, _) = peer.call().await;
        let reply = remote::Reply::ConnectDomainEventCallbackDeregisterAny;
        peer.reply(&packet, reply).await;
        assert_eq!(said(&mut peer, &call).await, "abort None");
        let (packet, _) = peer.call().await;
        let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id: 8 };
        let reply = remote::Reply::ConnectDomainEventCallbackRegisterAny(ret);
        peer.reply(&packet, reply).await;
    };
    let application = async {
        drop(events);
        sleep(Duration::from_hours(1)).await;
        assert_eq!(read(&mut stream).await, 60_000);
        let start = Instant::now();
        let events = conn.events::<remote::DomainEventRebootMsg>(None).await;
        assert_eq!(start.elapsed().as_secs(), 10);
        events.expect("it is registered")
    };
    let (_events, ()) = tokio::join!(application, daemon);
    let error = stream.read().await.expect_err("it is given up");
    assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
}
