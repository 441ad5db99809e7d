//! The client's end.

use std::time::Duration;

use futures_util::future::join_all;
use libvirt_remote::{Client, CloseReason, Error, Options, Transport};
use protocol_defs::message::{Message, Reply};
use protocol_defs::packet::{Kind, OwnedPacket, PacketReader, Status};
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

fn pair() -> (Client, Peer) {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    let client = Client::new(Transport::unix(near), Options::default());
    let reader = PacketReader::new();
    (client, Peer { io: far, reader })
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
async fn call(client: &Client) -> Result<bool, Error> {
    let call = client.call::<proc::ConnectGetHostname>(&());
    let result = timeout(Duration::from_mins(1), call).await;
    match result.expect("no call waits for ever") {
        Ok(ret) => {
            assert_eq!(ret.hostname, HOST);
            Ok(true)
        }
        Err(Error::Closed(closed)) => {
            // That is what a task that panicked would leave behind.
            assert!(!matches!(closed.reason(), CloseReason::Runtime), "{closed}");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Calls several times at once, hears some of the answers, and how the daemon hangs up. How many were answered.
async fn disconnect(random: &mut Random) -> usize {
    let calls = 1 + random.below(8);
    let (client, mut peer) = pair();
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
    let all = join_all((0..calls).map(|_| call(&client)));
    let (results, expected) = tokio::join!(all, daemon);
    let answered = results.iter().filter(|result| matches!(result, Ok(true)));
    assert_eq!(answered.count(), expected, "{results:?}");
    let failed = results.iter().filter(|result| matches!(result, Ok(false)));
    assert_eq!(failed.count(), calls - expected, "{results:?}");
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
fn malformed(random: &mut Random, good: &OwnedPacket) -> (Vec<u8>, bool) {
    let mut packet = good.clone();
    let header = &mut packet.header;
    match random.below(20) {
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
    let (client, mut peer) = pair();
    for sent in 1..=count {
        let daemon = async {
            let mut said = bytes(&answer(&peer.call().await));
            let good = answer(&peer.call().await);
            let (wrong, is_last) = malformed(random, &good);
            said.extend(wrong);
            peer.say(&said).await;
            peer.say(&bytes(&good)).await;
            if is_last {
                let _ = peer.io.shutdown().await;
            }
        };
        let (first, second, ()) = tokio::join!(call(&client), call(&client), daemon);
        assert!(matches!(first, Ok(true)), "it was answered: {first:?}");
        let is_answer = matches!(second, Ok(_) | Err(Error::Result { .. } | Error::Remote(_)));
        assert!(is_answer, "{second:?}");
        // What has ended the connection has done so before this is answered.
        let daemon = async {
            if let Some(call) = peer.next().await {
                peer.say(&bytes(&answer(&call))).await;
            }
        };
        let (third, ()) = tokio::join!(call(&client), daemon);
        match third {
            Ok(true) => assert!(matches!(second, Ok(true)), "{second:?}"),
            Ok(false) => return sent,
            Err(error) => panic!("{error}"),
        }
    }
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
