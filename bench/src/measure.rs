//! Many short rounds in which everyone has a turn: what slows the machine down for a while slows all of them.

use std::hint::black_box;
use std::time::Duration;

use crate::race::{Direction, Entry, Race};

/// How long it may take.
#[derive(Clone, Copy)]
pub(crate) enum Effort {
    /// What is published.
    Full,
    /// To see where one is while working.
    Quick,
    /// Only the checks.
    None,
}

impl Effort {
    fn rounds(self) -> usize {
        match self {
            Self::Full => 151,
            Self::Quick => 31,
            Self::None => 0,
        }
    }
}

/// The length of a turn: long beside the clock's resolution, short beside what disturbs it.
const TURN: Duration = Duration::from_micros(400);

/// Prints a line of JSON for each entry.
pub(crate) fn run(race: &mut Race, effort: Effort) {
    if effort.rounds() == 0 {
        return;
    }
    let workload = race.workload.name();
    let bytes = race.wire.len();
    for direction in Direction::ALL {
        let entries = race.entries.iter_mut();
        let mut entries: Vec<_> = entries.filter(|it| it.direction == direction).collect();
        let times: Vec<u32> = entries.iter_mut().map(|entry| calibrate(entry)).collect();
        let mut figures = vec![Vec::new(); entries.len()];
        for round in 0..effort.rounds() {
            // Another first in each round: nobody always runs on the cache that the same one left.
            for turn in 0..entries.len() {
                let at = (turn + round) % entries.len();
                // How fast a copy is depends on where its two places are within their pages. So that nobody has luck with
                // that in all rounds, what is allocated lies elsewhere in each.
                let spacer = black_box(vec![0u8; 1024 + 528 * (round % 8)]);
                let took = (entries[at].turn)(times[at]);
                drop(spacer);
                figures[at].push(took.as_secs_f64() * 1e9 / f64::from(times[at]));
            }
        }
        for (entry, figures) in entries.iter().zip(&mut figures) {
            figures.sort_by(f64::total_cmp);
            let (median, least) = (figures[figures.len() / 2], figures[0]);
            println!(
                r#"{{"workload":"{workload}","bytes":{bytes},"direction":"{}","contestant":"{}","ns":{median:.3},"least":{least:.3}}}"#,
                direction.name(),
                entry.who,
            );
        }
    }
}

/// How many times fill a turn.
fn calibrate(entry: &mut Entry) -> u32 {
    let mut times = 1;
    loop {
        if (entry.turn)(times) >= TURN || times >= 1 << 24 {
            return times;
        }
        times *= 2;
    }
}
