//! The packets that are written here: of every procedure and every event, with random values.

use protocol_defs::packet::{Header, Kind, Status, write_raw};
use protocol_defs::remote::proc::DomainEventCallbackGraphics;
use protocol_defs::remote::{
    self, DomainEventCallbackGraphicsMsg, DomainEventGraphicsAddress, DomainEventGraphicsIdentity,
    DomainEventGraphicsMsg, NonnullDomain,
};
use xdr_testkit::leaves::{Value, leaves};
use xdr_testkit::random::{Choices, message};
use xdr_wire::{Options, Procedure as _, TypeEntry};

use crate::capture::From;
use crate::flaws::without_texts_called_type;
use crate::glossary::Glossary;
use crate::packet::{Content, Packet};
use crate::program::{Direction, Procedure, Program, Programs};

/// How many random numbers the messages of a procedure are made of, one after the other: from the least that its types
/// allow to some that take several segments.
const SIZES: &[usize] = &[0, 20, 30, 50, 70, 90, 120, 200];

/// Among so many packets there is one that takes many segments.
const LARGE: usize = 97;
const LARGE_SIZE: usize = 12_000;

/// All packets of procedures that the dissector knows, in the order in which they are sent.
pub(crate) fn packets(programs: &Programs, glossary: &Glossary) -> Vec<Packet> {
    let mut writer = Writer {
        programs,
        packets: Vec::new(),
    };
    for program in &programs.all {
        let procedures = program.procedures.iter();
        for procedure in procedures.filter(|it| glossary.knows(program.number, it.number)) {
            for size in SIZES {
                writer.messages(program, procedure, *size);
            }
            writer.error(program, procedure);
            writer.stream(program, procedure);
            writer.with_fds(program, procedure);
        }
    }
    writer.packets
}

/// A graphics event, again and again, and as often with one byte of its payload changed, another one each time.
pub(crate) fn with_one_byte_changed(programs: &Programs) -> (Vec<Packet>, Vec<Packet>) {
    let mut writer = Writer {
        programs,
        packets: Vec::new(),
    };
    let program = programs.numbered(remote::PROGRAM);
    let procedure = program.numbered(DomainEventCallbackGraphics::NUMBER);
    let header = header(program, procedure, Kind::Message, Status::Ok);
    let entry = procedure.msg.expect("it is an event");
    let content = Content::Value(entry.name(), entry.ty());
    let payload = xdr_wire::to_vec(&graphics_event()).expect("the event is within its bounds");
    for _ in &payload {
        writer.push(From::Daemon, header, 0, content, &payload);
    }
    let meant = std::mem::take(&mut writer.packets);
    for index in 0..payload.len() {
        let mut changed = payload.clone();
        changed[index] ^= 1;
        writer.push(From::Daemon, header, 0, content, &changed);
    }
    (meant, writer.packets)
}

/// One without the flaw of texts that are called `type`.
fn graphics_event() -> DomainEventCallbackGraphicsMsg {
    let address = |node: &str, service: &str| DomainEventGraphicsAddress {
        family: 0,
        node: node.to_owned(),
        service: service.to_owned(),
    };
    DomainEventCallbackGraphicsMsg {
        callback_id: 3,
        msg: DomainEventGraphicsMsg {
            dom: NonnullDomain {
                name: "gfx".to_owned(),
                uuid: *b"0123456789abcdef",
                id: 7,
            },
            phase: 1,
            local: address("192.0.2.1", "5900"),
            remote: address("192.0.2.77", "53696"),
            auth_scheme: "vencrypt+x509+none".to_owned(),
            subject: vec![DomainEventGraphicsIdentity {
                r#type: String::new(),
                name: "CN=viewer.example".to_owned(),
            }],
        },
    }
}

struct Writer<'a> {
    programs: &'a Programs,
    packets: Vec<Packet>,
}

