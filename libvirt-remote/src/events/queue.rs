//! Events between the connection, which never waits, and an application, which may.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use protocol_defs::message::ProcedureId;

use crate::error::Closed;

/// What an application finds.
pub(crate) enum Item {
    /// An event, as it came.
    Event {
        procedure: ProcedureId,
        payload: Vec<u8>,
    },
    /// So many events came when the queue was full.
    Lost(u64),
    /// The connection has been made anew.
    Reconnected,
    /// The connection has ended. Nothing follows.
    Closed(Closed),
}

/// Holds so many events, and so many bytes of them.
///
/// What comes when it is full is lost: the newest, so that what is in the queue has no gaps, and the place of the gap is
/// where the queue ends. It is told there.
///
/// Between two events are at most one gap, of all that was lost there, and one word of a new connection: so there are never more
/// than twice as many of them as events, and two.
pub(crate) struct Queue {
    max_events: usize,
    max_bytes: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    items: VecDeque<Item>,
    /// Events among the items, and their bytes.
    events: usize,
    bytes: usize,
    /// Events that have been lost since the last one that was not.
    gap: u64,
    lost: u64,
    end: Option<Closed>,
    /// Nothing is taken any more.
    is_over: bool,
    waker: Option<Waker>,
}

impl Queue {
    pub(crate) fn new(max_events: usize, max_bytes: usize) -> Self {
        Self {
            max_events,
            max_bytes,
            inner: Mutex::default(),
        }
    }

    /// Takes an event, or counts it as lost.
    pub(crate) fn push(&self, procedure: ProcedureId, payload: &[u8]) {
        let mut inner = self.lock();
        if inner.is_over {
            return;
        }
        let bytes = inner.bytes.saturating_add(payload.len());
        // One event is taken whatever its length: otherwise it would be lost however fast the application is.
        if inner.events >= self.max_events || (bytes > self.max_bytes && inner.events > 0) {
            inner.gap += 1;
            inner.lost += 1;
        } else {
            inner.close_gap();
            inner.events += 1;
            inner.bytes = bytes;
            inner.items.push_back(Item::Event {
                procedure,
                payload: payload.to_vec(),
            });
        }
        Self::wake(inner);
    }

    /// Says that the connection has been made anew.
    pub(crate) fn reconnected(&self) {
        let mut inner = self.lock();
        if inner.is_over {
            return;
        }
        inner.close_gap();
        // Once is enough for who has not heard of it yet.
        if !inner
            .behind_events()
            .any(|item| matches!(item, Item::Reconnected))
        {
            inner.items.push_back(Item::Reconnected);
        }
        Self::wake(inner);
    }

    /// Says that nothing follows.
    pub(crate) fn end(&self, closed: Closed) {
        let mut inner = self.lock();
        if inner.is_over {
            return;
        }
        inner.is_over = true;
        inner.end = Some(closed);
        Self::wake(inner);
    }

    /// Whether nothing follows.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// The next item; nothing behind the end.
    pub(crate) fn poll_pop(&self, cx: &Context<'_>) -> Poll<Option<Item>> {
        let mut inner = self.lock();
        if inner.items.is_empty() {
            inner.close_gap();
        }
        match inner.items.pop_front() {
            Some(Item::Event { procedure, payload }) => {
                inner.events -= 1;
                inner.bytes -= payload.len();
                Poll::Ready(Some(Item::Event { procedure, payload }))
            }
            Some(Item::Closed(closed)) => {
                // Again, for whoever asks behind the end.
                inner.items.push_back(Item::Closed(closed));
                Poll::Ready(None)
            }
            Some(item) => Poll::Ready(Some(item)),
            None => {
                let Some(closed) = inner.end.take() else {
                    inner.waker = Some(cx.waker().clone());
                    return Poll::Pending;
                };
                inner.items.push_back(Item::Closed(closed.clone()));
                Poll::Ready(Some(Item::Closed(closed)))
            }
        }
    }

