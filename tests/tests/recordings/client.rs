//! The recorded daemons, heard by the client: each answers a call with what it answered to virsh.

use std::collections::{HashMap, VecDeque};

use libvirt_remote::{Client, Connection, Error, Options, Transport};
use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::message::{Call, Message, ProcedureId};
use protocol_defs::packet::{Kind, OwnedPacket, PacketReader};
use protocol_defs::remote;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use crate::Recording;
use crate::graphics::printed;
use crate::packets::split;

/// Answers by calls, and the events.
struct Daemon {
    answers: HashMap<(ProcedureId, Vec<u8>), VecDeque<OwnedPacket>>,
    events: Vec<OwnedPacket>,
}

impl Daemon {
    fn new(recording: &Recording) -> Self {
        let mut daemon = Self {
            answers: HashMap::new(),
            events: Vec::new(),
        };
        let said = split(&recording.server, recording.server.len());
        let (events, said): (Vec<_>, Vec<_>) = said
            .into_iter()
            .partition(|packet| packet.header.kind == Kind::Message);
        daemon.events = events;
        for call in calls(recording) {
            let is_answer = |packet: &&OwnedPacket| {
                packet.header.kind == Kind::Reply && packet.header.serial == call.header.serial
            };
            let answer = said.iter().find(is_answer).expect("it was answered");
            let key = key(&call);
            daemon.answers(key).push_back(answer.clone());
        }
        daemon
    }

    fn answers(&mut self, key: (ProcedureId, Vec<u8>)) -> &mut VecDeque<OwnedPacket> {
        self.answers.entry(key).or_default()
    }

    /// Answers until the client hangs up. Behind the registration for graphics events it sends all that were recorded.
    async fn run(mut self, mut io: DuplexStream) {
        let mut reader = PacketReader::new();
        let mut bytes = vec![0; 65_536];
        loop {
            let mut out = Vec::new();
            while let Some(call) = reader.next_packet().expect("the client frames well") {
                let call = call.owned();
                if call.header.kind != Kind::Call {
                    continue;
                }
                let is_registration = is_registration(&call);
                let mut answer = self
                    .answers(key(&call))
                    .pop_front()
                    .unwrap_or_else(|| panic!("virsh did not call this: {:?}", call.header));
                answer.header.serial = call.header.serial;
                answer.write(&mut out).expect("it is within bounds");
                if is_registration {
                    for event in self.events.drain(..) {
                        event.write(&mut out).expect("it is within bounds");
                    }
                }
            }
            if io.write_all(&out).await.is_err() {
                return;
            }
            match io.read(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(count) => reader.feed(&bytes[..count]),
            }
        }
    }
}

fn calls(recording: &Recording) -> Vec<OwnedPacket> {
    let mut said = split(&recording.client, recording.client.len());
    said.retain(|packet| packet.header.kind == Kind::Call);
    said
}

/// What an answer is found by. virsh opens with a flag by which its user's own names for URIs are not tried.
fn key(call: &OwnedPacket) -> (ProcedureId, Vec<u8>) {
    let procedure = ProcedureId::of(&call.header);
    let is_open = procedure.procedure == remote::Procedure::ConnectOpen as u32;
    let payload = if is_open {
        Vec::new()
    } else {
        call.payload.clone()
    };
    (procedure, payload)
}

/// Whether a call registers for graphics events, in either way.
fn is_registration(call: &OwnedPacket) -> bool {
    match Message::decode(&call.borrowed()) {
        Ok(Message::Call(Call::Remote(call))) => match call {
            remote::Call::ConnectDomainEventCallbackRegisterAny(args) => args.event_id == 5,
            remote::Call::ConnectDomainEventRegisterAny(args) => args.event_id == 5,
            _ => false,
        },
        _ => false,
    }
}

fn connect(recording: &Recording) -> Transport {
    let (near, far) = tokio::io::duplex(64 << 10);
    tokio::spawn(Daemon::new(recording).run(far));
    Transport::new(near)
}

#[tokio::test]
async fn every_call_has_the_answer_that_it_had() {
    let mut errors = 0;
    for recording in Recording::all() {
        let said = split(&recording.server, recording.server.len());
        let client = Client::new(connect(&recording), Options::default());
        for packet in calls(&recording) {
            let Ok(Message::Call(call)) = Message::decode(&packet.borrowed()) else {
                panic!("{}: {:?}", recording.name, packet.header);
            };
            let answer = client.request(call).await;
            let is_expected = |said: &&OwnedPacket| {
                said.header.kind == Kind::Reply && said.header.serial == packet.header.serial
            };
            let expected = said.iter().find(is_expected).expect("it was answered");
            match (answer, Message::decode(&expected.borrowed())) {
                (Ok(reply), Ok(Message::Reply(expected))) => assert_eq!(reply, expected),
                (
                    Err(Error::Remote(error)),
                    Ok(Message::Error {
                        error: expected, ..
                    }),
                ) => {
                    assert_eq!(error, expected);
                    errors += 1;
                }
                (answer, expected) => panic!("{answer:?}, and not {expected:?}"),
            }
        }
        assert!(client.closed().is_none(), "{}", recording.name);
    }
    assert!(errors >= 3, "only {errors} errors were recorded");
}

#[tokio::test]
async fn graphics_events_are_those_that_virsh_printed() {
    let mut seen = 0;
    for recording in Recording::all() {
        let registers = calls(&recording).iter().any(is_registration);
        let expected = printed(&recording.virsh);
        if !registers || expected.is_empty() {
            continue;
        }
        let uri = "qemu:///session".parse().expect("it is a URI");
        let opening = Connection::open_over(connect(&recording), &uri, Options::default());
        let conn = opening.await.expect("it opens as for virsh");
        let mut events = conn
            .events::<GraphicsEvent>(None)
            .await
            .expect("registered");
        let mut lines = String::new();
        while lines.len() < expected.len() {
            let event = events.recv().await.expect("there are more");
            let event = event.unwrap_or_else(|error| panic!("{}: {error}", recording.name));
            lines.extend([event.to_string().as_str(), "\n"]);
            seen += 1;
        }
        assert_eq!(lines, expected, "{}", recording.name);
    }
    assert!(seen >= 24, "only {seen} events were recorded");
}
