//! Edits that mend what a diagnostic is about.

use std::collections::BTreeMap;

use super::Diagnostic;
use crate::source::{FileId, Location, Sources, Span};

/// Edits that mend one thing; all of them or none are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Fix {
    /// What they do, as a sentence without a full stop that a menu may show: "write `= 3`".
    pub title: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
    /// True if the text means the same afterwards, under whatever settings: same bytes, same bounds, same names. Others are
    /// for a person to choose.
    pub safe: bool,
}

/// A part of a text and what is to stand in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Edit {
    /// What goes away; may be empty.
    pub location: Location,
    /// What comes instead; may be empty.
    pub replacement: String,
}

impl Fix {
    /// Edits after which the text means the same.
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            edits,
            safe: true,
        }
    }

    /// Edits that somebody has to want.
    pub fn suggestion(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            safe: false,
            ..Self::safe(title, edits)
        }
    }

    /// The same edits, which somebody has to want unless this is true.
    #[must_use]
    pub fn only_if(mut self, is_safe: bool) -> Self {
        self.safe &= is_safe;
        self
    }
}

/// The texts that change when the safe fixes of `diagnostics` are made, in order. A fix that overlaps one before it, or that
/// reaches into a file for which `may_change` is false, is left out as a whole: the next round finds it again.
pub fn mend(
    sources: &Sources,
    diagnostics: &[Diagnostic],
    may_change: impl Fn(FileId) -> bool,
) -> Vec<(FileId, String)> {
    let mut accepted: BTreeMap<(FileId, Span), &str> = BTreeMap::new();
    let fixes = diagnostics.iter().filter_map(|found| found.fix.as_ref());
    for fix in fixes.filter(|fix| fix.safe) {
        let fits = |edit: &Edit| {
            may_change(edit.location.file)
                && sources
                    .get(edit.location.file)
                    .is_some_and(|source| source.text.get(edit.location.span.range()).is_some())
                && !overlaps(&accepted, edit.location)
        };
        if fix.edits.iter().all(fits) {
            let edits = fix.edits.iter();
            accepted.extend(edits.map(|edit| {
                let Location { file, span } = edit.location;
                ((file, span), edit.replacement.as_str())
            }));
        }
    }
    let mut mended: Vec<(FileId, String)> = Vec::new();
    let mut copied = 0;
    for ((file, span), replacement) in accepted {
        let text = sources.get(file).map_or("", |source| &source.text);
        if mended.last().is_none_or(|(last, _)| *last != file) {
            finish(sources, &mut mended, copied);
            mended.push((file, String::with_capacity(text.len())));
            copied = 0;
        }
        if let Some((_, new)) = mended.last_mut() {
            new.push_str(Span::new(copied, span.start).of(text));
            new.push_str(replacement);
            copied = span.end;
        }
    }
    finish(sources, &mut mended, copied);
    mended
}

/// Appends to the last text what stands behind its last edit.
fn finish(sources: &Sources, mended: &mut [(FileId, String)], copied: u32) {
    if let Some((file, new)) = mended.last_mut() {
        let text = sources.get(*file).map_or("", |source| &source.text);
        new.push_str(text.get(copied as usize..).unwrap_or_default());
    }
}

/// Whether an edit has a byte in common with one that is accepted, or touches it where one of the two inserts something: which
/// is to come first then nobody has said.
fn overlaps(accepted: &BTreeMap<(FileId, Span), &str>, location: Location) -> bool {
    let Location { file, span } = location;
    let before = accepted.range(..=(file, span)).next_back();
    let behind = accepted.range((file, span)..).next();
    let is_empty = |span: Span| span.start == span.end;
    let meets = |earlier: Span, later: Span| {
        earlier.end > later.start
            || (earlier.end == later.start && (is_empty(earlier) || is_empty(later)))
    };
    before.is_some_and(|((other, earlier), _)| *other == file && meets(*earlier, span))
        || behind.is_some_and(|((other, later), _)| *other == file && meets(span, *later))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    fn diagnostic(file: FileId, edits: &[(u32, u32, &str)], safe: bool) -> Diagnostic {
        let place = |start, end| Location {
            file,
            span: Span::new(start, end),
        };
        let edits = edits.iter().map(|(start, end, replacement)| Edit {
            location: place(*start, *end),
            replacement: (*replacement).to_owned(),
        });
        let mut fix = Fix::safe("mend it", edits.collect());
        fix.safe = safe;
        Diagnostic::warning(Code::W0709, place(0, 0), "").fix(fix)
    }

    #[test]
    fn edits_are_made_in_order_of_place_in_every_file() {
        let mut sources = Sources::default();
        let (a, b) = (sources.add("a.x", "one two"), sources.add("b.x", "three"));
        let fixes = [
            diagnostic(b, &[(5, 5, "!")], true),
            diagnostic(a, &[(4, 7, "2"), (0, 3, "1")], true),
            diagnostic(a, &[(3, 4, "")], false),
        ];
        let mended = mend(&sources, &fixes, |_| true);
        assert_eq!(mended, [(a, "1 2".to_owned()), (b, "three!".to_owned())]);
        assert_eq!(mend(&sources, &fixes, |file| file == b).len(), 1);
    }

    #[test]
    fn edits_that_touch_are_made_at_once_unless_one_inserts() {
        let mut sources = Sources::default();
        let a = sources.add("a.x", "one two");
        let fixes = [
            diagnostic(a, &[(3, 4, "")], true),
            diagnostic(a, &[(0, 3, "")], true),
            diagnostic(a, &[(4, 7, "2")], true),
            diagnostic(a, &[(0, 0, "x")], true),
            diagnostic(a, &[(7, 7, "y")], true),
        ];
        assert_eq!(mend(&sources, &fixes, |_| true), [(a, "2".to_owned())]);
    }

    #[test]
    fn a_fix_that_overlaps_one_before_it_is_left_out_as_a_whole() {
        let mut sources = Sources::default();
        let a = sources.add("a.x", "one two");
        let fixes = [
            diagnostic(a, &[(0, 3, "1")], true),
            diagnostic(a, &[(2, 3, "x"), (4, 7, "y")], true),
            diagnostic(a, &[(3, 3, "z")], true),
            diagnostic(a, &[(0, 90, "")], true),
        ];
        assert_eq!(mend(&sources, &fixes, |_| true), [(a, "1 two".to_owned())]);
    }
}
