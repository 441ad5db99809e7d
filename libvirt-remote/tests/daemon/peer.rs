//! A client of a few lines, and what the tests' daemons have.

use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Options, Router, Session};
use libvirt_remote::{Connection, Transport};
use protocol_defs::message::{Call, Event, Message, ProcedureId};
use protocol_defs::packet::{Header, Kind, MessageError, OwnedPacket, PacketReader, Status};
use protocol_defs::remote::{
    self, ConnectGetMaxVcpusRet, ConnectOpenArgs, DomainLookupByIdRet, NonnullDomain, proc,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

/// A client's end of a connection.
pub(crate) struct Peer {
    io: DuplexStream,
    reader: PacketReader,
    serial: u32,
}

/// A daemon that looks up domains, whose numbers are their names' and UUIDs', and has time.
pub(crate) fn router() -> Router {
    Router::new()
        .on_sync::<proc::DomainLookupById>(|_, args| {
            let dom = domain(u8::try_from(args.id).unwrap_or_default());
            Ok(DomainLookupByIdRet { dom })
        })
        .on::<proc::ConnectGetMaxVcpus>(|_, _| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(ConnectGetMaxVcpusRet { max_vcpus: 4 })
        })
}

pub(crate) fn daemon(options: Options) -> Daemon {
    Daemon::new(router(), options)
}

/// A client that has said nothing yet.
pub(crate) fn peer(daemon: &Daemon, access: Access) -> (Peer, Session) {
    peer_with(daemon, access, 64 << 10)
}

/// The same, with so much room for bytes on their way.
pub(crate) fn peer_with(daemon: &Daemon, access: Access, room: usize) -> (Peer, Session) {
    let (near, far) = tokio::io::duplex(room);
    let session = daemon.accept(Transport::new(far), access);
    let peer = Peer {
        io: near,
        reader: PacketReader::new(),
        serial: 0,
    };
    (peer, session)
}

/// A client that has opened its driver.
pub(crate) async fn opened(daemon: &Daemon) -> (Peer, Session) {
    let (mut peer, session) = peer(daemon, Access::ReadWrite);
    peer.open(0).await;
    (peer, session)
}

/// The client of this crate, with its driver opened.
pub(crate) async fn connection(daemon: &Daemon, access: Access) -> Connection {
    connection_with(daemon, access, libvirt_remote::Options::default()).await
}

pub(crate) async fn connection_with(
    daemon: &Daemon,
    access: Access,
    options: libvirt_remote::Options,
) -> Connection {
    let (near, far) = tokio::io::duplex(64 << 10);
    daemon.accept(Transport::new(far), access);
    let uri = "test:///default".parse().expect("it is a URI");
    let opened = Connection::open_over(Transport::new(near), &uri, options).await;
    opened.unwrap_or_else(|error| panic!("{error}"))
}

impl Peer {
    /// Opens the driver, with these flags.
    pub(crate) async fn open(&mut self, flags: u32) {
        let name = Some("test:///default".to_owned());
        let open = remote::Call::ConnectOpen(ConnectOpenArgs { name, flags });
        let reply = self.ask(open).await;
        assert!(matches!(reply, Ok(remote::Reply::ConnectOpen)), "{reply:?}");
    }

    /// Calls, and gives the answer.
    pub(crate) async fn ask(&mut self, call: remote::Call) -> Result<remote::Reply, MessageError> {
        let serial = self.call(call).await;
        let (answered, answer) = self.answer().await;
        assert_eq!(answered, serial, "answers are to calls");
        answer
    }

    /// Calls, and gives the serial.
    pub(crate) async fn call(&mut self, call: remote::Call) -> u32 {
        self.serial += 1;
        let packet = Message::Call(Call::Remote(call)).packet(self.serial, 0);
        self.packet(&packet.expect("it is within bounds")).await;
        self.serial
    }

    pub(crate) async fn packet(&mut self, packet: &OwnedPacket) {
        let mut bytes = Vec::new();
        packet.write(&mut bytes).expect("it is within bounds");
        self.bytes(&bytes).await;
    }

    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        let written = timeout(Duration::from_mins(1), self.io.write_all(bytes)).await;
        let written = written.expect("the daemon reads");
        // It may have hung up, which is then what the test looks at.
        let _ = written;
    }

    /// Hangs up this side only.
    pub(crate) async fn hang_up(&mut self) {
        self.io.shutdown().await.expect("it can be shut down");
    }

    /// The next packet, or nothing when the daemon has hung up.
    pub(crate) async fn read(&mut self) -> Option<OwnedPacket> {
        loop {
            if let Some(packet) = self.reader.next_packet().expect("the daemon frames well") {
                return Some(packet.owned());
            }
            let mut bytes = [0; 4096];
            let read = timeout(Duration::from_mins(10), self.io.read(&mut bytes)).await;
            match read.expect("the daemon says something") {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.reader.feed(&bytes[..count]),
            }
        }
    }

    pub(crate) async fn next(&mut self) -> OwnedPacket {
        let packet = self.read().await;
        packet.expect("the daemon has not hung up")
    }

    /// The next answer, and its serial.
    pub(crate) async fn answer(&mut self) -> (u32, Result<remote::Reply, MessageError>) {
        let packet = self.next().await;
        let answer = match Message::decode(&packet.borrowed()) {
            Ok(Message::Reply(protocol_defs::message::Reply::Remote(reply))) => Ok(reply),
            Ok(Message::Error { error, .. }) => Err(*error),
            other => panic!("no answer: {other:?}"),
        };
        (packet.header.serial, answer)
    }

    pub(crate) async fn event(&mut self) -> remote::Event {
        let packet = self.next().await;
        assert_eq!(packet.header.serial, 1, "that of all events");
        match Message::decode(&packet.borrowed()) {
            Ok(Message::Event(Event::Remote(event))) => event,
            other => panic!("no event: {other:?}"),
        }
    }

    /// The daemon hangs up, and says nothing before it does.
    pub(crate) async fn end(&mut self) {
        assert_eq!(self.read().await, None);
    }
}

/// A call's packet.
pub(crate) fn packet(procedure: ProcedureId, serial: u32, payload: Vec<u8>) -> OwnedPacket {
    OwnedPacket {
        header: Header {
            program: procedure.program,
            version: procedure.version,
            procedure: procedure.procedure,
            kind: Kind::Call,
            serial,
            status: Status::Ok,
        },
        fds: 0,
        payload,
        offset: 0,
    }
}

/// A procedure of the remote program.
pub(crate) fn procedure(number: u32) -> ProcedureId {
    ProcedureId {
        program: remote::PROGRAM,
        version: remote::PROTOCOL_VERSION,
        procedure: number,
    }
}

pub(crate) fn domain(number: u8) -> NonnullDomain {
    NonnullDomain {
        name: format!("guest-{number}"),
        uuid: [number; 16],
        id: i32::from(number),
    }
}

/// The call that the daemon answers at once, and its answer.
pub(crate) fn lookup(number: u8) -> (remote::Call, remote::Reply) {
    let args = remote::DomainLookupByIdArgs {
        id: i32::from(number),
    };
    let ret = DomainLookupByIdRet {
        dom: domain(number),
    };
    (
        remote::Call::DomainLookupById(args),
        remote::Reply::DomainLookupById(ret),
    )
}
