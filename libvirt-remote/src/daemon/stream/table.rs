//! The streams of a client, as its connection's task and their handlers have them in common: behind the session's lock.

use std::collections::{BTreeMap, VecDeque};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use protocol_defs::message::TOLERANT;
use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError, Packet, WriteError};
use protocol_defs::stream::{Stream as Numbers, StreamPacket};
use xdr_wire::StreamDirection;

use super::error::StreamError;
use crate::daemon::fate::Fate;
use crate::daemon::request::{Refusal, refusal};
use crate::daemon::session::{Lane, Queue};
use crate::stream::Piece;
use crate::wire::incoming::to_keep;

/// Those that have begun and whose handler has not ended, by serial.
#[derive(Default)]
pub(in crate::daemon) struct Streams {
    entries: BTreeMap<u32, Entry>,
}

/// Who is to be woken when the lock is free.
#[derive(Default)]
#[must_use = "somebody waits"]
pub(in crate::daemon) struct Wakers(Vec<Waker>);

impl Wakers {
    pub(in crate::daemon) fn wake(self) {
        self.0.into_iter().for_each(Waker::wake);
    }
}

impl Streams {
    pub(in crate::daemon) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(in crate::daemon) fn contains(&self, serial: u32) -> bool {
        self.entries.contains_key(&serial)
    }

    pub(in crate::daemon) fn begin(&mut self, numbers: Numbers, direction: StreamDirection) {
        let entry = Entry::new(numbers, direction);
        self.entries.insert(numbers.serial, entry);
    }

    pub(in crate::daemon) fn remove(&mut self, serial: u32) -> Option<Entry> {
        self.entries.remove(&serial)
    }

    pub(in crate::daemon) fn entry(&mut self, serial: u32) -> Option<&mut Entry> {
        self.entries.get_mut(&serial)
    }

    /// Takes a packet of the client. One of a stream that has ended, or has never been, was on its way.
    pub(in crate::daemon) fn take(&mut self, packet: &Packet<Bytes>, out: &mut Queue) -> Wakers {
        let numbers = Numbers::of(&packet.header);
        let entry = self.entry(numbers.serial);
        match entry.filter(|entry| entry.numbers == numbers && entry.end.is_none()) {
            Some(entry) => {
                if let Err(error) = entry.take(packet, out) {
                    entry.refuse(error, out);
                }
                entry.wakers()
            }
            None => Wakers::default(),
        }
    }

    /// Ends all; `error` is told to the client, if it is to be told.
    pub(in crate::daemon) fn end_all(
        &mut self,
        end: &End,
        error: Option<&Refusal>,
        out: &mut Queue,
    ) -> Wakers {
        let mut wakers = Wakers::default();
        for entry in self.entries.values_mut() {
            if entry.end.is_some() {
                continue;
            }
            if let Some(error) = error {
                entry.say_abort(error, out);
            }
            entry.end(end.clone());
            wakers.0.extend(entry.wakers().0);
        }
        wakers
    }

    /// The stream whose handler has more to take than it may have waiting, and how many pieces it has taken.
    pub(in crate::daemon) fn stalled(&self, window: usize) -> Option<(u32, u64)> {
        let stalled = self.entries.iter().find(|(_, it)| it.cost > window);
        stalled.map(|(serial, entry)| (*serial, entry.taken))
    }

    /// Gives a stream up whose handler takes nothing.
    pub(in crate::daemon) fn give_up(&mut self, serial: u32, out: &mut Queue) -> Wakers {
        let Some(entry) = self.entry(serial) else {
            return Wakers::default();
        };
        let text = "what the client sends on the stream is not taken";
        let error = refusal(ErrorCode::OPERATION_TIMEOUT, ErrorOrigin::STREAMS, text);
        entry.refuse(error, out);
        entry.wakers()
    }

    /// There is room for what handlers write.
    pub(in crate::daemon) fn writers(&mut self) -> Wakers {
        let entries = self.entries.values_mut();
        Wakers(
            entries
                .filter_map(|entry| entry.is_writing.take())
                .collect(),
        )
    }
}

