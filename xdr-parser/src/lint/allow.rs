//! Comments that allow: `/* xdr:allow(RULE, CATEGORY): the reason */`.
//!
//! One that stands behind something covers its line, one that stands by itself the next line with something on it.

use std::collections::HashMap;

use super::rules::Rule;
use super::settings::{NoSuchRule, Selector, Settings};
use crate::Compilation;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::lexer::Lexer;
use crate::resolve::docs::clean;
use crate::source::{FileId, Location, Span};
use crate::token::TokenKind;

/// What such a comment begins with.
const MARK: &str = "xdr:allow";

/// So many comments are read; those behind them allow nothing. It is far more than anybody writes.
const READ: usize = 100_000;

/// Whether a comment's text, without the marks of a comment, is one that allows.
pub(crate) fn is_allow(comment: &str) -> bool {
    comment.starts_with(MARK)
}

/// All such comments of a compilation.
#[derive(Default)]
pub(super) struct Allows {
    comments: Vec<Comment>,
    files: HashMap<FileId, Lines>,
}

/// A comment that allows.
struct Comment {
    location: Location,
    names: Vec<Name>,
    /// What to take out if nothing of it is of use, and what to leave there.
    removal: (Span, &'static str),
    /// Between its parentheses.
    list: Span,
    /// Whether its file was asked for.
    is_root: bool,
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
    /// The name that allows something on a line, as comment and place in it.
    allowed: HashMap<(usize, Selector), Index>,
}

/// A comment, and a name in it.
type Index = (usize, usize);

impl Allows {
    pub(super) fn of(compilation: &Compilation) -> Self {
        let mut allows = Self::default();
        for (file, _) in &compilation.asts {
            let source = compilation.sources.get(*file);
            let text = source.map_or("", |source| &source.text);
            if text.contains(MARK) {
                let schema = compilation.schema.as_ref();
                let known = schema.and_then(|schema| schema.file(*file));
                allows.read(*file, text, known.is_some_and(|file| file.root));
            }
        }
        allows
    }

    pub(super) fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }

