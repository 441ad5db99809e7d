//! What a test has said to its daemon, and what the daemon has heard.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol_defs::message::{Call, ProcedureId};
use tokio::time::sleep;
use xdr_wire::{Decode, Procedure};

use super::fault::{Fault, What, When};
use crate::daemon::{Answer, End, Hypervisor, Meeting, Program, Refusal, Request, Session};

/// What a test and its daemon have in common.
#[derive(Default)]
pub(super) struct Script {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    faults: Vec<(When, Fault)>,
    answers: VecDeque<(ProcedureId, Answer)>,
    heard: Vec<Heard>,
}

/// A call, as it came.
struct Heard {
    procedure: ProcedureId,
    payload: Vec<u8>,
    /// If it is one of libvirtd's programs, and can be read.
    call: Option<Call>,
}

impl State {
    /// What goes wrong now.
    fn due(&mut self, what: What, procedure: ProcedureId) -> Vec<Fault> {
        let faults = self.faults.iter_mut();
        let due = faults
            .filter_map(|(when, fault)| when.is_now(what, procedure).then(|| fault.clone()))
            .collect();
        self.faults.retain(|(when, _)| !when.is_over());
        due
    }
}

impl Script {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn inject(&self, when: When, fault: Fault) {
        self.lock().faults.push((when, fault));
    }

    pub(super) fn heal(&self) {
        self.lock().faults.clear();
    }

    pub(super) fn answer_next(&self, procedure: ProcedureId, answer: Answer) {
        self.lock().answers.push_back((procedure, answer));
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        let state = self.lock();
        state
            .heard
            .iter()
            .filter_map(|heard| heard.call.clone())
            .collect()
    }

    pub(super) fn called<P>(&self) -> Vec<P::Args>
    where
        P: Procedure<Args: for<'de> Decode<'de>>,
    {
        let state = self.lock();
        let of = state
            .heard
            .iter()
            .filter(|heard| heard.procedure == id::<P>());
        of.filter_map(|heard| {
            let args = xdr_wire::from_prefix(&heard.payload);
            args.ok().map(|(args, _)| args)
        })
        .collect()
    }

    /// Remembers a call, and says what is to happen to it: what goes wrong, and the answer that was said for it.
    fn hear(&self, request: &Request) -> (Vec<Fault>, Option<Answer>) {
        let procedure = request.procedure();
        let heard = Heard {
            procedure,
            payload: request.payload().to_vec(),
            call: request.call().ok(),
        };
        let mut state = self.lock();
        state.heard.push(heard);
        let due = state.due(What::Call, procedure);
        let answer = state
            .answers
            .iter()
            .position(|(of, _)| *of == procedure)
            .and_then(|at| state.answers.remove(at));
        (due, answer.map(|(_, answer)| answer))
    }
}

/// What a packet meets that is sent on a stream which this procedure has begun.
fn meet(script: &Script, procedure: ProcedureId) -> Meeting {
    let mut meeting = Meeting::default();
    for fault in script.lock().due(What::Sent, procedure) {
        match fault {
            Fault::Delay(after) => meeting.after += after,
            Fault::Refuse(error) => meeting.error = meeting.error.or(Some(error)),
            other => meeting.fate = other.fate().unwrap_or(meeting.fate),
        }
    }
    meeting
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Script")
            .field("faults", &state.faults)
            .field("heard", &state.heard.len())
            .finish_non_exhaustive()
    }
}

/// A hypervisor that goes by a script first.
pub(super) struct Scripted<H> {
    hypervisor: H,
    script: Arc<Script>,
}

impl<H> Scripted<H> {
    pub(super) fn new(hypervisor: H, script: Arc<Script>) -> Self {
        Self { hypervisor, script }
    }
}

impl<H: Hypervisor> Hypervisor for Scripted<H> {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        let procedure = request.procedure();
        let (faults, answer) = self.script.hear(&request);
        let refused = faults.iter().find_map(|fault| match fault {
            Fault::Refuse(error) => Some(error.clone()),
            _ => None,
        });
        let answer = match (refused, answer) {
            (Some(error), _) => Err(error),
            (None, Some(answer)) => Ok(answer),
            (None, None) => self.hypervisor.answer(request).await,
        };
        let script = Arc::clone(&self.script);
        let meets = || Arc::new(move || meet(&script, procedure)) as _;
        let answer = answer.map(|answer| answer.with_meetings(meets));
        let mut fate = None;
        for fault in faults {
            if let Fault::Delay(after) = fault {
                sleep(after).await;
            }
            fate = fault.fate().or(fate);
        }
        match fate {
            None => answer,
            // Something happens to errors as well.
            Some(fate) => Ok(answer.unwrap_or_else(Answer::from).with_fate(fate)),
        }
    }

    fn programs(&self) -> Vec<Program> {
        self.hypervisor.programs()
    }

    fn disconnected(&self, session: &Session, end: &End) {
        self.hypervisor.disconnected(session, end);
    }
}

pub(super) fn id<P: Procedure>() -> ProcedureId {
    ProcedureId {
        program: P::PROGRAM,
        version: P::VERSION,
        procedure: P::NUMBER,
    }
}