    /// How many events have been lost so far.
    pub(crate) fn lost(&self) -> u64 {
        self.lock().lost
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(mut inner: MutexGuard<'_, Inner>) {
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Inner {
    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if gap == 0 {
            return;
        }
        let told = self.behind_events().find_map(|item| match item {
            Item::Lost(count) => Some(count),
            _ => None,
        });
        match told {
            Some(count) => *count += gap,
            None => self.items.push_back(Item::Lost(gap)),
        }
    }

    /// What is told behind the last event.
    fn behind_events(&mut self) -> impl Iterator<Item = &mut Item> {
        let items = self.items.iter_mut().rev();
        items.take_while(|item| !matches!(item, Item::Event { .. }))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::error::CloseReason;

    const GRAPHICS: ProcedureId = ProcedureId {
        program: 0x2000_8086,
        version: 1,
        procedure: 323,
    };

    /// What is found, one after the other, until there is nothing.
    fn drain(queue: &Queue) -> String {
        let mut found = Vec::new();
        let context = Context::from_waker(Waker::noop());
        while let Poll::Ready(item) = queue.poll_pop(&context) {
            found.push(match item {
                Some(Item::Event { payload, .. }) => format!("{payload:?}"),
                Some(Item::Lost(count)) => format!("lost {count}"),
                Some(Item::Reconnected) => "reconnected".to_owned(),
                Some(Item::Closed(_)) => "closed".to_owned(),
                None => break,
            });
        }
        found.join(" ")
    }

    fn push(queue: &Queue, payloads: &[&[u8]]) {
        for payload in payloads {
            queue.push(GRAPHICS, payload);
        }
    }

    #[test]
    fn tells_what_was_lost_where_it_was_lost() {
        let queue = Queue::new(2, 100);
        push(&queue, &[&[1], &[2], &[3], &[4]]);
        assert_eq!(drain(&queue), "[1] [2] lost 2");
        push(&queue, &[&[5], &[6], &[7]]);
        queue.reconnected();
        queue.reconnected();
        assert_eq!(drain(&queue), "[5] [6] lost 1 reconnected");
        assert_eq!(queue.lost(), 3);
    }

    #[test]
    fn who_takes_nothing_while_a_connection_comes_and_goes_holds_no_more_for_it() {
        let queue = Queue::new(1, 100);
        for _ in 0..1000 {
            push(&queue, &[&[1], &[2]]);
            queue.reconnected();
        }
        assert_eq!(queue.lock().items.len(), 3);
        assert_eq!(queue.lost(), 1999);
        push(&queue, &[&[3]]);
        assert_eq!(drain(&queue), "[1] lost 1999 reconnected lost 1");
        queue.reconnected();
        push(&queue, &[&[4], &[5]]);
        queue.reconnected();
        assert_eq!(drain(&queue), "reconnected [4] lost 1 reconnected");
        queue.reconnected();
        push(&queue, &[&[6]]);
        assert_eq!(drain(&queue), "reconnected [6]");
    }

    #[test]
    fn a_gap_in_the_middle_comes_before_what_follows_it() {
        let queue = Queue::new(2, 100);
        push(&queue, &[&[1], &[2], &[3]]);
        let context = Context::from_waker(Waker::noop());
        assert!(queue.poll_pop(&context).is_ready());
        push(&queue, &[&[4]]);
        assert_eq!(drain(&queue), "[2] lost 1 [4]");
    }

    #[test]
    fn bytes_are_bounded_but_an_event_alone_always_fits() {
        let queue = Queue::new(10, 3);
        push(&queue, &[&[1, 1, 1, 1], &[2], &[3]]);
        assert_eq!(drain(&queue), "[1, 1, 1, 1] lost 2");
        push(&queue, &[&[4, 4], &[5], &[6]]);
        assert_eq!(drain(&queue), "[4, 4] [5] lost 1");
    }

    #[test]
    fn the_end_comes_after_everything_and_once() {
        let queue = Queue::new(1, 100);
        push(&queue, &[&[1], &[2]]);
        queue.end(Closed::new(CloseReason::ByPeer));
        assert_eq!(drain(&queue), "[1] lost 1 closed");
        assert_eq!(drain(&queue), "");
        push(&queue, &[&[3]]);
        queue.reconnected();
        queue.end(Closed::new(CloseReason::ByPeer));
        assert_eq!(drain(&queue), "");
    }
}
