//! The JSON form of XDR values.

pub(crate) mod parse;
mod text;
pub(crate) mod write;

pub use write::Style;

/// What `"NaN"` stands for: positive, quiet, without a payload. All others are written as their bits.
pub(crate) const FLOAT_NAN: u32 = 0x7fc0_0000;
/// The same of a double.
pub(crate) const DOUBLE_NAN: u64 = 0x7ff8_0000_0000_0000;
