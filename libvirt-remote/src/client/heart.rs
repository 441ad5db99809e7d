//! When to ask whether the daemon is still there, and when to give it up.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use super::options::KeepaliveOptions;

/// Counts what has not been answered. Whatever comes is an answer.
pub(crate) struct Heart {
    options: Option<KeepaliveOptions>,
    last_heard: Instant,
    unanswered: u32,
    timer: Option<Pin<Box<Sleep>>>,
}

/// What is due.
pub(crate) enum Beat {
    /// To ask.
    Ping,
    /// To give up, with this many questions unanswered.
    Dead { pings: u32 },
}

impl Heart {
    pub(crate) fn new() -> Self {
        Self {
            options: None,
            last_heard: Instant::now(),
            unanswered: 0,
            timer: None,
        }
    }

    /// Begins, changes its pace, or stops.
    pub(crate) fn set(&mut self, options: Option<KeepaliveOptions>) {
        if self.options == options {
            return;
        }
        self.options = options;
        self.unanswered = 0;
        let due = options.and_then(|options| options.after(Instant::now()));
        self.timer = due.map(|due| Box::pin(sleep_until(due)));
    }

    /// Something has come. The timer is set when it fires, not now.
    pub(crate) fn has_heard(&mut self) {
        if self.options.is_some() {
            self.last_heard = Instant::now();
            self.unanswered = 0;
        }
    }

    /// What is due. While nothing can be heard, this side asks on, so that the daemon knows of it, and does not count.
    pub(crate) fn poll_beat(&mut self, cx: &mut Context<'_>, can_hear: bool) -> Poll<Beat> {
        let (Some(options), Some(timer)) = (self.options, &mut self.timer) else {
            return Poll::Pending;
        };
        loop {
            ready!(timer.as_mut().poll(cx));
            let now = Instant::now();
            let (Some(due), Some(next)) = (options.after(self.last_heard), options.after(now))
            else {
                return Poll::Pending;
            };
            if self.unanswered == 0 && due > now {
                timer.as_mut().reset(due);
                continue;
            }
            if can_hear && self.unanswered >= options.count {
                let pings = self.unanswered;
                return Poll::Ready(Beat::Dead { pings });
            }
            if can_hear {
                self.unanswered += 1;
            }
            timer.as_mut().reset(next);
            return Poll::Ready(Beat::Ping);
        }
    }
}

impl KeepaliveOptions {
    /// An interval later, unless there is none or no clock gets there.
    fn after(self, time: Instant) -> Option<Instant> {
        let later = time.checked_add(self.interval)?;
        (!self.interval.is_zero()).then_some(later)
    }
}
