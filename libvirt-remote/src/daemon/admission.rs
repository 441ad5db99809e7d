//! Whether a call may be made at all: by its header and what the protocol says of the procedure. Its payload is looked at
//! only where a permission depends on it.

use protocol_defs::message::ProcedureId;
use protocol_defs::packet::{ErrorCode, ErrorOrigin, Header, MessageError, Status};
use protocol_defs::remote::{ConnectOpenArgs, ConnectSupportsFeatureArgs, proc};
use protocol_defs::{qemu, remote};
use xdr_wire::{Decode, Message, Priority, Procedure, ProcedureInfo, ProcedureKind, from_prefix};

use super::access::{Asked, Permission, only_reads};
use super::request::{Refusal, refusal};
use super::session::{Effect, Opened, Session};
use crate::connection::Feature;

/// The flag that opens for reading only (`VIR_CONNECT_RO`).
const READ_ONLY: u32 = 1;

/// libvirt's LXC program.
const LXC: u32 = 0x0006_8000;

/// A program that a daemon has.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    number: u32,
    version: u32,
    procedures: &'static [ProcedureInfo],
}

impl Program {
    /// libvirt's remote program.
    pub const REMOTE: Self = Self::of::<remote::Call>();

    /// libvirt's QEMU program.
    pub const QEMU: Self = Self::of::<qemu::Call>();

    /// The program whose calls, or replies, these are.
    pub const fn of<M: Message<'static>>() -> Self {
        Self {
            number: M::PROGRAM,
            version: M::VERSION,
            procedures: M::PROCEDURES,
        }
    }
}

/// How a call runs beside others of its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// It waits while there are many of its kind.
    Ordinary,
    /// It finishes soon, and does not wait for ordinary ones.
    Urgent,
    /// It changes what others may do: it waits for those before it, and those behind it wait for it.
    Alone,
}

/// How the call in this packet runs. What is refused does not run.
pub(super) fn pace(programs: &[Program], header: &Header) -> Pace {
    let id = ProcedureId::of(header);
    if is::<proc::ConnectOpen>(id) || is::<proc::ConnectClose>(id) {
        return Pace::Alone;
    }
    match find(programs, id).map(|found| found.priority) {
        Ok(Priority::Low) => Pace::Ordinary,
        Ok(Priority::High) | Err(_) => Pace::Urgent,
    }
}

/// What is called, if it may be.
pub(super) fn admit(
    programs: &[Program],
    session: &Session,
    header: &Header,
    payload: &[u8],
) -> Result<&'static ProcedureInfo, Refusal> {
    if header.status != Status::Ok {
        let text = format!("call with status {:?}", header.status);
        return Err(MessageError::rpc(text).into());
    }
    let id = ProcedureId::of(header);
    let found = find(programs, id)?;
    if needs_driver(id) && session.inner.lock().opened.is_none() {
        let text = format!("{} needs a driver, and none is open", found.name);
        return Err(refusal(ErrorCode::INTERNAL_ERROR, ErrorOrigin::RPC, text));
    }
    if is::<proc::ConnectOpen>(id) && session.inner.lock().opened.is_some() {
        let text = "a driver is open already";
        return Err(refusal(ErrorCode::INTERNAL_ERROR, ErrorOrigin::RPC, text));
    }
    if session.is_read_only() && !only_reads(found) {
        let text = format!("{} is for connections that do not only read", found.name);
        return Err(refusal(ErrorCode::OPERATION_DENIED, ErrorOrigin::RPC, text));
    }
    if !session.access().allows(found) {
        let text = format!("{} needs {}", found.name, needed(found));
        return Err(refusal(ErrorCode::ACCESS_DENIED, ErrorOrigin::ACCESS, text));
    }
    admit_as_asked(session, id, found, payload)?;
    Ok(found)
}

