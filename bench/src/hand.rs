//! A safe codec written by hand, near the limit: what an engineer would write who has these messages only and time. It is
//! strict: UTF-8, zero padding, bounds, counts against what the input can hold, no trailing bytes.

use crate::hand::read::{In, Read};
use crate::hand::types::{Blob, Domains, Graphics, Header, Numbers, Records};
use crate::hand::write::{Out, Write};
use crate::race::{Direction, Race};
use crate::workload::Workload;

mod read;
mod types;
mod write;

pub(crate) fn enter(race: &mut Race) {
    match race.workload {
        Workload::W1 => {
            both::<Graphics<String>>(race);
            borrowed::<Graphics<&str>>(race, "hand");
            borrowed::<Graphics<&[u8]>>(race, "hand, bytes");
        }
        Workload::W2 => {
            both::<Domains<String>>(race);
            borrowed::<Domains<&str>>(race, "hand");
            borrowed::<Domains<&[u8]>>(race, "hand, bytes");
        }
        Workload::W3 => {
            both::<Records<String>>(race);
            borrowed::<Records<&str>>(race, "hand");
            borrowed::<Records<&[u8]>>(race, "hand, bytes");
        }
        Workload::W4 => {
            both::<Blob<Vec<u8>>>(race);
            borrowed::<Blob<&[u8]>>(race, "hand");
        }
        Workload::W5a => both::<Numbers<u32>>(race),
        Workload::W5b => both::<Numbers<u64>>(race),
        Workload::W6 => both::<Header>(race),
    }
}

fn both<T: Write + Read<'static> + 'static>(race: &mut Race) {
    let wire = race.wire;
    race.encode("hand", || decode::<T>(wire), reused, fresh);
    race.decode("hand", Direction::DecodeOwned, decode::<T>, fresh);
}

fn borrowed<T: Write + Read<'static> + 'static>(race: &mut Race, who: &'static str) {
    race.decode(who, Direction::DecodeBorrowed, decode::<T>, fresh);
}

/// Writes into a slice of what is there already.
fn reused<T: Write>(value: &T, buffer: &mut Vec<u8>) {
    // `resize` is a call even where it has nothing to do.
    if buffer.len() != value.len() {
        buffer.resize(value.len(), 0);
    }
    let mut out = Out(buffer.as_mut_slice());
    value.write(&mut out).expect("the message is valid");
}

/// Appends to one allocation: nothing is zeroed first.
fn fresh<T: Write>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    value.write(&mut out).expect("the message is valid");
    out
}

fn decode<T: Read<'static>>(wire: &'static [u8]) -> T {
    let mut input = In(wire);
    let value = T::read(&mut input).expect("the message is valid");
    assert!(input.0.is_empty());
    value
}
