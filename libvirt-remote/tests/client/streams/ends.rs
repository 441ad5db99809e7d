//! Streams that this side ends, and what the daemon says to that, or does not.

use std::io;
use std::time::Duration;

use libvirt_remote::{Client, Error, Options, Stream};
use protocol_defs::packet::MessageError;
use protocol_defs::remote::proc;
use protocol_defs::stream::StreamPacket;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout};

use super::{begun, said};
use crate::peer::{Peer, client, hostname};

async fn goes_on(client: &Client, peer: &mut Peer) {
    let (result, ()) = tokio::join!(client.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    result.expect("the connection goes on");
}

async fn shut_down(mut stream: Stream) -> Result<(), Error> {
    let shut = stream.shutdown().await;
    shut.map_err(|error| panic!("{error}"))
}

/// A daemon that sends more than the client takes, before it reads what that says and answers.
async fn ends_though_it_is_full(
    end: impl AsyncFnOnce(Stream) -> Result<(), Error>,
    expected: &str,
) {
    let options = Options {
        stream_window: 10,
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    let daemon = async {
        let data = vec![7; 60_000];
        for _ in 0..20 {
            peer.stream(&call, &StreamPacket::Data(&data)).await;
        }
        assert_eq!(said(&mut peer, &call).await, expected);
        peer.stream(&call, &StreamPacket::Data(&data)).await;
        peer.stream(&call, &StreamPacket::Finish).await;
    };
    let ending = async {
        sleep(Duration::from_millis(20)).await;
        end(stream).await
    };
    let both = async { tokio::join!(ending, daemon) };
    let both = timeout(Duration::from_secs(5), both).await;
    let (ended, ()) = both.expect("nobody waits for the other");
    ended.expect("the daemon has said so");
    goes_on(&client, &mut peer).await;
}

#[tokio::test]
async fn a_stream_that_is_full_is_aborted() {
    ends_though_it_is_full(Stream::abort, "abort None").await;
}

#[tokio::test]
async fn a_stream_that_is_full_is_finished() {
    ends_though_it_is_full(Stream::finish, "finish").await;
}

#[tokio::test]
async fn a_stream_that_is_full_is_shut_down() {
    ends_though_it_is_full(shut_down, "finish").await;
}

#[tokio::test]
async fn a_stream_that_is_full_is_dropped() {
    let drops = async |stream| {
        drop(stream);
        Ok(())
    };
    ends_though_it_is_full(drops, "abort None").await;
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_takes_nothing_is_told_of_the_end_all_the_same() {
    let (client, mut peer) = client(Options::default());
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    let data = vec![7; 100_000];
    let mut sent = 0;
    let write = async {
        loop {
            stream.write(&data).await.expect("it goes on");
            sent += 1;
        }
    };
    let soon = Duration::from_secs(1);
    assert!(timeout(soon, write).await.is_err(), "there is no room");
    let (aborted, ()) = tokio::join!(stream.abort(), async {
        sleep(Duration::from_secs(1)).await;
        for _ in 0..sent {
            assert_eq!(said(&mut peer, &call).await, "data 100000");
        }
        assert_eq!(said(&mut peer, &call).await, "abort None");
        peer.stream(&call, &StreamPacket::Finish).await;
    });
    aborted.expect("the daemon knows");
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_stream_is_waited_for_as_long_as_an_answer() {
    let options = Options {
        call_timeout: Some(Duration::from_secs(5)),
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let silence = "no answer to the end of a stream within 5s";

    let (stream, call) = begun(&client, &mut peer, &[]).await;
    let start = Instant::now();
    let error = stream.finish().await.expect_err("nobody answers");
    assert_eq!(error.to_string(), silence);
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!(said(&mut peer, &call).await, "finish");

    let (stream, call) = begun(&client, &mut peer, &[]).await;
    let error = stream.abort().await.expect_err("nobody answers");
    assert_eq!(error.to_string(), silence);
    assert_eq!(said(&mut peer, &call).await, "abort None");

    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    for _ in 0..2 {
        let error = stream.shutdown().await.expect_err("nobody answers");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(error.to_string(), silence);
    }
    assert_eq!(said(&mut peer, &call).await, "finish");
    // It may still answer.
    peer.stream(&call, &StreamPacket::Finish).await;
    goes_on(&client, &mut peer).await;
    stream.shutdown().await.expect("it has");
}

#[tokio::test]
async fn a_stream_that_the_daemon_has_finished_first_is_finished() {
    for finishes in [false, true] {
        let (client, mut peer) = client(Options::default());
        let right_behind = [StreamPacket::Data(b"all"), StreamPacket::Finish];
        let (mut stream, _) = begun(&client, &mut peer, &right_behind).await;
        goes_on(&client, &mut peer).await;
        if finishes {
            stream.finish().await.expect("both say so");
        } else {
            stream.shutdown().await.expect("both say so");
        }
    }
}

#[tokio::test]
async fn nothing_is_written_behind_the_end() {
    let (client, mut peer) = client(Options::default());
    let (mut stream, call) = begun(&client, &mut peer, &[]).await;
    let (ended, ()) = tokio::join!(stream.shutdown(), async {
        assert_eq!(said(&mut peer, &call).await, "finish");
        peer.stream(&call, &StreamPacket::Finish).await;
    });
    ended.expect("the daemon says the same");
    let error = stream.write(b"late").await.expect_err("it is over");
    assert_eq!(error.to_string(), "the stream is over");
    goes_on(&client, &mut peer).await;
}

#[tokio::test]
async fn both_halves_of_a_stream_hear_of_its_end() {
    let (client, mut peer) = client(Options::default());
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    let (mut read, mut write) = tokio::io::split(stream);
    let reading = tokio::spawn(async move {
        let mut heard = Vec::new();
        read.read_to_end(&mut heard).await.map(|_| heard)
    });
    tokio::task::yield_now().await;
    let writing = tokio::spawn(async move { write.shutdown().await });
    assert_eq!(said(&mut peer, &call).await, "finish");
    peer.stream(&call, &StreamPacket::Finish).await;
    let both = async { tokio::join!(reading, writing) };
    let both = timeout(Duration::from_secs(5), both).await;
    let (heard, written) = both.expect("both hear of it");
    assert!(heard.expect("it ends").expect("well").is_empty());
    written.expect("it ends").expect("well");
}

#[tokio::test]
async fn a_late_error_reply_to_a_stream_that_was_dropped_answers_nothing() {
    let (client, mut peer) = client(Options::default());
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    drop(stream);
    peer.refuse(&call, MessageError::rpc("cannot make a hole"))
        .await;
    assert_eq!(said(&mut peer, &call).await, "abort None");
    goes_on(&client, &mut peer).await;
}

#[tokio::test(start_paused = true)]
async fn a_late_error_reply_to_a_stream_that_was_finished_in_vain_answers_nothing() {
    let options = Options {
        call_timeout: Some(Duration::from_secs(5)),
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    stream.finish().await.expect_err("nobody answers");
    assert_eq!(said(&mut peer, &call).await, "finish");
    peer.refuse(&call, MessageError::rpc("cannot make a hole"))
        .await;
    goes_on(&client, &mut peer).await;
}

#[tokio::test]
async fn an_error_reply_to_a_stream_that_has_ended_on_both_sides_ends_the_connection() {
    let (client, mut peer) = client(Options::default());
    let (stream, call) = begun(&client, &mut peer, &[]).await;
    drop(stream);
    assert_eq!(said(&mut peer, &call).await, "abort None");
    peer.stream(&call, &StreamPacket::Finish).await;
    goes_on(&client, &mut peer).await;
    peer.refuse(&call, MessageError::rpc("once more")).await;
    peer.end().await;
    let closed = client.closed().expect("it has ended").to_string();
    assert!(closed.contains("answer to no call"), "{closed}");
}

#[tokio::test]
async fn of_streams_whose_end_is_never_confirmed_the_last_thousand_are_remembered() {
    let (client, mut peer) = client(Options::default());
    let mut calls = Vec::new();
    for _ in 0..1100 {
        let (stream, call) = begun(&client, &mut peer, &[]).await;
        drop(stream);
        assert_eq!(said(&mut peer, &call).await, "abort None");
        calls.push(call);
    }
    for call in &calls[100..] {
        peer.refuse(call, MessageError::rpc("late")).await;
    }
    goes_on(&client, &mut peer).await;
    peer.refuse(&calls[0], MessageError::rpc("too late")).await;
    peer.end().await;
    let closed = client.closed().expect("it has ended").to_string();
    assert!(closed.contains("answer to no call"), "{closed}");
}
