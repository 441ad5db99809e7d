//! The daemon's end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use libvirt_remote::daemon::{Access, Daemon, Options, Router};
use libvirt_remote::{Connection, Error, Transport};
use protocol_defs::message::{Call, Message};
use protocol_defs::packet::PacketReader;
use protocol_defs::remote::{self, proc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::sleep;

use crate::alone::{Held, alone};
use crate::random::Random;

fn domain(id: i32) -> remote::NonnullDomain {
    remote::NonnullDomain {
        name: format!("guest-{id}"),
        uuid: [3; 16],
        id,
    }
}

fn daemon() -> Daemon {
    let router = Router::new()
        .on_sync::<proc::DomainLookupById>(|_, args| {
            let dom = domain(args.id);
            Ok(remote::DomainLookupByIdRet { dom })
        })
        .on::<proc::ConnectGetMaxVcpus>(|_, _| async {
            sleep(Duration::from_millis(5)).await;
            Ok(remote::ConnectGetMaxVcpusRet { max_vcpus: 4 })
        });
    Daemon::new(router, Options::default())
}

/// A client's end of a new connection.
fn accepted(daemon: &Daemon) -> UnixStream {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    daemon.accept(Transport::unix(far), Access::ReadWrite);
    near
}

async fn connection(daemon: &Daemon) -> Connection {
    let near = Transport::unix(accepted(daemon));
    let uri = "test:///default".parse().expect("it is a URI");
    // Events wait until the end.
    let options = libvirt_remote::Options {
        event_queue: 2000,
        ..libvirt_remote::Options::default()
    };
    let opened = Connection::open_over(near, &uri, options).await;
    opened.unwrap_or_else(|error| panic!("{error}"))
}

async fn lookup(conn: &Connection, id: i32) -> Result<(), Error> {
    let args = remote::DomainLookupByIdArgs { id };
    let found = conn.call::<proc::DomainLookupById>(&args).await?;
    assert_eq!(found.dom, domain(id));
    Ok(())
}

/// A client that calls and hears events until it is told to end, and gives how often it was answered.
fn steady(conn: Connection, end: Arc<AtomicBool>) -> JoinHandle<i32> {
    tokio::spawn(async move {
        let mut answered = 0;
        while !end.load(Ordering::Relaxed) {
            lookup(&conn, answered).await.expect("its connection stays");
            answered += 1;
        }
        answered
    })
}

/// A client of this crate that has calls under way and is told of events when it disconnects.
async fn disconnect(daemon: &Daemon, random: &mut Random) {
    let conn = connection(daemon).await;
    let events = conn.events::<remote::DomainEventRebootMsg>(None).await;
    let _events = events.expect("it is registered");
    let calls = 1 + random.below(8);
    let all = join_all((0..calls).map(|call| {
        let conn = conn.clone();
        async move {
            if call % 2 == 0 {
                return lookup(&conn, 7).await;
            }
            let args = remote::ConnectGetMaxVcpusArgs { r#type: None };
            let found = conn.call::<proc::ConnectGetMaxVcpus>(&args).await;
            found.map(|ret| assert_eq!(ret.max_vcpus, 4))
        }
    }));
    let client = conn.client();
    let pause = random.below(20);
    let end = async {
        for _ in 0..pause {
            yield_now().await;
        }
        client.disconnect();
    };
    let (results, ()) = tokio::join!(all, end);
    for result in results {
        let is_known = matches!(result, Ok(()) | Err(Error::Closed(_)));
        assert!(is_known, "{result:?}");
    }
}

/// Calls, so many that answers do not all fit into the socket when nobody reads them, cut off anywhere.
async fn cut_off(daemon: &Daemon, random: &mut Random) {
    let mut near = accepted(daemon);
    let bytes = calls(1 + random.below(30)).1;
    let cut = random.below(bytes.len() + 1);
    near.write_all(&bytes[..cut])
        .await
        .expect("the daemon reads");
}

/// Says all that it has to say, some of a further packet, and then only reads.
async fn half_closed(daemon: &Daemon, random: &mut Random) {
    let mut near = accepted(daemon);
    let (mut expected, mut bytes) = calls(1 + random.below(30));
    let more = calls(1).1;
    bytes.extend_from_slice(&more[..random.below(28)]);
    near.write_all(&bytes).await.expect("the daemon reads");
    near.shutdown().await.expect("it can be shut down");
    let mut said = Vec::new();
    near.read_to_end(&mut said)
        .await
        .expect("the daemon hangs up");
    let mut reader = PacketReader::new();
    reader.feed(&said);
    while let Some(packet) = reader.next_packet().expect("the daemon frames well") {
        let serial = packet.header.serial;
        expected.retain(|expected| *expected != serial);
    }
    assert!(expected.is_empty(), "not answered: {expected:?}");
}

/// The opening of a driver and so many calls: their serials, and bytes.
fn calls(count: usize) -> (Vec<u32>, Vec<u8>) {
    let open = remote::ConnectOpenArgs {
        name: Some("test:///default".to_owned()),
        flags: 0,
    };
    let lookup = remote::DomainLookupByIdArgs { id: 7 };
    let lookup = remote::Call::DomainLookupById(lookup);
    let first = remote::Call::ConnectOpen(open);
    let calls = std::iter::once(first).chain(std::iter::repeat_n(lookup, count));
    let (mut serials, mut bytes) = (Vec::new(), Vec::new());
    for (serial, call) in (0..).zip(calls) {
        let call = Message::Call(Call::Remote(call));
        call.write(serial, 0, &mut bytes)
            .expect("it is within bounds");
        serials.push(serial);
    }
    (serials, bytes)
}

async fn disconnects(daemon: &Daemon, random: &mut Random, count: usize) {
    for _ in 0..count {
        match random.below(3) {
            0 => disconnect(daemon, random).await,
            1 => cut_off(daemon, random).await,
            _ => half_closed(daemon, random).await,
        }
        let event = remote::DomainEventRebootMsg { dom: domain(7) };
        daemon.emit(event).expect("it is within bounds");
    }
    while daemon.stats().sessions > 1 {
        sleep(Duration::from_millis(1)).await;
    }
}

#[test]
fn a_thousand_clients_that_hang_up_cost_another_none_of_its_answers_and_leave_nothing() {
    alone(async {
        let daemon = daemon();
        let mut random = Random(0xdead_beef_0bad_cafe);
        let conn = connection(&daemon).await;
        let mut events = conn.events::<remote::DomainEventRebootMsg>(None).await;
        let events = events.as_mut().expect("it is registered");
        let end = Arc::new(AtomicBool::new(false));
        let steady = steady(conn.clone(), Arc::clone(&end));
        disconnects(&daemon, &mut random, 100).await;
        let held = Held::now();
        disconnects(&daemon, &mut random, 1000).await;
        held.again().await;
        end.store(true, Ordering::Relaxed);
        let answered = steady.await.expect("each call was answered");
        assert!(answered > 1000, "{answered} calls");
        for _ in 0..1100 {
            let event = events.recv().await.expect("an event");
            assert_eq!(event.expect("none is lost").dom, domain(7));
        }
    });
}

/// A packet of a stream that there is not: the daemon drops it.
fn junk(length: usize) -> Vec<u8> {
    let stream = protocol_defs::packet::Header {
        program: remote::PROGRAM,
        version: remote::PROTOCOL_VERSION,
        procedure: 209,
        kind: protocol_defs::packet::Kind::Stream,
        serial: 999_999,
        status: protocol_defs::packet::Status::Continue,
    };
    let mut bytes = Vec::new();
    let written = protocol_defs::packet::write_raw(&stream, 0, &vec![7; length], &mut bytes);
    written.expect("it is within bounds");
    bytes
}

#[test]
fn calls_that_wait_keep_no_more_than_themselves() {
    alone(async {
        let router = Router::new().on::<proc::ConnectGetMaxVcpus>(|_, _| std::future::pending());
        let daemon = Daemon::new(router, Options::default());
        let mut near = accepted(&daemon);
        let mut sent = calls(0).1;
        near.write_all(&sent).await.expect("the daemon reads");
        let junk = junk(8 << 20);
        let before = Held::now();
        for serial in 0..30 {
            near.write_all(&junk).await.expect("the daemon reads");
            let args = remote::ConnectGetMaxVcpusArgs { r#type: None };
            let call = Message::Call(remote::Call::ConnectGetMaxVcpus(args).into());
            let mut bytes = Vec::new();
            let written = call.write(1000 + serial, 0, &mut bytes);
            written.expect("it is within bounds");
            near.write_all(&bytes).await.expect("the daemon reads");
            sent.extend_from_slice(&bytes);
        }
        let all = (sent.len() + 30 * junk.len()) as u64;
        while daemon.stats().bytes_received < all {
            sleep(Duration::from_millis(1)).await;
        }
        let grown = before.grown();
        assert!(
            grown < 48 << 10,
            "{grown} kB for thirty calls without arguments"
        );
    });
}