impl Writer<'_> {
    /// A call and its reply, or an event.
    fn messages(&mut self, program: &Program, procedure: &Procedure, size: usize) {
        let header = |kind| header(program, procedure, kind, Status::Ok);
        if procedure.is_message {
            self.random(From::Daemon, header(Kind::Message), procedure.msg, size);
        } else {
            self.random(From::Client, header(Kind::Call), procedure.args, size);
            self.random(From::Daemon, header(Kind::Reply), procedure.ret, size);
        }
    }

    fn error(&mut self, program: &Program, procedure: &Procedure) {
        let header = header(program, procedure, Kind::Reply, Status::Error);
        if !procedure.is_message {
            self.random(From::Daemon, header, Some(self.programs.error), 100);
        }
    }

    /// Data, a hole, the end, and the two ways to give up.
    fn stream(&mut self, program: &Program, procedure: &Procedure) {
        let (from, peer) = match procedure.stream {
            None => return,
            Some(Direction::FromDaemon) => (From::Daemon, From::Client),
            Some(Direction::ToDaemon) => (From::Client, From::Daemon),
        };
        let header = |kind, status| header(program, procedure, kind, status);
        for len in [29, 30, 1_000, 3_001] {
            let data: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
            let header = header(Kind::Stream, Status::Continue);
            self.push(from, header, 0, Content::Data, &data);
        }
        let hole = header(Kind::StreamHole, Status::Continue);
        self.random(from, hole, Some(self.programs.hole), 10);
        for status in [Status::Ok, Status::Error] {
            self.random(from, header(Kind::Stream, status), None, 0);
        }
        let error = header(Kind::Stream, Status::Error);
        self.random(peer, error, Some(self.programs.error), 100);
    }

    /// Only where the payload has room for the count: nothing else is read as if it began one word earlier.
    fn with_fds(&mut self, program: &Program, procedure: &Procedure) {
        let parts = [
            (From::Client, Kind::CallWithFds, procedure.args),
            (From::Daemon, Kind::ReplyWithFds, procedure.ret),
        ];
        for (from, kind, entry) in parts {
            let header = header(program, procedure, kind, Status::Ok);
            let fds = 1 + header.procedure % 32;
            match entry {
                _ if procedure.is_message => {}
                None => self.push(from, header, fds, Content::OnlyFds, &[]),
                Some(entry) => {
                    let payload = self.payload(entry, 12);
                    let content = Content::Value(entry.name(), entry.ty());
                    let (leaves, _) = leaves(&payload, entry.ty()).expect("the payload is valid");
                    if leaves
                        .iter()
                        .all(|leaf| matches!(leaf.value, Value::Int(_) | Value::UInt(_)))
                    {
                        self.push(from, header, fds, content, &payload);
                    }
                }
            }
        }
    }

    /// A packet with a random value of a type. If it has a text that hides the rest from the dissector, one more without.
    fn random(&mut self, from: From, header: Header, entry: Option<TypeEntry>, size: usize) {
        let Some(entry) = entry else {
            return self.push(from, header, 0, Content::Nothing, &[]);
        };
        let large = self.packets.len().is_multiple_of(LARGE);
        let payload = self.payload(entry, if large { LARGE_SIZE } else { size });
        let content = Content::Value(entry.name(), entry.ty());
        self.push(from, header, 0, content, &payload);

        let (leaves, _) = leaves(&payload, entry.ty()).expect("the payload is valid");
        if let Some(payload) = without_texts_called_type(&payload, &leaves) {
            self.push(from, header, 0, content, &payload);
        }
    }

    /// A random value, decoded to its Rust type and encoded.
    fn payload(&self, entry: TypeEntry, size: usize) -> Vec<u8> {
        let mut choices = Choices::new(self.packets.len() as u64, size);
        let random = message(entry.ty(), &mut choices);
        let payload = entry.round_trip(&random, Options::new());
        payload.unwrap_or_else(|error| panic!("{}: {error}", entry.name()))
    }

    fn push(&mut self, from: From, mut header: Header, fds: u32, content: Content, payload: &[u8]) {
        header.serial = u32::try_from(self.packets.len()).expect("there are few packets");
        let mut bytes = Vec::new();
        write_raw(&header, fds, payload, &mut bytes).expect("the payload is short");
        self.packets.push(Packet {
            from,
            header,
            content,
            bytes,
        });
    }
}

fn header(program: &Program, procedure: &Procedure, kind: Kind, status: Status) -> Header {
    Header {
        program: program.number,
        version: program.version,
        procedure: procedure.number,
        kind,
        serial: 0,
        status,
    }
}
