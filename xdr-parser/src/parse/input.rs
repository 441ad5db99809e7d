//! Lexemes as input of nom parsers.

use std::cell::Cell;
use std::iter::{Copied, Enumerate};
use std::slice::Iter;

use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Needed};

use super::recover;
use crate::ast::Identifier;
use crate::preprocess::{Lexeme, Stream};
use crate::source::Span;
use crate::token::TokenKind;

/// Deepest nesting of declarations inside of declarations.
const MAX_DEPTH: u8 = 32;

/// What the grammar would have taken at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Expected {
    Definition,
    Name,
    Value,
    Type,
    Punctuation(u8),
    Word(&'static str),
    /// Nothing would help: the nesting is too deep.
    LessNesting,
}

/// The furthest place a parser got to, and what would have taken it further.
///
/// In cells, since most failures are alternatives that are tried: they note a word or two, and less far back nothing.
#[derive(Default)]
pub(super) struct Furthest {
    /// Index of the lexeme where it ended.
    at: Cell<usize>,
    /// The first so many of these count.
    count: Cell<usize>,
    expected: [Cell<Option<Expected>>; 8],
}

impl Furthest {
    pub(super) fn at(&self) -> usize {
        self.at.get()
    }

    pub(super) fn expected(&self) -> impl Iterator<Item = Expected> {
        let noted = self.expected.iter().take(self.count.get());
        noted.filter_map(Cell::get)
    }

    fn start_over(&self, at: usize) {
        self.at.set(at);
        self.count.set(0);
    }

    fn note(&self, at: usize, expected: Expected) {
        if at < self.at.get() {
            return;
        }
        if at > self.at.get() {
            self.start_over(at);
        }
        if !self.expected().any(|known| known == expected)
            && let Some(free) = self.expected.get(self.count.get())
        {
            free.set(Some(expected));
            self.count.set(self.count.get() + 1);
        }
    }
}

/// The lexemes still to be parsed.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) stream: &'a Stream<'a>,
    rest: &'a [Lexeme],
    furthest: &'a Furthest,
    depth: u8,
    /// Mistakes have been reported; now they are stepped over.
    recovering: bool,
}

/// Says only that there was an error: where, and what was expected, [`Input::furthest`] knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError;

