//! What a caller may choose: how much a message may demand, and which rules of RFC 4506 to relax.

use core::fmt;
use core::str::FromStr;

/// How much one message may demand beyond what its own length pays for.
///
/// Lengths need no limit here: a count is checked against the bytes that are left before anything is allocated, so a
/// message never has more elements than its bytes pay for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Levels of nesting. Every optional, every variable-length array that is not opaque, every list and every union
    /// counts one; structs and boxes count nothing. The stack a message needs grows with this number.
    pub max_depth: u32,
    /// Bytes on the heap per byte of the input, beside 4 KiB that every message may take: 16 unless told otherwise. It is
    /// kept to whatever the input is. A type that is much larger in memory than its shortest form may reach it with valid
    /// messages: an absent `Option<[u64; 100]>` in an array is 4 bytes in the input and 808 in memory. Behind a `Box` it
    /// is 8, and the generator puts it there; but it does not look into types that `extern_path` brings in.
    pub max_memory_factor: u32,
    /// Array elements that take no bytes on the wire (arrays of `void` or of empty structs), in one whole message.
    pub max_empty_elements: u32,
    /// Bytes of stack that values inside each other may take while they are read. Every box and every array or list that
    /// is not opaque counts what its value or element takes as a Rust value: itself, the parts of it that are being read,
    /// and 256 bytes. Arrays in a box take only their element. Frames are larger than that, without optimization up to
    /// seven times, and the outermost value, which the caller has chosen, comes on top. Writing has no such limit: it
    /// works on references.
    pub max_stack: usize,
}

impl Limits {
    /// 128 levels, 16 times the input, 65,536 empty elements, 256 KiB of values on the stack. Without optimization that has
    /// been up to 1.6 MiB of frames, little enough for a thread of 2 MiB.
    pub const DEFAULT: Self = Self {
        max_depth: 128,
        max_memory_factor: 16,
        max_empty_elements: 65_536,
        max_stack: 256 << 10,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A rule that can be relaxed by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// `padding`: the bytes that fill a unit of four must be zero (RFC 4506, section 3).
    Padding,
    /// `bool`: a boolean or the presence word of an optional is 0 or 1 (sections 4.4 and 4.19). Relaxed, every other
    /// value is true.
    Bool,
    /// `enum`: an enumeration has only its declared values (section 4.3). A closed Rust enum has no place for others and
    /// stays strict; codecs without generated types honour it.
    Enum,
    /// `utf8`: a string is UTF-8. Relaxed, a `String` gets U+FFFD for each malformed sequence; a borrowed `&str` has no
    /// room for a replacement and stays strict.
    Utf8,
    /// `trailing`: nothing follows the value.
    Trailing,
    /// `bound`: a length is within the bound of its declaration (sections 4.10, 4.11 and 4.13). Holds for encoding too.
    Bound,
}

impl Rule {
    /// Every rule, in the order of their documentation.
    pub const ALL: &'static [Self] = &[
        Self::Padding,
        Self::Bool,
        Self::Enum,
        Self::Utf8,
        Self::Trailing,
        Self::Bound,
    ];

    /// The name that [`FromStr`] reads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Padding => "padding",
            Self::Bool => "bool",
            Self::Enum => "enum",
            Self::Utf8 => "utf8",
            Self::Trailing => "trailing",
            Self::Bound => "bound",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        Self::ALL
            .iter()
            .copied()
            .find(|rule| rule.name() == name)
            .ok_or(UnknownRule)
    }
}

/// The text names no [`Rule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRule;

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown rule, expected one of")?;
        for (i, rule) in Rule::ALL.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma} `{rule}`")?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownRule {}

/// Limits and relaxed rules of one call. The default is RFC 4506 to the letter and [`Limits::DEFAULT`].
///
/// ```
/// use xdr_wire::{Options, Rule, from_bytes, from_bytes_with};
///
/// let wire = [0, 0, 0, 2];
/// assert!(from_bytes::<bool>(&wire).is_err());
/// let lenient = Options::new().allow(Rule::Bool);
/// assert_eq!(from_bytes_with::<bool>(&wire, lenient), Ok(true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    limits: Limits,
    allowed: u8,
}

impl Options {
    /// What [`new`](Self::new) returns, as a place in memory.
    pub(crate) const DEFAULT: Self = Self::new();

    /// Every rule holds, default limits.
    pub const fn new() -> Self {
        Self {
            limits: Limits::DEFAULT,
            allowed: 0,
        }
    }

    /// Relaxes one rule.
    #[must_use]
    pub const fn allow(mut self, rule: Rule) -> Self {
        self.allowed |= rule.bit();
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Replaces [`Limits::max_depth`].
    #[must_use]
    pub const fn max_depth(mut self, levels: u32) -> Self {
        self.limits.max_depth = levels;
        self
    }

    /// Replaces [`Limits::max_memory_factor`].
    #[must_use]
    pub const fn max_memory_factor(mut self, factor: u32) -> Self {
        self.limits.max_memory_factor = factor;
        self
    }

    /// Replaces [`Limits::max_empty_elements`].
    #[must_use]
    pub const fn max_empty_elements(mut self, elements: u32) -> Self {
        self.limits.max_empty_elements = elements;
        self
    }

    /// Replaces [`Limits::max_stack`].
    #[must_use]
    pub const fn max_stack(mut self, bytes: usize) -> Self {
        self.limits.max_stack = bytes;
        self
    }

    /// The limits.
    pub const fn limits(self) -> Limits {
        self.limits
    }

    /// Whether `rule` is relaxed.
    #[inline]
    pub const fn allows(self, rule: Rule) -> bool {
        self.allowed & rule.bit() != 0
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Options, Rule};
    use alloc::string::ToString;

    #[test]
    fn every_rule_is_read_by_its_name() {
        for rule in Rule::ALL {
            assert_eq!(rule.name().parse(), Ok(*rule));
            assert_eq!(rule.to_string(), rule.name());
        }
    }

    #[test]
    fn an_unknown_rule_is_answered_with_the_known_ones() {
        let error = "Padding".parse::<Rule>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown rule, expected one of `padding`, `bool`, `enum`, `utf8`, `trailing`, `bound`"
        );
    }

    #[test]
    fn allowing_one_rule_allows_no_other() {
        for allowed in Rule::ALL {
            let options = Options::new().allow(*allowed);
            for rule in Rule::ALL {
                assert_eq!(options.allows(*rule), rule == allowed);
            }
        }
        assert_eq!(Options::default().limits(), Limits::default());
    }
}
