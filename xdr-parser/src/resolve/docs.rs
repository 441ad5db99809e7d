//! Comments → text: marks and common indentation taken off.

use crate::ast::{Trivia, TriviaKind};
use crate::lint::{is_allow, without_allows};
use crate::schema::{Docs, Mark};

/// The text of the comments that describe a node: the last block of those before it, and those on its line.
///
/// Comments before a node that a blank line separates from it belong to the file, not to the node.
pub(super) fn docs(text: &str, leading: &[Trivia], trailing: &[Trivia]) -> Docs {
    if leading.is_empty() && trailing.is_empty() {
        return Docs::default();
    }
    let is_comment = |trivia: &&Trivia| trivia.kind == TriviaKind::Comment;
    let comments = |trivia: &[Trivia]| -> Vec<String> {
        let comments = trivia.iter().filter(is_comment);
        let texts = comments.map(|comment| clean(comment.span.of(text)));
        texts
            .filter(|text| !text.is_empty() && !is_allow(text))
            .map(without_allows)
            .collect()
    };
    let mut parts = comments(attached(text, leading));
    parts.extend(
        comments(trailing)
            .into_iter()
            .filter(|comment| Mark::read(comment).is_none()),
    );
    Docs {
        text: parts.join("\n"),
    }
}

/// The trivia at the end of `leading` that no blank line separates from what follows.
pub(crate) fn attached<'t>(text: &str, leading: &'t [Trivia]) -> &'t [Trivia] {
    let mut start = leading.len();
    while let Some(previous) = start.checked_sub(1) {
        let end = leading[previous].span.end as usize;
        let after = text.get(end..).unwrap_or_default();
        let gap_length = after.len() - after.trim_start().len();
        if after[..gap_length].matches('\n').count() > 1
            || leading[previous].kind != TriviaKind::Comment
        {
            break;
        }
        start = previous;
    }
    &leading[start..]
}

/// A comment's text without `/* * */` or `//`.
pub(crate) fn clean(comment: &str) -> String {
    let inside = comment
        .strip_prefix("/*")
        .map(|rest| {
            rest.strip_suffix("*/")
                .unwrap_or(rest)
                .trim_start_matches(['*', '!'])
        })
        .or_else(|| {
            comment
                .strip_prefix("//")
                .map(|rest| rest.trim_start_matches(['/', '!']))
        })
        .unwrap_or(comment);
    if !inside.contains('\n') {
        return inside.trim().to_owned();
    }
    let starred = inside.lines().skip(1).any(|line| !line.trim().is_empty())
        && inside
            .lines()
            .skip(1)
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('*'));
    let strip = |line| {
        let line = str::trim_end(line);
        if !starred {
            return line;
        }
        let line = line.trim_start();
        line.strip_prefix('*').unwrap_or(line)
    };
    let mut lines: Vec<&str> = inside.lines().map(strip).collect();
    if let Some(first) = lines.first_mut() {
        *first = first.trim_start();
    }
    let indented = lines.iter().skip(1).filter(|line| !line.trim().is_empty());
    let indent = indented
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    for line in lines.iter_mut().skip(1) {
        // White space before text is ASCII in practice; where it is not, the line stays as it is.
        *line = line.get(indent..).unwrap_or_else(|| line.trim());
    }
    lines.join("\n").trim_matches('\n').trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_indentation_are_taken_off() {
        assert_eq!(clean("/* one */"), "one");
        assert_eq!(clean("// one"), "one");
        assert_eq!(
            clean("/**\n     * one\n     *\n     *   two\n     */"),
            "one\n\n  two"
        );
        assert_eq!(clean("/* one\n * two\n */"), "one\ntwo");
        assert_eq!(clean("/* one\n   two\n     three */"), "one\ntwo\n  three");
        assert_eq!(clean("/**/"), "");
        assert_eq!(clean("/*--- Title. ---*/"), "--- Title. ---");
    }
}
