//! Step 2: tokens → lexemes, the tokens that the grammar sees.
//!
//! Evaluates `#if` and its kin, so that text left out is trivia like a comment; reads `#define` and `#include`;
//! sets aside trivia so that each lexeme knows what stood before it.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use crate::ast::{Directive, Trivia, TriviaKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::lexer::Lexer;
use crate::number;
use crate::source::{FileId, Location, Span};
use crate::token::{Token, TokenKind};

mod condition;
mod lines;

/// A token that the grammar sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
    /// Where the trivia between the lexeme before and this one begin in [`Stream::trivia`].
    pub(crate) trivia: u32,
    /// True if the lexeme is the first in its line and not indented.
    pub(crate) flush_left: bool,
}

impl Lexeme {
    pub(crate) fn is_punctuation(&self, character: u8) -> bool {
        self.kind == TokenKind::Punctuation(character)
    }
}

/// A piece of trivia on its way into the AST.
pub(crate) struct Piece {
    pub(crate) trivia: Trivia,
    /// A line had ended between the lexeme before and this.
    pub(crate) fresh_line: bool,
    /// A node has it.
    pub(crate) claimed: Cell<bool>,
}

/// What the grammar works on: some definitions at a time, as their lexemes take more memory than their text.
pub(crate) struct Stream<'a> {
    pub(crate) text: &'a str,
    /// The lexemes; the last one stands for the end of the text, or for what follows these definitions.
    pub(crate) lexemes: Vec<Lexeme>,
    /// The last lexeme is the end of the text.
    pub(crate) complete: bool,
    /// Trivia in source order.
    pub(crate) trivia: Vec<Piece>,
    pub(crate) directives: Vec<Directive>,
}

/// A conditional that is open.
struct Conditional {
    opened: Span,
    /// Its text counts, as does the text around it.
    active: bool,
    /// A branch has counted, so that later ones do not.
    taken: bool,
    had_else: bool,
}

pub(crate) struct Preprocessor<'a> {
    file: FileId,
    lexer: Lexer<'a>,
    defines: BTreeMap<String, i128>,
    /// What `#define` lines have made constants of, as written.
    macros: HashMap<&'a str, &'a str>,
    conditionals: Vec<Conditional>,
    pub(crate) stream: Stream<'a>,
    inactive_from: Option<u32>,
    /// Where the trivia behind the last lexeme begin in [`Stream::trivia`].
    gap: usize,
    /// A line end stands between the last lexeme and here.
    fresh_line: bool,
    /// Only a line end, or nothing at all, stands directly before the next token.
    flush_left: bool,
    /// Braces that are open, and whether a definition can have ended: a semicolon outside of them was the last lexeme.
    braces: usize,
    between_items: bool,
    diagnostics: Vec<Diagnostic>,
}

/// About how many lexemes the grammar gets at a time: few enough for a processor's nearest cache.
const LEXEMES: usize = 1024;

impl<'a> Preprocessor<'a> {
    /// `defines` are the names that `-D` and a profile give.
    pub(crate) fn new(
        file: FileId,
        text: &'a str,
        defines: impl IntoIterator<Item = (String, i128)>,
    ) -> Self {
        Self {
            file,
            lexer: Lexer::new(file, text),
            defines: defines.into_iter().collect(),
            macros: HashMap::new(),
            conditionals: Vec::new(),
            stream: Stream {
                text,
                lexemes: Vec::with_capacity(LEXEMES.min(text.len() / 2)),
                complete: false,
                trivia: Vec::new(),
                directives: Vec::new(),
            },
            inactive_from: None,
            gap: 0,
            fresh_line: true,
            flush_left: true,
            braces: 0,
            between_items: false,
            diagnostics: Vec::new(),
        }
    }

    /// Forgets the lexemes before that at `index`, but for one, and reads more definitions; where the lexeme is now.
    pub(crate) fn advance(&mut self, index: usize) -> usize {
        let before = index.saturating_sub(1);
        self.stream.lexemes.drain(..before);
        let lexeme = self.stream.lexemes.get(index - before);
        let trivia = lexeme.map_or(0, |lexeme| lexeme.trivia);
        self.stream.trivia.drain(..trivia as usize);
        self.gap -= trivia as usize;
        for lexeme in &mut self.stream.lexemes {
            // That of the lexeme before is not asked for any more.
            lexeme.trivia = lexeme.trivia.saturating_sub(trivia);
        }
        self.read(LEXEMES);
        index - before
    }

    /// Reads all the rest: what to say about a mistake depends on what follows.
    pub(crate) fn read_all(&mut self) {
        self.read(usize::MAX);
    }

