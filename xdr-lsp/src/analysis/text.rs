//! A text that is edited, and lines and columns in it as editors count them.

use xdr_parser::Span;

/// What columns are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Units of UTF-16, two for a character outside of the basic plane: what editors count unless agreed otherwise.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A line and a column, both counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 0. Lines end with `\n`, `\r\n` or `\r`.
    pub line: u32,
    /// The units of some [`Encoding`] before it in its line.
    pub column: u32,
}

/// Characters are counted up to every so many bytes in advance: a line may be as long as the text.
const STEP: usize = 1024;

/// A text and where its lines begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    content: String,
    /// Ascending; the first is 0.
    lines: Vec<usize>,
    /// What begins before byte `STEP * index`; nothing for a text in ASCII.
    counts: Vec<Count>,
}

/// How many characters begin in some bytes, and how many of these take two units of UTF-16.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    characters: usize,
    pairs: usize,
}

impl Count {
    fn and(self, bytes: &[u8]) -> Self {
        let characters = bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let pairs = bytes.iter().filter(|&&byte| byte >= 0xf0).count();
        Self {
            characters: self.characters + characters,
            pairs: self.pairs + pairs,
        }
    }

    fn units(self, encoding: Encoding) -> usize {
        match encoding {
            Encoding::Utf16 => self.characters + self.pairs,
            Encoding::Utf8 | Encoding::Utf32 => self.characters,
        }
    }
}

impl Text {
    /// A text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let lines = (0..=text.len()).filter(|&at| begins_line(text.as_bytes(), at));
        let lines = lines.collect();
        let counts = counts(text.as_bytes());
        Self {
            content: text,
            lines,
            counts,
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// The byte at a position. One behind the end of its line is that end, one in a character the character's start, one
    /// behind the last line the end of the text.
    pub fn offset(&self, position: Position, encoding: Encoding) -> usize {
        let Some(&start) = self.lines.get(position.line as usize) else {
            return self.content.len();
        };
        let line = self.line_at(position.line as usize);
        let column = position.column as usize;
        if line.is_ascii() {
            return start + column.min(line.len());
        }
        let mut units = 0;
        for (at, character) in line.char_indices() {
            units += encoding.units(character);
            if units > column {
                return start + at;
            }
        }
        start + line.len()
    }

    /// The position of a byte; one in a character is its start, one behind the text its end.
    pub fn position(&self, offset: usize, encoding: Encoding) -> Position {
        let mut offset = offset.min(self.content.len());
        while !self.content.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|&start| start <= offset);
        let line = line.saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default();
        let column = self.units(offset, encoding) - self.units(start, encoding);
        Position {
            line: narrow(line),
            column: narrow(column),
        }
    }

    /// The bytes between two positions, in whatever order.
    pub fn span(&self, from: Position, to: Position, encoding: Encoding) -> Span {
        let (from, to) = (self.offset(from, encoding), self.offset(to, encoding));
        Span::new(narrow(from.min(to)), narrow(from.max(to)))
    }

    /// Puts other characters in the place of some; all of them go where no span is given.
    pub fn replace(&mut self, span: Option<Span>, with: &str) {
        let Some(span) = span else {
            *self = Self::new(with);
            return;
        };
        let range = span.range();
        if self.content.get(range.clone()).is_none() {
            return;
        }
        self.content.replace_range(range.clone(), with);
        let end = range.start + with.len();
        let kept = self.lines.partition_point(|&start| start < range.start);
        let behind = self.lines.partition_point(|&start| start <= range.end);
        // A line end behind the edit stays one. What the edit puts before one, or takes from before it, shows in the edit.
        let text = self.content.as_bytes();
        let new = (range.start..=end).filter(|&at| begins_line(text, at));
        let shifted = self.lines[behind..].iter();
        let shifted = shifted.map(|start| start - range.end + end);
        let tail: Vec<usize> = new.chain(shifted).collect();
        self.lines.truncate(kept);
        self.lines.extend(tail);
        self.counts = counts(self.content.as_bytes());
    }

    /// The line of a byte, from 0.
    pub(super) fn line_of(&self, offset: u32) -> u32 {
        let line = self
            .lines
            .partition_point(|&start| start <= offset as usize);
        narrow(line.saturating_sub(1))
    }

