//! Who codes a message, and proof that it is the same message.

use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::workload::Workload;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Into a buffer that has been used before.
    EncodeReused,
    /// Into a buffer that is made for it.
    EncodeFresh,
    /// Into values of its own; they are dropped.
    DecodeOwned,
    /// Into values that refer to the message.
    DecodeBorrowed,
}

impl Direction {
    pub(crate) const ALL: [Self; 4] = [
        Self::EncodeReused,
        Self::EncodeFresh,
        Self::DecodeOwned,
        Self::DecodeBorrowed,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EncodeReused => "encode reused",
            Self::EncodeFresh => "encode fresh",
            Self::DecodeOwned => "decode owned",
            Self::DecodeBorrowed => "decode borrowed",
        }
    }
}

/// How many values that are alike everyone encodes, in turn: how fast one is copied that fits a cache just so depends on
/// where it is. Those that do not fit anyway would only displace each other.
pub(crate) fn places(wire: &[u8]) -> usize {
    if wire.len() > 2 << 20 { 1 } else { 5 }
}

/// One contestant in one direction.
pub(crate) struct Entry {
    pub(crate) who: &'static str,
    pub(crate) direction: Direction,
    /// Codes so many times, and says how long that took.
    pub(crate) turn: Box<dyn FnMut(u32) -> Duration>,
}

/// All that code one message.
pub(crate) struct Race {
    pub(crate) workload: Workload,
    /// The message. It lives as long as the program, so that values may refer to it.
    pub(crate) wire: &'static [u8],
    pub(crate) entries: Vec<Entry>,
}

impl Race {
    pub(crate) fn new(workload: Workload, wire: Vec<u8>) -> Self {
        Self {
            workload,
            wire: wire.leak(),
            entries: Vec::new(),
        }
    }

    /// Enters an encoder of what `value` makes: `reused` writes the value as all that is in the buffer, which has held another message or this
    /// one; `fresh` makes a buffer of what size it likes.
    pub(crate) fn encode<T: 'static>(
        &mut self,
        who: &'static str,
        value: impl Fn() -> T,
        reused: impl Fn(&T, &mut Vec<u8>) + 'static,
        fresh: impl Fn(&T) -> Vec<u8> + 'static,
    ) {
        let mut buffer = vec![0xff; self.wire.len() + 40];
        let values: Vec<T> = (0..places(self.wire)).map(|_| value()).collect();
        for value in &values {
            reused(value, &mut buffer);
            self.check(who, &buffer);
            self.check(who, &fresh(value));
        }
        drop(buffer);
        let values = Rc::new(values);
        let kept = Rc::clone(&values);
        let (mut turns, mut fresh_turns) = (0, 0);
        self.enter_turn(who, Direction::EncodeReused, move |times| {
            turns += 1;
            let value = &values[turns % values.len()];
            let mut buffer = Vec::new();
            reused(value, &mut buffer);
            timed(|| {
                for _ in 0..times {
                    reused(black_box(value), &mut buffer);
                    black_box(buffer.as_mut_slice());
                }
            })
        });
        self.enter(who, Direction::EncodeFresh, move |times| {
            fresh_turns += 1;
            let value = &kept[fresh_turns % kept.len()];
            for _ in 0..times {
                black_box(fresh(black_box(value)).as_slice());
            }
        });
    }

    /// Enters a decoder. `again` encodes what was decoded, which shows that nothing was lost.
    pub(crate) fn decode<T>(
        &mut self,
        who: &'static str,
        direction: Direction,
        decode: impl Fn(&'static [u8]) -> T + 'static,
        again: impl Fn(&T) -> Vec<u8>,
    ) {
        self.check(who, &again(&decode(self.wire)));
        let wire = self.wire;
        self.enter(who, direction, move |times| {
            for _ in 0..times {
                black_box(&decode(black_box(wire)));
            }
        });
    }

    /// Enters what checks itself, and codes so many times.
    pub(crate) fn enter(
        &mut self,
        who: &'static str,
        direction: Direction,
        mut run: impl FnMut(u32) + 'static,
    ) {
        self.enter_turn(who, direction, move |times| timed(|| run(times)));
    }

    /// [`enter`](Self::enter), for what has to be made ready before time is taken.
    pub(crate) fn enter_turn(
        &mut self,
        who: &'static str,
        direction: Direction,
        turn: impl FnMut(u32) -> Duration + 'static,
    ) {
        self.entries.push(Entry {
            who,
            direction,
            turn: Box::new(turn),
        });
    }

    /// Figures of a codec that does something else would mean nothing.
    pub(crate) fn check(&self, who: &str, bytes: &[u8]) {
        let name = self.workload.name();
        let pairs = self.wire.iter().zip(bytes);
        let same = pairs.take_while(|(ours, theirs)| ours == theirs).count();
        assert!(
            same == self.wire.len() && same == bytes.len(),
            "{name}: {who} writes {} bytes, not {}, and they differ at byte {same}",
            bytes.len(),
            self.wire.len(),
        );
    }
}

pub(crate) fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
