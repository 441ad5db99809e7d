//! What only real sockets do.

use std::fs::File;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use libvirt_remote::daemon::{Access, Daemon, Options, Router};
use libvirt_remote::{Connection, Transport};
use protocol_defs::message::{Call, Message};
use protocol_defs::packet::PacketReader;
use protocol_defs::remote::{self, proc};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::hostile::wait_until_alone;
use super::peer::{daemon, domain};

#[tokio::test]
async fn over_tcp_the_answers_arrive_though_what_followed_is_not_read() {
    let daemon = daemon(Options::default());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a port on loopback");
    let address = listener.local_addr().expect("it has an address");
    daemon.listen(listener, Access::ReadWrite);
    for _ in 0..50 {
        let mut io = TcpStream::connect(address).await.expect("it is let in");
        let mut bytes = Vec::new();
        for serial in 0..20 {
            let call = Message::Call(Call::Remote(remote::Call::AuthList));
            let written = call.write(serial, 0, &mut bytes);
            written.expect("it is within bounds");
        }
        bytes.resize(bytes.len() + 200_000, 0xff);
        io.write_all(&bytes).await.expect("the daemon takes it");
        // It has ended by now, but a client that is told so by an error of its writing might not look at its answers.
        tokio::time::sleep(Duration::from_millis(5)).await;
        io.write_all(&bytes).await.expect("the daemon takes it");
        let mut answers = Vec::new();
        let mut reader = PacketReader::new();
        let read = timeout(Duration::from_secs(10), io.read_to_end(&mut answers)).await;
        read.expect("the daemon hangs up").expect("in good order");
        reader.feed(&answers);
        let mut count = 0;
        while let Ok(Some(_)) = reader.next_packet() {
            count += 1;
        }
        assert_eq!(count, 20);
    }
    wait_until_alone(&daemon).await;
}

#[tokio::test]
async fn descriptors_that_nobody_has_announced_end_their_connection() {
    let daemon = daemon(Options::default());
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    let session = daemon.accept(Transport::unix(far), Access::ReadWrite);
    let file = File::open("/dev/null").expect("a file");
    let fds = [file.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    assert!(beside.push(SendAncillaryMessage::ScmRights(&fds)));
    // The first byte of a packet, which would wait for the rest for ever.
    let slices = [IoSlice::new(&[0])];
    let sent = sendmsg(&near, &slices, &mut beside, SendFlags::NOSIGNAL);
    assert_eq!(sent, Ok(1));
    let gone = async {
        while !session.is_closed() {
            tokio::task::yield_now().await;
        }
    };
    let waited = timeout(Duration::from_secs(10), gone).await;
    waited.expect("it does not keep them");
    assert_eq!(daemon.stats().malformed, 1);
}

#[tokio::test]
async fn a_client_has_so_many_descriptors_with_its_calls_and_no_more() {
    let open = Arc::new(Semaphore::new(0));
    let (told, mut begun) = mpsc::unbounded_channel();
    let router = Router::with_state((Arc::clone(&open), told)).on::<proc::DomainOpenGraphicsFd>(
        |mut cx, _| async move {
            let (open, told) = cx.state();
            let (open, told) = (Arc::clone(open), told.clone());
            told.send(cx.take_descriptors().len()).expect("it is heard");
            open.acquire().await.expect("nobody closes it").forget();
            Ok(())
        },
    );
    let options = Options {
        max_descriptors: 4,
        ..Options::default()
    };
    let daemon = Daemon::new(router, options);
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    daemon.accept(Transport::unix(far), Access::ReadWrite);
    let uri = "test:///default".parse().expect("it is a URI");
    let options = libvirt_remote::Options {
        keepalive: None,
        ..libvirt_remote::Options::default()
    };
    let conn = Connection::open_over(Transport::unix(near), &uri, options).await;
    let conn = conn.expect("it is let in");
    let args = remote::DomainOpenGraphicsFdArgs {
        dom: domain(1),
        idx: 0,
        flags: 0,
    };
    let fds = || {
        let null = || File::open("/dev/null").expect("a file").into();
        vec![null(), null()]
    };
    let client = conn.client();
    let call = || client.call_with_descriptors::<proc::DomainOpenGraphicsFd>(&args, fds());
    let all = async { join_all((0..10).map(|_| call())).await };
    let watch = async {
        let mut count = 0;
        for more in [2, 1, 1, 6] {
            for _ in 0..more {
                assert_eq!(begun.recv().await, Some(2));
                count += 1;
            }
            if count < 10 {
                let next = timeout(Duration::from_millis(100), begun.recv()).await;
                assert!(next.is_err(), "{count} of two each are enough");
            }
            open.add_permits(if count < 4 { 1 } else { 10 });
        }
    };
    let (answers, ()) = tokio::join!(all, watch);
    assert!(answers.iter().all(Result::is_ok));
}
