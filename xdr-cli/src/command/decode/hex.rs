//! Bytes from hex digits.

/// The bytes that the digits say, two for each; white space is skipped.
pub(super) fn decode(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (at, &byte) in text.iter().enumerate() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        let digit = char::from(byte).to_digit(16);
        let Some(digit) = digit.and_then(|digit| u8::try_from(digit).ok()) else {
            let shown = char::from(byte).escape_default();
            return Err(format!(
                "`{shown}` is not a hex digit (character {})",
                at + 1
            ));
        };
        match high.take() {
            None => high = Some(digit << 4),
            Some(high) => bytes.push(high | digit),
        }
    }
    match high {
        None => Ok(bytes),
        Some(_) => Err("the number of hex digits is odd".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn white_space_may_stand_anywhere() {
        assert_eq!(decode(b" 00 0\n1fF\t"), Ok(vec![0, 1, 255]));
        assert_eq!(decode(b""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_digit_is_shown_with_its_place() {
        assert_eq!(
            decode(b"00 x"),
            Err("`x` is not a hex digit (character 4)".to_owned())
        );
        assert_eq!(
            decode(b"000"),
            Err("the number of hex digits is odd".to_owned())
        );
    }
}
