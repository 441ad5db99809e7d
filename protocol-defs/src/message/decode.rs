//! Packets → what they say.

use xdr_wire::{Options, ProcedureKind, from_bytes_with};

use super::programs::Program;
use super::{Call, Event, Message, ProcedureId, ReadError, Reply, TOLERANT};
use crate::packet::{Header, Keepalive, Kind, Packet, Status};
use crate::stream::StreamPacket;

impl<'a> Message<'a> {
    /// What a packet says. Bytes behind its payload are ignored, as libvirt's peers do.
    ///
    /// # Errors
    /// [`ReadError`]: a number that nobody has, one that does not fit the packet's kind, or a payload that is not
    /// what it should be.
    pub fn decode(packet: &Packet<&'a [u8]>) -> Result<Self, ReadError> {
        Self::decode_with(packet, TOLERANT)
    }

    /// [`decode`](Self::decode) with limits, and rules relaxed of one's own choice; by default none is.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_with(packet: &Packet<&'a [u8]>, options: Options) -> Result<Self, ReadError> {
        let Header { kind, status, .. } = packet.header;
        let id = ProcedureId::of(&packet.header);
        let payload = packet.payload;
        match (kind, status) {
            (Kind::Call | Kind::CallWithFds, Status::Ok) => {
                keepalive_is_no_call(id)?;
                Call::decode(id, payload, options).map(Self::Call)
            }
            (Kind::Reply | Kind::ReplyWithFds, Status::Ok) => {
                keepalive_is_no_call(id)?;
                Reply::decode(id, payload, options).map(Self::Reply)
            }
            (Kind::Reply | Kind::ReplyWithFds, Status::Error) => Ok(Self::Error {
                procedure: id,
                error: from_bytes_with(payload, options).map_err(ReadError::Error)?,
            }),
            (Kind::Message, Status::Ok) if id.program == Keepalive::PROGRAM => {
                keepalive(id, payload, options)
            }
            (Kind::Message, Status::Ok) => Event::decode(id, payload, options).map(Self::Event),
            (Kind::Stream | Kind::StreamHole, _) => stream(id, packet, options),
            (Kind::Unknown(_), _) => Err(ReadError::Kind { kind }),
            _ => Err(ReadError::Status { kind, status }),
        }
    }
}

fn keepalive(
    id: ProcedureId,
    payload: &[u8],
    options: Options,
) -> Result<Message<'static>, ReadError> {
    let keepalive = known_keepalive(id)?;
    from_bytes_with::<()>(payload, options).map_err(ReadError::Keepalive)?;
    Ok(Message::Keepalive(keepalive))
}

fn known_keepalive(id: ProcedureId) -> Result<Keepalive, ReadError> {
    let ProcedureId {
        program,
        version,
        procedure: number,
    } = id;
    if version != Keepalive::VERSION {
        let known = Keepalive::VERSION;
        return Err(ReadError::WrongVersion {
            program,
            version,
            known,
        });
    }
    let unknown = xdr_wire::MessageError::UnknownProcedure { number };
    Keepalive::from_procedure(number).ok_or(ReadError::Message(unknown))
}

/// Both sides send keepalive packets unasked; nobody calls them.
fn keepalive_is_no_call(id: ProcedureId) -> Result<(), ReadError> {
    if id.program != Keepalive::PROGRAM {
        return Ok(());
    }
    let procedure = match known_keepalive(id)? {
        Keepalive::Ping => "KEEPALIVE_PROC_PING",
        Keepalive::Pong => "KEEPALIVE_PROC_PONG",
    };
    let error = xdr_wire::MessageError::IsEvent { procedure };
    Err(ReadError::Message(error))
}

/// A stream belongs to a call. Which calls have one the protocol's annotations do not say of all of them, so any may.
fn stream<'a>(
    id: ProcedureId,
    packet: &Packet<&'a [u8]>,
    options: Options,
) -> Result<Message<'a>, ReadError> {
    keepalive_is_no_call(id)?;
    let program = Program::of(id)?;
    let is_call = program
        .find(id.procedure)
        .is_some_and(|found| found.kind == ProcedureKind::Call);
    if !is_call {
        return Ok(program
            .payload(id.procedure, packet.payload, options)
            .refuse()?);
    }
    Ok(Message::Stream {
        procedure: id,
        packet: StreamPacket::decode(packet, options)?,
    })
}
