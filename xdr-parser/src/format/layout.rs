//! Pieces → lines.

use super::comment;
use super::pieces::{Piece, column_behind};
use super::structure::{DEEPEST, Gap, Structure};
use crate::token::TokenKind;

/// Blanks for each level.
const INDENT: usize = 4;

/// The text of these pieces, laid out.
pub(super) fn lay_out(pieces: &[Piece<'_>]) -> String {
    let mut layout = Layout::default();
    let mut structure = Structure::new();
    let mut ahead = Ahead { pieces, index: 0 };
    for (index, piece) in pieces.iter().enumerate() {
        match piece.kind {
            TokenKind::Directive | TokenKind::PassThrough => {
                layout.line(piece, &structure);
                if piece.kind == TokenKind::Directive {
                    structure.directive(piece.text);
                }
            }
            TokenKind::LineComment | TokenKind::BlockComment => {
                let level = structure.comment_level(ahead.lexeme_behind(index));
                layout.comment(piece, level, &structure);
            }
            _ => {
                layout.lexeme(piece, &structure);
                structure.pass(piece);
            }
        }
    }
    layout.finish()
}

/// Looks for the lexeme that comes next, without looking at any piece twice.
struct Ahead<'p, 't> {
    pieces: &'p [Piece<'t>],
    index: usize,
}

impl<'p, 't> Ahead<'p, 't> {
    fn lexeme_behind(&mut self, index: usize) -> Option<&'p Piece<'t>> {
        self.index = self.index.max(index);
        let rest = self.pieces.get(self.index..)?;
        let skipped = rest.iter().position(|piece| !piece.kind.is_trivia());
        self.index += skipped.unwrap_or(rest.len());
        self.pieces.get(self.index)
    }
}

/// What was written last.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Nothing,
    /// What nothing may follow on its line: a `%` or `#` line, a `//` comment.
    WholeLine,
    Comment,
    /// `{`, or the `:` of a label: no blank line follows it.
    Opening,
    Lexeme,
}

#[derive(Default)]
struct Layout {
    text: String,
    /// Where the line has got to.
    column: usize,
    last: Last,
    /// The line began with a comment, and has had nothing else since.
    is_comment_line: bool,
}

impl Layout {
    /// A `%` or `#` line.
    fn line(&mut self, piece: &Piece<'_>, structure: &Structure) {
        let blank = self.may_be_blank(piece, structure);
        self.start_line(blank, 0);
        let text = piece.text.replace("\r\n", "\n");
        let text = text.trim_end_matches('\r');
        self.push(text);
        // At the end of the text, or before more than one `\r`, no line has continued it; the next one must not either.
        if text.ends_with('\\') {
            self.push("\n");
        }
        self.last = Last::WholeLine;
        self.is_comment_line = false;
    }

    fn comment(&mut self, piece: &Piece<'_>, level: usize, structure: &Structure) {
        let has_own_line = piece.breaks > 0 || matches!(self.last, Last::Nothing | Last::WholeLine);
        if has_own_line {
            let blank = self.may_be_blank(piece, structure);
            self.start_line(blank, level);
            self.is_comment_line = true;
        } else {
            self.push(" ");
        }
        let start = self.text.len();
        comment::write(piece.text, piece.column, self.column, &mut self.text);
        self.column = column_behind(self.column, &self.text[start..]);
        self.last = match piece.kind {
            TokenKind::LineComment => Last::WholeLine,
            _ => Last::Comment,
        };
    }

    fn lexeme(&mut self, piece: &Piece<'_>, structure: &Structure) {
        let gap = structure.gap(piece);
        let starts_line = match gap {
            _ if matches!(self.last, Last::Nothing | Last::WholeLine) => true,
            _ if self.is_comment_line && piece.breaks > 0 => true,
            Gap::LineEnd => !self.is_comment_line || piece.is(b'}'),
            _ => false,
        };
        let is_closing = matches!(
            piece.kind,
            TokenKind::Punctuation(b';' | b',' | b')' | b']' | b'>' | b':')
        );
        if starts_line {
            let blank =
                gap == Gap::LineEnd && !piece.is(b'}') && self.may_be_blank(piece, structure);
            self.start_line(blank, structure.level(piece));
        } else if gap != Gap::Nothing || (self.last == Last::Comment && !is_closing) {
            self.push(" ");
        }
        self.push(piece.text);
        self.is_comment_line = false;
        self.last = match piece.kind {
            TokenKind::Punctuation(b'{' | b':') => Last::Opening,
            _ => Last::Lexeme,
        };
    }

    fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }

    /// Whether a blank line stays that there is before a piece.
    fn may_be_blank(&self, piece: &Piece<'_>, structure: &Structure) -> bool {
        piece.breaks > 1 && structure.begins() && self.last != Last::Opening
    }

    fn start_line(&mut self, blank: bool, level: usize) {
        if self.last != Last::Nothing {
            self.text.push_str(if blank { "\n\n" } else { "\n" });
        }
        self.column = if level < DEEPEST { level * INDENT } else { 0 };
        self.text.extend(std::iter::repeat_n(' ', self.column));
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.column = column_behind(self.column, text);
    }
}
