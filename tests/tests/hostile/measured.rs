//! One step of a case: something is read or written, and measured.

use std::fmt::Write;
use std::time::{Duration, Instant};

use xdr_wire::{Decode, Encode, from_bytes, to_vec};

use crate::counting::measure;

/// No step takes longer, without optimization and on a busy machine.
const MOST_TIME: Duration = Duration::from_mins(1);

/// What was done, what came of it, and what it took.
pub(crate) struct Step {
    pub(crate) what: String,
    pub(crate) outcome: String,
    pub(crate) peak: usize,
    pub(crate) allocations: usize,
    /// Length of what was read.
    pub(crate) input: Option<usize>,
}

/// Reads `wire`, which must be refused.
#[track_caller]
pub(crate) fn refused<T: for<'de> Decode<'de>>(wire: &[u8]) -> Step {
    step(
        &format!("Reading {}", bytes(wire)),
        Some(wire.len()),
        || {
            let error = from_bytes::<T>(wire).map(drop);
            error.expect_err("the input is hostile")
        },
    )
}

/// Reads `wire`, which is a value.
#[track_caller]
pub(crate) fn accepted<T: for<'de> Decode<'de>>(wire: &[u8]) -> (T, Step) {
    let what = format!("Reading {}", bytes(wire));
    let (value, mut step) = measured(&what, Some(wire.len()), || from_bytes::<T>(wire));
    "a value".clone_into(&mut step.outcome);
    (value.expect("the input is a value"), step)
}

/// Writes a value, which must be refused.
#[track_caller]
pub(crate) fn unwritable(what: &str, value: &impl Encode) -> Step {
    step(&format!("Writing {what}"), None, || {
        to_vec(value)
            .map(drop)
            .expect_err("the value breaks a rule")
    })
}

/// Writes a value.
#[track_caller]
pub(crate) fn written(what: &str, value: &impl Encode) -> (Vec<u8>, Step) {
    let (wire, mut step) = measured(&format!("Writing {what}"), None, || to_vec(value));
    let wire = wire.expect("the value is within every rule");
    step.outcome = bytes(&wire);
    (wire, step)
}

/// Does anything else.
#[track_caller]
pub(crate) fn done(what: &str, run: impl FnOnce()) -> Step {
    let ((), mut step) = measured(what, None, run);
    "done".clone_into(&mut step.outcome);
    step
}

#[track_caller]
fn step<E: ToString>(what: &str, input: Option<usize>, run: impl FnOnce() -> E) -> Step {
    let (error, mut step) = measured(what, input, run);
    step.outcome = format!("error: `{}`", shortened(&error.to_string()));
    step
}

#[track_caller]
fn measured<T>(what: &str, input: Option<usize>, run: impl FnOnce() -> T) -> (T, Step) {
    let start = Instant::now();
    let (value, allocations, peak) = measure(run);
    let elapsed = start.elapsed();
    assert!(elapsed < MOST_TIME, "{what} took {elapsed:?}");
    let step = Step {
        what: what.to_owned(),
        outcome: String::new(),
        peak,
        allocations,
        input,
    };
    (value, step)
}

/// The first bytes in hexadecimal, in words, and how many there are.
fn bytes(wire: &[u8]) -> String {
    const SHOWN: usize = 24;
    let head = wire.get(..SHOWN).unwrap_or(wire);
    let words: Vec<String> = head.chunks(4).map(hex).collect();
    let more = if wire.len() > SHOWN { " …" } else { "" };
    match wire.len() {
        0 => "no bytes".to_owned(),
        1 => format!("1 byte `{}`", words.join(" ")),
        len => format!("{} bytes `{}{more}`", grouped(len), words.join(" ")),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The middle of a long path says nothing.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 160;
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= SHOWN {
        return text.to_owned();
    }
    let head: String = chars.iter().take(SHOWN / 2).collect();
    let tail: String = chars.iter().skip(chars.len() - SHOWN / 4).collect();
    format!("{head} … {tail}")
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
