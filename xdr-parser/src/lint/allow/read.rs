//! One comment: what it allows, and what is wrong with that.

use super::{MARK, Name};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::lint::rules::Rule;
use crate::lint::settings::{NoSuchRule, Selector, Settings};
use crate::lint::short;
use crate::source::{FileId, Location, Span};

/// A mark with its list of names.
pub(super) struct Allow {
    /// The comment that it is in.
    pub(super) location: Location,
    pub(super) names: Vec<Name>,
    /// What to take out if nothing of it is of use, and what to leave there; nothing if the comment says more.
    removal: Option<(Span, &'static str)>,
    /// Between its parentheses.
    list: Span,
    /// It is written in another way, and allows nothing.
    is_misspelt: bool,
    /// Whether its file was asked for.
    pub(super) is_root: bool,
}

/// What the comment at `span` allows.
pub(super) fn read(file: FileId, text: &str, span: Span, is_root: bool) -> Vec<Allow> {
    let comment = span.of(text);
    let place = |start: usize, length: usize| {
        let start = span.start + u32::try_from(start).unwrap_or_default();
        Span::new(start, start + u32::try_from(length).unwrap_or_default())
    };
    let marks = marks(comment);
    // A list that has no end ends before the next mark.
    let ends: Vec<usize> = marks.iter().skip(1).map(|mark| mark.start).collect();
    let ends = ends.into_iter().chain([comment.len()]);
    let is_alone = marks.len() == 1 && !comment[..marks[0].start].contains(char::is_alphanumeric);
    let allows = marks.into_iter().zip(ends).map(|(mark, end)| {
        let (start, list) = mark.list(&comment[..end]);
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
        if !mark.is_exact {
            names.truncate(1);
            for name in &mut names {
                name.span = place(mark.start, mark.end - mark.start);
                name.text = short(&comment[mark.start..mark.end]).into_owned();
                name.selector = None;
            }
        }
        Allow {
            location: Location { file, span },
            names,
            removal: is_alone.then(|| removal(text, span)),
            list: place(start, list.len()),
            is_misspelt: !mark.is_exact,
            is_root,
        }
    });
    allows.collect()
}

/// Where a comment says `xdr:allow`, or nearly so.
struct Mark {
    start: usize,
    end: usize,
    is_exact: bool,
}

impl Mark {
    /// Where the list behind it begins, and what is in it. Without a list it allows nothing, which is reported as a name
    /// that is unknown.
    fn list<'c>(&self, comment: &'c str) -> (usize, &'c str) {
        let rest = &comment[self.end..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let list = rest[blanks..].strip_prefix('(');
        let length = list.and_then(|list| list.find(')'));
        list.zip(length).map_or((self.end, ""), |(list, length)| {
            (self.end + blanks + 1, &list[..length])
        })
    }
}

/// The marks at the start of lines, and those behind them. What else a comment says of marks is about them.
fn marks(comment: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut start = 0;
    for line in comment.split_inclusive('\n') {
        let content = line.trim_start_matches([' ', '\t', '*', '/', '!']);
        let first = start + line.len() - content.len();
        if content.starts_with(MARK) {
            let starts = content.match_indices(MARK);
            marks.extend(starts.map(|(at, _)| Mark {
                start: first + at,
                end: first + at + MARK.len(),
                is_exact: true,
            }));
        } else if let Some(length) = misspelt(content) {
            marks.push(Mark {
                start: first,
                end: first + length,
                is_exact: false,
            });
        }
        start += line.len();
    }
    marks
}

/// The length of what is nearly the mark, with a list behind it: `XDR: allow(`.
fn misspelt(content: &str) -> Option<usize> {
    let without = |text: &'_ str, word: &str| {
        let start = text.get(..word.len())?;
        start.eq_ignore_ascii_case(word).then_some(word.len())
    };
    let first = without(content, "xdr")?;
    let rest = content[first..].trim_start_matches([' ', '\t', ':', '-', '_', '.']);
    let rest = &rest[without(rest, "allow")?..];
    let has_list = rest.trim_start().starts_with('(');
    has_list.then_some(content.len() - rest.len())
}

