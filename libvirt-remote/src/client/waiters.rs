//! Callers that wait for the same.

use std::collections::BTreeMap;
use std::task::{Context, Waker};

use super::state::{Shared, State};

/// Those that wait now. Whoever has been woken is none of them, and neither is one who waits no more: nothing is done for
/// somebody who has gone.
#[derive(Default)]
pub(crate) struct Waiters {
    by_place: BTreeMap<u64, Waker>,
    next_place: u64,
}

impl Waiters {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// Has the caller of this place woken, which is given one if it has none.
    pub(crate) fn wait(&mut self, place: &mut Option<u64>, cx: &Context<'_>) {
        let place = *place.get_or_insert_with(|| {
            self.next_place += 1;
            self.next_place
        });
        let waker = self.by_place.entry(place);
        waker
            .and_modify(|waker| waker.clone_from(cx.waker()))
            .or_insert_with(|| cx.waker().clone());
    }

    /// The caller of this place waits no more.
    pub(crate) fn leave(&mut self, place: u64) -> Option<Waker> {
        self.by_place.remove(&place)
    }

    /// All of them, to be woken.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = Waker> + use<> {
        std::mem::take(&mut self.by_place).into_values()
    }
}

/// The place of a caller, who leaves it when its future is dropped.
pub(crate) struct Place<'a> {
    shared: &'a Shared,
    among: fn(&mut State) -> &mut Waiters,
    pub(crate) number: Option<u64>,
}

impl<'a> Place<'a> {
    pub(crate) fn new(shared: &'a Shared, among: fn(&mut State) -> &mut Waiters) -> Self {
        Self {
            shared,
            among,
            number: None,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number else {
            return;
        };
        let waker = (self.among)(&mut self.shared.lock()).leave(number);
        // Behind the lock, as whatever it is may come back here.
        drop(waker);
    }
}
