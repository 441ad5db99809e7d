//! What packets say, without their framing: payloads as the procedures of all programs have them.

use std::collections::HashMap;
use std::sync::LazyLock;

use protocol_defs::message::Message;
use protocol_defs::packet::{Header, Kind, OwnedPacket, Status};
use protocol_defs::{admin, lock, log, lxc, lxc_monitor, qemu, remote};
use xdr_wire::{Options, ProcedureInfo, TypeEntry};

use crate::types::is_same;

/// Bytes → message → bytes. The first two words are program, kind, status and procedure, a byte for the first two and a
/// half word for the last; the rest is the payload.
///
/// # Panics
/// If what was read cannot be written, or is then read differently.
pub fn messages(input: &[u8]) {
    if let Some((header, payload)) = header(input) {
        message(&OwnedPacket {
            header,
            fds: 0,
            offset: 0,
            payload: payload.to_vec(),
        });
    }
}

/// Bytes of an input of [`messages`] before its payload.
pub const MESSAGE_HEAD: usize = 8;

/// The type of the payload in an input of [`messages`], if its head is that of a known call, reply or event.
pub fn payload_type(input: &[u8]) -> Option<&'static TypeEntry> {
    let (header, _) = header(input)?;
    let program = PROGRAMS
        .iter()
        .find(|program| program.number == header.program)?;
    let procedure = ProcedureInfo::find(program.procedures, header.procedure)?;
    let suffix = match (header.kind, header.status) {
        (Kind::Call, Status::Ok) => "args",
        (Kind::Reply, Status::Ok) => "ret",
        (Kind::Message, Status::Ok) => "msg",
        _ => return None,
    };
    let name = bare(&procedure.name.replacen("_PROC_", "_", 1)) + suffix;
    PAYLOADS.get(&name).copied()
}

/// Writes the head of an input of [`messages`]; none if the packet is of no program that has messages.
pub fn message_head(header: &Header) -> Option<[u8; MESSAGE_HEAD]> {
    let program = PROGRAMS
        .iter()
        .position(|program| program.number == header.program)?;
    let [_, _, high, low] = header.procedure.to_be_bytes();
    let program = u8::try_from(program).ok()?;
    let kind = u8::try_from(KINDS.iter().position(|kind| *kind == header.kind)?).ok()?;
    let status = u8::try_from(
        STATUSES
            .iter()
            .position(|status| *status == header.status)?,
    )
    .ok()?;
    Some([program, kind, status, 0, 0, 0, high, low])
}

struct Program {
    number: u32,
    version: u32,
    procedures: &'static [ProcedureInfo],
    types: &'static [TypeEntry],
}

const PROGRAMS: &[Program] = &[
    Program {
        number: remote::PROGRAM,
        version: remote::PROTOCOL_VERSION,
        procedures: remote::proc::PROCEDURES,
        types: remote::TYPES,
    },
    Program {
        number: qemu::PROGRAM,
        version: qemu::PROTOCOL_VERSION,
        procedures: qemu::proc::PROCEDURES,
        types: qemu::TYPES,
    },
    Program {
        number: lxc::PROGRAM,
        version: lxc::PROTOCOL_VERSION,
        procedures: lxc::proc::PROCEDURES,
        types: lxc::TYPES,
    },
    Program {
        number: admin::PROGRAM,
        version: admin::PROTOCOL_VERSION,
        procedures: admin::proc::PROCEDURES,
        types: admin::TYPES,
    },
    Program {
        number: lock::PROGRAM,
        version: lock::PROGRAM_VERSION,
        procedures: lock::proc::PROCEDURES,
        types: lock::TYPES,
    },
    Program {
        number: log::PROGRAM,
        version: log::PROGRAM_VERSION,
        procedures: log::proc::PROCEDURES,
        types: log::TYPES,
    },
    Program {
        number: lxc_monitor::PROGRAM,
        version: lxc_monitor::PROGRAM_VERSION,
        procedures: lxc_monitor::proc::PROCEDURES,
        types: lxc_monitor::TYPES,
    },
];

const KINDS: &[Kind] = &[
    Kind::Call,
    Kind::Reply,
    Kind::Message,
    Kind::Stream,
    Kind::StreamHole,
];

const STATUSES: &[Status] = &[Status::Ok, Status::Error, Status::Continue];

/// The types of all programs by their names in lower case, without underlines: `remote_foo_args` is that of
/// `REMOTE_PROC_FOO`, `virLogManagerProtocolFooArgs` that of `VIR_LOG_MANAGER_PROTOCOL_PROC_FOO`.
static PAYLOADS: LazyLock<HashMap<String, &'static TypeEntry>> = LazyLock::new(|| {
    let types = PROGRAMS.iter().flat_map(|program| program.types);
    types.map(|entry| (bare(entry.name()), entry)).collect()
});

fn bare(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

fn header(input: &[u8]) -> Option<(Header, &[u8])> {
    let (&[program, kind, status, _, _, _, high, low], payload) = input.split_first_chunk()?;
    let program = &PROGRAMS[usize::from(program) % PROGRAMS.len()];
    let header = Header {
        program: program.number,
        version: program.version,
        procedure: u32::from(u16::from_be_bytes([high, low])),
        kind: KINDS[usize::from(kind) % KINDS.len()],
        serial: 1,
        status: STATUSES[usize::from(status) % STATUSES.len()],
    };
    Some((header, payload))
}

/// Packet → message → packet → message: the payload is as it was, but for what follows it and for the other form of a
/// `char`, and stays so.
pub(crate) fn message(packet: &OwnedPacket) {
    let strict = Options::new();
    let to_the_letter = Message::decode_with(&packet.borrowed(), strict);
    let message = match Message::decode(&packet.borrowed()) {
        Ok(message) => message,
        Err(error) => {
            assert!(to_the_letter.is_err() && !error.to_string().contains('\n'));
            return;
        }
    };
    let out = message
        .packet(packet.header.serial, packet.fds)
        .expect("what was read can be written");
    let read = packet.payload.get(..out.payload.len());
    assert!(
        read.is_some_and(|read| is_same(read, &out.payload)),
        "{message:?}"
    );
    let nothing_follows = packet.payload.len() == out.payload.len();
    assert_eq!(to_the_letter.is_ok(), nothing_follows, "{message:?}");
    let again = Message::decode_with(&out.borrowed(), strict).expect("nothing follows now");
    // Compared as bytes: what is not a number is not equal to itself.
    let fixed = again.packet(out.header.serial, out.fds);
    assert_eq!(fixed.as_ref(), Ok(&out), "{message:?}");
}
