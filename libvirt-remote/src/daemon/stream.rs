//! Streams: the daemon's end of data beside a call.
//!
//! A handler answers the call and says who serves the stream then, in a task of its own.

mod error;
mod io;
mod meeting;
mod table;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::stream::{Hole, MAX_DATA, StreamPacket};

pub use self::error::StreamError;
use self::meeting::Meetings;
pub(crate) use self::meeting::{Meeting, Meets};
use self::table::Entry;
pub(super) use self::table::{End, Streams};
use super::fate::Fate;
use super::request::{Refusal, refusal};
use super::session::{Lane, Queue, Session};
use crate::stream::Piece;

/// Who serves a stream, once its call has been answered.
///
/// ```
/// use libvirt_remote::Piece;
/// use libvirt_remote::daemon::{Router, Streaming};
/// use protocol_defs::remote::proc;
///
/// let router = Router::new()
///     .on_stream::<proc::StorageVolDownload>(|_, _| async {
///         let serve = Streaming::by(|mut stream| async move {
///             stream.refuse_data();
///             stream.write_all(b"what the volume holds").await?;
///             stream.write_hole(1 << 20).await?;
///             stream.finish().await
///         });
///         Ok(((), serve))
///     })
///     .on_stream::<proc::StorageVolUpload>(|_, _| async {
///         let serve = Streaming::by(|mut stream| async move {
///             let mut length = 0;
///             while let Some(piece) = stream.read().await? {
///                 length += match piece {
///                     Piece::Data(data) => data.len() as u64,
///                     Piece::Hole(length) => length,
///                 };
///             }
///             println!("{length} bytes");
///             stream.finish().await
///         });
///         Ok(((), serve))
///     });
/// ```
pub struct Streaming {
    serve: Serve,
    meets: Option<Meets>,
}

type Serve = Box<dyn FnOnce(Stream) -> Served + Send>;

type Served = Pin<Box<dyn Future<Output = Result<(), StreamError>> + Send>>;

impl Streaming {
    /// This function. What it has not [finished](Stream::finish) when it returns is aborted, with its error if that is
    /// [`StreamError::Refused`]; but a client that was done before it was heard out is told that all is well.
    ///
    /// It goes on when the client has gone, until it sees that.
    pub fn by<F, A>(serve: F) -> Self
    where
        F: FnOnce(Stream) -> A + Send + 'static,
        A: Future<Output = Result<(), StreamError>> + Send + 'static,
    {
        Self {
            serve: Box::new(|stream| Box::pin(serve(stream))),
            meets: None,
        }
    }

    /// The same, with something that happens to the packets that it sends.
    pub(crate) fn meeting(self, meets: Meets) -> Self {
        Self {
            meets: Some(meets),
            ..self
        }
    }

    /// Serves a stream that has begun.
    pub(super) async fn run(self, line: Line) {
        let line = Arc::new(line);
        let served = (self.serve)(Stream {
            line: Arc::clone(&line),
            rest: None,
            meetings: Meetings::new(self.meets),
        });
        match served.await {
            Ok(()) => {}
            Err(StreamError::Finished) => {
                line.change(|entry, out| entry.confirm(Fate::Arrives, out));
            }
            Err(StreamError::Refused(error)) => {
                line.change(|entry, out| entry.refuse(error, out));
            }
            Err(_) => line.change(|entry, out| entry.refuse(given_up(), out)),
        }
    }
}

impl fmt::Debug for Streaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streaming").finish_non_exhaustive()
    }
}

/// The daemon's end of a stream. Which of the two directions it has depends on the call: clients of an `@writestream`
/// procedure only write.
///
/// It is also tokio's [`AsyncRead`](tokio::io::AsyncRead), which reads holes as zeros, and
/// [`AsyncWrite`](tokio::io::AsyncWrite), whose `shutdown` is [`finish`](Self::finish).
///
/// What [`finish`](Self::finish) has not ended is aborted when it is dropped and its [`Streaming`] has returned.
pub struct Stream {
    line: Arc<Line>,
    /// What a reader of bytes has left of a piece.
    rest: Option<Piece>,
    meetings: Meetings,
}

impl Stream {
    /// The next piece of what the client sends; nothing when it is done. It then waits to be told that all is well, by
    /// [`finish`](Self::finish), or what is not, by [`abort`](Self::abort).
    ///
    /// While more waits than [`Options::stream_window`](super::Options::stream_window), nothing is read from the client.
    ///
    /// Cancel-safe: no piece is lost when the future is dropped.
    ///
    /// # Errors
    /// Why the stream has ended.
    pub async fn read(&mut self) -> Result<Option<Piece>, StreamError> {
        if let Some(rest) = self.rest.take() {
            return Ok(Some(rest));
        }
        poll_fn(|cx| self.poll_piece(cx)).await
    }

    /// Sends a piece of data, as much as one packet holds, and says how many bytes that is. Waits while the client has
    /// much to take.
    ///
    /// Cancel-safe: nothing has been sent when the future is dropped.
    ///
    /// # Errors
    /// Why the stream has ended, [`StreamError::Finished`] if the client takes no more, or
    /// [`StreamError::Direction`].
    pub async fn write(&mut self, data: &[u8]) -> Result<usize, StreamError> {
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
    pub async fn write_all(&mut self, mut data: &[u8]) -> Result<(), StreamError> {
        while !data.is_empty() {
            let sent = self.write(data).await?;
            data = data.get(sent..).unwrap_or_default();
        }
        Ok(())
    }

    /// Sends a hole of this many bytes, which are zero. The client must have asked for a sparse stream, by a flag of the
    /// call.
    ///
    /// Cancel-safe, as [`write`](Self::write).
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_hole(&mut self, length: u64) -> Result<(), StreamError> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        if length == 0 {
            return Ok(());
        }
        let hole = Hole { length, flags: 0 };
        self.send(&StreamPacket::Hole(hole)).await
    }

