//! The client's end.

use std::time::Duration;

use futures_util::future::join_all;
use libvirt_remote::{CloseReason, Closed, Connection, Error, EventError, Options, Transport};
use libvirt_remote::{Events, Stream};
use protocol_defs::message::{Call, Message, Reply};
use protocol_defs::packet::{Header, Kind, OwnedPacket, PacketReader, Status};
use protocol_defs::remote::{self, proc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::alone::{Held, alone};
use crate::random::Random;

const HOST: &str = "host.example";

/// A daemon that the test writes for.
struct Peer {
    io: UnixStream,
    reader: PacketReader,
}

impl Peer {
    /// The call that the client makes next.
    async fn call(&mut self) -> OwnedPacket {
        let call = self.next().await;
        call.expect("the client has not hung up")
    }

    /// The same, or nothing if the client has hung up.
    async fn next(&mut self) -> Option<OwnedPacket> {
        loop {
            if let Some(packet) = self.reader.next_packet().expect("the client frames well") {
                return Some(packet.owned());
            }
            let mut bytes = [0; 4096];
            match self.io.read(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.reader.feed(&bytes[..count]),
            }
        }
    }

    /// The client may have hung up, which its calls then say.
    async fn say(&mut self, bytes: &[u8]) {
        let _ = self.io.write_all(bytes).await;
    }
}

/// What an application has of a connection: the driver is open, a download has begun, events are registered for.
struct Live {
    conn: Connection,
    stream: Stream,
    events: Events<remote::DomainEventRebootMsg>,
}

/// The number of that registration.
const CALLBACK: i32 = 7;

/// It, its daemon, and the header of the call that began the stream.
async fn live() -> (Live, Peer, Header) {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    let reader = PacketReader::new();
    let mut peer = Peer { io: far, reader };
    let mut headers = Vec::new();
    let daemon = async {
        loop {
            let call = peer.call().await;
            headers.push(call.header);
            peer.say(&bytes(&first_answer(&call))).await;
        }
    };
    let live = tokio::select! {
        live = begin(Transport::unix(near)) => live.unwrap_or_else(|error| panic!("{error}")),
        () = daemon => panic!("it goes on"),
    };
    let last = headers.pop().expect("it has called");
    (live, peer, last)
}

async fn begin(transport: Transport) -> Result<Live, Error> {
    let uri = "test:///default".parse()?;
    let conn = Connection::open_over(transport, &uri, Options::default()).await?;
    let events = conn.events(None).await?;
    let args = remote::StorageVolDownloadArgs {
        vol: remote::NonnullStorageVol {
            pool: "pool".to_owned(),
            name: "disk".to_owned(),
            key: "/example/disk".to_owned(),
        },
        offset: 0,
        length: 0,
        flags: 0,
    };
    let ((), stream) = conn.stream::<proc::StorageVolDownload>(&args).await?;
    Ok(Live {
        conn,
        stream,
        events,
    })
}

/// The answer to what is called first.
fn first_answer(to: &OwnedPacket) -> OwnedPacket {
    let Ok(Message::Call(Call::Remote(call))) = Message::decode(&to.borrowed()) else {
        panic!("no call: {to:?}");
    };
    let reply = match call {
        remote::Call::AuthList => remote::Reply::AuthList(remote::AuthListRet {
            types: vec![remote::AuthType::None],
        }),
        remote::Call::ConnectOpen(_) => remote::Reply::ConnectOpen,
        remote::Call::ConnectSupportsFeature(args) => {
            // Registrations for events with numbers; no keepalive.
            let supported = i32::from(args.feature == 14);
            remote::Reply::ConnectSupportsFeature(remote::ConnectSupportsFeatureRet { supported })
        }
        remote::Call::ConnectDomainEventCallbackRegisterAny(_) => {
            let callback_id = CALLBACK;
            let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id };
            remote::Reply::ConnectDomainEventCallbackRegisterAny(ret)
        }
        remote::Call::StorageVolDownload(_) => remote::Reply::StorageVolDownload,
        other => panic!("not what a client begins with: {other:?}"),
    };
    let reply = Message::Reply(Reply::Remote(reply));
    let packet = reply.packet(to.header.serial, 0);
    packet.expect("it is within bounds")
}

