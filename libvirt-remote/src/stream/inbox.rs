//! What has come of a stream and has not been taken yet.

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use protocol_defs::message::{ProcedureId, TOLERANT};
use protocol_defs::packet::{MessageError, Packet};
use protocol_defs::stream::{Hole, StreamPacket};
use xdr_wire::from_bytes_with;

use crate::error::Closed;
use crate::wire::incoming::to_keep;

/// A piece of what the other side sends on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Data; never empty.
    Data(Bytes),
    /// So many bytes that are zero and have not been sent.
    Hole(u64),
}

/// What a piece costs beside its bytes: the other side may send many small ones.
const COST: usize = 64;

impl Piece {
    pub(crate) fn cost(&self) -> usize {
        COST + match self {
            Self::Data(data) => data.len(),
            Self::Hole(_) => 0,
        }
    }
}

/// How a stream ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// Both sides are done.
    Finished,
    /// The daemon has given it up, and said why or not.
    Aborted(Box<MessageError>),
    /// This side has given it up, after the application had taken nothing for so long.
    Stalled(Duration),
    /// With its connection.
    Closed(Closed),
}

/// What this side does with what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Here {
    /// It is kept, to be read.
    Takes,
    /// It is dropped, as the caller has gone before there was a stream.
    Gone,
    /// It is dropped, as this side has said that the stream is over.
    Over,
}

pub(crate) struct Inbox {
    procedure: ProcedureId,
    pieces: VecDeque<Piece>,
    cost: usize,
    /// How many pieces have been taken.
    taken: u64,
    /// The daemon has sent all data.
    is_complete: bool,
    here: Here,
    /// The daemon has said that the stream is over.
    is_over_there: bool,
    end: Option<End>,
    /// Who waits for a piece, and who for the end: a stream may have been split.
    reading: Option<Waker>,
    ending: Option<Waker>,
}

impl Inbox {
    pub(crate) fn new(procedure: ProcedureId) -> Self {
        Self {
            procedure,
            pieces: VecDeque::new(),
            cost: 0,
            taken: 0,
            is_complete: false,
            here: Here::Takes,
            is_over_there: false,
            end: None,
            reading: None,
            ending: None,
        }
    }

    /// The call that began the stream.
    pub(crate) fn procedure(&self) -> ProcedureId {
        self.procedure
    }

    /// Bytes that wait, and what holding them takes.
    pub(crate) fn cost(&self) -> usize {
        self.cost
    }

    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether somebody waits for what comes of it.
    pub(crate) fn is_awaited(&self) -> bool {
        self.reading.is_some() || self.ending.is_some()
    }

    pub(crate) fn is_over_here(&self) -> bool {
        self.here == Here::Over
    }

    pub(crate) fn is_over_there(&self) -> bool {
        self.is_over_there
    }

    fn push(&mut self, piece: Piece) {
        self.cost += piece.cost();
        self.pieces.push_back(piece);
    }

    /// Takes a packet, or says what is wrong with it.
    pub(crate) fn take(&mut self, packet: &Packet<Bytes>) -> Result<(), &'static str> {
        let said = StreamPacket::decode(&packet.borrowed(), TOLERANT)
            .map_err(|_| "packet of a stream that cannot be read")?;
        match said {
            StreamPacket::Finish => self.end_there(End::Finished),
            StreamPacket::Abort(error) => {
                let error = error.unwrap_or_default();
                self.end_there(End::Aborted(error));
            }
            _ if self.here != Here::Takes || self.is_over_there => {}
            StreamPacket::Data(_) => self.push(Piece::Data(to_keep(&packet.payload))),
            StreamPacket::Hole(Hole { length, .. }) => {
                let length = u64::try_from(length).map_err(|_| "hole of less than no bytes")?;
                self.push(Piece::Hole(length));
            }
            StreamPacket::EndOfData => self.is_complete = true,
        }
        Ok(())
    }

    /// Takes an error reply to the call that began the stream.
    pub(crate) fn fail(&mut self, payload: &[u8]) {
        let error = from_bytes_with(payload, TOLERANT)
            .unwrap_or_else(|error| MessageError::rpc(format!("error of a stream: {error}")));
        self.end_there(End::Aborted(Box::new(error)));
    }

    fn end_there(&mut self, end: End) {
        self.is_over_there = true;
        self.end.get_or_insert(end);
    }

    /// This side has said that the stream is over. What has come of it is dropped as well, so that it keeps the daemon's
    /// answer back no longer.
    pub(crate) fn end_here(&mut self) {
        self.leave(Here::Over);
    }

    /// Nobody waits any more for the answer to the call that begins the stream.
    pub(crate) fn abandon(&mut self) {
        self.leave(Here::Gone);
    }

    fn leave(&mut self, here: Here) {
        self.here = here;
        self.pieces = VecDeque::new();
        self.cost = 0;
    }

    /// This side gives it up, after that time.
    pub(crate) fn stall(&mut self, after: Duration) {
        if matches!(self.end, None | Some(End::Finished)) {
            // What is dropped here shall not be missing from a stream that looks complete.
            self.end = Some(End::Stalled(after));
        }
        self.end_here();
    }

    pub(crate) fn close(&mut self, closed: &Closed) {
        self.end.get_or_insert(End::Closed(closed.clone()));
    }

    /// Who waits for what has changed.
    pub(crate) fn wakers(&mut self) -> impl Iterator<Item = Waker> + use<> {
        let waiting = [self.reading.take(), self.ending.take()];
        waiting.into_iter().flatten()
    }

    /// The next piece, or nothing if there are no more; then the end, if it has come.
    pub(crate) fn poll_piece(&mut self, cx: &Context<'_>) -> Poll<Result<Option<Piece>, End>> {
        if let Some(piece) = self.pieces.pop_front() {
            self.cost -= piece.cost();
            self.taken += 1;
            return Poll::Ready(Ok(Some(piece)));
        }
        match &self.end {
            Some(End::Finished) => Poll::Ready(Ok(None)),
            Some(end) => Poll::Ready(Err(end.clone())),
            None if self.is_complete => Poll::Ready(Ok(None)),
            None => wait(&mut self.reading, cx),
        }
    }

    /// Nobody waits for a piece any more.
    pub(crate) fn stop_reading(&mut self) -> Option<Waker> {
        self.reading.take()
    }

    /// How it ended, once it has.
    pub(crate) fn poll_end(&mut self, cx: &Context<'_>) -> Poll<End> {
        match &self.end {
            Some(end) => Poll::Ready(end.clone()),
            None => wait(&mut self.ending, cx),
        }
    }

    /// How it ended, if it has.
    pub(crate) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }
}

fn wait<T>(waiting: &mut Option<Waker>, cx: &Context<'_>) -> Poll<T> {
    *waiting = Some(cx.waker().clone());
    Poll::Pending
}
