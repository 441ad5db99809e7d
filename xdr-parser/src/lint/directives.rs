//! Where a file may mean something else under other settings: `#` and `%` lines, and the text that conditionals leave out.

use std::collections::HashMap;

use super::walk::{self, Host, Visitor};
use crate::ast::{self, Trivia, TriviaKind};
use crate::source::Span;

/// What stands in a file that a preprocessor reads.
pub(super) struct Directives<'a> {
    /// In order of place.
    lines: Vec<Trivia>,
    has_conditionals: bool,
    /// How many lines define a name, those left out among them.
    definitions: HashMap<&'a str, usize>,
}

impl<'a> Directives<'a> {
    pub(super) fn of(file: &'a ast::File, text: &'a str) -> Self {
        let mut reader = Reader { lines: Vec::new() };
        walk::file(file, &mut reader);
        let mut lines = reader.lines;
        lines.sort_unstable_by_key(|line| line.span);
        let mut has_conditionals = false;
        let mut definitions = HashMap::new();
        for line in &lines {
            match line.kind {
                TriviaKind::Directive => match words(line.span.of(text)) {
                    ("define", name) => *definitions.entry(name).or_default() += 1,
                    (word, _) => has_conditionals |= is_conditional(word),
                },
                TriviaKind::Inactive => has_conditionals = true,
                TriviaKind::PassThrough | TriviaKind::Comment => {}
            }
        }
        Self {
            lines,
            has_conditionals,
            definitions,
        }
    }

    /// Whether some of the text counts under some settings only.
    pub(super) fn has_conditionals(&self) -> bool {
        self.has_conditionals
    }

    /// Whether such lines stand within a part of the text.
    pub(super) fn divide(&self, part: Span) -> bool {
        let first = self
            .lines
            .partition_point(|line| line.span.start < part.start);
        let line = self.lines.get(first);
        line.is_some_and(|line| line.span.start < part.end)
    }

    /// The parts of the text that are left out, up to the `#` line behind each.
    pub(super) fn left_out(&self) -> impl Iterator<Item = Span> {
        let parts = self.lines.iter();
        let parts = parts.filter(|line| line.kind == TriviaKind::Inactive);
        parts.map(|line| line.span)
    }

    /// Whether a name is defined by one line, which counts under all settings.
    pub(super) fn define_once(&self, name: &str) -> bool {
        !self.has_conditionals && self.definitions.get(name) == Some(&1)
    }
}

/// The word of a `#` line, and the one behind it.
fn words(line: &str) -> (&str, &str) {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let first = |text: &'_ str| text.find(|c| !is_letter(c)).unwrap_or(text.len());
    let inside = line.trim_start_matches('#').trim_start();
    let (word, rest) = inside.split_at(first(inside));
    let rest = rest.trim_start();
    (word, &rest[..first(rest)])
}

fn is_conditional(word: &str) -> bool {
    matches!(word, "if" | "ifdef" | "ifndef" | "elif" | "else" | "endif")
}

struct Reader {
    lines: Vec<Trivia>,
}

impl<'a> Visitor<'a> for Reader {
    fn trivia(&mut self, _: Host<'a>, trivia: &'a [Trivia]) {
        let lines = trivia.iter();
        let lines = lines.filter(|trivia| trivia.kind != TriviaKind::Comment);
        self.lines.extend(lines.copied());
    }
}