/// What is told that a connection has ended is told why.
fn is_why(closed: &Closed) {
    // That is what a task that panicked would leave behind.
    assert!(!matches!(closed.reason(), CloseReason::Runtime), "{closed}");
}

impl Live {
    /// The connection has ended, and the stream and the events with it.
    async fn has_ended(mut self) {
        let ends = async {
            let end = loop {
                match self.stream.read().await {
                    Ok(Some(_)) => {}
                    other => break other,
                }
            };
            match end {
                Err(Error::Closed(closed)) => is_why(&closed),
                // The daemon had ended it before.
                Ok(None) | Err(Error::Remote(_)) => {}
                other => panic!("{other:?}"),
            }
            match self.stream.write(b"late").await {
                Err(Error::Closed(closed)) => is_why(&closed),
                Err(Error::Finished | Error::Remote(_)) => {}
                other => panic!("{other:?}"),
            }
            loop {
                match self.events.recv().await {
                    Some(Err(EventError::Closed(closed))) => break is_why(&closed),
                    Some(Ok(_) | Err(EventError::Unreadable(_))) => {}
                    other => panic!("{other:?}"),
                }
            }
            assert!(self.events.recv().await.is_none(), "nothing follows");
        };
        let ends = timeout(Duration::from_mins(1), ends).await;
        ends.expect("nothing waits for ever");
    }
}

fn answer(to: &OwnedPacket) -> OwnedPacket {
    let ret = remote::ConnectGetHostnameRet {
        hostname: HOST.to_owned(),
    };
    let reply = Message::Reply(Reply::Remote(remote::Reply::ConnectGetHostname(ret)));
    let packet = reply.packet(to.header.serial, 0);
    packet.expect("it is within bounds")
}

fn bytes(packet: &OwnedPacket) -> Vec<u8> {
    let mut bytes = Vec::new();
    packet.write(&mut bytes).expect("it is within bounds");
    bytes
}

