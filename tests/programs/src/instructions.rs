//! Codes each message of the benchmark once in each way. `tests/tests/instructions.rs` runs it in callgrind, which counts the
//! instructions of each call of [`measured`], and knows by the lines on stdout which case they are of.

use std::hint::black_box;

use ours::{borrowed, bytes};
use xdr_wire::{Decode, Encode, encode_into, from_bytes, to_vec};

#[path = "../../../bench/src/messages.rs"]
mod messages;

mod ours;

const VALID: &str = "the message is valid";

fn main() {
    both("W1", &messages::graphics());
    decode::<bytes::Graphics>("W1", "bytes", &messages::graphics());
    decode::<borrowed::Graphics<'_>>("W1", "borrowed", &messages::graphics());
    both("W2", &messages::domains());
    decode::<bytes::Domains>("W2", "bytes", &messages::domains());
    decode::<borrowed::Domains<'_>>("W2", "borrowed", &messages::domains());
    both("W3", &messages::records());
    decode::<bytes::Records>("W3", "bytes", &messages::records());
    decode::<borrowed::Records<'_>>("W3", "borrowed", &messages::records());
    both("W4", &messages::blob());
    decode::<borrowed::Blob<'_>>("W4", "borrowed", &messages::blob());
    both("W5a", &messages::words());
    both("W5b", &messages::longs());
    both("W6", &messages::header());
}

/// A message as values of its own.
fn both<T: Encode + Decode<'static>>(workload: &str, value: &T) {
    let mut buffer = Vec::new();
    case(workload, "encode reused", || {
        let buffer = black_box(&mut buffer);
        buffer.clear();
        encode_into(black_box(value), buffer).expect(VALID);
    });
    case(workload, "encode fresh", || {
        black_box(to_vec(black_box(value)).expect(VALID).as_slice());
    });
    decode::<T>(workload, "owned", value);
}

/// A message as values of the type, which are dropped.
fn decode<T: Decode<'static>>(workload: &str, kind: &str, value: &impl Encode) {
    let wire: &'static [u8] = to_vec(value).expect(VALID).leak();
    case(workload, &format!("decode {kind}"), || {
        black_box(&from_bytes::<T>(black_box(wire)).expect(VALID));
    });
}

fn case(workload: &str, name: &str, mut run: impl FnMut()) {
    println!("{workload} {name}");
    // What happens the first time only (symbols are bound, buffers grow) is not counted.
    run();
    measured(&mut run);
}

/// Callgrind counts while it is in here; the test refers to it by its name.
#[inline(never)]
fn measured(run: &mut dyn FnMut()) {
    run();
    // Keeps the call from being a jump, which callgrind would not see return to here.
    black_box(());
}
