//! Daemons that do what none does, and connections that break.

use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::time::Duration;

use futures_util::poll;
use libvirt_remote::{Client, CloseReason, Error, Options, Transport};
use protocol_defs::packet::{
    Header, Keepalive, Kind, OwnedPacket, Status, write_packet, write_raw,
};
use protocol_defs::remote::{self, proc};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::peer::{Peer, client, forged, hostname};

/// What a call ends with when the daemon answers it with what `write` does.
async fn ends_with(write: impl AsyncFnOnce(Peer, OwnedPacket)) -> String {
    let (client, mut peer) = client(Options::default());
    let answer = async {
        let (packet, _) = peer.call().await;
        write(peer, packet).await;
    };
    let call = client.call::<proc::ConnectGetHostname>(&());
    let (result, ()) = tokio::join!(timeout(Duration::from_secs(20), call), answer);
    let error = result.expect("it ends at once").expect_err("it fails");
    assert!(matches!(error, Error::Closed(_)), "{error:?}");
    let later = client.call::<proc::ConnectGetHostname>(&()).await;
    let later = later.expect_err("later calls fail as well");
    assert_eq!(later.to_string(), error.to_string());
    error.to_string()
}

async fn answered_with(change: impl FnOnce(&mut Header)) -> String {
    ends_with(async |mut peer: Peer, packet| peer.bytes(&forged(&packet, change)).await).await
}

const HERE: &str = "program 0x20008086, version 1, procedure 59, serial";

#[tokio::test]
async fn a_packet_that_no_daemon_sends_ends_the_connection() {
    let said = answered_with(|header| header.serial = 7).await;
    assert_eq!(
        said,
        format!("the connection has ended: answer to no call: kind Reply, status Ok, {HERE} 7")
    );
    let said = answered_with(|header| header.procedure = 60).await;
    let why = "answer to another procedure than the one called";
    assert!(said.contains(why), "{said}");
    let said = answered_with(|header| header.program = 0x2000_8087).await;
    assert!(said.contains(why), "{said}");
    let said = answered_with(|header| header.version = 2).await;
    assert!(said.contains(why), "{said}");
    let said = answered_with(|header| header.status = Status::Continue).await;
    assert!(
        said.contains("a status that its kind does not have"),
        "{said}"
    );
    let said = answered_with(|header| header.kind = Kind::Call).await;
    assert!(said.contains("the daemon has called its client"), "{said}");
    let said = answered_with(|header| header.kind = Kind::Unknown(9)).await;
    assert!(
        said.contains("packet of an unknown kind: kind Unknown(9)"),
        "{said}"
    );
}