/// How a stream has ended.
#[derive(Clone, Debug)]
pub(in crate::daemon) enum End {
    /// Both sides are done.
    Finished,
    /// The client has given it up.
    Aborted(Option<Box<MessageError>>),
    /// The client has been told this.
    Refused(Refusal),
    /// With the connection, by the client or the way to it.
    Disconnected,
    /// With the connection, by the daemon.
    Here,
}

/// What becomes of data of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// It is for the handler.
    Takes,
    /// It is a mistake.
    Refuses,
    /// The handler does not want it any more.
    Drops,
}

/// A stream.
pub(in crate::daemon) struct Entry {
    numbers: Numbers,
    direction: StreamDirection,
    pieces: VecDeque<Piece>,
    cost: usize,
    /// How many pieces have been taken.
    taken: u64,
    reading: Reading,
    /// The client is done.
    is_finished: bool,
    /// The handler has written all.
    is_complete: bool,
    end: Option<End>,
    is_reading: Option<Waker>,
    is_writing: Option<Waker>,
}

impl Entry {
    fn new(numbers: Numbers, direction: StreamDirection) -> Self {
        Self {
            numbers,
            direction,
            pieces: VecDeque::new(),
            cost: 0,
            taken: 0,
            reading: Reading::Takes,
            is_finished: false,
            is_complete: false,
            end: None,
            is_reading: None,
            is_writing: None,
        }
    }

    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    pub(super) fn is_over(&self) -> bool {
        self.end.is_some()
    }

    fn take(&mut self, packet: &Packet<Bytes>, out: &mut Queue) -> Result<(), Refusal> {
        let said = StreamPacket::decode(&packet.borrowed(), TOLERANT)
            .map_err(|error| MessageError::rpc(format!("packet of a stream: {error}")))?;
        match said {
            StreamPacket::Data(_) => self.push(Piece::Data(to_keep(&packet.payload)))?,
            StreamPacket::Hole(hole) => {
                let Ok(length @ 1..) = u64::try_from(hole.length) else {
                    let text = format!("hole of {} bytes", hole.length);
                    return Err(invalid(ErrorCode::INVALID_ARG, text));
                };
                self.push(Piece::Hole(length))?;
            }
            // Only a daemon says so; a client finishes.
            StreamPacket::EndOfData => {}
            StreamPacket::Finish => self.is_finished = true,
            StreamPacket::Abort(error) => {
                self.say(&StreamPacket::Finish, out);
                self.end(End::Aborted(error));
            }
        }
        Ok(())
    }

    fn push(&mut self, piece: Piece) -> Result<(), Refusal> {
        match self.reading {
            _ if self.is_finished => {}
            Reading::Takes => {
                self.cost += piece.cost();
                self.pieces.push_back(piece);
            }
            Reading::Refuses => return Err(no_data()),
            Reading::Drops => {}
        }
        Ok(())
    }

    /// Data of the client is a mistake from here on, or has been one already.
    pub(super) fn refuse_data(&mut self, out: &mut Queue) {
        self.reading = Reading::Refuses;
        if !self.pieces.is_empty() {
            self.refuse(no_data(), out);
        }
    }

