//! Every procedure's number, and those beside them, in packets of every kind and status: against the `.x` files.

use std::collections::BTreeMap;
use std::path::Path;

use protocol_defs::message::{Message, ProcedureId, ReadError};
use protocol_defs::packet::{Header, Keepalive, Kind, Status};
use xdr_parser::schema::ConstantValue;
use xdr_wire::MessageError;

use crate::packet;

/// A program as its `.x` file has it.
struct Program {
    number: u32,
    version: u32,
    /// Whether it is an event, by number.
    procedures: BTreeMap<u32, bool>,
}

/// The programs whose features are on.
fn programs() -> Vec<Program> {
    let files = [
        #[cfg(feature = "remote")]
        "remote_protocol",
        #[cfg(feature = "qemu")]
        "qemu_protocol",
        #[cfg(feature = "lxc")]
        "lxc_protocol",
        #[cfg(feature = "admin")]
        "admin_protocol",
        #[cfg(feature = "lock")]
        "lock_protocol",
        #[cfg(feature = "log")]
        "log_protocol",
        #[cfg(feature = "lxc-monitor")]
        "lxc_monitor_protocol",
    ];
    let files: &[&str] = &files;
    let mut programs: Vec<_> = files.iter().map(|stem| program(stem)).collect();
    programs.push(Program {
        number: Keepalive::PROGRAM,
        version: Keepalive::VERSION,
        procedures: BTreeMap::from([(1, true), (2, true)]),
    });
    programs
}

fn program(stem: &str) -> Program {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("proto/{stem}.x"));
    let compilation = xdr_parser::compile(&[path], &xdr_parser::Options::default());
    let schema = compilation.schema.expect("the file is well formed");
    let of = schema
        .procedure_enums
        .iter()
        .find(|of| {
            schema
                .file(schema.ty(of.ty).file)
                .is_some_and(|file| file.stem == stem)
        })
        .expect("the file has procedures");
    let number = |id| match schema.constant(id).value {
        ConstantValue::Int(number) => u32::try_from(number).expect("it fits in a header"),
        ConstantValue::String(_) => unreachable!("it is a number"),
    };
    Program {
        number: number(of.program),
        version: number(of.version),
        procedures: of
            .procedures
            .iter()
            .map(|procedure| (procedure.number, procedure.msg.is_some()))
            .collect(),
    }
}

/// What a packet must be taken for.
#[derive(Debug, PartialEq)]
enum Outcome {
    Call,
    Reply,
    Error,
    Event,
    Stream,
    Keepalive,
    WrongVersion,
    Kind,
    Status,
    UnknownProcedure,
    IsEvent,
    IsCall,
}

impl Program {
    fn expected(&self, header: &Header) -> Outcome {
        match (header.kind, header.status) {
            (Kind::Unknown(_), _) => return Outcome::Kind,
            (Kind::Reply | Kind::ReplyWithFds, Status::Error) => return Outcome::Error,
            (Kind::Stream | Kind::StreamHole, _) | (_, Status::Ok) => {}
            _ => return Outcome::Status,
        }
        if header.version != self.version {
            return Outcome::WrongVersion;
        }
        let is_event = self.procedures.get(&header.procedure).copied();
        let has_events = self.procedures.values().any(|is_event| *is_event);
        let is_keepalive = self.number == Keepalive::PROGRAM;
        match (header.kind, is_event) {
            (Kind::Message, Some(true)) if is_keepalive => Outcome::Keepalive,
            (Kind::Message, Some(true)) => Outcome::Event,
            (Kind::Message, Some(false)) => Outcome::IsCall,
            (Kind::Message, None) if has_events && !is_keepalive => Outcome::Event,
            (_, None) => Outcome::UnknownProcedure,
            (_, Some(true)) => Outcome::IsEvent,
            (Kind::Call | Kind::CallWithFds, Some(false)) => Outcome::Call,
            (Kind::Reply | Kind::ReplyWithFds, Some(false)) => Outcome::Reply,
            (_, Some(false)) if matches!(header.status, Status::Unknown(_)) => Outcome::Status,
            (_, Some(false)) => Outcome::Stream,
        }
    }
}

fn found(decoded: &Result<Message<'_>, ReadError>) -> Option<Outcome> {
    Some(match decoded {
        Ok(Message::Call(_)) => Outcome::Call,
        Ok(Message::Reply(_)) => Outcome::Reply,
        Ok(Message::Error { .. }) => Outcome::Error,
        Ok(Message::Event(_)) => Outcome::Event,
        Ok(Message::Stream { .. }) => Outcome::Stream,
        Ok(Message::Keepalive(_)) => Outcome::Keepalive,
        Err(ReadError::WrongVersion { .. }) => Outcome::WrongVersion,
        Err(ReadError::Kind { .. }) => Outcome::Kind,
        Err(ReadError::Status { .. }) => Outcome::Status,
        Err(ReadError::Message(MessageError::UnknownProcedure { .. })) => Outcome::UnknownProcedure,
        Err(ReadError::Message(MessageError::IsEvent { .. })) => Outcome::IsEvent,
        Err(ReadError::Message(MessageError::IsCall { .. })) => Outcome::IsCall,
        Err(_) => return None,
    })
}