#[tokio::test]
async fn a_keepalive_packet_that_is_neither_of_the_two_ends_the_connection() {
    for change in [
        |header: &mut Header| header.procedure = 3,
        |header: &mut Header| header.version = 2,
        |header: &mut Header| header.kind = Kind::Reply,
        |header: &mut Header| header.status = Status::Error,
    ] {
        let said = ends_with(async |mut peer: Peer, _| {
            let mut header = Keepalive::Ping.header();
            change(&mut header);
            let mut bytes = Vec::new();
            write_packet(&header, &(), &mut bytes).expect("it is within bounds");
            peer.bytes(&bytes).await;
        });
        let said = said.await;
        assert!(
            said.contains("keepalive that is neither of the two"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn garbage_ends_the_connection() {
    let said = ends_with(async |mut peer: Peer, _| peer.bytes(b"HTTP/1.1 400 Bad").await).await;
    assert_eq!(
        said,
        "the connection has ended: packet of 1213486160 bytes is longer than the 33554436 that \
         libvirt takes, at byte 0 of the stream"
    );
    let said = ends_with(async |mut peer: Peer, _| peer.bytes(&[0, 0, 0, 27]).await).await;
    assert!(
        said.contains("packet of 27 bytes is shorter than its header"),
        "{said}"
    );
}

#[tokio::test]
async fn a_packet_over_the_limit_ends_the_connection_before_it_has_come() {
    let length = 33_554_437_u32.to_be_bytes();
    let said = ends_with(async |mut peer: Peer, _| peer.bytes(&length).await).await;
    assert!(
        said.contains("packet of 33554437 bytes is longer"),
        "{said}"
    );
}

#[tokio::test]
async fn descriptors_that_cannot_come_end_the_connection() {
    let said = ends_with(async |mut peer: Peer, packet: OwnedPacket| {
        let header = Header {
            kind: Kind::ReplyWithFds,
            ..packet.header
        };
        let mut bytes = Vec::new();
        write_raw(&header, 1, &[], &mut bytes).expect("it is within bounds");
        peer.bytes(&bytes).await;
    });
    let said = said.await;
    assert!(
        said.contains("file descriptors over a connection that cannot pass them"),
        "{said}"
    );
}

/// Sends these bytes so often, each time with a descriptor beside the first of them, and says why the client has had enough.
async fn ends_with_descriptors(times: usize, bytes: &[u8]) -> Option<String> {
    let (near, far) = UnixStream::pair().expect("two sockets");
    let client = Client::new(Transport::unix(near), Options::default());
    let far = far.into_std().expect("it is a socket");
    let fds = [far.as_fd()];
    for _ in 0..times {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut beside = SendAncillaryBuffer::new(&mut space);
        assert!(beside.push(SendAncillaryMessage::ScmRights(&fds)));
        let slices = [IoSlice::new(bytes)];
        // It may have hung up.
        let _ = sendmsg(&far, &slices, &mut beside, SendFlags::NOSIGNAL);
        tokio::task::yield_now().await;
    }
    let mut patience = 100;
    while client.closed().is_none() && patience > 0 {
        patience -= 1;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.closed().map(|closed| closed.to_string())
}

#[tokio::test]
async fn descriptors_that_belong_to_no_packet_end_the_connection() {
    let mut ping = Vec::new();
    let header = Keepalive::Ping.header();
    write_packet(&header, &(), &mut ping).expect("it is within bounds");
    let why = "the connection has ended: file descriptors that belong to no packet";
    let ended = ends_with_descriptors(1, &ping).await;
    assert_eq!(ended.as_deref(), Some(why));
    // Of a packet that is not whole yet: the first of these is the length of a long one.
    let length = 30_000_u32.to_be_bytes();
    let ended = ends_with_descriptors(1, &length).await;
    assert_eq!(ended.as_deref(), Some(why));
}

#[tokio::test]
async fn a_daemon_that_hangs_up_is_said_to_have_done_so() {
    let said = ends_with(async |peer, _| drop(peer)).await;
    assert_eq!(said, "the connection has ended: the daemon has closed it");
    let said = ends_with(async |mut peer: Peer, _| peer.bytes(&[0, 0, 0, 28, 1, 2]).await).await;
    assert_eq!(
        said,
        "the connection has ended: the daemon has closed it after 6 bytes of a packet"
    );
}

#[tokio::test]
async fn wherever_an_answer_is_cut_off_every_call_fails_at_once() {
    let mut whole = Vec::new();
    let reply = protocol_defs::message::Message::Reply(hostname("host.example").into());
    reply.write(0, 0, &mut whole).expect("it is within bounds");
    for length in 0..whole.len() {
        let (client, mut peer) = client(Options::default());
        let answer = async {
            for _ in 0..3 {
                peer.call().await;
            }
            peer.bytes(&whole[..length]).await;
            drop(peer);
        };
        let call = || client.call::<proc::ConnectGetHostname>(&());
        let calls = async { tokio::join!(call(), call(), call()) };
        let calls = timeout(Duration::from_secs(20), calls);
        let (results, ()) = tokio::join!(calls, answer);
        let (one, two, three) = results.expect("nobody waits for ever");
        for result in [one, two, three] {
            let Err(Error::Closed(closed)) = result else {
                panic!("cut off after {length} bytes: {result:?}");
            };
            match closed.reason() {
                CloseReason::ByPeer => assert_eq!(length, 0),
                CloseReason::CutOff { length: cut } => assert_eq!(*cut, length),
                other => panic!("cut off after {length} bytes: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_answer_may_come_byte_by_byte() {
    let (client, mut peer) = client(Options::default());
    let answer = async {
        let (packet, _) = peer.call().await;
        let reply = protocol_defs::message::Message::Reply(hostname("host.example").into());
        let mut bytes = Vec::new();
        reply
            .write(packet.header.serial, 0, &mut bytes)
            .expect("it is within bounds");
        for byte in bytes {
            peer.bytes(&[byte]).await;
            tokio::task::yield_now().await;
        }
    };
    let (result, ()) = tokio::join!(client.call::<proc::ConnectGetHostname>(&()), answer);
    assert_eq!(result.expect("it is answered").hostname, "host.example");
}

#[tokio::test]
async fn who_disconnects_fails_what_waits() {
    let (client, mut peer) = client(Options::default());
    let call = client.call::<proc::ConnectGetHostname>(&());
    let (result, ()) = tokio::join!(call, async {
        peer.call().await;
        client.disconnect();
    });
    let error = result.expect_err("nobody answers any more");
    assert_eq!(
        error.to_string(),
        "the connection has ended: this side has closed it"
    );
    peer.end().await;
    assert_eq!(remote::PROGRAM, 0x2000_8086);
}

#[test]
fn a_runtime_that_ends_fails_what_waits_elsewhere() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let (client, peer) = {
        let _guard = runtime.enter();
        client(Options::default())
    };
    drop(runtime);
    let elsewhere = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let call = client.call::<proc::ConnectGetHostname>(&());
    let error = elsewhere
        .expect("a runtime")
        .block_on(call)
        .expect_err("nobody reads");
    assert_eq!(
        error.to_string(),
        "the connection has ended: its runtime has ended"
    );
    drop(peer);
}

#[tokio::test]
async fn what_a_daemon_said_before_it_hung_up_is_heard_though_it_hears_no_more() {
    let (near, far) = UnixStream::pair().expect("two sockets");
    let client = Client::new(Transport::unix(near), Options::default());
    let mut peer = Peer::over(far);
    let mut first = Box::pin(client.call::<proc::ConnectGetHostname>(&()));
    assert!(poll!(&mut first).is_pending());
    let (packet, _) = peer.call().await;
    peer.reply(&packet, hostname("host.example")).await;
    drop(peer);
    // The task has not run since: it finds an answer, the end, and something to write to nobody.
    let second = client.call::<proc::ConnectGetHostname>(&());
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.expect("it was answered").hostname, "host.example");
    let error = second.expect_err("nobody hears it");
    assert_eq!(
        error.to_string(),
        "the connection has ended: the daemon has closed it"
    );
}
