//! Bytes → lines, of a length that has a limit.

use bytes::{Buf, BytesMut};

/// Bytes that have come, and what of them has been taken.
pub(super) struct Lines {
    /// What has come and not been taken.
    pub(super) buffer: BytesMut,
    /// How much of it has been searched for an end of a line.
    searched: usize,
    /// The number of the line at its beginning, from 1.
    number: u64,
    /// How long a line may be, in bytes, without its end.
    limit: usize,
}

/// A line is longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Lines {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            searched: 0,
            number: 1,
            limit,
        }
    }

    /// The next line that is not empty, with its number and without its end; nothing if it has not come whole.
    pub(super) fn next_line(&mut self) -> Result<Option<(u64, BytesMut)>, TooLong> {
        loop {
            let rest = &self.buffer[self.searched..];
            let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                return if self.searched > self.limit {
                    Err(TooLong)
                } else {
                    Ok(None)
                };
            };
            let length = self.searched + length;
            if length > self.limit {
                return Err(TooLong);
            }
            let mut line = self.buffer.split_to(length);
            self.buffer.advance(1);
            self.searched = 0;
            let number = self.number;
            self.number += 1;
            line.truncate(line.trim_ascii_end().len());
            if !line.is_empty() {
                return Ok(Some((number, line)));
            }
        }
    }

    /// The number of the line that comes next.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines, as text behind their numbers.
    fn drain(lines: &mut Lines) -> Result<Vec<String>, TooLong> {
        let mut found = Vec::new();
        while let Some((number, line)) = lines.next_line()? {
            found.push(format!("{number} {}", line.escape_ascii()));
        }
        Ok(found)
    }

    #[test]
    fn lines_end_with_a_line_feed_and_may_have_a_carriage_return_before_it() {
        let mut lines = Lines::new(100);
        lines
            .buffer
            .extend_from_slice(b"one\r\ntwo\n\r\n\nfive \nsi");
        assert_eq!(
            drain(&mut lines),
            Ok(vec!["1 one".into(), "2 two".into(), "5 five".into()])
        );
        assert_eq!(lines.number(), 6);
        lines.buffer.extend_from_slice(b"x\r\n");
        assert_eq!(drain(&mut lines), Ok(vec!["6 six".into()]));
    }

    #[test]
    fn a_line_may_come_byte_by_byte() {
        let mut lines = Lines::new(100);
        for byte in b"line" {
            lines.buffer.extend_from_slice(&[*byte]);
            assert_eq!(drain(&mut lines), Ok(Vec::new()));
        }
        lines.buffer.extend_from_slice(b"\n");
        assert_eq!(drain(&mut lines), Ok(vec!["1 line".into()]));
    }

    #[test]
    fn a_line_is_as_long_as_the_limit_and_no_longer_whether_or_not_it_ends() {
        let mut lines = Lines::new(4);
        lines.buffer.extend_from_slice(b"four\nfive5\n");
        assert_eq!(lines.next_line(), Ok(Some((1, BytesMut::from("four")))));
        assert_eq!(lines.next_line(), Err(TooLong));
        let mut lines = Lines::new(4);
        lines.buffer.extend_from_slice(b"four");
        assert_eq!(lines.next_line(), Ok(None));
        lines.buffer.extend_from_slice(b"5");
        assert_eq!(lines.next_line(), Err(TooLong));
    }
}
