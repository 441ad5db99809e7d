//! How many bytes a type takes on the wire.

/// Least and most bytes of a value, padding included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Size {
    /// Bytes of the smallest value.
    pub min: u64,
    /// Bytes of the largest value; none if there is no largest (a recursive type), or if it is over 2⁶⁴−1.
    pub max: Option<u64>,
}

impl Size {
    /// No bytes.
    pub const ZERO: Self = Self::exactly(0);

    /// Always this many bytes.
    pub const fn exactly(bytes: u64) -> Self {
        Self {
            min: bytes,
            max: Some(bytes),
        }
    }

    /// The size of every value, if all have the same.
    pub fn fixed(self) -> Option<u64> {
        self.max.filter(|&max| max == self.min)
    }

    /// One after the other.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            min: self.min.saturating_add(next.min),
            max: self.max.zip(next.max).and_then(|(a, b)| a.checked_add(b)),
        }
    }

    /// One or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.zip(other.max).map(|(a, b)| a.max(b)),
        }
    }

    /// From `least` to `most` of these.
    #[must_use]
    pub fn times(self, least: u64, most: u64) -> Self {
        Self {
            min: self.min.saturating_mul(least),
            max: self.max.and_then(|max| max.checked_mul(most)),
        }
    }

    /// So many bytes, padded to a multiple of four (RFC 4506 §3).
    pub const fn padded(bytes: u64) -> u64 {
        match bytes.checked_next_multiple_of(4) {
            Some(padded) => padded,
            None => u64::MAX,
        }
    }
}
