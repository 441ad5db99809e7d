//! File descriptors over a UNIX socket, in both directions.

use std::io::{IoSlice, IoSliceMut, PipeReader, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use libvirt_remote::{Client, CloseReason, Error, Options, Transport};
use protocol_defs::message::{Message, Reply};
use protocol_defs::packet::{OwnedPacket, PacketReader};
use protocol_defs::remote::{self, proc};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use tokio::time::timeout;

/// A client, and the daemon's end.
fn client() -> (Client, UnixStream) {
    let (near, far) = UnixStream::pair().expect("two sockets");
    near.set_nonblocking(true).expect("it can be set");
    let near = tokio::net::UnixStream::from_std(near).expect("a runtime");
    (Client::new(Transport::unix(near), Options::default()), far)
}

/// Bytes with descriptors beside the first of them, as one message.
fn send(socket: &UnixStream, bytes: &[u8], fds: &[OwnedFd]) {
    let fds: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(40))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        assert!(
            beside.push(SendAncillaryMessage::ScmRights(&fds)),
            "there is room"
        );
    }
    let sent = sendmsg(
        socket,
        &[IoSlice::new(bytes)],
        &mut beside,
        SendFlags::empty(),
    );
    assert_eq!(sent, Ok(bytes.len()));
}

/// A pipe: what is written into the descriptor comes out of the reader.
fn pipe() -> (PipeReader, OwnedFd) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    (reader, writer.into())
}

/// Writes into what came, and hears of it at the other end.
fn is_at_the_other_end(fd: OwnedFd, mut reader: PipeReader) {
    let mut writer = std::fs::File::from(fd);
    writer.write_all(b"hello").expect("it is open");
    drop(writer);
    let mut heard = String::new();
    reader.read_to_string(&mut heard).expect("it is open");
    assert_eq!(heard, "hello");
}

/// The packet of a call without descriptors.
fn next(socket: &mut UnixStream) -> OwnedPacket {
    let mut reader = PacketReader::new();
    loop {
        if let Some(packet) = reader.next_packet().expect("the client frames well") {
            return packet.owned();
        }
        let mut byte = [0];
        socket.read_exact(&mut byte).expect("the client goes on");
        reader.feed(&byte);
    }
}

/// The answer to a call, announcing descriptors.
fn answer(call: &OwnedPacket, fds: u32) -> Vec<u8> {
    let reply = Message::Reply(Reply::Remote(remote::Reply::DomainOpenGraphicsFd));
    let mut bytes = Vec::new();
    reply
        .write(call.header.serial, fds, &mut bytes)
        .expect("it is within bounds");
    bytes
}

fn args() -> remote::DomainOpenGraphicsFdArgs {
    let dom = remote::NonnullDomain {
        name: "web".to_owned(),
        uuid: [7; 16],
        id: 1,
    };
    remote::DomainOpenGraphicsFdArgs {
        dom,
        idx: 0,
        flags: 0,
    }
}

/// Runs a daemon beside the client.
async fn beside<T: Send + 'static>(daemon: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(daemon)
        .await
        .expect("it does as it should")
}

#[tokio::test]
async fn come_with_the_answer_they_belong_to() {
    let (client, mut far) = client();
    let daemon = beside(move || {
        let calls = [next(&mut far), next(&mut far), next(&mut far)];
        let (first, second, third) = (pipe(), pipe(), pipe());
        send(&far, &answer(&calls[0], 1), &[]);
        send(&far, &[0], &[first.1]);
        // None; and then two, in one write with the answer before.
        let bytes = [answer(&calls[1], 0), answer(&calls[2], 2)].concat();
        send(&far, &bytes, &[]);
        send(&far, &[0], &[second.1]);
        send(&far, &[0], &[third.1]);
        (far, [first.0, second.0, third.0])
    });
    let args = args();
    let call = || client.call_with_descriptors::<proc::DomainOpenGraphicsFd>(&args, Vec::new());
    let (one, two, three, (_far, readers)) = tokio::join!(call(), call(), call(), daemon);
    let fds = |result: Result<((), Vec<OwnedFd>), Error>| result.expect("it is answered").1;
    assert!(fds(two).is_empty());
    let came: Vec<_> = fds(one).into_iter().chain(fds(three)).collect();
    assert_eq!(came.len(), 3);
    for (fd, reader) in came.into_iter().zip(readers) {
        is_at_the_other_end(fd, reader);
    }
}

