//! Tokens: every byte of a text belongs to exactly one, so that nothing written is lost.

use crate::source::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum TokenKind {
    /// Blanks, tabs and line ends; and a byte order mark at the start of the text.
    Whitespace,
    /// `// …` up to the line's end, which is not part of it.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// A line that begins with `%` and that rpcgen hands through, continuation lines included, without its line end.
    PassThrough,
    /// A line that begins with `#`, continuation lines included, without its line end.
    Directive,
    /// A name or a keyword; XDR's keywords are told by place, as some are names in real files.
    Identifier,
    /// A number with its sign: `-1`, `0x20`, `010`.
    Number,
    /// A string in double quotes.
    String,
    /// One of `{ } ( ) [ ] < > = , ; : *`.
    Punctuation(u8),
    /// Anything else.
    Unknown,
}

impl TokenKind {
    /// True for what the grammar does not see: white space, comments, `%` and `#` lines.
    pub const fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Whitespace
                | Self::LineComment
                | Self::BlockComment
                | Self::PassThrough
                | Self::Directive
        )
    }
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}