/// Whatever type a payload has, this is one of it: no text, no elements, nothing optional, and more than it needs.
const ZEROS: [u8; 8192] = [0; 8192];

const KINDS: [Kind; 9] = [
    Kind::Call,
    Kind::Reply,
    Kind::Message,
    Kind::Stream,
    Kind::CallWithFds,
    Kind::ReplyWithFds,
    Kind::StreamHole,
    Kind::Unknown(7),
    Kind::Unknown(-1),
];

const STATUSES: [Status; 5] = [
    Status::Ok,
    Status::Error,
    Status::Continue,
    Status::Unknown(3),
    Status::Unknown(-1),
];

/// Calls `check` with each header of a program that there could be.
fn each_header(program: &Program, mut check: impl FnMut(Header)) {
    let most = program.procedures.keys().max().expect("there are some");
    let numbers = (0..most + 4).chain([most + 1000, 0x7fff_ffff, 0x8000_0000, u32::MAX]);
    for procedure in numbers {
        for kind in KINDS {
            for status in STATUSES {
                for version in [program.version, 0, program.version + 1, u32::MAX] {
                    check(Header {
                        program: program.number,
                        version,
                        procedure,
                        kind,
                        serial: 7,
                        status,
                    });
                }
            }
        }
    }
}

#[test]
fn every_number_in_every_kind_of_packet_is_taken_for_what_it_is() {
    for program in programs() {
        each_header(&program, |header| {
            let decoded = Message::decode(&packet(header, &ZEROS));
            let expected = program.expected(&header);
            assert_eq!(found(&decoded), Some(expected), "{header:?}: {decoded:?}");
        });
    }
}

#[test]
fn every_message_goes_out_with_the_header_it_came_with() {
    for program in programs() {
        each_header(&program, |header| {
            let came = packet(header, &ZEROS);
            let Ok(message) = Message::decode(&came) else {
                return;
            };
            let out = message
                .packet(header.serial, came.fds)
                .expect("what was read can be written");
            let serial = match message {
                Message::Event(_) => 1,
                Message::Keepalive(_) => 0,
                _ => header.serial,
            };
            // A hole that is the end of its stream goes out as such an end.
            let kind = match (header.kind, header.status) {
                (Kind::StreamHole, Status::Ok | Status::Error) => Kind::Stream,
                (kind, _) => kind,
            };
            let expected = Header {
                serial,
                kind,
                ..header
            };
            assert_eq!(out.header, expected, "{message:?}");
            // To the letter, this time: what is written has nothing behind its payload.
            let strict = xdr_wire::Options::new();
            let again = Message::decode_with(&out.borrowed(), strict);
            assert_eq!(again.as_ref(), Ok(&message));
        });
    }
}

#[test]
fn a_message_belongs_to_the_procedure_that_the_packet_names() {
    for program in programs() {
        each_header(&program, |header| {
            let procedure = match Message::decode(&packet(header, &ZEROS)) {
                Ok(Message::Call(call)) => call.procedure(),
                Ok(Message::Reply(reply)) => reply.procedure(),
                Ok(Message::Event(event)) => event.procedure(),
                Ok(Message::Error { procedure, .. } | Message::Stream { procedure, .. }) => {
                    procedure
                }
                Ok(Message::Keepalive(keepalive)) => ProcedureId::of(&keepalive.header()),
                Err(_) => return,
            };
            assert_eq!(procedure, ProcedureId::of(&header));
        });
    }
}

#[test]
fn a_program_that_nobody_has_is_unknown_unless_it_is_in_an_error() {
    for number in [0, 1, 0x2000_8085, 0x2000_8088, u32::MAX] {
        for kind in KINDS {
            for status in STATUSES {
                let header = crate::header(number, 1, kind, status);
                let decoded = Message::decode(&packet(header, &ZEROS));
                let unknown = ReadError::UnknownProgram { program: number };
                match (kind, status) {
                    (Kind::Unknown(_), _) => assert_eq!(found(&decoded), Some(Outcome::Kind)),
                    (Kind::Reply | Kind::ReplyWithFds, Status::Error) => {
                        assert_eq!(found(&decoded), Some(Outcome::Error));
                    }
                    (Kind::Stream | Kind::StreamHole, _) | (_, Status::Ok) => {
                        assert_eq!(decoded, Err(unknown));
                    }
                    _ => assert_eq!(found(&decoded), Some(Outcome::Status)),
                }
            }
        }
    }
}