/// Whether it may be called so, where some ways of calling it need permissions that the client does not have.
fn admit_as_asked(
    session: &Session,
    id: ProcedureId,
    found: &ProcedureInfo,
    payload: &[u8],
) -> Result<(), Refusal> {
    let mut missing = Permission::of(found)
        .filter(|permission| permission.is_conditional() && !session.grants(permission))
        .peekable();
    if missing.peek().is_none() {
        return Ok(());
    }
    let asked = Asked::of(id, payload)?;
    let Some(permission) = missing.find(|permission| asked.needs(permission)) else {
        return Ok(());
    };
    let name = found.name;
    Err(if session.is_read_only() && !permission.only_reads() {
        let text = format!("{name}, called so, is for connections that do not only read");
        refusal(ErrorCode::OPERATION_DENIED, ErrorOrigin::RPC, text)
    } else {
        let text = format!("{name}, called so, needs {permission}");
        refusal(ErrorCode::ACCESS_DENIED, ErrorOrigin::ACCESS, text)
    })
}

fn find(programs: &[Program], id: ProcedureId) -> Result<&'static ProcedureInfo, Refusal> {
    let ProcedureId {
        program,
        version,
        procedure,
    } = id;
    let Some(found) = programs.iter().find(|found| found.number == program) else {
        return Err(MessageError::rpc(format!("unknown program {program:#x}")).into());
    };
    if found.version != version {
        let known = found.version;
        let text = format!("program {program:#x} is of version {known}, not {version}");
        return Err(MessageError::rpc(text).into());
    }
    match ProcedureInfo::find(found.procedures, procedure) {
        Some(found) if found.kind == ProcedureKind::Call => Ok(found),
        // The number of an event is as unknown to a caller as one that nobody has.
        _ => Err(MessageError::unknown_procedure(procedure).into()),
    }
}

/// Whether libvirtd's drivers have to do with it.
fn needs_driver(id: ProcedureId) -> bool {
    let is_first = is::<proc::AuthList>(id)
        || is::<proc::AuthSaslInit>(id)
        || is::<proc::AuthSaslStart>(id)
        || is::<proc::AuthSaslStep>(id)
        || is::<proc::AuthPolkit>(id)
        || is::<proc::ConnectOpen>(id)
        || is::<proc::ConnectClose>(id)
        || is::<proc::ConnectSupportsFeature>(id);
    has_drivers(id) && !is_first
}

/// Whether it is of a program whose clients open a driver.
fn has_drivers(id: ProcedureId) -> bool {
    matches!(id.program, remote::PROGRAM | qemu::PROGRAM | LXC)
}

fn needed(procedure: &ProcedureInfo) -> String {
    if procedure.acl.is_empty() {
        return "permissions that the protocol does not say".to_owned();
    }
    let needed = Permission::of(procedure).filter(|permission| !permission.is_conditional());
    let needed: Vec<_> = needed.map(|permission| permission.to_string()).collect();
    needed.join(", ")
}

/// What a good answer to this call does to its client, whoever answers it.
pub(super) fn effect(header: &Header, payload: &[u8]) -> Effect {
    let id = ProcedureId::of(header);
    if is::<proc::ConnectOpen>(id) {
        let args: Option<ConnectOpenArgs> = begins_with(payload);
        let (name, flags) = args.map_or((None, 0), |args| (args.name, args.flags));
        return Effect::Open(Opened {
            name,
            read_only: flags & READ_ONLY != 0,
        });
    }
    if is::<proc::ConnectClose>(id) {
        return Effect::Close;
    }
    let asked: Option<ConnectSupportsFeatureArgs> = is::<proc::ConnectSupportsFeature>(id)
        .then(|| begins_with(payload))
        .flatten();
    match asked {
        Some(args) if Feature(args.feature) == Feature::KEEPALIVE => Effect::Keepalive,
        None if !has_drivers(id) => Effect::Settle,
        _ => Effect::None,
    }
}

fn begins_with<'a, T: Decode<'a>>(payload: &'a [u8]) -> Option<T> {
    from_prefix(payload).ok().map(|(value, _)| value)
}

fn is<P: Procedure>(id: ProcedureId) -> bool {
    (id.program, id.version, id.procedure) == (P::PROGRAM, P::VERSION, P::NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All programs of libvirtd have the driver that the remote one opens.
    #[test]
    fn calls_of_the_lxc_program_need_a_driver_as_those_for_qemu() {
        let needs = |program| {
            needs_driver(ProcedureId {
                program,
                version: 1,
                procedure: 1,
            })
        };
        assert_eq!([qemu::PROGRAM, 0x0006_8000].map(needs), [true; 2]);
        assert!(!needs(0x0690_0690), "libvirtd's admin program has none");
    }
}