    /// Data of the client ends the stream with an error, if some waits or when some comes: for handlers that only write. The
    /// protocol does not say of which procedures clients only read, since a console has the same annotation as a download.
    pub fn refuse_data(&mut self) {
        self.line.change(Entry::refuse_data);
    }

    /// Says that all is written, waits until the client is done, and tells it that all is well. What it had still to send
    /// is dropped.
    ///
    /// # Errors
    /// Why the stream has ended otherwise.
    pub async fn finish(mut self) -> Result<(), StreamError> {
        poll_fn(|cx| self.poll_finish(cx)).await
    }

    /// Gives the stream up, and tells the client why.
    pub fn abort(self, error: Refusal) {
        self.line.change(|entry, out| entry.refuse(error, out));
    }

    async fn send(&mut self, packet: &StreamPacket<'_>) -> Result<(), StreamError> {
        poll_fn(|cx| self.poll_send(cx, packet)).await
    }

    fn poll_piece(&self, cx: &Context<'_>) -> Poll<Result<Option<Piece>, StreamError>> {
        let inner = &self.line.session.inner;
        let (window, counters) = (inner.options.stream_window, &inner.counters);
        self.line.look(|entry, _, _| {
            let was_over = entry.cost() > window;
            let polled = entry.poll_piece(cx);
            if let Poll::Ready(Ok(Some(Piece::Data(data)))) = &polled {
                counters.stream_bytes_read.add(data.len() as u64);
            }
            (was_over && entry.cost() <= window, polled)
        })
    }

    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        packet: &StreamPacket<'_>,
    ) -> Poll<Result<(), StreamError>> {
        let Self { line, meetings, .. } = self;
        ready!(meetings.poll_decide(cx, line))?;
        let fate = meetings.fate().unwrap_or_default();
        let counters = &line.session.inner.counters;
        let polled = line.look(|entry, out, has_room| {
            let polled = entry.poll_write(cx, packet, fate, has_room, out);
            if let (Poll::Ready(Ok(())), StreamPacket::Data(data)) = (&polled, packet) {
                counters.stream_bytes_written.add(data.len() as u64);
            }
            (polled.is_ready(), polled)
        });
        if polled.is_ready() {
            meetings.pass();
        }
        polled
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamError>> {
        let Self { line, meetings, .. } = self;
        loop {
            let fate = meetings.fate();
            let is_known = fate.is_some();
            let mut says = false;
            let polled = line.look(|entry, out, _| {
                says = entry.has_last_word();
                if says && !is_known {
                    return (false, Poll::Pending);
                }
                let fate = fate.unwrap_or_default();
                (true, entry.poll_finish(cx, fate, out))
            });
            if !says {
                return polled;
            }
            if is_known {
                meetings.pass();
                return polled;
            }
            // What becomes of a packet is asked once it is known that there is one.
            ready!(meetings.poll_decide(cx, line))?;
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("session", &self.line.session)
            .field("serial", &self.line.serial)
            .finish_non_exhaustive()
    }
}

/// A stream that has an entry in its session's table. The entry goes with it.
pub(super) struct Line {
    session: Session,
    serial: u32,
}

impl Line {
    pub(super) fn new(session: Session, serial: u32) -> Self {
        session.inner.counters.streams_begun.add(1);
        Self { session, serial }
    }

    /// Looks at the entry; gets where to write, and whether there is room. Wakes the connection's task if it is told to.
    fn look<T>(
        &self,
        look: impl FnOnce(&mut Entry, &mut Queue, bool) -> (bool, Poll<Result<T, StreamError>>),
    ) -> Poll<Result<T, StreamError>> {
        let inner = &self.session.inner;
        inner.change_if(|state| {
            let has_room = state.queue.has_stream_room(&inner.options);
            let takes_more = state.queue.takes_more();
            match state.streams.entry(self.serial) {
                Some(entry) if takes_more || entry.is_over() => {
                    look(entry, &mut state.queue, has_room)
                }
                _ => {
                    let end = state.queue.stream_end();
                    let error = end.as_ref().map_or(StreamError::Here, StreamError::from);
                    (false, Poll::Ready(Err(error)))
                }
            }
        })
    }

    fn change(&self, change: impl FnOnce(&mut Entry, &mut Queue)) {
        self.session.inner.change(|state| {
            let takes_more = state.queue.takes_more();
            match state.streams.entry(self.serial) {
                Some(entry) if takes_more => change(entry, &mut state.queue),
                _ => {}
            }
        });
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.change(|entry, out| entry.refuse(given_up(), out));
        self.session.inner.change(|state| {
            state.streams.remove(self.serial);
            state.queue.close(Lane::Stream(self.serial));
        });
        self.session.inner.counters.streams_ended.add(1);
    }
}

fn given_up() -> Refusal {
    let text = "the daemon has given the stream up";
    refusal(ErrorCode::INTERNAL_ERROR, ErrorOrigin::STREAMS, text)
}
