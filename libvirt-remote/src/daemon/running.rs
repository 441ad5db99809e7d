//! A call that runs, until its answer is queued.

use protocol_defs::packet::{ErrorCode, ErrorOrigin, HEADER_LEN, Header, LENGTH_LEN};
use protocol_defs::stream::Stream as Numbers;
use xdr_wire::{ProcedureInfo, StreamDirection};

use super::admission::Pace;
use super::request::{Answer, Body, Refusal, refusal};
use super::session::{Effect, Lane, Running, Session, State};
use super::stream::{Line, Streaming};

/// A call that runs. Dropped without an answer, as where its function panics, it is answered with an error.
pub(super) struct Call {
    session: Session,
    header: Header,
    pace: Pace,
    brought: Brought,
    /// What a good answer does, whoever gives it.
    effect: Effect,
    name: &'static str,
    stream: Option<StreamDirection>,
    is_answered: bool,
}

/// What came with a call, and is held for as long as it runs.
#[derive(Clone, Copy)]
pub(super) struct Brought {
    /// How many descriptors.
    pub(super) fds: usize,
    /// How many bytes of arguments.
    pub(super) bytes: usize,
}

impl Call {
    pub(super) fn begin(
        session: &Session,
        header: Header,
        pace: Pace,
        brought: Brought,
        effect: Effect,
    ) -> Self {
        let mut state = session.inner.lock();
        *count(&mut state.running, pace) += 1;
        state.running.fds += brought.fds;
        state.running.bytes += brought.bytes;
        state.running.settling += usize::from(effect.settles());
        drop(state);
        Self {
            session: session.clone(),
            header,
            pace,
            brought,
            effect,
            name: "a procedure",
            stream: None,
            is_answered: false,
        }
    }

    /// The same, of a procedure that is known.
    pub(super) fn of(self, info: &'static ProcedureInfo) -> Self {
        let mut call = self;
        call.name = info.name;
        call.stream = info.stream;
        call
    }

    /// Queues the answer, and gives the stream that begins with it.
    pub(super) fn finish(mut self, answer: Answer) -> Option<(Streaming, Line)> {
        self.answer(answer)
    }

    fn answer(&mut self, mut answer: Answer) -> Option<(Streaming, Line)> {
        self.is_answered = true;
        if !answer.fds.is_empty() && !self.session.inner.passes_descriptors {
            let text = format!(
                "{} passes file descriptors over UNIX sockets only",
                self.name
            );
            answer.body = Body::Error(refusal(
                ErrorCode::OPERATION_INVALID,
                ErrorOrigin::RPC,
                text,
            ));
        }
        if let Err(error) = self.check_stream(&answer) {
            answer.body = Body::Error(error);
        }
        let (mut packet, mut is_good) = answer.packet(&self.header, self.name);
        let effect = std::mem::replace(&mut self.effect, Effect::None);
        self.session.inner.counters.calls.add(1);
        self.session.inner.change(|state| {
            *count(&mut state.running, self.pace) -= 1;
            state.running.fds -= self.brought.fds;
            state.running.bytes -= self.brought.bytes;
            state.running.settling -= usize::from(effect.settles());
            // Another stream may have begun since the call did.
            if is_good && answer.streaming.is_some() {
                let most = self.session.inner.options.max_streams;
                if let Err(error) = self.check_place(state, most) {
                    answer.body = Body::Error(error);
                    (packet, is_good) = answer.packet(&self.header, self.name);
                }
            }
            if is_good {
                let is_yes = packet
                    .get(LENGTH_LEN + HEADER_LEN..)
                    .is_some_and(|payload| payload.first_chunk() != Some(&[0; 4]));
                // Whoever says that keepalive is not supported is not looked after.
                if !matches!(effect, Effect::Keepalive) || is_yes {
                    state.act(effect);
                }
                state.act(answer.effect);
            } else {
                answer.fds.clear();
            }
            let begun = answer.streaming.filter(|_| is_good);
            let line = begun.map(|streaming| (streaming, self.begin_stream(state)));
            let queue = &mut state.queue;
            answer
                .fate
                .deliver(Lane::Answers, queue, packet, answer.fds);
            line
        })
    }

    /// Whether a good answer has a stream if it needs one, and only then.
    fn check_stream(&self, answer: &Answer) -> Result<(), Refusal> {
        if matches!(answer.body, Body::Error(_)) {
            return Ok(());
        }
        match (self.stream, &answer.streaming) {
            (None, None) | (Some(_), Some(_)) => Ok(()),
            (None, Some(_)) => Err(self.internal("begins no stream, and has been given one")),
            (Some(_), None) => Err(self.internal("begins a stream, and has been given none")),
        }
    }

    /// Whether there is a place for its stream.
    fn check_place(&self, state: &State, most: usize) -> Result<(), Refusal> {
        if state.streams.contains(self.header.serial) {
            return Err(self.internal("has the serial of a stream that is open"));
        }
        has_room(state, most, self.name)
    }

    fn internal(&self, why: &str) -> Refusal {
        let text = format!("{} {why}", self.name);
        refusal(ErrorCode::INTERNAL_ERROR, ErrorOrigin::RPC, text)
    }

    fn begin_stream(&self, state: &mut State) -> Line {
        let numbers = Numbers::of(&self.header);
        // It has been looked at that there is one.
        let direction = self.stream.unwrap_or(StreamDirection::Read);
        state.streams.begin(numbers, direction);
        Line::new(self.session.clone(), numbers.serial)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_answered {
            let text = format!("{} has ended without a result", self.name);
            let error = refusal(ErrorCode::INTERNAL_ERROR, ErrorOrigin::RPC, text);
            // An error begins no stream.
            self.answer(Answer::new(Body::Error(error)));
        }
    }
}

/// Whether the client may have another stream, of so many at most.
pub(super) fn has_room(state: &State, most: usize, name: &str) -> Result<(), Refusal> {
    if state.streams.len() < most {
        return Ok(());
    }
    let text = format!("{name}: {most} streams are open already");
    Err(refusal(
        ErrorCode::OPERATION_FAILED,
        ErrorOrigin::STREAMS,
        text,
    ))
}

fn count(running: &mut Running, pace: Pace) -> &mut usize {
    match pace {
        Pace::Ordinary => &mut running.ordinary,
        Pace::Urgent => &mut running.urgent,
        Pace::Alone => &mut running.alone,
    }
}