    fn read(&mut self, file: FileId, text: &str, is_root: bool) {
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
        for token in Lexer::new(file, text) {
            if self.comments.len() == READ {
                break;
            }
            match token.kind {
                TokenKind::Whitespace => {}
                TokenKind::LineComment | TokenKind::BlockComment => {
                    let Some(comment) = read(file, text, token.span, is_root) else {
                        continue;
                    };
                    let line = lines.at(token.span.start);
                    if occupied == Some(line) {
                        lines.allow(line, self.comments.len(), &comment);
                    } else {
                        waiting.push(self.comments.len());
                    }
                    self.comments.push(comment);
                }
                _ => {
                    let line = lines.at(token.span.start);
                    for comment in waiting.drain(..) {
                        lines.allow(line, comment, &self.comments[comment]);
                    }
                    occupied = Some(lines.at(token.span.end));
                }
            }
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
            .filter_map(|selector| lines.allowed.get(&(line, *selector)));
        let Some((comment, name)) = found.next() else {
            return false;
        };
        self.comments[*comment].names[*name].used = true;
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

    fn allow(&mut self, line: usize, index: usize, comment: &Comment) {
        for (place, name) in comment.names.iter().enumerate() {
            if let Some(selector) = name.selector {
                let allowed = self.allowed.entry((line, selector));
                allowed.or_insert((index, place));
            }
        }
    }
}

/// The comment at `span`, if it is one that allows.
fn read(file: FileId, text: &str, span: Span, is_root: bool) -> Option<Comment> {
    let comment = span.of(text);
    if !is_allow(&clean(comment)) {
        return None;
    }
    let mark = comment.find(MARK)? + MARK.len();
    let rest = &comment[mark..];
    let list = rest.strip_prefix('(').and_then(|rest| rest.find(')'));
    // Without a list it allows nothing, which is reported as a name that is unknown.
    let (start, list) = list.map_or((mark, ""), |length| {
        (mark + 1, &comment[mark + 1..=mark + length])
    });
    let place = |start: usize, length: usize| {
        let start = span.start + u32::try_from(start).unwrap_or_default();
        Span::new(start, start + u32::try_from(length).unwrap_or_default())
    };
    let mut names = Vec::new();
    let mut at = start;
    for part in list.split(',') {
        let name = part.trim();
        names.push(Name {
            span: place(at + part.len() - part.trim_start().len(), name.len()),
            text: name.to_owned(),
            selector: Selector::named(name),
            used: false,
        });
        at += part.len() + 1;
    }
    Some(Comment {
        location: Location { file, span },
        names,
        removal: removal(text, span),
        list: place(start, list.len()),
        is_root,
    })
}

/// What goes when a comment goes: its line if it is all there is on it, otherwise the blanks before it.
fn removal(text: &str, span: Span) -> (Span, &'static str) {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let behind = text.get(span.end as usize..).unwrap_or_default();
    let blanks = |rest: &str| rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let kept = before.trim_end_matches([' ', '\t']);
    let start = u32::try_from(kept.len()).unwrap_or(span.start);
    let end = behind[blanks(behind)..].trim_start_matches('\r');
    let at_start = kept.is_empty() || kept.ends_with('\n');
    if at_start && end.starts_with('\n') {
        let length = behind.len() - end.len() + 1;
        let length = u32::try_from(length).unwrap_or_default();
        return (Span::new(start, span.end + length), "");
    }
    let is_followed = behind.starts_with(|next: char| !next.is_whitespace());
    match (is_followed, start == span.start) {
        // Two words must not become one.
        (true, true) => (span, " "),
        (true, false) => (span, ""),
        (false, _) => (Span::new(start, span.end), ""),
    }
}

impl Comment {
    fn at(&self, span: Span) -> Location {
        Location {
            file: self.location.file,
            span,
        }
    }

    fn unknown(&self, name: &Name) -> Diagnostic {
        let rule = Rule::UnknownAllow;
        if name.text.is_empty() {
            let message = "this comment does not say what it allows";
            let found = rule.at(self.location, message).label("allows nothing");
            return found.help("name rules, as in `xdr:allow(unbounded-string)`");
        }
        let location = self.at(name.span);
        let error = NoSuchRule::of(&name.text);
        let message = format!("there is no rule or category `{}`", name.text);
        let found = rule.at(location, message).label("allows nothing");
        match error.similar {
            None => found.help("`xdr check --rules` lists all rules"),
            Some(similar) => {
                let edit = Edit {
                    location,
                    replacement: similar.to_owned(),
                };
                let title = format!("write `{similar}`");
                let found = found.help(format!("did you mean `{similar}`?"));
                found.fix(Fix::suggestion(title, vec![edit]))
            }
        }
    }

    /// All useless names at once, since taking them out is one edit; `first` is the first of them.
    fn useless(&self, first: &Name, settings: &Settings) -> Diagnostic {
        let (useless, others): (Vec<&Name>, Vec<&Name>) = self
            .names
            .iter()
            .partition(|name| name.is_useless(settings));
        let join = |names: &[&Name], between: &str| {
            let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
            names.join(between)
        };
        let (location, replacement) = if others.is_empty() {
            (self.at(self.removal.0), self.removal.1.to_owned())
        } else {
            (self.at(self.list), join(&others, ", "))
        };
        let names = join(&useless, "`, `");
        let edit = Edit {
            location,
            replacement,
        };
        let message = format!("nothing is found here that `{names}` would have to allow");
        Rule::UselessAllow
            .at(self.at(first.span), message)
            .label("of no use")
            .help(
                "a comment that allows stands on the line of what it allows, or on the line above",
            )
            .fix(Fix::safe(format!("take out `{names}`"), vec![edit]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> String {
        let start = text.find("/*").expect("there is a comment");
        let end = text.find("*/").expect("it ends") + 2;
        let (start, end) = (u32::try_from(start), u32::try_from(end));
        let span = Span::new(start.expect("short"), end.expect("short"));
        let (span, instead) = removal(text, span);
        let mut text = text.to_owned();
        text.replace_range(span.range(), instead);
        text
    }

    #[test]
    fn a_comment_goes_with_its_line_or_with_the_blanks_before_it() {
        for (before, after) in [
            ("a\n  /* x */\nb", "a\nb"),
            ("a\r\n/* x */ \r\nb", "a\r\nb"),
            ("/* x */\nb", "b"),
            ("a;  /* x */\nb", "a;\nb"),
            ("a /* x */ b", "a b"),
            ("a/* x */b", "a b"),
            ("a /* x */b", "a b"),
            ("  /* x */ b", " b"),
            ("a; /* x */", "a;"),
        ] {
            assert_eq!(without(before), after, "{before:?}");
        }
    }
}
