//! Where in the structure of a text a token stands, as far as its layout depends on it.
//!
//! Told by the tokens alone, and total: branches of conditionals may hold anything.

use super::pieces::Piece;
use crate::token::TokenKind;

/// What stands between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    Nothing,
    Blank,
    /// The next token begins a line.
    LineEnd,
}

/// Where something stands. Small, as one is kept for each conditional that is open.
#[derive(Clone, Copy)]
struct Place {
    /// The innermost brace that is open, an index into [`Structure::bodies`].
    body: Option<usize>,
    /// Parentheses that are open inside of it.
    parentheses: usize,
    /// The level of the line that the current statement begins.
    level: usize,
    /// The next token begins a member, a label, or the like.
    begins: bool,
    last: Last,
}

/// What the last token was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Punctuation(u8),
    Switch,
    Word,
}

/// A pair of braces.
struct Body {
    around: Option<usize>,
    /// The level of the line that it opens in.
    level: usize,
    /// It holds labels.
    is_union: bool,
}

struct Conditional {
    opened: Place,
    has_else: bool,
}

pub(super) struct Structure {
    place: Place,
    /// All braces there were: a place keeps its own by index, whatever comes behind it.
    bodies: Vec<Body>,
    conditionals: Vec<Conditional>,
}

/// Deeper than the grammar lets anything be. What does not count may be, and its lines shall not grow with its depth.
pub(super) const DEEPEST: usize = 40;

impl Structure {
    pub(super) fn new() -> Self {
        Self {
            place: Place {
                body: None,
                parentheses: 0,
                level: 0,
                begins: true,
                last: Last::Nothing,
            },
            bodies: Vec::new(),
            conditionals: Vec::new(),
        }
    }

    /// Whether the next token begins a member, a label, or the like.
    pub(super) fn begins(&self) -> bool {
        self.place.begins
    }

    /// What stands before the token that comes next.
    pub(super) fn gap(&self, next: &Piece<'_>) -> Gap {
        use TokenKind::Punctuation as Is;
        match (self.place.last, next.kind) {
            (_, Is(b'}')) => Gap::LineEnd,
            (_, Is(b';')) => Gap::Nothing,
            _ if self.place.begins => Gap::LineEnd,
            (_, Is(b',' | b')' | b']' | b'>' | b':' | b'<' | b'['))
            | (Last::Punctuation(b'(' | b'[' | b'<' | b'*'), _) => Gap::Nothing,
            (last, Is(b'(')) if last != Last::Switch => Gap::Nothing,
            _ => Gap::Blank,
        }
    }

    /// The level of a line that begins with this token.
    pub(super) fn level(&self, next: &Piece<'_>) -> usize {
        if next.is(b'}') {
            self.body().map_or(0, |body| body.level)
        } else if self.place.begins {
            self.level_inside(Some(next))
        } else if next.is(b'{') {
            self.place.level
        } else {
            deeper(self.place.level)
        }
    }

    /// The level of a line with a comment, before this token.
    pub(super) fn comment_level(&self, next: Option<&Piece<'_>>) -> usize {
        // The last enumerator has no comma behind it.
        if self.place.begins || next.is_some_and(|next| next.is(b'}')) {
            self.level_inside(next)
        } else {
            deeper(self.place.level)
        }
    }

    /// Goes past a token that is no trivia.
    pub(super) fn pass(&mut self, piece: &Piece<'_>) {
        if self.place.begins && !piece.is(b';') {
            self.place.level = self.level(piece);
        }
        let now = match piece.kind {
            TokenKind::Punctuation(mark) => Last::Punctuation(mark),
            _ if piece.is_word("switch") => Last::Switch,
            _ => Last::Word,
        };
        let place = &mut self.place;
        let last = std::mem::replace(&mut place.last, now);
        place.begins = match now {
            Last::Punctuation(b'{') => {
                self.bodies.push(Body {
                    around: place.body,
                    level: place.level,
                    is_union: last == Last::Punctuation(b')'),
                });
                place.body = Some(self.bodies.len() - 1);
                place.parentheses = 0;
                true
            }
            Last::Punctuation(b'}') => {
                let body = place.body.and_then(|body| self.bodies.get(body));
                place.level = body.map_or(0, |body| body.level);
                place.body = body.and_then(|body| body.around);
                place.parentheses = 0;
                false
            }
            Last::Punctuation(b';') => {
                place.parentheses = 0;
                true
            }
            Last::Punctuation(b',' | b':') => place.parentheses == 0,
            Last::Punctuation(b'(') => {
                place.parentheses += 1;
                false
            }
            Last::Punctuation(b')') => {
                place.parentheses = place.parentheses.saturating_sub(1);
                false
            }
            _ => false,
        };
    }

    /// Goes past a `#` line.
    pub(super) fn directive(&mut self, line: &str) {
        let line = line.trim_start_matches('#').trim_start();
        let end = line.find(|c: char| !c.is_ascii_alphabetic());
        match &line[..end.unwrap_or(line.len())] {
            "if" | "ifdef" | "ifndef" => self.conditionals.push(Conditional {
                opened: self.place,
                has_else: false,
            }),
            "else" | "elif" => {
                if let Some(conditional) = self.conditionals.last_mut() {
                    conditional.has_else = true;
                    self.place = conditional.opened;
                }
            }
            // What has no other branch leaves the structure as it was; `extern "C" {` in one closes in another.
            "endif" => match self.conditionals.pop() {
                Some(conditional) if !conditional.has_else => self.place = conditional.opened,
                _ => {}
            },
            _ => {}
        }
    }

    fn body(&self) -> Option<&Body> {
        self.bodies.get(self.place.body?)
    }

    /// The level of what begins with this token in the innermost brace.
    fn level_inside(&self, next: Option<&Piece<'_>>) -> usize {
        let is_label = next.is_some_and(|next| next.is_word("case") || next.is_word("default"));
        match self.body() {
            None => 0,
            Some(body) if body.is_union && is_label => body.level,
            Some(body) => deeper(body.level),
        }
    }
}

fn deeper(level: usize) -> usize {
    (level + 1).min(DEEPEST)
}