#[tokio::test]
async fn go_one_by_one_behind_their_call() {
    let (client, mut far) = client();
    let (one, two) = (pipe(), pipe());
    let daemon = beside(move || {
        let call = next(&mut far);
        assert_eq!(call.fds, 2);
        let mut came = Vec::new();
        for _ in 0..2 {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
            let mut beside = RecvAncillaryBuffer::new(&mut space);
            let mut byte = [9];
            let mut slices = [IoSliceMut::new(&mut byte)];
            let flags = RecvFlags::CMSG_CLOEXEC;
            let received = recvmsg(&far, &mut slices, &mut beside, flags).expect("it comes");
            assert_eq!((received.bytes, byte), (1, [0]));
            for message in beside.drain() {
                let RecvAncillaryMessage::ScmRights(fds) = message else {
                    panic!("no descriptor");
                };
                came.extend(fds);
            }
        }
        // What is behind them is the next call.
        let next_call = next(&mut far);
        send(
            &far,
            &[answer(&call, 0), answer(&next_call, 0)].concat(),
            &[],
        );
        (far, came)
    });
    let fds = vec![one.1, two.1];
    let args = args();
    let with = client.call_with_descriptors::<proc::DomainOpenGraphicsFd>(&args, fds);
    let without = client.call::<proc::DomainOpenGraphicsFd>(&args);
    let (with, without, (_far, came)) = tokio::join!(with, without, daemon);
    with.expect("it is answered");
    without.expect("it is answered");
    for (fd, reader) in came.into_iter().zip([one.0, two.0]) {
        is_at_the_other_end(fd, reader);
    }
}

#[tokio::test]
async fn more_than_libvirt_takes_are_not_sent() {
    let (client, far) = client();
    let fds = (0..33).map(|_| pipe().1).collect();
    let refused = client
        .call_with_descriptors::<proc::DomainOpenGraphicsFd>(&args(), fds)
        .await;
    let error = refused.expect_err("too many");
    assert!(matches!(error, Error::Arguments { .. }), "{error:?}");
    drop((client, far));
}

#[tokio::test]
async fn that_were_announced_and_do_not_come_end_the_connection() {
    let (client, mut far) = client();
    let daemon = beside(move || {
        let call = next(&mut far);
        let mut bytes = answer(&call, 2);
        bytes.extend([0, 0]);
        send(&far, &bytes, &[]);
        far
    });
    let args = args();
    let call = client.call_with_descriptors::<proc::DomainOpenGraphicsFd>(&args, Vec::new());
    let (result, _far) = tokio::join!(call, daemon);
    let error = result.expect_err("they are missing").to_string();
    assert!(
        error.contains("fewer file descriptors than announced"),
        "{error}"
    );
}

#[tokio::test]
async fn that_belong_to_no_packet_are_not_kept() {
    // Beside the last byte of an answer that announces none, and beside the first one of what follows.
    for behind in [&[][..], &[0]] {
        let (client, mut far) = client();
        let daemon = beside(move || {
            let call = next(&mut far);
            let (reader, writer) = pipe();
            send(&far, &[&answer(&call, 0), behind].concat(), &[writer]);
            (far, reader)
        });
        let args = args();
        let call = client.call::<proc::DomainOpenGraphicsFd>(&args);
        let (result, (_far, mut reader)) = tokio::join!(call, daemon);
        result.expect("it is answered");
        let end = beside(move || reader.read(&mut [0]).expect("it is open"));
        let end = timeout(Duration::from_secs(5), end).await;
        assert_eq!(end.expect("it is closed"), 0);
        let closed = client.closed().expect("it has ended");
        assert!(
            matches!(closed.reason(), CloseReason::Descriptors),
            "{closed}"
        );
    }
}

#[tokio::test]
async fn of_an_answer_that_nobody_waits_for_are_closed() {
    let (client, mut far) = client();
    let daemon = beside(move || {
        let call = next(&mut far);
        let (reader, writer) = pipe();
        send(&far, &answer(&call, 1), &[]);
        send(&far, &[0], &[writer]);
        (far, reader)
    });
    let args = args();
    let call = client.call::<proc::DomainOpenGraphicsFd>(&args);
    let (result, (_far, mut reader)) = tokio::join!(call, daemon);
    result.expect("it is answered");
    let end = beside(move || reader.read(&mut [0]).expect("it is open"));
    assert_eq!(end.await, 0, "nobody has the other end any more");
}
