//! Is a generated file what would be generated now?

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::console;
use crate::failure::Failure;

/// As many lines of difference show what it is about.
const SHOWN: usize = 12;

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stale {
    /// It is not there.
    Missing,
    /// It says something else: the first differences.
    Differs(String),
}

/// Compares a file with what it should hold. The command in the header does not count: it depends on where it is run.
pub(super) fn find(path: &Path, expected: &str) -> Result<Option<Stale>, Failure> {
    let found = match fs::read(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(Stale::Missing)),
        Err(error) => {
            return Err(Failure::Usage {
                message: format!("cannot read `{}`: {error}", path.display()),
                help: None,
            });
        }
    };
    let found = String::from_utf8_lossy(&found);
    let (found, expected) = (without_command(&found), without_command(expected));
    Ok((found != expected).then(|| Stale::Differs(difference(&found, &expected))))
}

/// The text with nothing in place of the command in its header.
fn without_command(text: &str) -> Cow<'_, str> {
    const BEFORE: &str = "\n// Renew it with `";
    let header = text.find("\n\n").unwrap_or(text.len());
    let Some(start) = text[..header].find(BEFORE) else {
        return text.into();
    };
    let start = start + BEFORE.len();
    let end = text[start..]
        .find('\n')
        .map_or(text.len(), |end| start + end);
    [&text[..start], &text[end..]].concat().into()
}

/// The first lines that differ, `-` as they are and `+` as they should be.
fn difference(found: &str, expected: &str) -> String {
    let diff = TextDiff::configure()
        .algorithm(console::ALGORITHM)
        .timeout(console::PATIENCE)
        .diff_lines(found, expected);
    let mut lines = Vec::new();
    let mut changed = 0;
    for hunk in diff.unified_diff().context_radius(1).iter_hunks() {
        lines.push(hunk.header().to_string());
        for change in hunk.iter_changes() {
            let (mark, style) = match change.tag() {
                ChangeTag::Equal => (' ', Style::new()),
                ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
            };
            changed += usize::from(change.tag() != ChangeTag::Equal);
            lines.push(format!(
                "{style}{mark}{}{style:#}",
                change.value().trim_end_matches(['\r', '\n'])
            ));
        }
    }
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("… {changed} lines differ in all"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_in_the_header_does_not_count() {
        let one = "// @generated\n// Renew it with `xdr gen a.x`.\n\nstruct A;\n";
        let other = "// @generated\n// Renew it with `xdr gen ../a.x`.\n\nstruct A;\n";
        assert_eq!(without_command(one), without_command(other));
        let changed = one.replace('A', "B");
        assert_ne!(without_command(one), without_command(&changed));
        for text in [
            "",
            "\n",
            "// @generated",
            "// @generated\n// Renew it with `",
        ] {
            assert!(text.starts_with(&*without_command(text)), "{text}");
        }
    }

    #[test]
    fn a_difference_is_short() {
        let text = |word: &str| format!("{word}\nsame\n").repeat(1000);
        let shown = difference(&text("old"), &text("new"));
        assert_eq!(shown.lines().count(), SHOWN + 1);
        assert!(shown.ends_with("… 2000 lines differ in all"), "{shown}");
    }
}
