//! Values as the dissector and tshark word them.

use protocol_defs::packet::{Kind, Status};

/// C's `%.15g`, with which tshark prints a `double`.
pub(crate) fn double(value: f64) -> String {
    const DIGITS: i32 = 15;
    if !value.is_finite() {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        return format!("{sign}{}", if value.is_nan() { "nan" } else { "inf" });
    }
    let scientific = format!("{value:.14e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..DIGITS).contains(&exponent) {
        let decimals = usize::try_from(DIGITS - 1 - exponent).unwrap_or_default();
        return without_zeros(&format!("{value:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_zeros(digits), exponent.abs())
}

fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

/// A text as PDML has it: control characters but blanks in hexadecimal.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => escaped.push(c),
            c if c.is_ascii_control() => escaped.extend(["\\x", &format!("{:02x}", u32::from(c))]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8], separator: &str) -> String {
    let digit = |digit| char::from_digit(u32::from(digit), 16).unwrap_or_default();
    let mut text = String::with_capacity(bytes.len() * (2 + separator.len()));
    for byte in bytes {
        if !text.is_empty() {
            text.push_str(separator);
        }
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// A packet's type, by libvirt's name and number.
pub(crate) fn kind(kind: Kind) -> String {
    let (name, number) = match kind {
        Kind::Call => ("CALL", 0),
        Kind::Reply => ("REPLY", 1),
        Kind::Message => ("MESSAGE", 2),
        Kind::Stream => ("STREAM", 3),
        Kind::CallWithFds => ("CALL_WITH_FDS", 4),
        Kind::ReplyWithFds => ("REPLY_WITH_FDS", 5),
        Kind::StreamHole => ("STREAM_HOLE", 6),
        Kind::Unknown(number) => ("Unknown", number),
    };
    format!("{name} ({number})")
}

/// A packet's status.
pub(crate) fn status(status: Status) -> String {
    let (name, number) = match status {
        Status::Ok => ("OK", 0),
        Status::Error => ("ERROR", 1),
        Status::Continue => ("CONTINUE", 2),
        Status::Unknown(number) => ("Unknown", number),
    };
    format!("{name} ({number})")
}

#[cfg(test)]
mod tests {
    use super::{double, escaped};

    #[test]
    fn a_double_is_printed_as_c_prints_it() {
        // printf("%.15g") of glibc.
        let printed = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1 + 0.2, "0.3"),
            (100_000.0, "100000"),
            (123_456_789_012_345.6, "123456789012346"),
            (1e15, "1e+15"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (999_999_999_999_999.9, "1e+15"),
            (f64::MAX, "1.79769313486232e+308"),
            (5e-324, "4.94065645841247e-324"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, text) in printed {
            assert_eq!(double(value), text);
        }
    }

    #[test]
    fn only_control_characters_but_blanks_are_escaped() {
        assert_eq!(escaped("a\\b\t\u{7f}é\u{1}"), "a\\b\t\\x7fé\\x01");
    }
}
