//! A call that runs, until its answer is queued.

use protocol_defs::packet::{ErrorCode, ErrorOrigin, HEADER_LEN, Header, LENGTH_LEN};

use super::admission::Pace;
use super::request::{Answer, Body, refusal};
use super::session::{Effect, Running, Session};

/// A call that runs. Dropped without an answer, as where its function panics, it is answered with an error.
pub(super) struct Call {
    session: Session,
    header: Header,
    pace: Pace,
    /// What a good answer does, whoever gives it.
    effect: Effect,
    name: &'static str,
    is_answered: bool,
}

impl Call {
    pub(super) fn begin(session: &Session, header: Header, pace: Pace, effect: Effect) -> Self {
        *count(&mut session.inner.lock().running, pace) += 1;
        Self {
            session: session.clone(),
            header,
            pace,
            effect,
            name: "a procedure",
            is_answered: false,
        }
    }

    /// The same, of a procedure that is known.
    pub(super) fn named(self, name: &'static str) -> Self {
        let mut call = self;
        call.name = name;
        call
    }

    pub(super) fn finish(mut self, answer: Answer) {
        self.answer(answer);
    }

    fn answer(&mut self, mut answer: Answer) {
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
        let (packet, is_good) = answer.packet(&self.header, self.name);
        if !is_good {
            answer.fds.clear();
        }
        let effect = std::mem::replace(&mut self.effect, Effect::None);
        self.session.inner.counters.calls.add(1);
        self.session.inner.change(|state| {
            *count(&mut state.running, self.pace) -= 1;
            if is_good {
                let is_yes = packet
                    .get(LENGTH_LEN + HEADER_LEN..)
                    .is_some_and(|payload| payload.first_chunk() != Some(&[0; 4]));
                // Whoever says that keepalive is not supported is not looked after.
                if !matches!(effect, Effect::Keepalive) || is_yes {
                    state.act(effect);
                }
                state.act(answer.effect);
            }
            answer.fate.deliver(state, packet, answer.fds);
        });
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_answered {
            let text = format!("{} has ended without a result", self.name);
            let error = refusal(ErrorCode::INTERNAL_ERROR, ErrorOrigin::RPC, text);
            self.answer(Answer::new(Body::Error(error)));
        }
    }
}

fn count(running: &mut Running, pace: Pace) -> &mut usize {
    match pace {
        Pace::Ordinary => &mut running.ordinary,
        Pace::Urgent => &mut running.urgent,
        Pace::Alone => &mut running.alone,
    }
}
