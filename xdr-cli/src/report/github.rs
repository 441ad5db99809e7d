//! Findings as workflow commands of GitHub Actions, which become annotations of the lines they are about.

use std::fmt::Write as _;

use xdr_build::Weight;
use xdr_parser::Sources;

use super::{Finding, Places};

/// One command per finding.
pub(super) fn commands(sources: &Sources, findings: &[Finding<'_>]) -> String {
    let mut places = Places::new(sources);
    let mut lines = String::new();
    for finding in findings {
        let level = match finding.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Note => "notice",
        };
        let title = if finding.kind.name == finding.id {
            finding.id.to_owned()
        } else {
            format!("{} {}", finding.id, finding.kind.name)
        };
        let _ = write!(lines, "::{level} ");
        if let Some((location, label)) = finding.places.first() {
            let span = places.span(*location, label, true);
            let _ = write!(
                lines,
                "file={},line={},endLine={},col={},",
                property(span.file),
                span.line_start,
                span.line_end,
                span.column_start
            );
            // The last column, where there is one in the same line.
            if span.line_start == span.line_end && span.column_end > span.column_start {
                let _ = write!(lines, "endColumn={},", span.column_end - 1);
            }
        }
        let mut message = finding.message.to_owned();
        if let Some(help) = finding.help {
            let _ = write!(message, "\n{help}");
        }
        let _ = writeln!(lines, "title={}::{}", property(&title), data(&message));
    }
    lines
}

/// A command for an error that is about no source text. The line and the column are where they are known.
pub(crate) fn command(
    file: &str,
    (line, column): (Option<usize>, Option<usize>),
    message: &str,
) -> String {
    let mut text = format!("::error file={}", property(file));
    for (name, number) in [("line", line), ("col", column)] {
        if let Some(number) = number {
            let _ = write!(text, ",{name}={number}");
        }
    }
    let _ = writeln!(text, "::{}", data(message));
    text
}

/// Text behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_the_runner_is_escaped() {
        assert_eq!(data("100 %\r\na: b, c"), "100 %25%0D%0Aa: b, c");
        assert_eq!(property("c:/a,b%.x\n"), "c%3A/a%2Cb%25.x%0A");
    }
}
