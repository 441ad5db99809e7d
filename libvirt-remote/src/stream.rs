//! Streams: data beside a call, such as the upload of a volume or the console of a machine.
//!
//! ```no_run
//! use libvirt_remote::{Connection, Error};
//! use protocol_defs::remote::{NonnullStorageVol, StorageVolUploadArgs, proc};
//!
//! async fn upload(conn: &Connection, vol: NonnullStorageVol, data: &[u8]) -> Result<(), Error> {
//!     let args = StorageVolUploadArgs { vol, offset: 0, length: data.len() as u64, flags: 0 };
//!     let ((), mut stream) = conn.stream::<proc::StorageVolUpload>(&args).await?;
//!     stream.write_all(data).await?;
//!     stream.finish().await
//! }
//! ```

pub(crate) mod inbox;
mod io;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use protocol_defs::message::ProcedureId;
use protocol_defs::stream::{Hole, MAX_DATA, Stream as Numbers, StreamPacket};
use tokio::time::{Sleep, sleep};

pub use self::inbox::Piece;
use self::inbox::{End, Inbox};
pub(crate) use self::io::fill;
use crate::client::Client;
use crate::client::state::{State, Wake};
use crate::client::waiters::Place;
use crate::error::{CloseReason, Closed, Error};

/// The stream of a call, open for both directions; which of them it has depends on the call.
///
/// It is also tokio's [`AsyncRead`](tokio::io::AsyncRead), which reads holes as zeros, and
/// [`AsyncWrite`](tokio::io::AsyncWrite), whose `shutdown` is [`finish`](Self::finish): a file may be copied to it.
///
/// What the daemon sends has to be read: the protocol cannot stop one stream alone, so that others wait while one is full,
/// and what keeps them waiting for too long is given up. [`Options::stream_window`](crate::Options::stream_window) and
/// [`stream_patience`](crate::Options::stream_patience) say how much and how long that is.
///
/// What [`finish`](Self::finish) has not ended is aborted when it is dropped: an upload that is dropped on an error is
/// no upload that looks complete.
pub struct Stream {
    client: Client,
    numbers: Numbers,
    /// How long the daemon has for its answer, from when this side has ended the stream.
    patience: Option<Pin<Box<Sleep>>>,
    /// What a reader of bytes has left of a piece.
    rest: Option<Piece>,
    /// Where a writer of bytes waits for room.
    place: Option<u64>,
}

impl Stream {
    pub(crate) fn new(client: Client, procedure: ProcedureId, serial: u32) -> Self {
        let ProcedureId {
            program,
            version,
            procedure,
        } = procedure;
        Self {
            client,
            numbers: Numbers {
                program,
                version,
                procedure,
                serial,
            },
            patience: None,
            rest: None,
            place: None,
        }
    }

    /// The next piece of what the daemon sends; nothing when it has sent all.
    ///
    /// Cancel-safe: no piece is lost when the future is dropped.
    ///
    /// # Errors
    /// [`Error::Remote`] if the daemon has given the stream up, [`Error::Stalled`] if this side has,
    /// [`Error::Closed`] if the connection has ended.
    pub async fn read(&mut self) -> Result<Option<Piece>, Error> {
        if let Some(rest) = self.rest.take() {
            return Ok(Some(rest));
        }
        let mut reading = Reading {
            stream: self,
            waits: false,
        };
        poll_fn(|cx| reading.poll_piece(cx)).await
    }

