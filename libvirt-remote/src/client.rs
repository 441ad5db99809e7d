//! A connection of packets, whatever program is behind it: calls, events, streams.
//!
//! A connection has one task, which reads, writes and keeps it alive. Callers append their packets to what it writes
//! next, all of it at once, and wait for the answer that it reads; there is no task for a call. What a packet holds is
//! encoded and decoded by its caller.

mod driver;
pub(crate) mod heart;
mod options;
pub(crate) mod state;
mod streams;
pub(crate) mod waiters;

use std::fmt;
use std::future::poll_fn;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use protocol_defs::message::{self, Message, ProcedureId, ReadError, TOLERANT};
use protocol_defs::packet::{
    Header, Kind, MessageError, Packet, Status, WriteError, write_packet_with_fds,
};
use tokio::sync::oneshot;
use tokio::time::timeout;
use xdr_wire::{Decode, Encode, Procedure, ProcedureKind, from_bytes_with};

pub use options::{Credentials, KeepaliveOptions, Options, ReconnectOptions};

use self::driver::Driver;
use self::state::{Answer, Effect, Pending, Shared, State, Wake, call_header};
use self::waiters::Place;
use crate::error::{CloseReason, Closed, Error};
use crate::stream::Stream;
use crate::transport::Transport;

/// A connection to a daemon that nothing has been said on. [`Connection`](crate::Connection) opens libvirt's drivers with
/// it; the other daemons and programs of libvirt are called with it directly.
///
/// Clones are the same connection. It ends when all clones, events and streams of it have been dropped; what had been
/// sent by then goes out first, unless the daemon does not take it within ten seconds.
///
/// ```
/// use libvirt_remote::{Client, Error, Options, Transport};
/// use protocol_defs::remote::proc;
///
/// async fn hostname(transport: Transport) -> Result<String, Error> {
///     let client = Client::new(transport, Options::default());
///     Ok(client.call::<proc::ConnectGetHostname>(&()).await?.hostname)
/// }
/// ```
///
/// # Cancelling
/// The future of a call may be dropped at any time. If the packet has been handed over, the daemon will do what it says;
/// its answer is dropped when it comes. A daemon that leaves more than 16,384 such calls without an answer does not work any
/// more: the connection then ends, with [`CloseReason::Unanswered`].
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

/// What all clones have in common. The connection's task has only the state.
struct Handle {
    shared: Arc<Shared>,
}

impl Client {
    /// Begins a connection, and its task on the runtime that this is called in.
    ///
    /// # Panics
    /// Outside of a tokio runtime that has a clock.
    pub fn new(transport: Transport, options: Options) -> Self {
        Self::begin(transport, options, false)
    }

    /// [`new`](Self::new), and whether queues of events outlive the connection.
    pub(crate) fn begin(transport: Transport, options: Options, keeps_queues: bool) -> Self {
        let shared = Shared::new(options, &transport, keeps_queues);
        tokio::spawn(Driver::new(Arc::clone(&shared), transport));
        let handle = Arc::new(Handle { shared });
        Self { handle }
    }

    /// Calls a procedure, and waits for its result.
    ///
    /// # Errors
    /// [`Error::Remote`] if the daemon's answer is an error; others say what else can go wrong.
    pub async fn call<P>(&self, args: &P::Args) -> Result<P::Ret, Error>
    where
        P: Procedure<Args: Encode + Sync, Ret: for<'de> Decode<'de>>,
    {
        let (result, _) = self.call_with_descriptors::<P>(args, Vec::new()).await?;
        Ok(result)
    }

    /// Calls a procedure with file descriptors, and gives those that came with the result.
    ///
    /// # Errors
    /// As [`call`](Self::call), and [`Error::NoDescriptors`] if there are some and the connection is no UNIX socket.
    pub async fn call_with_descriptors<P>(
        &self,
        args: &P::Args,
        fds: Vec<OwnedFd>,
    ) -> Result<(P::Ret, Vec<OwnedFd>), Error>
    where
        P: Procedure<Args: Encode + Sync, Ret: for<'de> Decode<'de>>,
    {
        const {
            assert!(is_call::<P>(), "an event cannot be called");
        };
        let call = Call::of::<P>(fds);
        let (_, answer) = self
            .answer(call, Effect::None, &|header, fds, out| {
                write_packet_with_fds(header, fds, args, out)
            })
            .await?;
        let Answer { payload, fds, .. } = answer;
        Ok((result(P::NAME, &payload)?, fds))
    }

