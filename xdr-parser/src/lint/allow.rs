//! Comments that allow: `/* xdr:allow(RULE, CATEGORY): the reason */`.
//!
//! One that stands behind something covers its line, one that stands by itself all up to the next line with something on
//! it that is no comment. Comments in text that a conditional leaves out allow nothing, and nothing is said of them.

use std::collections::HashMap;

use super::directives::Directives;
use super::rules::Rule;
use super::settings::{Selector, Settings};
use crate::Compilation;
use crate::diagnostic::Diagnostic;
use crate::lexer::Lexer;
use crate::source::{FileId, Location, Span};
use crate::token::{Token, TokenKind};

mod read;

use read::Allow;

/// What such a comment begins with.
const MARK: &str = "xdr:allow";

/// So many comments are read; those behind them allow nothing. It is far more than anybody writes.
const READ: usize = 100_000;

/// Whether a comment's text, without the marks of a comment, is one that allows.
pub(crate) fn is_allow(comment: &str) -> bool {
    comment.starts_with(MARK)
}

/// What a comment's text says without the lines that allow.
pub(crate) fn without_allows(comment: String) -> String {
    if !comment.contains(MARK) {
        return comment;
    }
    let lines = comment.lines();
    let lines: Vec<&str> = lines.filter(|line| !is_allow(line.trim_start())).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// All such comments of a compilation.
#[derive(Default)]
pub(super) struct Allows {
    comments: Vec<Allow>,
    files: HashMap<FileId, Lines>,
}

/// A name in such a comment.
struct Name {
    span: Span,
    text: String,
    selector: Option<Selector>,
    used: bool,
}

/// The lines of a file, and what is allowed on some.
#[derive(Default)]
struct Lines {
    starts: Vec<u32>,
    /// Where a name allows something: by the first line, and no part ends before one that begins before it.
    allowed: HashMap<Selector, Vec<Part>>,
}

/// Lines that a name covers.
struct Part {
    first: usize,
    last: usize,
    by: Index,
}

/// A comment, and a name in it.
type Index = (usize, usize);

impl Allows {
    pub(super) fn of(compilation: &Compilation) -> Self {
        let mut allows = Self::default();
        for (file, ast) in &compilation.asts {
            let source = compilation.sources.get(*file);
            let text = source.map_or("", |source| &source.text);
            if mentions(text) {
                let schema = compilation.schema.as_ref();
                let known = schema.and_then(|schema| schema.file(*file));
                let directives = Directives::of(ast, text);
                allows.read(
                    *file,
                    text,
                    &directives,
                    known.is_some_and(|file| file.root),
                );
            }
        }
        allows
    }

    pub(super) fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }

    fn read(&mut self, file: FileId, text: &str, directives: &Directives<'_>, is_root: bool) {
        let newlines = (0_u32..).zip(text.bytes());
        let newlines = newlines.filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1));
        let mut lines = Lines {
            starts: starts.collect(),
            ..Lines::default()
        };
        // The line of the last thing that is neither white space nor a comment.
        let mut occupied = None;
        let mut waiting = Vec::new();
        for token in comments(file, text, directives) {
            let line = lines.at(token.span.start);
            if !matches!(token.kind, TokenKind::LineComment | TokenKind::BlockComment) {
                for comment in waiting.drain(..) {
                    lines.allow(line, comment, &self.comments[comment]);
                }
                occupied = Some(lines.at(token.span.end));
                continue;
            }
            for allow in read::read(file, text, token.span, is_root) {
                if self.comments.len() == READ {
                    break;
                }
                if occupied == Some(line) {
                    lines.allow(line, self.comments.len(), &allow);
                } else {
                    waiting.push(self.comments.len());
                }
                self.comments.push(allow);
            }
        }
        let last = lines.starts.len();
        for comment in waiting {
            lines.allow(last, comment, &self.comments[comment]);
        }
        self.files.insert(file, lines);
    }

    /// Whether what a rule finds at a place is allowed there; if so, the comment is of use.
    pub(super) fn covers(&mut self, rule: Rule, location: Location) -> bool {
        let Some(lines) = self.files.get(&location.file) else {
            return false;
        };
        let line = lines.at(location.span.start);
        let selectors = [
            Selector::Rule(rule),
            Selector::Category(rule.category()),
            Selector::All,
        ];
        let mut found = selectors
            .iter()
            .filter_map(|selector| lines.covering(*selector, line));
        let Some((comment, name)) = found.next() else {
            return false;
        };
        self.comments[comment].names[name].used = true;
        true
    }

    /// What is wrong with the comments themselves, each by the first name that it is about.
    pub(super) fn wrong(&mut self, rule: Rule, settings: &Settings) -> Vec<Index> {
        let mut found = Vec::new();
        for index in 0..self.comments.len() {
            let comment = &self.comments[index];
            let names = comment.names.iter().enumerate();
            if !comment.is_root {
                continue;
            }
            let wrong: Vec<Index> = if rule == Rule::UnknownAllow {
                let unknown = names.filter(|(_, name)| name.selector.is_none());
                unknown.map(|(name, _)| (index, name)).collect()
            } else {
                let mut useless = names.filter(|(_, name)| name.is_useless(settings));
                useless
                    .next()
                    .map(|(name, _)| (index, name))
                    .into_iter()
                    .collect()
            };
            if !wrong.is_empty() && !self.covers(rule, self.comments[index].location) {
                found.extend(wrong);
            }
        }
        found
    }

    /// What [`Allows::wrong`] has found, in words.
    pub(super) fn describe(
        &self,
        rule: Rule,
        (comment, name): Index,
        settings: &Settings,
    ) -> Diagnostic {
        let comment = &self.comments[comment];
        let name = &comment.names[name];
        match rule {
            Rule::UnknownAllow => comment.unknown(name),
            _ => comment.useless(name, settings),
        }
    }
}

