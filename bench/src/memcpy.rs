//! The least that coding of bytes and of numbers can be: one copy.

use crate::race::{Direction, Race};
use crate::workload::Workload;

const WHO: &str = "memcpy";

pub(crate) fn enter(race: &mut Race) {
    if !matches!(race.workload, Workload::W4 | Workload::W5a | Workload::W5b) {
        return;
    }
    race.encode(
        WHO,
        race.wire,
        |wire, out| {
            out.clear();
            out.extend_from_slice(wire);
        },
        |wire| wire.to_vec(),
    );
    race.decode(WHO, Direction::DecodeOwned, <[u8]>::to_vec, Clone::clone);
}