    /// Calls a procedure that begins a stream.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn stream<P>(&self, args: &P::Args) -> Result<(P::Ret, Stream), Error>
    where
        P: Procedure<Args: Encode + Sync, Ret: for<'de> Decode<'de>>,
    {
        const {
            assert!(is_call::<P>(), "an event cannot be called");
        };
        let call = Call::of::<P>(Vec::new());
        let procedure = call.procedure;
        let (serial, answer) = self
            .answer(call, Effect::Stream, &|header, fds, out| {
                write_packet_with_fds(header, fds, args, out)
            })
            .await?;
        let stream = Stream::new(self.clone(), procedure, serial);
        Ok((result(P::NAME, &answer.payload)?, stream))
    }

    /// Makes a call that is a value, and gives the result as one: for whoever passes calls on without knowing them.
    ///
    /// # Errors
    /// As [`call`](Self::call); [`Error::Unreadable`] if the result is not of the procedure's type.
    pub async fn request(&self, call: message::Call) -> Result<message::Reply, Error> {
        let message = Message::Call(call);
        let procedure = ProcedureId::of(&message.header(0, 0));
        let call = Call {
            name: "a call",
            procedure,
            fds: Vec::new(),
        };
        let (_, answer) = self
            .answer(call, Effect::None, &|header, fds, out| {
                message.write(header.serial, fds, out)
            })
            .await?;
        let packet = Packet {
            header: answer.header,
            fds: 0,
            payload: &*answer.payload,
            offset: 0,
        };
        match Message::decode(&packet).map_err(Error::Unreadable)? {
            Message::Reply(reply) => Ok(reply),
            // An answer that is no error is a reply.
            _ => Err(Error::Unreadable(ReadError::Kind {
                kind: packet.header.kind,
            })),
        }
    }

    /// Whether file descriptors can be passed.
    pub fn passes_descriptors(&self) -> bool {
        self.shared().passes_descriptors
    }

    /// Whether nobody else can read what is said: it goes over a UNIX socket, or in TLS to a daemon whose certificate has been
    /// verified.
    pub fn is_private(&self) -> bool {
        self.shared().is_private
    }

    /// How the connection behaves.
    pub fn options(&self) -> &Options {
        &self.shared().options
    }

    /// Why the connection has ended, if it has.
    pub fn closed(&self) -> Option<Closed> {
        self.shared().lock().closed.clone()
    }

    /// Events that came and that nobody had asked for.
    pub fn unclaimed_events(&self) -> u64 {
        self.shared().lock().subscribers.unclaimed()
    }

    /// Begins to look after the daemon. It must know keepalive, which is asked for with
    /// [`Feature::KEEPALIVE`](crate::Feature::KEEPALIVE).
    pub fn start_keepalive(&self, options: KeepaliveOptions) {
        self.shared().with(|state| {
            state.keepalive = Some(options);
            (Wake::Task, ())
        });
    }

    /// Ends the connection now, for all its clones. Calls that wait get [`CloseReason::Here`].
    pub fn disconnect(&self) {
        self.end(CloseReason::Here);
    }

    /// Ends the connection now, for this reason.
    pub(crate) fn end(&self, reason: CloseReason) {
        self.shared().close(reason);
        self.shared().with(|state| {
            state.is_released = true;
            (Wake::Task, ())
        });
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.handle.shared
    }

    /// Sends a call, and waits for its answer, for as long as the options say.
    pub(crate) async fn answer(
        &self,
        call: Call,
        effect: Effect,
        write: Write<'_>,
    ) -> Result<(u32, Answer), Error> {
        if !call.fds.is_empty() && !self.passes_descriptors() {
            return Err(Error::NoDescriptors);
        }
        let name = call.name;
        let waiting = self.wait_for_answer(call, effect, write);
        let (serial, answer) = match self.options().call_timeout {
            None => waiting.await?,
            Some(after) => timeout(after, waiting)
                .await
                .map_err(|_| timed_out(name, after))??,
        };
        if answer.header.status == Status::Ok {
            return Ok((serial, answer));
        }
        let error: MessageError = result(name, &answer.payload)?;
        Err(Error::Remote(Box::new(error)))
    }