impl Name {
    /// Whether it allows nothing although one of its rules is on.
    fn is_useless(&self, settings: &Settings) -> bool {
        let on = Rule::ALL.iter().filter(|rule| settings.is_on(**rule));
        let selector = self.selector.filter(|_| !self.used);
        selector.is_some_and(|selector| on.clone().any(|rule| selector.includes(*rule)))
    }
}

impl Lines {
    /// The line of an offset, from 1.
    fn at(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// Has a comment allow what is on its line, and on all up to another.
    fn allow(&mut self, last: usize, index: usize, comment: &Allow) {
        let first = self.at(comment.location.span.start);
        for (place, name) in comment.names.iter().enumerate() {
            if let Some(selector) = name.selector {
                let parts = self.allowed.entry(selector).or_default();
                // Of two that say the same the first is of use.
                let is_said = |part: &Part| (part.first, part.last) == (first, last);
                if !parts.last().is_some_and(is_said) {
                    let by = (index, place);
                    parts.push(Part { first, last, by });
                }
            }
        }
    }

    /// The name that covers a line; of several the nearest.
    fn covering(&self, selector: Selector, line: usize) -> Option<Index> {
        let parts = self.allowed.get(&selector)?;
        let begun = parts.partition_point(|part| part.first <= line);
        let nearest = parts.get(begun.checked_sub(1)?)?;
        (nearest.last >= line).then_some(nearest.by)
    }
}

/// Whether any comment may say what it allows, or nearly so.
fn mentions(text: &str) -> bool {
    let words = ["allow", "ALLOW", "Allow"];
    words.iter().any(|word| text.contains(word))
}

/// The tokens of a text but for white space, and but for what conditionals leave out. Behind a `#define` line, its comments.
fn comments<'a>(
    file: FileId,
    text: &'a str,
    directives: &'a Directives<'_>,
) -> impl Iterator<Item = Token> + 'a {
    let mut left_out = directives.left_out().peekable();
    // Where text that is left out has ended last.
    let mut ended = None;
    let tokens = Lexer::new(file, text).filter(move |token| {
        while let Some(part) = left_out.next_if(|part| part.end <= token.span.start) {
            ended = Some(part.end);
        }
        let is_within = left_out
            .peek()
            .is_some_and(|part| part.start <= token.span.start);
        // Lines that define stand between parts that are left out.
        let is_between = ended == Some(token.span.start) && defines(token.span.of(text));
        token.kind != TokenKind::Whitespace && !is_within && !is_between
    });
    tokens.flat_map(move |token| {
        let line = token.span.of(text);
        let inside = if token.kind == TokenKind::Directive && defines(line) {
            trailing(line)
        } else {
            Vec::new()
        };
        let inside = inside.into_iter().map(move |comment| Token {
            kind: TokenKind::BlockComment,
            span: Span::new(
                token.span.start + comment.start,
                token.span.start + comment.end,
            ),
        });
        std::iter::once(token).chain(inside)
    })
}

fn defines(line: &str) -> bool {
    let inside = line.strip_prefix('#').unwrap_or_default();
    inside.trim_start().starts_with("define")
}

/// The comments in a `#` line.
fn trailing(line: &str) -> Vec<Span> {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let bytes = line.as_bytes();
    let mut comments = Vec::new();
    let mut in_string = false;
    let mut at = 0;
    while at < bytes.len() {
        in_string ^= bytes[at] == b'"';
        let rest = line.get(at..).unwrap_or_default();
        let length = match rest.get(..2).filter(|_| !in_string) {
            Some("//") => rest.len(),
            Some("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => 0,
        };
        if length > 0 {
            comments.push(Span::new(offset(at), offset(at + length)));
        }
        at += length.max(1);
    }
    comments
}