    /// The next piece, or nothing if there are no more.
    pub(super) fn poll_piece(
        &mut self,
        cx: &Context<'_>,
    ) -> Poll<Result<Option<Piece>, StreamError>> {
        if let Some(piece) = self.pieces.pop_front() {
            self.cost -= piece.cost();
            self.taken += 1;
            return Poll::Ready(Ok(Some(piece)));
        }
        match &self.end {
            Some(End::Finished) => Poll::Ready(Ok(None)),
            Some(end) => Poll::Ready(Err(end.into())),
            None if self.is_finished => Poll::Ready(Ok(None)),
            None => {
                self.is_reading = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Appends a packet with a piece for the client, if there is room.
    pub(super) fn poll_write(
        &mut self,
        cx: &Context<'_>,
        packet: &StreamPacket<'_>,
        fate: Fate,
        has_room: bool,
        out: &mut Queue,
    ) -> Poll<Result<(), StreamError>> {
        if let Some(end) = &self.end {
            return Poll::Ready(Err(end.into()));
        }
        if self.direction == StreamDirection::Write {
            return Poll::Ready(Err(StreamError::Direction));
        }
        if self.is_finished || self.is_complete {
            return Poll::Ready(Err(StreamError::Finished));
        }
        if !has_room {
            self.is_writing = Some(cx.waker().clone());
            return Poll::Pending;
        }
        self.say_fated(packet, fate, out);
        Poll::Ready(Ok(()))
    }

    /// Whether to finish it says something now.
    pub(super) fn has_last_word(&self) -> bool {
        let is_to_complete = self.direction == StreamDirection::Read && !self.is_complete;
        self.end.is_none() && (self.is_finished || is_to_complete)
    }

    /// Says that all is written, waits until the client is done, and confirms that.
    pub(super) fn poll_finish(
        &mut self,
        cx: &Context<'_>,
        fate: Fate,
        out: &mut Queue,
    ) -> Poll<Result<(), StreamError>> {
        match &self.end {
            Some(End::Finished) => return Poll::Ready(Ok(())),
            Some(end) => return Poll::Ready(Err(end.into())),
            None => {}
        }
        self.discard();
        self.reading = Reading::Drops;
        if self.is_finished {
            self.confirm(fate, out);
            return Poll::Ready(Ok(()));
        }
        if self.has_last_word() {
            self.say_fated(&StreamPacket::EndOfData, fate, out);
        }
        self.is_complete = true;
        self.is_reading = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Says yes to a client that is done, if it is.
    pub(super) fn confirm(&mut self, fate: Fate, out: &mut Queue) {
        if self.is_finished && self.end.is_none() {
            self.say_fated(&StreamPacket::Finish, fate, out);
            self.end(End::Finished);
        }
    }

    /// Ends it, and tells the client why.
    pub(super) fn refuse(&mut self, error: Refusal, out: &mut Queue) {
        if self.end.is_none() {
            self.say_abort(&error, out);
            self.end(End::Refused(error));
        }
    }

    fn end(&mut self, end: End) {
        self.end.get_or_insert(end);
        self.discard();
    }

    fn discard(&mut self) {
        self.pieces = VecDeque::new();
        self.cost = 0;
    }

    fn say_abort(&self, error: &Refusal, out: &mut Queue) {
        let packet = StreamPacket::Abort(Some(error.clone()));
        if self.try_say(&packet, out).is_err() {
            // It is longer than an error may be. Numbers break no bound.
            let short = MessageError::new(error.error_code(), error.origin());
            self.say(&StreamPacket::Abort(Some(Box::new(short))), out);
        }
    }

    fn say(&self, packet: &StreamPacket<'_>, out: &mut Queue) {
        // Neither data that is not empty nor numbers break a bound.
        let _ = self.try_say(packet, out);
    }

    fn try_say(&self, packet: &StreamPacket<'_>, out: &mut Queue) -> Result<(), WriteError> {
        self.numbers.write(packet, &mut out.outgoing.bytes)?;
        out.pass(Lane::Stream(self.numbers.serial));
        Ok(())
    }

    /// Says something that may not arrive as it is.
    fn say_fated(&self, packet: &StreamPacket<'_>, fate: Fate, out: &mut Queue) {
        if fate == Fate::Arrives {
            self.say(packet, out);
            return;
        }
        let mut bytes = Vec::new();
        // As above.
        let _ = self.numbers.write(packet, &mut bytes);
        let lane = Lane::Stream(self.numbers.serial);
        fate.deliver(lane, out, bytes, Vec::new());
    }

    fn wakers(&mut self) -> Wakers {
        let waiting = [self.is_reading.take(), self.is_writing.take()];
        Wakers(waiting.into_iter().flatten().collect())
    }
}

fn no_data() -> Refusal {
    invalid(ErrorCode::OPERATION_INVALID, "the stream takes no data")
}

fn invalid(code: ErrorCode, text: impl Into<String>) -> Refusal {
    refusal(code, ErrorOrigin::STREAMS, text)
}