    /// How many units there are before a byte.
    fn units(&self, offset: usize, encoding: Encoding) -> usize {
        if self.counts.is_empty() || encoding == Encoding::Utf8 {
            return offset;
        }
        let step = offset / STEP;
        let before = self.counts.get(step).copied().unwrap_or_default();
        let rest = self.content.as_bytes().get(step * STEP..offset);
        before.and(rest.unwrap_or_default()).units(encoding)
    }

    /// How many lines there are; a text that ends with a line end has an empty one behind it.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// A line without its end.
    fn line_at(&self, line: usize) -> &str {
        let start = self.lines.get(line).copied().unwrap_or_default();
        let end = self.lines.get(line + 1).copied();
        let line = self.content.get(start..end.unwrap_or(self.content.len()));
        line.unwrap_or_default().trim_end_matches(['\r', '\n'])
    }
}

fn counts(text: &[u8]) -> Vec<Count> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut counts = vec![Count::default()];
    for step in text.chunks(STEP) {
        let before = counts.last().copied().unwrap_or_default();
        counts.push(before.and(step));
    }
    counts
}

fn begins_line(text: &[u8], at: usize) -> bool {
    match at.checked_sub(1).map(|before| text[before]) {
        None | Some(b'\n') => true,
        Some(b'\r') => text.get(at) != Some(&b'\n'),
        Some(_) => false,
    }
}

/// No text of 4 GiB is edited.
pub(super) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn columns_are_counted_as_agreed() {
        let text = Text::new("aß𝄞b\r\nc");
        for (encoding, b) in [
            (Encoding::Utf8, 7),
            (Encoding::Utf16, 4),
            (Encoding::Utf32, 3),
        ] {
            assert_eq!(text.position(7, encoding), at(0, b));
            assert_eq!(text.offset(at(0, b), encoding), 7);
        }
        // In the middle of a surrogate pair.
        assert_eq!(text.offset(at(0, 3), Encoding::Utf16), 3);
    }

    #[test]
    fn a_position_that_is_nowhere_is_the_nearest_that_is() {
        let text = Text::new("ab\r\nc\rd\n");
        assert_eq!(text.lines(), 4);
        for (position, offset) in [
            (at(0, 99), 2),
            (at(1, 1), 5),
            (at(1, 2), 5),
            (at(2, 9), 7),
            (at(3, 0), 8),
            (at(9, 9), 8),
            (at(u32::MAX, u32::MAX), 8),
        ] {
            assert_eq!(
                text.offset(position, Encoding::Utf16),
                offset,
                "{position:?}"
            );
        }
        assert_eq!(text.position(99, Encoding::Utf8), at(3, 0));
    }

    #[test]
    fn a_long_line_has_its_columns() {
        let line = "x€𝄞".repeat(1000);
        let text = Text::new(format!("€\n{line}"));
        for (at, _) in line.char_indices() {
            let position = text.position(at + 4, Encoding::Utf16);
            assert_eq!(position.line, 1);
            assert_eq!(position.column as usize, line[..at].encode_utf16().count());
        }
    }

    proptest! {
        #[test]
        fn an_edited_text_is_the_text_made_anew(
            text in "[a\r\nß𝄞]{0,12}",
            edits in proptest::collection::vec(("[b\r\n€]{0,4}", 0_u32..5, 0_u32..8, 0_u32..5, 0_u32..8), 0..6),
        ) {
            let mut text = Text::new(text);
            for (with, line, column, to_line, to_column) in edits {
                let (from, to) = (at(line, column), at(to_line, to_column));
                let span = text.span(from, to, Encoding::Utf16);
                let mut plain = text.as_str().to_owned();
                plain.replace_range(span.range(), &with);
                text.replace(Some(span), &with);
                prop_assert_eq!(&text, &Text::new(plain));
            }
        }

        #[test]
        fn a_position_leads_back_to_its_byte(text in "[a\r\nß𝄞]{0,20}") {
            let text = Text::new(text);
            for (offset, _) in text.as_str().char_indices() {
                for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                    let position = text.position(offset, encoding);
                    // The second half of a line end is no place to stand.
                    if !text.as_str()[..offset].ends_with('\r') {
                        prop_assert_eq!(text.offset(position, encoding), offset);
                    }
                }
            }
        }
    }
}
