//! What there is to lay out: every token but white space, with as much of that as matters.

use crate::lexer::lex;
use crate::source::FileId;
use crate::token::TokenKind;

/// A token that is laid out.
#[derive(Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) kind: TokenKind,
    pub(super) text: &'t str,
    /// How many lines end directly before it: none, one, or more than one, which is 2.
    pub(super) breaks: u8,
    /// Where in its line it begins, from 0.
    pub(super) column: usize,
}

impl Piece<'_> {
    pub(super) fn is(&self, punctuation: u8) -> bool {
        self.kind == TokenKind::Punctuation(punctuation)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Identifier && self.text == word
    }
}

/// All of a text but white space.
pub(super) fn pieces(id: FileId, text: &str) -> Vec<Piece<'_>> {
    let (tokens, _) = lex(id, text);
    let mut pieces = Vec::with_capacity(tokens.len() / 2);
    let mut column = 0;
    let mut breaks = 0;
    for token in tokens {
        let text = token.span.of(text);
        if token.kind == TokenKind::Whitespace {
            let lines = text.bytes().filter(|&byte| byte == b'\n').take(2);
            breaks = u8::try_from(lines.count()).unwrap_or(2);
        } else {
            pieces.push(Piece {
                kind: token.kind,
                text,
                breaks: std::mem::take(&mut breaks),
                column,
            });
        }
        column = column_behind(column, text);
    }
    pieces
}

/// Tabs go to multiples of this, as terminals have it.
const TAB: usize = 8;

/// Where a text that begins in a column ends.
pub(super) fn column_behind(start: usize, text: &str) -> usize {
    let (start, line) = match text.rsplit_once('\n') {
        Some((_, line)) => (0, line),
        None => (start, text),
    };
    line.chars().fold(start, |column, c| match c {
        '\t' => (column / TAB + 1) * TAB,
        _ => column + 1,
    })
}