    async fn wait_for_answer(
        &self,
        call: Call,
        effect: Effect,
        write: Write<'_>,
    ) -> Result<(u32, Answer), Error> {
        let shared = self.shared();
        let mut place = Place::new(shared, |state| &mut state.room);
        poll_fn(|cx| shared.poll_room(cx, &mut place.number)).await?;
        drop(place);
        let (serial, answer) = shared.with(|state| match begin(state, call, effect, write) {
            Ok((wake, serial, answer)) => (wake, Ok((serial, answer))),
            Err(error) => (Wake::Nobody, Err(error)),
        })?;
        let mut unanswered = Unanswered {
            shared,
            serial: Some(serial),
        };
        let answer = answer.await;
        unanswered.serial = None;
        match answer {
            Ok(answer) => Ok((serial, answer?)),
            // The task has ended without a word, which it does only with its runtime.
            Err(_) => Err(Closed::new(CloseReason::Runtime).into()),
        }
    }
}

/// Appends a packet with this header and this many descriptors.
pub(crate) type Write<'a> =
    &'a (dyn Fn(&Header, u32, &mut Vec<u8>) -> Result<(), WriteError> + Sync);

/// Which procedure is called, and with which descriptors.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) procedure: ProcedureId,
    pub(crate) fds: Vec<OwnedFd>,
}

impl Call {
    pub(crate) fn of<P: Procedure>(fds: Vec<OwnedFd>) -> Self {
        Self {
            name: P::NAME,
            procedure: ProcedureId {
                program: P::PROGRAM,
                version: P::VERSION,
                procedure: P::NUMBER,
            },
            fds,
        }
    }
}

const fn is_call<P: Procedure>() -> bool {
    matches!(P::KIND, ProcedureKind::Call)
}

/// An answer that is still to come.
pub(crate) type Waiting = oneshot::Receiver<Result<Answer, Closed>>;

fn begin(
    state: &mut State,
    call: Call,
    effect: Effect,
    write: Write<'_>,
) -> Result<(Wake, u32, Waiting), Error> {
    let Call {
        name,
        procedure,
        fds,
    } = call;
    if let Some(closed) = &state.closed {
        return Err(closed.clone().into());
    }
    let serial = state.serial();
    let kind = if fds.is_empty() {
        Kind::Call
    } else {
        Kind::CallWithFds
    };
    let header = call_header(procedure, kind, serial);
    let count = u32::try_from(fds.len()).unwrap_or(u32::MAX);
    let wake = state
        .append(|out| {
            write(&header, count, &mut out.bytes)?;
            out.push_fds(fds);
            Ok(())
        })
        .map_err(|error| Error::Arguments {
            procedure: name,
            error,
        })?;
    if matches!(effect, Effect::Stream) {
        state.streams.begin(serial, procedure);
    }
    let (caller, answer) = oneshot::channel();
    let pending = Pending {
        procedure,
        caller: Some(caller),
        effect,
    };
    let wake = match wake {
        Wake::Nobody => state.wake_resting(),
        Wake::Task => Wake::Task,
    };
    state.pending.insert(serial, pending);
    Ok((wake, serial, answer))
}

/// Bytes of an answer → what they say. What follows is ignored, as libvirt's peers do.
pub(crate) fn result<T: for<'de> Decode<'de>>(
    procedure: &'static str,
    payload: &[u8],
) -> Result<T, Error> {
    from_bytes_with(payload, TOLERANT).map_err(|error| Error::Result { procedure, error })
}

fn timed_out(what: &'static str, after: Duration) -> Error {
    Error::Timeout { what, after }
}

/// A call that may be dropped before it has its answer.
struct Unanswered<'a> {
    shared: &'a Shared,
    serial: Option<u32>,
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        let Some(serial) = self.serial else {
            return;
        };
        if let Some(reason) = self.shared.with(|state| state.abandon(serial)) {
            self.shared.close(reason);
            self.shared.with(|_| (Wake::Task, ()));
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.with(|state| {
            state.is_released = true;
            (Wake::Task, ())
        });
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared().lock();
        f.debug_struct("Client")
            .field("pending", &state.pending.len())
            .field("streams", &state.streams.len())
            .field("closed", &state.closed)
            .finish_non_exhaustive()
    }
}
