//! Byte offsets → lines and columns, for many offsets in one text.

use xdr_parser::source::LineColumn;

/// Characters are counted up to every so many bytes in advance.
const STEP: usize = 1024;

/// What columns are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Characters.
    Character,
    /// Code units of UTF-16, of which a character beyond the first 65536 has two.
    Utf16,
}

/// Where the lines of a text begin, and how many characters there are up to some places in it.
///
/// [`Source::line_column`](xdr_parser::Source::line_column) reads the text from its start, which is fine for one place
/// but not for each of a hundred thousand mistakes in a hostile file.
pub(crate) struct Positions<'a> {
    text: &'a str,
    unit: Unit,
    lines: Vec<usize>,
    /// Units before byte `STEP * index`, the one that goes across it not counted.
    characters: Vec<usize>,
}

impl<'a> Positions<'a> {
    pub(crate) fn new(text: &'a str, unit: Unit) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let mut characters = vec![0];
        for chunk in text.as_bytes().chunks(STEP) {
            let before = characters.last().copied().unwrap_or_default();
            characters.push(before + count(chunk, unit));
        }
        Self {
            text,
            unit,
            lines: std::iter::once(0)
                .chain(newlines.map(|(at, _)| at + 1))
                .collect(),
            characters,
        }
    }

    /// The line and the column of a byte, both from 1; an offset past the end is the end.
    pub(crate) fn line_column(&self, offset: u32) -> LineColumn {
        let offset = (offset as usize).min(self.text.len());
        let line = self.lines.partition_point(|&start| start <= offset);
        let start = self
            .lines
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        LineColumn {
            line,
            column: self.characters(start, offset) + 1,
        }
    }

    fn characters(&self, start: usize, end: usize) -> usize {
        let (from, to) = (start / STEP, end / STEP);
        if from == to {
            return count(&self.text.as_bytes()[start..end], self.unit);
        }
        let before = |step: usize| self.characters.get(step).copied().unwrap_or_default();
        let in_last_step = count(&self.text.as_bytes()[to * STEP..end], self.unit);
        let in_first_step = count(&self.text.as_bytes()[from * STEP..start], self.unit);
        before(to) + in_last_step - before(from) - in_first_step
    }
}

/// How many units the characters have that begin in these bytes of UTF-8.
fn count(bytes: &[u8], unit: Unit) -> usize {
    let characters = bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    match unit {
        Unit::Character => characters,
        Unit::Utf16 => characters + bytes.iter().filter(|&&byte| byte >= 0xf0).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xdr_parser::Source;

    #[test]
    fn agrees_with_the_plain_way_at_every_character() {
        let text = format!(
            "a\nßé\r\n{}\n\n{}\nlast",
            "x€".repeat(700),
            "y".repeat(3000)
        );
        let source = Source {
            name: String::new(),
            text: text.clone(),
        };
        let positions = Positions::new(&text, Unit::Character);
        let ends = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len(), text.len() + 9]);
        for at in ends {
            let at = u32::try_from(at).unwrap();
            assert_eq!(positions.line_column(at), source.line_column(at), "at {at}");
        }
    }

    #[test]
    fn counts_as_utf16_does_where_asked_to() {
        let text = format!("{}\na€𝄞b𝄞c", "𝄞".repeat(700));
        let positions = Positions::new(&text, Unit::Utf16);
        let mut start = 0;
        for (number, line) in (1..).zip(text.lines()) {
            for (at, _) in line.char_indices() {
                let offset = u32::try_from(start + at).unwrap();
                let column = line[..at].encode_utf16().count() + 1;
                let found = positions.line_column(offset);
                assert_eq!((found.line, found.column), (number, column));
            }
            start += line.len() + 1;
        }
    }

    #[test]
    fn an_empty_text_has_one_place() {
        assert_eq!(
            Positions::new("", Unit::Character).line_column(0),
            LineColumn { line: 1, column: 1 }
        );
    }
}
