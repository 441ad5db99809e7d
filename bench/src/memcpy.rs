//! The least that coding of bytes and of numbers can be: the count, and one copy from where they are to where they belong.
//! That place is 4 bytes behind one that an allocator would choose, which makes a copy slower than any other would be.

use crate::race::{Direction, Race};
use crate::workload::Workload;

const WHO: &str = "memcpy";

pub(crate) fn enter(race: &mut Race) {
    if !matches!(race.workload, Workload::W4 | Workload::W5a | Workload::W5b) {
        return;
    }
    let wire = race.wire;
    let Some((count, elements)) = wire.split_first_chunk::<4>() else {
        return;
    };
    let join = |elements: &Vec<u8>, out: &mut Vec<u8>| {
        out.extend_from_slice(count);
        out.extend_from_slice(elements);
    };
    let fresh = move |elements: &Vec<u8>| {
        let mut out = Vec::with_capacity(4 + elements.len());
        join(elements, &mut out);
        out
    };
    race.encode(
        WHO,
        || elements.to_vec(),
        move |elements, out| {
            out.clear();
            join(elements, out);
        },
        fresh,
    );
    race.decode(
        WHO,
        Direction::DecodeOwned,
        |wire| wire[4..].to_vec(),
        fresh,
    );
}
