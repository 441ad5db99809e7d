//! Numbers as JSON has them, and what it has no numbers for.

use std::io::Write;

use crate::json::{DOUBLE_NAN, FLOAT_NAN};

pub(super) fn signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

pub(super) fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    // 2⁶⁴−1 has 20 digits.
    let mut digits = [0; 20];
    let mut start = digits.len();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + u8::try_from(value % 10).unwrap_or_default();
        value /= 10;
        if value == 0 {
            start = at;
            break;
        }
    }
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// A float with the fewest digits that lead back to it. A NaN with a payload has none: its bits are returned.
pub(super) fn float(out: &mut Vec<u8>, value: f32) -> Option<[u8; 4]> {
    if value.is_finite() {
        finite(out, format_args!("{value:?}"));
    } else if value.to_bits() == FLOAT_NAN || value.is_infinite() {
        not_finite(out, value.is_nan(), value > 0.0);
    } else {
        return Some(value.to_bits().to_be_bytes());
    }
    None
}

/// The same for a double.
pub(super) fn double(out: &mut Vec<u8>, value: f64) -> Option<[u8; 8]> {
    if value.is_finite() {
        finite(out, format_args!("{value:?}"));
    } else if value.to_bits() == DOUBLE_NAN || value.is_infinite() {
        not_finite(out, value.is_nan(), value > 0.0);
    } else {
        return Some(value.to_bits().to_be_bytes());
    }
    None
}

/// What `Debug` writes of a finite number is JSON: `1.0`, `-0.0`, `1e-7`.
fn finite(out: &mut Vec<u8>, digits: std::fmt::Arguments<'_>) {
    // A vector takes any bytes.
    let _ = out.write_fmt(digits);
}

fn not_finite(out: &mut Vec<u8>, nan: bool, positive: bool) {
    let name: &[u8] = match (nan, positive) {
        (true, _) => b"\"NaN\"",
        (false, true) => b"\"Infinity\"",
        (false, false) => b"\"-Infinity\"",
    };
    out.extend_from_slice(name);
}
