//! Numbers as XDR writes them: decimal, `0x` hexadecimal, `0` octal, each with a sign (RFC 4506 §6.2).

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    Malformed,
    OutOfRange,
}

/// The number that `text` writes, between −2⁶³ and 2⁶⁴−1.
pub(crate) fn parse(text: &str) -> Result<i128, NumberError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() {
        return Err(NumberError::Malformed);
    }
    let mut magnitude = Some(0_u64);
    for digit in digits.bytes() {
        let digit = char::from(digit).to_digit(radix);
        let digit = digit.ok_or(NumberError::Malformed)?;
        magnitude = magnitude
            .and_then(|magnitude| magnitude.checked_mul(radix.into()))
            .and_then(|magnitude| magnitude.checked_add(digit.into()));
    }
    let magnitude = magnitude.ok_or(NumberError::OutOfRange)?;
    let magnitude = i128::from(magnitude);
    let number = if negative { -magnitude } else { magnitude };
    if number < i128::from(i64::MIN) {
        return Err(NumberError::OutOfRange);
    }
    Ok(number)
}

/// The same with C's suffixes, as the preprocessor knows them: `10L`, `0xffUL`.
pub(crate) fn parse_c(text: &str) -> Result<i128, NumberError> {
    parse(text.trim_end_matches(['u', 'U', 'l', 'L']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_octal_or_hexadecimal() {
        assert_eq!(parse("010"), Ok(8));
        assert_eq!(parse("0x10"), Ok(16));
        assert_eq!(parse("-0X1f"), Ok(-31));
        assert_eq!(parse("0"), Ok(0));
        assert_eq!(parse("18446744073709551615"), Ok(i128::from(u64::MAX)));
        assert_eq!(parse("-9223372036854775808"), Ok(i128::from(i64::MIN)));
    }

    #[test]
    fn other_texts_are_errors() {
        for text in ["", "-", "0x", "08", "1a", "0b1", "+1", "1_000"] {
            assert_eq!(parse(text), Err(NumberError::Malformed), "{text}");
        }
        assert_eq!(parse("18446744073709551616"), Err(NumberError::OutOfRange));
        assert_eq!(parse("-9223372036854775809"), Err(NumberError::OutOfRange));
    }
}
