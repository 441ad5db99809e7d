//! Strings and numbers of JSON (RFC 8259, sections 6 and 7).

/// The length of the string that these bytes begin with, quotes included, and whether something in it is escaped; or where
/// it is no string, and what was expected there.
pub(super) fn string_len(bytes: &[u8]) -> Result<(usize, bool), (usize, &'static str)> {
    let mut escaped = false;
    // Behind the first quote.
    let mut at = 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at += escape_len(bytes, at)?;
            }
            Some(0..0x20) => return Err((at, "control characters to be escaped")),
            Some(_) => at += 1,
            None => return Err((at, "`\"`")),
        }
    }
}

fn escape_len(bytes: &[u8], at: usize) -> Result<usize, (usize, &'static str)> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => {
            let high = unit(bytes, at)?;
            if !is_high(high) {
                return if is_low(high) {
                    Err((at, "the first half of a surrogate pair"))
                } else {
                    Ok(6)
                };
            }
            let second = at + 6;
            let pair = bytes
                .get(second..)
                .is_some_and(|rest| rest.starts_with(b"\\u"));
            if !pair || !is_low(unit(bytes, second)?) {
                return Err((second, "the second half of a surrogate pair"));
            }
            Ok(12)
        }
        _ => Err((at + 1, "an escape: one of `\"\\/bfnrtu`")),
    }
}

/// The code unit of the `\uXXXX` at `at`.
fn unit(bytes: &[u8], at: usize) -> Result<u32, (usize, &'static str)> {
    let mut unit = 0;
    for place in at + 2..at + 6 {
        let digit = bytes.get(place).map(|&byte| char::from(byte));
        let Some(digit) = digit.and_then(|it| it.to_digit(16)) else {
            return Err((place, "four hex digits"));
        };
        unit = unit << 4 | digit;
    }
    Ok(unit)
}

const fn is_high(unit: u32) -> bool {
    unit >> 10 == 0xd800 >> 10
}

const fn is_low(unit: u32) -> bool {
    unit >> 10 == 0xdc00 >> 10
}

/// The text of a string without its quotes that [`string_len`] has accepted.
pub(super) fn unescape(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let (char, len) = escaped(after.as_bytes());
        text.push(char);
        rest = after.get(len..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// The character of an escape, and its length without the backslash.
fn escaped(after: &[u8]) -> (char, usize) {
    let hex = |at: usize| {
        let digits = after.get(at..at + 4).unwrap_or_default();
        let value = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or_default();
        digits.iter().fold(0, |unit, byte| unit << 4 | value(byte))
    };
    let char = match after.first() {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let (code, len) = match hex(1) {
                high if is_high(high) => {
                    let low = hex(7);
                    (0x10000 + ((high & 0x3ff) << 10 | low & 0x3ff), 11)
                }
                unit => (unit, 5),
            };
            let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            return (char, len);
        }
        Some(&byte) => char::from(byte),
        None => '\\',
    };
    (char, 1)
}

/// The length of the number that these bytes begin with; or where a digit is missing.
pub(super) fn number_len(bytes: &[u8]) -> Result<usize, usize> {
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(bytes, at)?;
    // No digit follows a leading 0: what comes then is no part of the number.
    at = if bytes.get(at) == Some(&b'0') {
        at + 1
    } else {
        whole
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at = digits(bytes, at)?;
    }
    Ok(at)
}

/// The end of the digits that begin at `at`; there is one at least.
fn digits(bytes: &[u8], at: usize) -> Result<usize, usize> {
    let digits = bytes.get(at..).unwrap_or_default();
    match digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
    {
        0 => Err(at),
        count => Ok(at + count),
    }
}
