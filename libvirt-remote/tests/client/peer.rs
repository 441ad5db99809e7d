//! A daemon of a few lines: the test reads what the client says and writes what it is to hear.

use std::time::Duration;

use libvirt_remote::{Client, Connection, Options, Transport};
use protocol_defs::message::{Call, Event, Message, ProcedureId, Reply};
use protocol_defs::packet::{Kind, MessageError, OwnedPacket, PacketReader, Status};
use protocol_defs::remote;
use protocol_defs::stream::{Stream, StreamPacket};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// The daemon's end of a connection.
pub(crate) struct Peer {
    io: Box<dyn Wire>,
    reader: PacketReader,
}

/// Bytes in both directions.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// A client that has said nothing yet, and its daemon.
pub(crate) fn client(options: Options) -> (Client, Peer) {
    let (near, peer) = pair();
    (Client::new(near, options), peer)
}

/// A transport, and the daemon at its other end.
pub(crate) fn pair() -> (Transport, Peer) {
    let (near, far) = tokio::io::duplex(64 << 10);
    (Transport::new(near), Peer::over(far))
}

/// A connection that is open, and its daemon, which has these features.
pub(crate) async fn connection(options: Options, features: &[i32]) -> (Connection, Peer) {
    let (near, mut peer) = pair();
    let uri = "test:///default".parse().expect("it is a URI");
    let opening = Connection::open_over(near, &uri, options);
    let (conn, ()) = tokio::join!(opening, peer.let_in(features));
    (conn.expect("it opens"), peer)
}

impl Peer {
    /// A daemon at this end of something.
    pub(crate) fn over(io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        Self {
            io: Box::new(io),
            reader: PacketReader::new(),
        }
    }

    /// What the client says next.
    pub(crate) async fn next(&mut self) -> OwnedPacket {
        let said = timeout(Duration::from_mins(10), self.read()).await;
        let packet = said.expect("the client says something");
        packet.expect("the client has not hung up")
    }

    /// The client hangs up, and says nothing before it does.
    pub(crate) async fn end(&mut self) {
        assert_eq!(self.read().await, None);
    }

    /// The next packet, or nothing when the client has hung up.
    pub(crate) async fn read(&mut self) -> Option<OwnedPacket> {
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

    /// The call that the client makes next, and the packet.
    pub(crate) async fn call(&mut self) -> (OwnedPacket, remote::Call) {
        let packet = self.next().await;
        match Message::decode(&packet.borrowed()) {
            Ok(Message::Call(Call::Remote(call))) => (packet, call),
            other => panic!("no call of the remote program: {other:?}"),
        }
    }

    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.expect("the client reads");
    }

    pub(crate) async fn say(&mut self, message: &Message<'_>, serial: u32) {
        let mut bytes = Vec::new();
        message
            .write(serial, 0, &mut bytes)
            .expect("it is within bounds");
        self.bytes(&bytes).await;
    }

    pub(crate) async fn reply(&mut self, to: &OwnedPacket, reply: remote::Reply) {
        let reply = Message::Reply(Reply::Remote(reply));
        self.say(&reply, to.header.serial).await;
    }

    pub(crate) async fn refuse(&mut self, to: &OwnedPacket, error: MessageError) {
        let procedure = ProcedureId::of(&to.header);
        let error = Box::new(error);
        self.say(&Message::Error { procedure, error }, to.header.serial)
            .await;
    }

    pub(crate) async fn event(&mut self, event: remote::Event) {
        self.say(&Message::Event(Event::Remote(event)), 0).await;
    }

    pub(crate) async fn stream(&mut self, to: &OwnedPacket, packet: &StreamPacket<'_>) {
        let mut bytes = Vec::new();
        let stream = Stream::of(&to.header);
        stream
            .write(packet, &mut bytes)
            .expect("it is within bounds");
        self.bytes(&bytes).await;
    }

    /// Answers what a client asks first.
    pub(crate) async fn let_in(&mut self, features: &[i32]) {
        loop {
            let (packet, call) = self.call().await;
            let reply = match call {
                remote::Call::AuthList => remote::Reply::AuthList(remote::AuthListRet {
                    types: vec![remote::AuthType::None],
                }),
                remote::Call::ConnectOpen(_) => remote::Reply::ConnectOpen,
                remote::Call::ConnectSupportsFeature(args) => supported(features, args.feature),
                other => panic!("not what a client begins with: {other:?}"),
            };
            self.reply(&packet, reply).await;
            // The last that it asks.
            if matches!(call, remote::Call::ConnectSupportsFeature(args) if args.feature == 14) {
                return;
            }
        }
    }
}

fn supported(features: &[i32], feature: i32) -> remote::Reply {
    let supported = i32::from(features.contains(&feature));
    remote::Reply::ConnectSupportsFeature(remote::ConnectSupportsFeatureRet { supported })
}

/// The same packet with another header.
pub(crate) fn forged(
    packet: &OwnedPacket,
    change: impl FnOnce(&mut protocol_defs::packet::Header),
) -> Vec<u8> {
    let mut packet = packet.clone();
    packet.header.kind = Kind::Reply;
    packet.header.status = Status::Ok;
    packet.payload.clear();
    change(&mut packet.header);
    let mut bytes = Vec::new();
    packet.write(&mut bytes).expect("it is within bounds");
    bytes
}

/// A reply to `ConnectGetHostname`.
pub(crate) fn hostname(name: &str) -> remote::Reply {
    remote::Reply::ConnectGetHostname(remote::ConnectGetHostnameRet {
        hostname: name.to_owned(),
    })
}

/// A domain with this number as its UUID.
pub(crate) fn domain(number: u8) -> remote::NonnullDomain {
    remote::NonnullDomain {
        name: format!("guest-{number}"),
        uuid: [number; 16],
        id: i32::from(number),
    }
}
