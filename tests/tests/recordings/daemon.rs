//! The recorded clients, at a daemon of `libvirt-remote`: what it says by itself is, byte for byte, what libvirtd said, and
//! so are the graphics events that it is told of.

use std::collections::BTreeMap;

use libvirt_remote::daemon::{Access, Daemon, Options, Router};
use libvirt_remote::{Feature, Transport};
use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::message::{Event, Message};
use protocol_defs::packet::{Kind, OwnedPacket, PacketReader};
use protocol_defs::remote::{self, Procedure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::Recording;
use crate::packets::split;

/// What the daemon answers without a hypervisor, and what has the same answer whatever the driver.
const BASICS: [Procedure; 10] = [
    Procedure::AuthList,
    Procedure::ConnectOpen,
    Procedure::ConnectClose,
    Procedure::ConnectSupportsFeature,
    Procedure::ConnectDomainEventRegisterAny,
    Procedure::ConnectDomainEventDeregisterAny,
    Procedure::ConnectDomainEventCallbackRegisterAny,
    Procedure::ConnectDomainEventCallbackDeregisterAny,
    Procedure::ConnectRegisterCloseCallback,
    Procedure::ConnectUnregisterCloseCallback,
];

/// A client's end of a connection.
struct Peer {
    io: UnixStream,
    reader: PacketReader,
}

impl Peer {
    fn new(daemon: &Daemon) -> Self {
        let (near, far) = UnixStream::pair().expect("a pair of sockets");
        daemon.accept(Transport::unix(far), Access::ReadWrite);
        Self {
            io: near,
            reader: PacketReader::new(),
        }
    }

    async fn say(&mut self, packet: &OwnedPacket) {
        let mut bytes = Vec::new();
        packet.write(&mut bytes).expect("it is within bounds");
        self.io.write_all(&bytes).await.expect("the daemon reads");
    }

    async fn hear(&mut self) -> OwnedPacket {
        loop {
            if let Some(packet) = self.reader.next_packet().expect("the daemon frames well") {
                return packet.owned();
            }
            let mut bytes = [0; 4096];
            let count = self.io.read(&mut bytes).await.expect("the daemon speaks");
            assert!(count > 0, "the daemon has hung up");
            self.reader.feed(&bytes[..count]);
        }
    }
}

/// A daemon that can what the recorded one could.
fn daemon(recording: &Recording) -> Daemon {
    let mut options = Options::default();
    if recording.name == "legacy" {
        options
            .features
            .retain(|feature| *feature != Feature::EVENT_CALLBACK);
    }
    Daemon::new(Router::new(), options)
}

fn is_basic(packet: &OwnedPacket) -> bool {
    let is = |basic: &Procedure| *basic as u32 == packet.header.procedure;
    packet.header.program == remote::PROGRAM && BASICS.iter().any(is)
}

fn is(packet: &OwnedPacket, procedure: Procedure) -> bool {
    packet.header.program == remote::PROGRAM && packet.header.procedure == procedure as u32
}

/// What does not depend on where a packet was read.
fn told(packet: &OwnedPacket) -> OwnedPacket {
    let mut packet = packet.clone();
    packet.offset = 0;
    packet
}

#[tokio::test]
async fn the_daemon_says_by_itself_what_libvirtd_said() {
    let mut compared = BTreeMap::new();
    for recording in Recording::all() {
        let calls = split(&recording.client, recording.client.len());
        let calls: Vec<_> = calls
            .into_iter()
            .filter(|packet| packet.header.kind == Kind::Call)
            .collect();
        if calls[0].header.program != remote::PROGRAM {
            continue;
        }
        let said = split(&recording.server, recording.server.len());
        let (events, answers): (Vec<_>, Vec<_>) = said
            .into_iter()
            .partition(|packet| packet.header.kind == Kind::Message);
        let mut events: Vec<_> = events.iter().filter_map(graphics).collect();
        let mut answers: Vec<_> = answers
            .into_iter()
            .filter(|packet| packet.header.kind == Kind::Reply)
            .collect();
        let daemon = daemon(&recording);
        let mut peer = Peer::new(&daemon);
        for call in calls {
            // Each run of virsh is a connection, and begins with this.
            if is(&call, Procedure::AuthList) {
                peer = Peer::new(&daemon);
            }
            let ends_registrations = is(&call, Procedure::ConnectDomainEventCallbackDeregisterAny)
                || is(&call, Procedure::ConnectDomainEventDeregisterAny);
            if ends_registrations {
                for (recorded, event) in events.drain(..) {
                    let emitted = daemon.emit(event).map(|emitted| emitted.sent);
                    assert_eq!(emitted, Ok(1), "{}", recording.name);
                    assert_eq!(told(&peer.hear().await), recorded, "{}", recording.name);
                    *compared.entry(recorded.header.procedure).or_insert(0) += 1;
                }
            }
            peer.say(&call).await;
            let answer = peer.hear().await;
            assert_eq!(answer.header.serial, call.header.serial);
            assert_eq!(answer.header.procedure, call.header.procedure);
            let at = answers
                .iter()
                .position(|recorded| {
                    recorded.header.serial == call.header.serial
                        && recorded.header.procedure == call.header.procedure
                })
                .expect("libvirtd answered");
            let recorded = answers.remove(at);
            if is_basic(&call) {
                assert_eq!(told(&answer), told(&recorded), "{}", recording.name);
                *compared.entry(call.header.procedure).or_insert(0) += 1;
            }
        }
        assert!(events.is_empty(), "{}", recording.name);
    }
    let all = BASICS.into_iter().chain([
        Procedure::DomainEventGraphics,
        Procedure::DomainEventCallbackGraphics,
    ]);
    for procedure in all {
        let count = compared.get(&(procedure as u32));
        assert!(count.is_some(), "{procedure:?} is in a recording");
    }
}

/// A graphics event, and what it is for an application.
fn graphics(packet: &OwnedPacket) -> Option<(OwnedPacket, GraphicsEvent)> {
    match Message::decode(&packet.borrowed()) {
        Ok(Message::Event(Event::Remote(event))) => {
            Some((told(packet), GraphicsEvent::try_from(event).ok()?))
        }
        _ => None,
    }
}
