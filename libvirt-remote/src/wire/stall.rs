//! How long a stream of which nothing is taken may keep others waiting.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// Measures for how long nothing has been taken of one.
#[derive(Default)]
pub(crate) struct Stall(Option<Stalled>);

struct Stalled {
    /// Its serial, and how many pieces have been taken.
    of: (u32, u64),
    until: Pin<Box<Sleep>>,
}

impl Stall {
    /// Ready with the serial of the stream that has been left where it is for too long.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        of: Option<(u32, u64)>,
        patience: Duration,
    ) -> Poll<u32> {
        let Some(of) = of else {
            self.0 = None;
            return Poll::Pending;
        };
        let same = self.0.take().filter(|stalled| stalled.of == of);
        let stalled = self.0.insert(same.unwrap_or_else(|| Stalled {
            of,
            until: Box::pin(sleep(patience)),
        }));
        stalled.until.as_mut().poll(cx).map(|()| of.0)
    }
}