impl ParseError<Input<'_>> for SyntaxError {
    fn from_error_kind(_: Input<'_>, _: ErrorKind) -> Self {
        Self
    }

    fn append(_: Input<'_>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

pub(super) type Parse<'a, T> = IResult<Input<'a>, T, SyntaxError>;

impl<'a> Input<'a> {
    /// The lexemes from `index` on.
    pub(super) fn new(stream: &'a Stream<'a>, index: usize, furthest: &'a Furthest) -> Self {
        let last = stream.lexemes.len().saturating_sub(1);
        let rest = stream.lexemes.get(index..last).unwrap_or_default();
        Self {
            stream,
            rest,
            furthest,
            depth: 0,
            recovering: false,
        }
    }

    /// The same place, for a parser that steps over mistakes.
    pub(super) fn recovering(self) -> Self {
        Self {
            recovering: true,
            ..self
        }
    }

    pub(super) fn is_recovering(self) -> bool {
        self.recovering
    }

    /// The index of the next lexeme in [`Stream::lexemes`]; at the end, that of the end's own lexeme.
    pub(super) fn index(self) -> usize {
        self.stream.lexemes.len() - 1 - self.rest.len()
    }

    pub(super) fn lexemes(self) -> &'a [Lexeme] {
        self.rest
    }

    pub(super) fn skip(self, count: usize) -> Self {
        Self {
            rest: self.rest.get(count..).unwrap_or_default(),
            ..self
        }
    }

    pub(super) fn is_at_end(self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn furthest(self) -> &'a Furthest {
        self.furthest
    }

    /// Forgets how far an earlier definition got.
    pub(super) fn start_over(self) {
        self.furthest.start_over(self.index());
    }

    /// The next lexeme's text; empty at the end.
    pub(super) fn text(self) -> &'a str {
        self.rest
            .first()
            .map_or("", |next| next.span.of(self.stream.text))
    }

    pub(super) fn kind(self) -> Option<TokenKind> {
        self.rest.first().map(|next| next.kind)
    }

    pub(super) fn is_punctuation(self, character: u8) -> bool {
        self.kind() == Some(TokenKind::Punctuation(character))
    }

    pub(super) fn is_word(self, word: &str) -> bool {
        self.kind() == Some(TokenKind::Identifier) && self.text() == word
    }

    /// From the next lexeme to the last one before `end`.
    pub(super) fn span_to(self, end: Self) -> Span {
        let lexemes = &self.stream.lexemes;
        let first = lexemes[self.index()].span;
        let last = end
            .index()
            .checked_sub(1)
            .map_or(first, |last| lexemes[last].span);
        first.to(last)
    }

    /// The place behind the lexeme before.
    fn end_before(self) -> Span {
        let before = self.index().checked_sub(1);
        let end = before.map_or(0, |before| self.stream.lexemes[before].span.end);
        Span::new(end, end)
    }

    /// Fails here, and notes what would have been right.
    pub(super) fn fail<T>(self, expected: Expected) -> Parse<'a, T> {
        self.furthest.note(self.index(), expected);
        Err(nom::Err::Error(SyntaxError))
    }

    /// One level further in; fails at the last one.
    pub(super) fn deeper(self) -> Parse<'a, ()> {
        if self.depth == MAX_DEPTH {
            return self.fail(Expected::LessNesting);
        }
        let depth = self.depth + 1;
        Ok((Self { depth, ..self }, ()))
    }

    /// Back on the level of `outer`.
    pub(super) fn at_depth_of(self, outer: Self) -> Self {
        Self {
            depth: outer.depth,
            ..self
        }
    }
}

/// Takes a character of punctuation.
pub(super) fn punctuation<'a>(character: char) -> impl Fn(Input<'a>) -> Parse<'a, Span> {
    // All punctuation is ASCII.
    let byte = character as u8;
    move |input| match input.rest.first() {
        Some(next) if next.kind == TokenKind::Punctuation(byte) => Ok((input.skip(1), next.span)),
        _ if input.recovering && recover::may_be_missing(input, byte) => {
            Ok((input, input.end_before()))
        }
        _ => input.fail(Expected::Punctuation(byte)),
    }
}

/// Takes a keyword.
pub(super) fn word<'a>(word: &'static str) -> impl Fn(Input<'a>) -> Parse<'a, Span> {
    move |input| match input.rest.first() {
        Some(next) if input.is_word(word) => Ok((input.skip(1), next.span)),
        _ => input.fail(Expected::Word(word)),
    }
}

/// Takes a name, which may be a word that is a keyword elsewhere.
pub(super) fn name(input: Input<'_>) -> Parse<'_, Identifier> {
    match input.rest.first() {
        Some(next) if next.kind == TokenKind::Identifier => {
            let name = input.text().into();
            let span = next.span;
            Ok((input.skip(1), Identifier { name, span }))
        }
        _ => input.fail(Expected::Name),
    }
}

/// nom's combinators ask for this.
impl<'a> nom::Input for Input<'a> {
    type Item = Lexeme;
    type Iter = Copied<Iter<'a, Lexeme>>;
    type IterIndices = Enumerate<Copied<Iter<'a, Lexeme>>>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        Self {
            rest: &self.rest[..index],
            ..*self
        }
    }

    fn take_from(&self, index: usize) -> Self {
        self.skip(index)
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P>(&self, predicate: P) -> Option<usize>
    where
        P: Fn(Self::Item) -> bool,
    {
        self.rest.iter().position(|lexeme| predicate(*lexeme))
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter().copied()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.rest.iter().copied().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        match count.checked_sub(self.rest.len()) {
            None | Some(0) => Ok(count),
            Some(missing) => Err(Needed::new(missing)),
        }
    }
}
