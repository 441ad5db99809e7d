//! UUIDs as libvirt writes them (RFC 9562, section 4).

use std::fmt;
use std::str::FromStr;

/// The UUID of a domain: 16 bytes, in text as 32 hex digits in groups.
///
/// ```
/// use protocol_defs::graphics::Uuid;
///
/// let uuid: Uuid = "6695eb01-f6a4-4304-98aa-97f2502e193f".parse()?;
/// assert_eq!(uuid.0[..2], [0x66, 0x95]);
/// assert_eq!(uuid.to_string(), "6695eb01-f6a4-4304-98aa-97f2502e193f");
/// # Ok::<(), protocol_defs::graphics::ParseUuidError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(pub [u8; 16]);

/// Where the hyphens are, in bytes of the text.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Bytes of the text.
const TEXT_LEN: usize = 36;

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            let hyphen = if matches!(i, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{hyphen}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uuid({self})")
    }
}

/// Reads what [`Display`](fmt::Display) writes, in either case; other forms are errors.
impl FromStr for Uuid {
    type Err = ParseUuidError;

    fn from_str(text: &str) -> Result<Self, ParseUuidError> {
        if text.len() != TEXT_LEN {
            return Err(ParseUuidError);
        }
        let mut digits = [0; 32];
        let mut places = digits.iter_mut();
        for (i, byte) in text.bytes().enumerate() {
            if HYPHENS.contains(&i) {
                if byte != b'-' {
                    return Err(ParseUuidError);
                }
            } else if let Some(place) = places.next() {
                *place = hex(byte)?;
            }
        }
        let mut uuid = [0; 16];
        for (byte, pair) in uuid.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Ok(Self(uuid))
    }
}

fn hex(digit: u8) -> Result<u8, ParseUuidError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(ParseUuidError),
    }
}

/// The text is no UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseUuidError;

impl fmt::Display for ParseUuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID is 32 hex digits in groups of 8-4-4-4-12")
    }
}

impl std::error::Error for ParseUuidError {}