/// Whether a call was answered. If not, it has failed as it should when the connection ends.
async fn call(conn: &Connection) -> Result<bool, Error> {
    let call = conn.call::<proc::ConnectGetHostname>(&());
    let result = timeout(Duration::from_mins(1), call).await;
    match result.expect("no call waits for ever") {
        Ok(ret) => {
            assert_eq!(ret.hostname, HOST);
            Ok(true)
        }
        Err(Error::Closed(closed)) => {
            is_why(&closed);
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Calls several times at once, hears some of the answers, and how the daemon hangs up. How many were answered.
async fn disconnect(random: &mut Random) -> usize {
    let calls = 1 + random.below(8);
    let (live, mut peer, _) = live().await;
    let daemon = async {
        let mut answers = Vec::new();
        let mut ends = Vec::new();
        for _ in 0..calls {
            let call = peer.call().await;
            answers.extend(bytes(&answer(&call)));
            ends.push(answers.len());
        }
        let cut = random.below(answers.len() + 1);
        peer.say(&answers[..cut]).await;
        drop(peer);
        ends.iter().filter(|end| **end <= cut).count()
    };
    let all = join_all((0..calls).map(|_| call(&live.conn)));
    let (results, expected) = tokio::join!(all, daemon);
    let answered = results.iter().filter(|result| matches!(result, Ok(true)));
    assert_eq!(answered.count(), expected, "{results:?}");
    let failed = results.iter().filter(|result| matches!(result, Ok(false)));
    assert_eq!(failed.count(), calls - expected, "{results:?}");
    live.has_ended().await;
    expected
}

#[test]
fn a_thousand_daemons_that_hang_up_lose_no_answer_and_leave_nothing() {
    alone(async {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..100 {
            disconnect(&mut random).await;
        }
        let held = Held::now();
        let mut answered = 0;
        for _ in 0..1000 {
            answered += disconnect(&mut random).await;
        }
        assert!(answered > 1000, "{answered} calls were answered");
        held.again().await;
    });
}

/// A packet that something is wrong with, and whether its length is: then it may swallow what follows.
fn malformed(random: &mut Random, good: &OwnedPacket, stream: &Header) -> (Vec<u8>, bool) {
    let mut packet = good.clone();
    let header = &mut packet.header;
    match random.below(22) {
        0 => header.program = random.word(),
        1 => header.version = random.word(),
        2 => header.procedure = random.word() % 600,
        3 => header.kind = Kind::Unknown(8 + random.small()),
        4 => header.status = [Status::Error, Status::Continue, Status::Unknown(9)][random.below(3)],
        5 => header.serial = random.word() | 1 << 31,
        6 => header.kind = [Kind::StreamHole, Kind::Call][random.below(2)],
        7 => packet.payload = random.bytes(7),
        8 => {
            let mut bytes = bytes(&packet);
            bytes[random.below(4)] ^= 1 << random.below(8);
            return (bytes, true);
        }
        9..=12 => {
            // Of a stream that has ended, or never was.
            header.kind = Kind::Stream;
            packet.payload = random.bytes(40);
        }
        13 => {
            // Of the stream that has begun.
            *header = *stream;
            header.kind = [Kind::Stream, Kind::StreamHole, Kind::Reply][random.below(3)];
            header.status = [Status::Ok, Status::Error, Status::Continue][random.below(3)];
            packet.payload = random.bytes(40);
        }
        14 => {
            // An event for the registration that there is, cut off somewhere.
            header.kind = Kind::Message;
            header.procedure = remote::Procedure::DomainEventCallbackReboot as u32;
            packet.payload = CALLBACK.to_be_bytes().to_vec();
            packet.payload.extend(random.bytes(20));
        }
        _ => {
            // An event whose payload is nothing of the kind.
            header.kind = Kind::Message;
            header.procedure = 317 + random.word() % 100;
            packet.payload = random.bytes(200);
        }
    }
    (bytes(&packet), false)
}

/// Sends this many malformed packets to one client, or as many as it bears with, and gives the number. Of each two calls one
/// is answered before such a packet, the other behind it.
async fn bear(random: &mut Random, count: usize) -> usize {
    let (live, mut peer, stream) = live().await;
    let conn = &live.conn;
    for sent in 1..=count {
        let daemon = async {
            let mut said = bytes(&answer(&peer.call().await));
            let good = answer(&peer.call().await);
            let (wrong, is_last) = malformed(random, &good, &stream);
            said.extend(wrong);
            peer.say(&said).await;
            peer.say(&bytes(&good)).await;
            if is_last {
                let _ = peer.io.shutdown().await;
            }
        };
        let (first, second, ()) = tokio::join!(call(conn), call(conn), daemon);
        assert!(matches!(first, Ok(true)), "it was answered: {first:?}");
        let is_answer = matches!(second, Ok(_) | Err(Error::Result { .. } | Error::Remote(_)));
        assert!(is_answer, "{second:?}");
        // What has ended the connection has done so before this is answered.
        let daemon = async {
            if let Some(call) = peer.next().await {
                peer.say(&bytes(&answer(&call))).await;
            }
        };
        let (third, ()) = tokio::join!(call(conn), daemon);
        match third {
            Ok(true) => assert!(matches!(second, Ok(true)), "{second:?}"),
            Ok(false) => {
                live.has_ended().await;
                return sent;
            }
            Err(error) => panic!("{error}"),
        }
    }
    conn.client().disconnect();
    live.has_ended().await;
    count
}

#[test]
fn ten_thousand_malformed_packets_cost_no_answer_that_came_before_them() {
    alone(async {
        let mut random = Random(0x1234_5678_9abc_def1);
        bear(&mut random, 100).await;
        let held = Held::now();
        let (mut sent, mut clients) = (0, 0);
        while sent < 10_000 {
            sent += bear(&mut random, 10_000 - sent).await;
            clients += 1;
        }
        assert!((1000..9000).contains(&clients), "{clients} clients");
        held.again().await;
    });
}
