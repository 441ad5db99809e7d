//! A call, and the answer to it.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use bytes::Bytes;
use protocol_defs::message::{Call, Message, ProcedureId, Reply, TOLERANT};
use protocol_defs::packet::{
    ErrorCode, ErrorOrigin, Header, Kind, MessageError, Packet, Status, WriteError,
    write_packet_with_fds, write_raw,
};
use protocol_defs::{qemu, remote};
use xdr_wire::{Decode, Encode, Procedure, ProcedureInfo, from_bytes_with, to_vec};

use super::basics;
use super::fate::Fate;
use super::handle::Handle;
use super::session::{Effect, Session};
use super::stream::{Meets, Streaming};

/// Why a call has no result: libvirt's error, which its client shows. `?` makes one of a [`MessageError`].
pub type Refusal = Box<MessageError>;

/// An error with a text.
///
/// ```
/// use libvirt_remote::daemon::refusal;
/// use protocol_defs::packet::{ErrorCode, ErrorOrigin};
///
/// let error = refusal(ErrorCode::NO_DOMAIN, ErrorOrigin::TEST, "no domain has the name 'web'");
/// assert_eq!(error.to_string(), "no domain has the name 'web' (code 42, domain 12)");
/// ```
pub fn refusal(code: ErrorCode, origin: ErrorOrigin, text: impl Into<String>) -> Refusal {
    Box::new(MessageError {
        message: Some(text.into()),
        ..MessageError::new(code, origin)
    })
}

/// Who calls, and whom.
#[derive(Debug)]
pub struct Context<S = ()> {
    state: Arc<S>,
    session: Session,
    handle: Handle,
    fds: Vec<OwnedFd>,
}

impl Context {
    pub(super) fn new(session: Session, handle: Handle, fds: Vec<OwnedFd>) -> Self {
        Self {
            state: Arc::new(()),
            session,
            handle,
            fds,
        }
    }

    pub(super) fn with<S>(self, state: Arc<S>) -> Context<S> {
        Context {
            state,
            session: self.session,
            handle: self.handle,
            fds: self.fds,
        }
    }
}

impl<S> Context<S> {
    /// The state of the [`Router`](super::Router).
    pub fn state(&self) -> &S {
        &self.state
    }

    /// The client that calls.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The daemon that is called, to tell all its clients of an event.
    pub fn daemon(&self) -> &Handle {
        &self.handle
    }

    /// The file descriptors that came with the call.
    pub fn take_descriptors(&mut self) -> Vec<OwnedFd> {
        std::mem::take(&mut self.fds)
    }
}

/// A call that may be made, as it came.
#[derive(Debug)]
pub struct Request {
    pub(super) header: Header,
    pub(super) info: &'static ProcedureInfo,
    pub(super) payload: Bytes,
    pub(super) context: Context,
}

impl Request {
    /// Which procedure is called.
    pub fn procedure(&self) -> ProcedureId {
        ProcedureId::of(&self.header)
    }

    /// What the protocol says of the procedure.
    pub fn info(&self) -> &'static ProcedureInfo {
        self.info
    }

    /// The arguments as they came, not looked at yet.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Who calls, and whom.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The same, to take descriptors out.
    pub fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    /// The call with its arguments, of any procedure of the programs of libvirtd.
    ///
    /// # Errors
    /// A [`Refusal`] that says what is wrong with the arguments.
    pub fn call(&self) -> Result<Call, Refusal> {
        let packet = Packet {
            // Whether there are descriptors makes no difference to what is called.
            header: Header {
                kind: Kind::Call,
                ..self.header
            },
            fds: 0,
            payload: &self.payload[..],
            offset: 0,
        };
        match Message::decode(&packet) {
            Ok(Message::Call(call)) => Ok(call),
            Ok(_) => Err(MessageError::unknown_procedure(self.header.procedure).into()),
            Err(error) => Err(MessageError::rpc(error.to_string()).into()),
        }
    }

    /// The arguments of the procedure `P`, which must be the one that is called.
    ///
    /// # Errors
    /// A [`Refusal`] that says what is wrong with them.
    pub fn args<P>(&self) -> Result<P::Args, Refusal>
    where
        P: Procedure<Args: for<'de> Decode<'de>>,
    {
        // Libvirt's peers ignore what follows a payload.
        from_bytes_with(&self.payload, TOLERANT)
            .map_err(|error| MessageError::rpc(format!("arguments of {}: {error}", P::NAME)).into())
    }

    /// Answers what is the same for all drivers: authentication, opening, features, what the daemon says of itself, and
    /// registrations for events. Of any other procedure it says that it is unknown, so that a client may try an older
    /// one.
    ///
    /// # Errors
    /// What the client has done wrong, such as to register twice, or that the procedure is unknown.
    pub fn basics(self) -> Result<Answer, Refusal> {
        basics::answer(&self)
    }
}

