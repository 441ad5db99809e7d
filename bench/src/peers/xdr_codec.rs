//! xdr-codec, by what its generator xdrgen writes.

use std::io::Cursor;

use xdr_codec::{Pack, Unpack, pack, unpack};

use crate::race::{Direction, Race};
use crate::workload::Workload;

#[allow(
    warnings,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    reason = "it is xdrgen's code"
)]
mod generated {
    use xdr_codec::{Pack, Unpack};

    include!(concat!(env!("OUT_DIR"), "/xdrgen.rs"));
}

const WHO: &str = "xdr-codec";

type Input = Cursor<&'static [u8]>;

pub(crate) fn enter(race: &mut Race) {
    match race.workload {
        Workload::W1 => both::<generated::graphics>(race),
        Workload::W2 => both::<generated::domains>(race),
        Workload::W3 => both::<generated::records>(race),
        Workload::W4 => both::<generated::blob>(race),
        Workload::W5a => both::<generated::words>(race),
        Workload::W5b => both::<generated::longs>(race),
        Workload::W6 => both::<generated::header>(race),
    }
}

fn both<T: Pack<Vec<u8>> + Unpack<Input> + 'static>(race: &mut Race) {
    let wire = race.wire;
    race.encode(
        WHO,
        || decode::<T>(wire),
        |value, out| {
            out.clear();
            pack(value, out).expect("a vector takes all bytes");
        },
        fresh,
    );
    race.decode(WHO, Direction::DecodeOwned, decode::<T>, fresh);
}

/// It cannot say how long a value will be.
fn fresh<T: Pack<Vec<u8>>>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    pack(value, &mut out).expect("a vector takes all bytes");
    out
}

fn decode<T: Unpack<Input>>(wire: &'static [u8]) -> T {
    unpack(&mut Cursor::new(wire)).expect("the message is valid")
}
