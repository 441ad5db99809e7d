//! How long a client may take for what it has to do.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;

use tokio::time::{Instant, Sleep, sleep};

use super::Connection;
use crate::daemon::end::End;

/// What waits for a client that takes nothing.
pub(super) struct Unwritten {
    /// Since when it does, and how many bytes it had taken and said then.
    since: (Instant, u64),
    /// How long it may. The timer is set when it fires, not whenever something is taken.
    until: Pin<Box<Sleep>>,
}

impl Connection {
    /// Whether the client has had the time for its answers that it is given at the end.
    pub(super) fn is_out_of_patience(&mut self, cx: &mut Context<'_>) -> bool {
        let after = self.shared.options.drain_timeout;
        let patience = self.patience.get_or_insert_with(|| Box::pin(sleep(after)));
        patience.as_mut().poll(cx).is_ready()
    }

    /// Has no more read from a client that does not say what it has come for.
    pub(super) fn look_at_opening(
        &mut self,
        cx: &mut Context<'_>,
        is_settled: bool,
        is_settling: bool,
    ) {
        if is_settled == self.is_opening {
            self.is_opening = !is_settled;
            self.shared.count_opening(self.is_opening);
            self.opening = None;
        }
        let (true, Some(after)) = (self.is_opening, self.shared.options.opening_timeout) else {
            return;
        };
        let opening = self.opening.get_or_insert_with(|| Box::pin(sleep(after)));
        let is_over = opening.as_mut().poll(cx).is_ready();
        // What the daemon takes to open a driver is not the client's time.
        if is_over && !is_settling && self.last.is_none() {
            self.last = Some(End::NotOpened);
        }
    }

    /// Gives a client up that takes nothing of what waits for it, and says nothing.
    pub(super) fn look_at_unwritten(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        let Some(after) = self.shared.options.write_timeout else {
            return Ok(());
        };
        let alive = self.outbox.taken() + self.heard;
        let now = Instant::now();
        let unwritten = self.unwritten.get_or_insert_with(|| Unwritten {
            since: (now, alive),
            until: Box::pin(sleep(after)),
        });
        if unwritten.since.1 != alive {
            unwritten.since = (now, alive);
        }
        while unwritten.until.as_mut().poll(cx).is_ready() {
            let due = unwritten.since.0 + after;
            if due <= now {
                return Err(End::Stalled);
            }
            unwritten.until.as_mut().reset(due);
        }
        Ok(())
    }
}