    /// Sends a piece of data, as much as one packet holds, and says how many bytes that is. Waits while much waits to be
    /// sent.
    ///
    /// Cancel-safe: nothing has been sent when the future is dropped.
    ///
    /// # Errors
    /// As [`read`](Self::read); the daemon may give up an upload at any time.
    pub async fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        if data.is_empty() {
            return Ok(0);
        }
        let data = data.get(..MAX_DATA).unwrap_or(data);
        self.send(&StreamPacket::Data(data)).await?;
        Ok(data.len())
    }

    /// Sends data. If the future is dropped, some of it may have been sent.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_all(&mut self, mut data: &[u8]) -> Result<(), Error> {
        while !data.is_empty() {
            let sent = self.write(data).await?;
            data = data.get(sent..).unwrap_or_default();
        }
        Ok(())
    }

    /// Sends a hole of this many bytes, which are zero. Both sides must have agreed to a sparse stream, by a flag of the
    /// call.
    ///
    /// Cancel-safe, as [`write`](Self::write).
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_hole(&mut self, length: u64) -> Result<(), Error> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        if length == 0 {
            return Ok(());
        }
        let hole = Hole { length, flags: 0 };
        self.send(&StreamPacket::Hole(hole)).await
    }

    /// Says that the stream is complete, and waits until the daemon says the same, for as long as for an answer
    /// ([`Options::call_timeout`](crate::Options::call_timeout)). What it had still to send is dropped, and what has come of
    /// it.
    ///
    /// # Errors
    /// As [`read`](Self::read); [`Error::Timeout`].
    pub async fn finish(mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_finish(cx)).await
    }

    /// Gives the stream up, and waits until the daemon says that it knows, as [`finish`](Self::finish) does.
    ///
    /// # Errors
    /// [`Error::Closed`] if the connection has ended; [`Error::Timeout`].
    pub async fn abort(mut self) -> Result<(), Error> {
        let ended = poll_fn(|cx| self.poll_ended(cx, &StreamPacket::Abort(None)));
        match ended.await {
            // It has given up by itself, or says so when it is told; or this side had done so before.
            Ok(()) | Err(Error::Remote(_) | Error::Stalled { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn send(&mut self, packet: &StreamPacket<'_>) -> Result<(), Error> {
        let mut place = Place::new(self.client.shared(), |state| &mut state.room);
        poll_fn(|cx| self.poll_send(cx, packet, &mut place.number)).await
    }

    fn poll_send(
        &self,
        cx: &Context<'_>,
        packet: &StreamPacket<'_>,
        place: &mut Option<u64>,
    ) -> Poll<Result<(), Error>> {
        let shared = self.client.shared();
        ready!(shared.poll_room(cx, place))?;
        let numbers = self.numbers;
        Poll::Ready(shared.with(|state| match append(state, numbers, packet) {
            Ok(wake) => (wake, Ok(())),
            Err(error) => (Wake::Nobody, Err(error)),
        }))
    }

    fn poll_piece(&self, cx: &Context<'_>) -> Poll<Result<Option<Piece>, Error>> {
        let polled = self.poll_inbox(|inbox| inbox.poll_piece(cx))?;
        polled.map_err(error_of)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_ended(cx, &StreamPacket::Finish)
    }

    /// Says so, unless it has been said, and waits for the daemon's answer.
    fn poll_ended(
        &mut self,
        cx: &mut Context<'_>,
        end: &StreamPacket<'_>,
    ) -> Poll<Result<(), Error>> {
        let shared = self.client.shared();
        let numbers = self.numbers;
        // Whether or not there is room: it is little, and the way to it may be that what comes is dropped from here on.
        shared.with(|state| end_here(state, numbers, end))?;
        match self.poll_inbox(|inbox| inbox.poll_end(cx))? {
            Poll::Ready(End::Finished) => return Poll::Ready(Ok(())),
            Poll::Ready(end) => return Poll::Ready(Err(error_of(end))),
            Poll::Pending => {}
        }
        let Some(after) = self.client.options().call_timeout else {
            return Poll::Pending;
        };
        let patience = self.patience.get_or_insert_with(|| Box::pin(sleep(after)));
        patience.as_mut().poll(cx).map(|()| {
            let what = "the end of a stream";
            Err(Error::Timeout { what, after })
        })
    }

    /// Looks into the inbox. When what was too much has become less, or somebody waits, the task may read on.
    fn poll_inbox<T>(&self, look: impl FnOnce(&mut Inbox) -> Poll<T>) -> Result<Poll<T>, Closed> {
        let shared = self.client.shared();
        shared.with(|state| match inbox(state, self.numbers).map(look) {
            Ok(looked) => {
                let wake = if looked.is_pending() || !state.is_paused() {
                    state.wake_resting()
                } else {
                    Wake::Nobody
                };
                (wake, Ok(looked))
            }
            Err(closed) => (Wake::Nobody, Err(closed)),
        })
    }
}

fn inbox(state: &mut State, numbers: Numbers) -> Result<&mut Inbox, Closed> {
    let State {
        streams, closed, ..
    } = state;
    streams.inbox(numbers.serial).ok_or_else(|| {
        closed
            .clone()
            .unwrap_or_else(|| Closed::new(CloseReason::Here))
    })
}

/// Appends a packet, unless the stream is over.
fn append(state: &mut State, numbers: Numbers, packet: &StreamPacket<'_>) -> Result<Wake, Error> {
    let inbox = inbox(state, numbers)?;
    if let Some(end) = inbox.end() {
        return Err(error_of(end.clone()));
    }
    if inbox.is_over_here() {
        return Err(Error::Finished);
    }
    let written = state.append(|out| numbers.write(packet, &mut out.bytes));
    written.map_err(|error| Error::Arguments {
        procedure: "a stream",
        error,
    })
}

/// Ends the stream, unless it is over.
fn end_here(
    state: &mut State,
    numbers: Numbers,
    packet: &StreamPacket<'_>,
) -> (Wake, Result<(), Closed>) {
    let inbox = match inbox(state, numbers) {
        Ok(inbox) => inbox,
        Err(closed) => return (Wake::Nobody, Err(closed)),
    };
    if inbox.is_over_here() {
        return (Wake::Nobody, Ok(()));
    }
    let is_over = inbox.end().is_some();
    inbox.end_here();
    if !is_over {
        // It is no packet with an error, and no other breaks a bound.
        let _ = state.append(|out| numbers.write(packet, &mut out.bytes));
    }
    // What was in it may have kept the task from reading.
    (Wake::Task, Ok(()))
}

fn error_of(end: End) -> Error {
    match end {
        End::Aborted(error) => Error::Remote(error),
        End::Stalled(after) => Error::Stalled { after },
        End::Closed(closed) => Error::Closed(closed),
        End::Finished => Error::Finished,
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let serial = self.numbers.serial;
        let shared = self.client.shared();
        let waker = shared.with(|state| {
            let waker = self.place.and_then(|place| state.room.leave(place));
            (state.end_stream(serial), waker)
        });
        // Behind the lock, as whatever it is may come back here.
        drop(waker);
    }
}

/// Somebody who waits for a piece, until the future is dropped: then nothing is kept from other streams for it.
struct Reading<'a> {
    stream: &'a Stream,
    waits: bool,
}

impl Reading<'_> {
    fn poll_piece(&mut self, cx: &Context<'_>) -> Poll<Result<Option<Piece>, Error>> {
        let polled = self.stream.poll_piece(cx);
        self.waits = polled.is_pending();
        polled
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if !self.waits {
            return;
        }
        let Stream {
            client, numbers, ..
        } = self.stream;
        let waker = client.shared().with(|state| {
            let inbox = state.streams.inbox(numbers.serial);
            (Wake::Nobody, inbox.and_then(Inbox::stop_reading))
        });
        drop(waker);
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stream").field(&self.numbers).finish()
    }
}
