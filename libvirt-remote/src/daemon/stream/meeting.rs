//! What a stream's packets meet on their way, where a test wants them to meet something.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use super::Line;
use super::error::StreamError;
use crate::daemon::fate::Fate;
use crate::daemon::request::Refusal;

/// What a packet meets.
#[derive(Debug, Default)]
pub(crate) struct Meeting {
    /// How much later it is sent, and what comes behind it.
    pub(crate) after: Duration,
    /// The stream is given up instead.
    pub(crate) error: Option<Refusal>,
    pub(crate) fate: Fate,
}

/// Says what the next packet meets, each time that it is asked.
pub(crate) type Meets = Arc<dyn Fn() -> Meeting + Send + Sync>;

/// What the packet of a stream meets that is sent next.
pub(super) struct Meetings {
    meets: Option<Meets>,
    /// What has been said of it, and how long it waits.
    next: Option<(Meeting, Pin<Box<Sleep>>)>,
    /// Its fate, once it has waited.
    fate: Option<Fate>,
}

impl Meetings {
    pub(super) fn new(meets: Option<Meets>) -> Self {
        Self {
            meets,
            next: None,
            fate: None,
        }
    }

    /// The fate of the next packet, if it is known.
    pub(super) fn fate(&self) -> Option<Fate> {
        match self.meets {
            Some(_) => self.fate.clone(),
            None => Some(Fate::Arrives),
        }
    }

    /// Waits until it is known; or ends the stream, if that is what happens.
    pub(super) fn poll_decide(
        &mut self,
        cx: &mut Context<'_>,
        line: &Line,
    ) -> Poll<Result<(), StreamError>> {
        let Some(meets) = &self.meets else {
            return Poll::Ready(Ok(()));
        };
        if self.fate.is_some() {
            return Poll::Ready(Ok(()));
        }
        let (meeting, until) = self.next.get_or_insert_with(|| {
            let meeting = meets();
            let until = Box::pin(sleep(meeting.after));
            (meeting, until)
        });
        if !meeting.after.is_zero() {
            ready!(until.as_mut().poll(cx));
        }
        let meeting = std::mem::take(meeting);
        self.next = None;
        if let Some(error) = meeting.error {
            line.change(|entry, out| entry.refuse(error.clone(), out));
            return Poll::Ready(Err(error.into()));
        }
        self.fate = Some(meeting.fate);
        Poll::Ready(Ok(()))
    }

    /// The packet has been sent.
    pub(super) fn pass(&mut self) {
        self.fate = None;
    }
}
