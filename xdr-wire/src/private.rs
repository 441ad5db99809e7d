//! What expansions of the derives and tests of the codec need beyond the public interface. Not covered by semantic versioning.

pub use crate::chars::{Chars, Signed, Unsigned};
pub use crate::decoder::run::{Fields as DecodeFields, Run as DecodeRun};
pub use crate::encoder::run::{Fields as EncodeFields, Run as EncodeRun, fixed};
pub use crate::parts::{DecodeParts, EncodeParts, Layout};

use crate::decoder::Decoder;
use crate::error::ErrorKind;
use crate::fault::Record;
use crate::options::Options;
use crate::traits::Decode;
use crate::walker::walk;

/// A bound of a declaration. A constant of any integer type may be one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked above; `try_from` is not const"
)]
pub const fn bound(value: i128) -> u32 {
    assert!(
        value >= 0 && value <= u32::MAX as i128,
        "a bound does not fit in 32 bits"
    );
    value as u32
}

/// A label of a union over `int`, or a value of an enumeration.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked above; `try_from` is not const"
)]
pub const fn int(value: i128) -> i32 {
    assert!(
        value >= i32::MIN as i128 && value <= i32::MAX as i128,
        "the value does not fit in `int`"
    );
    value as i32
}

/// A label of a union over `unsigned int`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked above; `try_from` is not const"
)]
pub const fn unsigned_int(value: i128) -> u32 {
    assert!(
        value >= 0 && value <= u32::MAX as i128,
        "the value does not fit in `unsigned int`"
    );
    value as u32
}

/// Stops the compiler where two arms of a union have the same label.
pub const fn distinct(labels: &[i64]) {
    let mut rest = labels;
    while let [label, tail @ ..] = rest {
        let mut others = tail;
        while let [other, tail @ ..] = others {
            assert!(
                *label != *other,
                "two cases of the union have the same label"
            );
            others = tail;
        }
        rest = tail;
    }
}

/// What a level of structs, unions, tuples or arrays inside each other by value costs of
/// [`Limits::max_stack`](crate::Limits::max_stack): its frame, without optimization about four times as large.
pub const LEVEL: usize = 128;

/// The sum of these sizes, or the largest number.
pub const fn sum(sizes: &[usize]) -> usize {
    let mut sum = 0usize;
    let mut rest = sizes;
    while let [size, tail @ ..] = rest {
        sum = sum.saturating_add(*size);
        rest = tail;
    }
    sum
}

/// The largest of these sizes, or 0.
pub const fn largest(sizes: &[usize]) -> usize {
    let mut largest = 0;
    let mut rest = sizes;
    while let [size, tail @ ..] = rest {
        if *size > largest {
            largest = *size;
        }
        rest = tail;
    }
    largest
}

/// Whether all of these hold.
pub const fn all(conditions: &[bool]) -> bool {
    let mut rest = conditions;
    while let [condition, tail @ ..] = rest {
        if !*condition {
            return false;
        }
        rest = tail;
    }
    true
}

/// How reading a message ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A value of so many bytes.
    Read(usize),
    /// A fault at a byte.
    Fault(ErrorKind, usize),
}

/// Reads `input` by the code of `T` and by its descriptor. The two must agree, or errors name the wrong field; tests and
/// fuzzers compare them.
pub fn decode_and_walk<'de, T: Decode<'de>>(
    input: &'de [u8],
    options: Options,
) -> (Outcome, Outcome) {
    let mut decoder = Decoder::new(input, options);
    let result = T::decode(&mut decoder).and_then(|_| decoder.finish());
    let outcome = |record: Option<Record>, offset| match record {
        Some(record) => Outcome::Fault(record.kind, record.offset),
        None => Outcome::Read(offset),
    };
    let record = result.err().and_then(|_| decoder.record());
    let walked = walk(Decoder::new(input, options), T::TYPE);
    (
        outcome(record, decoder.offset()),
        outcome(walked.record, walked.offset),
    )
}