/// The result of a call, and descriptors with it.
#[derive(Debug)]
pub struct Answer {
    pub(super) body: Body,
    pub(super) fds: Vec<OwnedFd>,
    pub(super) effect: Effect,
    pub(super) fate: Fate,
    pub(super) streaming: Option<Streaming>,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Payload(Vec<u8>),
    Reply(Reply),
    Error(Refusal),
}

impl Answer {
    /// The result of the procedure `P`.
    ///
    /// # Errors
    /// A [`Refusal`] if it breaks a bound of its type: the client is then told so.
    pub fn of<P>(result: &P::Ret) -> Result<Self, Refusal>
    where
        P: Procedure<Ret: Encode>,
    {
        match to_vec(result) {
            Ok(payload) => Ok(Self::new(Body::Payload(payload))),
            Err(error) => Err(broken(P::NAME, &error.into())),
        }
    }

    /// The same with file descriptors, for clients of UNIX sockets. Others get an error instead.
    #[must_use]
    pub fn with_descriptors(mut self, fds: Vec<OwnedFd>) -> Self {
        self.fds = fds;
        self
    }

    /// The same, with something that happens to it on its way.
    #[must_use]
    pub fn with_fate(mut self, fate: Fate) -> Self {
        self.fate = fate;
        self
    }

    /// The same with who serves the stream that the call begins: procedures that begin one need it, and others must not
    /// have it. Clients get an error otherwise.
    #[must_use]
    pub fn with_stream(mut self, streaming: Streaming) -> Self {
        self.streaming = Some(streaming);
        self
    }

    /// The same, with something that happens to the packets of the stream that the call begins, if it does.
    pub(crate) fn with_meetings(mut self, meets: impl FnOnce() -> Meets) -> Self {
        self.streaming = self.streaming.map(|streaming| streaming.meeting(meets()));
        self
    }

    pub(super) fn new(body: Body) -> Self {
        Self {
            body,
            fds: Vec::new(),
            effect: Effect::None,
            fate: Fate::Arrives,
            streaming: None,
        }
    }

    pub(super) fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Its packet, and whether that is a good answer. If it cannot be one, the packet is that of an error which says why.
    pub(super) fn packet(&self, to: &Header, name: &'static str) -> (Vec<u8>, bool) {
        let mut packet = Vec::new();
        let error = match &self.body {
            Body::Error(error) => Err(error.clone()),
            // A client takes it for an answer to something else, or for none, and hangs up.
            Body::Reply(reply) if reply.procedure() != ProcedureId::of(to) => {
                Err(Refusal::from(MessageError::rpc(format!(
                    "{name} has been given the result of another procedure"
                ))))
            }
            _ => self
                .write(to, &mut packet)
                .map_err(|error| broken(name, &error)),
        };
        if let Err(error) = &error {
            write_error(to, error, &mut packet);
        }
        (packet, error.is_ok())
    }

    fn write(&self, to: &Header, out: &mut Vec<u8>) -> Result<(), WriteError> {
        let count = u32::try_from(self.fds.len()).unwrap_or(u32::MAX);
        match &self.body {
            Body::Payload(payload) => {
                let header = reply(to, count, Status::Ok);
                write_raw(&header, count, payload, out)
            }
            Body::Reply(reply) => Message::Reply(reply.clone()).write(to.serial, count, out),
            Body::Error(error) => {
                write_error(to, error, out);
                Ok(())
            }
        }
    }
}

/// The answer that a refusal is, for one that has a [`Fate`].
impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::new(Body::Error(refusal))
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::new(Body::Reply(reply))
    }
}

impl From<remote::Reply> for Answer {
    fn from(reply: remote::Reply) -> Self {
        Reply::from(reply).into()
    }
}

impl From<qemu::Reply> for Answer {
    fn from(reply: qemu::Reply) -> Self {
        Reply::from(reply).into()
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Settle => "Settle",
            Self::Open(_) => "Open",
            Self::Close => "Close",
            Self::Keepalive => "Keepalive",
            Self::Register(_) => "Register",
            Self::CloseCallback(_) => "CloseCallback",
        })
    }
}

/// The header of an answer.
fn reply(to: &Header, fds: u32, status: Status) -> Header {
    let kind = if fds > 0 {
        Kind::ReplyWithFds
    } else {
        Kind::Reply
    };
    Header {
        kind,
        status,
        ..*to
    }
}

/// Appends the packet of an error. One that is too long for that is shortened to its numbers.
fn write_error(to: &Header, error: &MessageError, out: &mut Vec<u8>) {
    let header = reply(to, 0, Status::Error);
    if write_packet_with_fds(&header, 0, error, out).is_err() {
        let short = MessageError::new(error.error_code(), error.origin());
        // Numbers break no bound.
        let _ = write_packet_with_fds(&header, 0, &short, out);
    }
}

fn broken(procedure: &'static str, error: &WriteError) -> Refusal {
    MessageError::rpc(format!("result of {procedure}: {error}")).into()
}
