//! The thread that owns the workspace: what it is asked in the order in which it is asked, and diagnostics in between.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::state::State;

/// While somebody types, diagnostics wait until the keys have been still for as long as making them takes, but for no
/// less than the first and no longer than the second.
const STILL: [Duration; 2] = [Duration::from_millis(15), Duration::from_millis(400)];

type Job = Box<dyn FnOnce(&mut State) + Send>;

/// Where jobs go.
#[derive(Clone)]
pub(super) struct Jobs(Sender<Job>);

impl Jobs {
    /// Says whether there is anybody who does it.
    pub(super) fn send(&self, job: impl FnOnce(&mut State) + Send + 'static) -> bool {
        self.0.send(Box::new(job)).is_ok()
    }
}

pub(super) struct Worker {
    jobs: Receiver<Job>,
}

impl Worker {
    pub(super) fn new() -> (Jobs, Self) {
        let (sender, jobs) = channel();
        (Jobs(sender), Self { jobs })
    }

    /// Works until nobody can have anything to do any more.
    pub(super) fn run(self, mut state: State) {
        let mut took = Duration::ZERO;
        loop {
            let still = took.clamp(STILL[0], STILL[1]);
            let next = if state.is_stale() {
                self.jobs.recv_timeout(still)
            } else {
                let next = self.jobs.recv();
                next.map_err(|_| RecvTimeoutError::Disconnected)
            };
            match next {
                Ok(job) => run(job, &mut state),
                Err(RecvTimeoutError::Timeout) => {
                    let start = Instant::now();
                    let news = guarded(|| state.diagnose()).flatten();
                    took = start.elapsed();
                    // What has come meanwhile may make them stale.
                    while let Ok(job) = self.jobs.try_recv() {
                        run(job, &mut state);
                    }
                    if let Some(news) = news {
                        state.publish(news);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

fn run(job: Job, state: &mut State) {
    // Whoever waits for the answer learns that there is none.
    let _ = guarded(|| job(state));
}

/// There is no input known that makes the analysis panic. Should there be one, an editor is better served by an error than by
/// a server that is gone. Nothing that a job leaves half done outlives the next edit.
fn guarded<T>(job: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(job)).ok()
}
