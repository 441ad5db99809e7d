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
    selector: Result<Selector, NoSuchRule>,
    used: bool,
}

/// The lines of a file, and what is allowed on some.
#[derive(Default)]
struct Lines {
    starts: Vec<u32>,
    allowed: HashMap<usize, Allowed>,
}

/// For each rule the name that allows it, as comment and place in it.
type Allowed = [Option<(usize, usize)>; Rule::ALL.len()];

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
        let allowed = lines.allowed.get(&lines.at(location.span.start));
        let Some((comment, name)) = allowed.and_then(|allowed| allowed[rule as usize]) else {
            return false;
        };
        self.comments[comment].names[name].used = true;
        true
    }

    /// What is wrong with the comments themselves.
    pub(super) fn wrong(&mut self, rule: Rule, settings: &Settings) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for index in 0..self.comments.len() {
            let comment = &self.comments[index];
            if comment.is_root && !self.covers(rule, self.comments[index].location) {
                let comment = &self.comments[index];
                if rule == Rule::UnknownAllow {
                    found.extend(comment.unknown());
                } else {
                    found.extend(comment.useless(settings));
                }
            }
        }
        found
    }
}

impl Lines {
    /// The line of an offset, from 1.
    fn at(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    fn allow(&mut self, line: usize, index: usize, comment: &Comment) {
        let none = [None; Rule::ALL.len()];
        let allowed = self.allowed.entry(line).or_insert(none);
        for (place, name) in comment.names.iter().enumerate() {
            let Ok(selector) = name.selector else {
                continue;
            };
            for (entry, rule) in allowed.iter_mut().zip(Rule::ALL) {
                if selector.includes(*rule) {
                    entry.get_or_insert((index, place));
                }
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
            selector: name.parse(),
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

    fn unknown(&self) -> impl Iterator<Item = Diagnostic> {
        self.names.iter().filter_map(|name| {
            let error = name.selector.as_ref().err()?;
            let rule = Rule::UnknownAllow;
            if name.text.is_empty() {
                let message = "this comment does not say what it allows";
                let found = rule.at(self.location, message).label("allows nothing");
                return Some(found.help("name rules, as in `xdr:allow(unbounded-string)`"));
            }
            let location = self.at(name.span);
            let message = format!("there is no rule or category `{}`", name.text);
            let found = rule.at(location, message).label("allows nothing");
            Some(match error.similar {
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
            })
        })
    }

    fn useless(&self, settings: &Settings) -> Option<Diagnostic> {
        let is_useless = |name: &&Name| {
            let rules = || Rule::ALL.iter().filter(|rule| settings.is_on(**rule));
            let selector = name.selector.as_ref().ok();
            !name.used
                && selector.is_some_and(|selector| rules().any(|rule| selector.includes(*rule)))
        };
        let useless: Vec<&str> = self
            .names
            .iter()
            .filter(is_useless)
            .map(|name| name.text.as_str())
            .collect();
        let first = self.names.iter().find(is_useless)?;
        let (location, replacement) = if useless.len() == self.names.len() {
            (self.at(self.removal.0), self.removal.1.to_owned())
        } else {
            let others = self.names.iter().filter(|name| !is_useless(name));
            let others: Vec<&str> = others.map(|name| name.text.as_str()).collect();
            (self.at(self.list), others.join(", "))
        };
        let names = useless.join("`, `");
        let edit = Edit {
            location,
            replacement,
        };
        let message = format!("nothing is found here that `{names}` would have to allow");
        let found = Rule::UselessAllow.at(self.at(first.span), message);
        Some(
            found
                .label("of no use")
                .help("a comment that allows stands on the line of what it allows, or on the line above")
                .fix(Fix::safe(format!("take out `{names}`"), vec![edit])),
        )
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