/// What goes when a comment goes: its line if it is all there is on it, otherwise the blanks before it, and those behind it
/// at the start of a line.
fn removal(text: &str, span: Span) -> (Span, &'static str) {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let behind = text.get(span.end as usize..).unwrap_or_default();
    let blanks = |rest: &str| rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let kept = before.trim_end_matches([' ', '\t']);
    let start = u32::try_from(kept.len()).unwrap_or(span.start);
    let rest = &behind[blanks(behind)..];
    let end = rest.trim_start_matches('\r');
    let until = |rest: &str| {
        let length = u32::try_from(behind.len() - rest.len()).unwrap_or_default();
        span.end + length
    };
    if kept.is_empty() || kept.ends_with('\n') {
        return match end.strip_prefix('\n') {
            Some(next) => (Span::new(start, until(next)), ""),
            None => (Span::new(span.start, until(rest)), ""),
        };
    }
    let is_followed = behind.starts_with(|next: char| !next.is_whitespace());
    match (is_followed, start == span.start) {
        // Two words must not become one.
        (true, true) => (span, " "),
        (true, false) => (span, ""),
        (false, _) => (Span::new(start, span.end), ""),
    }
}

impl Allow {
    fn at(&self, span: Span) -> Location {
        Location {
            file: self.location.file,
            span,
        }
    }

    pub(super) fn unknown(&self, name: &Name) -> Diagnostic {
        let rule = Rule::UnknownAllow;
        if self.is_misspelt {
            let location = self.at(name.span);
            let message = format!("`{}` allows nothing", name.text);
            let edit = Edit {
                location,
                replacement: MARK.to_owned(),
            };
            let title = format!("write `{MARK}`");
            let found = rule.at(location, message).label("not the mark");
            return found
                .help(format!(
                    "the mark is `{MARK}`, in small letters and without blanks"
                ))
                .fix(Fix::suggestion(title, vec![edit]));
        }
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
    pub(super) fn useless(&self, first: &Name, settings: &Settings) -> Diagnostic {
        let (useless, others): (Vec<&Name>, Vec<&Name>) = self
            .names
            .iter()
            .partition(|name| name.is_useless(settings));
        let join = |names: &[&Name], between: &str| {
            let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
            names.join(between)
        };
        let edit = if others.is_empty() {
            self.removal
                .map(|(span, instead)| (span, instead.to_owned()))
        } else {
            Some((self.list, join(&others, ", ")))
        };
        let names = join(&useless, "`, `");
        let message = format!("nothing is found here that `{names}` would have to allow");
        let found = Rule::UselessAllow
            .at(self.at(first.span), message)
            .label("of no use")
            .help(
                "a comment that allows stands on the line of what it allows, or on the line above",
            );
        // Under other settings it may be of use, so that somebody has to want it.
        match edit {
            None => found,
            Some((span, replacement)) => {
                let edit = Edit {
                    location: self.at(span),
                    replacement,
                };
                found.fix(Fix::suggestion(format!("take out `{names}`"), vec![edit]))
            }
        }
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
            ("  /* x */ b", "  b"),
            ("/* x */ b", "b"),
            ("a\n/* x */b", "a\nb"),
            ("a; /* x */", "a;"),
        ] {
            assert_eq!(without(before), after, "{before:?}");
        }
    }

    #[test]
    fn marks_are_told_from_what_is_said_of_them() {
        for (comment, exact, misspelt) in [
            ("/* xdr:allow(a) xdr:allow(b): why */", 2, 0),
            ("/**\n * The reason.\n * xdr:allow(a)\n */", 1, 0),
            ("/*! xdr:allow (a) */", 1, 0),
            ("/* see xdr:allow(a), and XDR:ALLOW(b) */", 0, 0),
            ("// XDR:ALLOW(a)", 0, 1),
            ("// xdr: allow(a)", 0, 1),
            ("// xdr-allow (a)", 0, 1),
            ("// xdr allows it", 0, 0),
            ("// é: xdr", 0, 0),
            ("/* xdré */", 0, 0),
        ] {
            let marks = marks(comment);
            let count = |exact| marks.iter().filter(|mark| mark.is_exact == exact).count();
            assert_eq!((count(true), count(false)), (exact, misspelt), "{comment}");
        }
    }
}
