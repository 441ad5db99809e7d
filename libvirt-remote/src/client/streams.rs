//! The streams of a connection, as their owners and its task have them in common.

use std::collections::{BTreeMap, HashMap};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use protocol_defs::message::ProcedureId;
use protocol_defs::packet::{Packet, Status};
use protocol_defs::stream::{Stream, StreamPacket};

use super::state::{State, Wake};
use crate::error::Closed;
use crate::stream::inbox::Inbox;

/// How many windows a stream holds at most, while somebody waits for what may be behind its data.
const WINDOWS: usize = 4;

/// How many streams are remembered that have ended here and of which the daemon has not said that it knows. An error reply to
/// one of those is no answer to nothing; libvirtd sends it when a hole cannot be made. A daemon confirms each end, in order;
/// of one that does not, the oldest are forgotten.
const ENDED_MAX: usize = 1024;

/// By serial.
#[derive(Default)]
pub(crate) struct Streams {
    open: HashMap<u32, Inbox>,
    /// Those that nobody has any more and whose end the daemon has not confirmed.
    ended: BTreeMap<u32, ProcedureId>,
}

impl Streams {
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn contains(&self, serial: u32) -> bool {
        self.open.contains_key(&serial) || self.ended.contains_key(&serial)
    }

    /// Begins one, before its call is answered: its data may be right behind the answer.
    pub(crate) fn begin(&mut self, serial: u32, procedure: ProcedureId) {
        self.open.insert(serial, Inbox::new(procedure));
    }

    /// The call has been refused.
    pub(crate) fn refused(&mut self, serial: u32) {
        self.open.remove(&serial);
    }

    pub(crate) fn inbox(&mut self, serial: u32) -> Option<&mut Inbox> {
        self.open.get_mut(&serial)
    }

    /// One that holds more than so much, and how many of its pieces have been taken.
    fn over(&self, window: usize) -> Option<(u32, u64)> {
        let over = self.open.iter().find(|(_, it)| it.cost() > window);
        over.map(|(serial, inbox)| (*serial, inbox.taken()))
    }

    /// Takes a packet, and gives who waits for it; or says what is wrong with it.
    pub(crate) fn take(
        &mut self,
        packet: &Packet<Bytes>,
        wakers: &mut Vec<Waker>,
    ) -> Result<(), &'static str> {
        let procedure = ProcedureId::of(&packet.header);
        let Some(inbox) = self.open.get_mut(&packet.header.serial) else {
            // What was on its way when the stream ended is nothing to anybody.
            if packet.header.status != Status::Continue {
                self.confirm(packet.header.serial, procedure);
            }
            return Ok(());
        };
        if inbox.procedure() != procedure {
            return Err("stream of another procedure");
        }
        inbox.take(packet)?;
        wakers.extend(inbox.wakers());
        Ok(())
    }

    /// Takes an error reply to a call that has been answered. Whether there is such a stream, or was one.
    pub(crate) fn fail(
        &mut self,
        serial: u32,
        procedure: ProcedureId,
        payload: &[u8],
        wakers: &mut Vec<Waker>,
    ) -> bool {
        match self.open.get_mut(&serial) {
            Some(inbox) if inbox.procedure() == procedure => {
                inbox.fail(payload);
                wakers.extend(inbox.wakers());
                true
            }
            Some(_) => false,
            None => self.confirm(serial, procedure),
        }
    }

    /// Whether the daemon has confirmed an end.
    fn confirm(&mut self, serial: u32, procedure: ProcedureId) -> bool {
        if self.ended.get(&serial) != Some(&procedure) {
            return false;
        }
        self.ended.remove(&serial).is_some()
    }

    /// All end with the connection. What has come can still be read.
    pub(crate) fn close(&mut self, closed: &Closed) -> Vec<Waker> {
        self.ended.clear();
        let all = self.open.values_mut();
        all.flat_map(|inbox| {
            inbox.close(closed);
            inbox.wakers()
        })
        .collect()
    }

    fn end(&mut self, serial: u32, procedure: ProcedureId) {
        self.ended.insert(serial, procedure);
        if self.ended.len() > ENDED_MAX {
            // That is the oldest, unless serials have begun anew.
            self.ended.pop_first();
        }
    }
}

impl State {
    /// Whether nothing should be read: an application does not take what its stream has.
    pub(crate) fn is_paused(&self) -> bool {
        self.streams.over(self.stream_window).is_some()
            && (!self.is_awaited() || self.streams.over(self.most()).is_some())
    }

    /// The stream that keeps back what somebody waits for, and how many of its pieces have been taken.
    pub(crate) fn stalled(&self) -> Option<(u32, u64)> {
        let over = self.streams.over(self.most());
        over.filter(|_| self.is_awaited())
    }

    /// What a stream holds at most, but for what one read brings.
    fn most(&self) -> usize {
        self.stream_window.saturating_mul(WINDOWS)
    }

    /// Whether somebody waits for what may be behind the data of a stream.
    fn is_awaited(&self) -> bool {
        !self.settling.is_empty()
            || !self.room.is_empty()
            || self.pending.len() > self.abandoned
            || self.streams.open.values().any(Inbox::is_awaited)
    }

    /// Gives a stream up that nobody reads, and gives who waits for it.
    pub(crate) fn give_up(&mut self, serial: u32, after: Duration) -> Vec<Waker> {
        let Some(inbox) = self.streams.inbox(serial) else {
            return Vec::new();
        };
        let is_over = inbox.end().is_some();
        let procedure = inbox.procedure();
        inbox.stall(after);
        let wakers = inbox.wakers().collect();
        if !is_over {
            self.abort(serial, procedure);
        }
        wakers
    }

    /// Forgets a stream that nobody has any more, and gives it up if it goes on.
    pub(crate) fn end_stream(&mut self, serial: u32) -> Wake {
        let Some(inbox) = self.streams.open.remove(&serial) else {
            return Wake::Nobody;
        };
        if !inbox.is_over_there() && self.closed.is_none() {
            if !inbox.is_over_here() {
                self.abort(serial, inbox.procedure());
            }
            self.streams.end(serial, inbox.procedure());
        }
        // What was left in it may have kept the task from reading.
        Wake::Task
    }

    fn abort(&mut self, serial: u32, procedure: ProcedureId) {
        let ProcedureId {
            program,
            version,
            procedure,
        } = procedure;
        let numbers = Stream {
            program,
            version,
            procedure,
            serial,
        };
        let abort = StreamPacket::Abort(None);
        // A packet without a payload breaks no bound.
        let _ = self.append(|out| numbers.write(&abort, &mut out.bytes));
    }
}