    /// Reads until there are so many lexemes, definitions that are complete, and one lexeme behind them.
    fn read(&mut self, count: usize) {
        while let Some(token) = self.lexer.next() {
            let between_items = self.between_items;
            let lexemes = self.stream.lexemes.len();
            self.token(token);
            if between_items && lexemes >= count && self.stream.lexemes.len() > lexemes {
                return;
            }
        }
        self.finish();
    }

    fn text(&self, span: Span) -> &'a str {
        span.of(self.stream.text)
    }

    fn active(&self) -> bool {
        self.conditionals
            .last()
            .is_none_or(|innermost| innermost.active)
    }

    fn token(&mut self, token: Token) {
        let ends_line = token.kind == TokenKind::Whitespace
            && self.stream.text.as_bytes().get(token.span.end as usize - 1) == Some(&b'\n');
        if token.kind == TokenKind::Directive {
            self.close_inactive(token.span.start);
            self.trivia(TriviaKind::Directive, token.span);
            self.directive(token.span);
        } else if self.active() {
            self.active_token(token);
        } else {
            self.inactive_from.get_or_insert(token.span.start);
        }
        self.flush_left = ends_line;
    }

    fn active_token(&mut self, token: Token) {
        match token.kind {
            TokenKind::Whitespace => self.fresh_line |= self.lexer.at_line_start,
            TokenKind::LineComment | TokenKind::BlockComment => {
                self.trivia(TriviaKind::Comment, token.span);
            }
            TokenKind::PassThrough => {
                self.trivia(TriviaKind::PassThrough, token.span);
                let inside = self.text(token.span).trim_start_matches('%').trim_start();
                self.include(inside, token.span, true);
            }
            // Reported by the lexer; the grammar need not stumble over it as well.
            TokenKind::Unknown => {}
            kind => {
                if kind == TokenKind::Number {
                    self.check_number(token.span);
                }
                self.lexeme(kind, token.span);
            }
        }
    }

    fn lexeme(&mut self, kind: TokenKind, span: Span) {
        self.stream.lexemes.push(Lexeme {
            kind,
            span,
            trivia: count(self.gap),
            flush_left: self.flush_left,
        });
        match kind {
            TokenKind::Punctuation(b'{') => self.braces += 1,
            TokenKind::Punctuation(b'}') => self.braces = self.braces.saturating_sub(1),
            _ => {}
        }
        self.between_items = self.braces == 0 && kind == TokenKind::Punctuation(b';');
        self.gap = self.stream.trivia.len();
        self.fresh_line = false;
    }

    fn trivia(&mut self, kind: TriviaKind, span: Span) {
        self.stream.trivia.push(Piece {
            trivia: Trivia { kind, span },
            fresh_line: self.fresh_line,
            claimed: Cell::new(false),
        });
    }

    fn close_inactive(&mut self, end: u32) {
        if let Some(start) = self.inactive_from.take() {
            self.trivia(TriviaKind::Inactive, Span::new(start, end));
        }
    }

    fn check_number(&mut self, span: Span) {
        let text = self.text(span);
        let location = Location {
            file: self.file,
            span,
        };
        match number::parse(text) {
            Ok(_) => {}
            Err(number::NumberError::Malformed) => self.diagnostics.push(
                Diagnostic::error(Code::E0105, location, format!("`{text}` is not a number"))
                    .help("numbers are decimal, octal with a leading `0`, or hexadecimal with a leading `0x`"),
            ),
            Err(number::NumberError::OutOfRange) => self.diagnostics.push(
                Diagnostic::error(Code::E0301, location, format!("`{text}` does not fit into 64 bits"))
                    .help("the range of XDR numbers is -2^63 to 2^64-1"),
            ),
        }
    }

    fn finish(&mut self) {
        if std::mem::replace(&mut self.stream.complete, true) {
            return;
        }
        let end = count(self.stream.text.len());
        self.close_inactive(end);
        // The end of the text is a lexeme of its own: it has a place, and trivia before it.
        self.lexeme(TokenKind::Whitespace, Span::new(end, end));
        while let Some(conditional) = self.conditionals.pop() {
            let location = Location {
                file: self.file,
                span: conditional.opened,
            };
            self.diagnostics.push(
                Diagnostic::error(Code::E0109, location, "this conditional has no `#endif`")
                    .label("opened here")
                    .help("close it with `#endif`"),
            );
        }
    }

    /// What the lines said, and what was wrong with tokens and lines.
    pub(crate) fn into_parts(self) -> (Vec<Directive>, Vec<Diagnostic>) {
        let mut diagnostics = self.lexer.diagnostics;
        diagnostics.extend(self.diagnostics);
        (self.stream.directives, diagnostics)
    }
}

/// Counts of tokens fit into 32 bits because lengths of texts do.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
