//! Diagnostics as the user wants them: with their lines, or as JSON.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;
use xdr_build::Diagnostics;
use xdr_parser::{Diagnostic, FileId, Label, Location, Severity, Sources};

use crate::arguments::MessageFormat;
use crate::command::Outcome;
use crate::console;
use crate::failure::{ERROR, Failure, WARNING};
use crate::positions::Positions;

/// How many diagnostics people are shown: behind a hundred mistakes the rest is noise. JSON has them all.
const SHOWN: usize = 100;
/// Or as many as make the renderer read this many bytes, at the widest line of the file for each.
const READ: usize = 4 << 20;

/// Where something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// The standard output.
    Stdout,
    /// The standard error output.
    Stderr,
}

/// How diagnostics are printed.
#[derive(Debug)]
pub(crate) struct Reporter {
    pub(crate) format: MessageFormat,
    /// Where JSON goes; human text goes to stderr.
    pub(crate) json: Stream,
    pub(crate) deny_warnings: bool,
}

impl Reporter {
    /// Prints diagnostics. [`Outcome::Errors`] if one is an error, or is a warning that has been made one.
    pub(crate) fn report(&self, diagnostics: &mut Diagnostics) -> Result<Outcome, Failure> {
        if self.deny_warnings {
            for diagnostic in &mut diagnostics.diagnostics {
                diagnostic.severity = Severity::Error;
            }
        }
        let outcome = if diagnostics.has_errors() {
            Outcome::Errors
        } else {
            Outcome::Clean
        };
        match self.format {
            MessageFormat::Human => human(diagnostics),
            MessageFormat::Json => {
                let lines = json(diagnostics);
                match self.json {
                    Stream::Stdout => console::result(lines.as_bytes())?,
                    Stream::Stderr if lines.is_empty() => {}
                    Stream::Stderr => console::say(lines.trim_end()),
                }
            }
        }
        Ok(outcome)
    }
}

fn human(diagnostics: &mut Diagnostics) {
    let all = diagnostics.diagnostics.len();
    let errors = diagnostics
        .diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count();
    if all == 0 {
        return;
    }
    let shown = worth_showing(diagnostics);
    diagnostics.diagnostics.truncate(shown);
    for diagnostic in &mut diagnostics.diagnostics {
        clip(&mut diagnostic.message);
    }
    let mut text = diagnostics.render(console::is_colored());
    if all > shown {
        let more = all - shown;
        let _ = write!(
            text,
            "\n\n… and {more} more; `--message-format json` lists all"
        );
    }
    let counts = [(errors, "error"), (all - errors, "warning")];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| plural(*count, what))
        .collect();
    let (word, style) = if errors > 0 {
        ("error", ERROR)
    } else {
        ("warning", WARNING)
    };
    let _ = write!(
        text,
        "\n\n{style}{word}:{style:#} found {}",
        counts.join(" and ")
    );
    console::say(&text);
}

/// How many of the diagnostics to show. Each makes the renderer read its lines, and a hostile file may be one line.
fn worth_showing(diagnostics: &Diagnostics) -> usize {
    let widest = |text: &str| text.split('\n').map(str::len).max().unwrap_or_default();
    let widths = diagnostics.sources.iter();
    let widths: HashMap<FileId, usize> = widths
        .map(|(id, source)| (id, widest(&source.text)))
        .collect();
    let width = |diagnostic: &Diagnostic| widths.get(&diagnostic.primary.location.file);
    let mut read = 0;
    let affordable = diagnostics.diagnostics.iter().take_while(|diagnostic| {
        let within = read < READ;
        read += width(diagnostic).copied().unwrap_or_default();
        within
    });
    affordable.take(SHOWN).count()
}

/// Shortens what quotes a name or number of absurd length.
fn clip(message: &mut String) {
    const LONGEST: usize = 500;
    if let Some((end, _)) = message.char_indices().nth(LONGEST) {
        message.truncate(end);
        message.push('…');
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn plural(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// One object per line.
fn json(diagnostics: &Diagnostics) -> String {
    let mut places = Places::new(&diagnostics.sources);
    let mut lines = String::new();
    for diagnostic in &diagnostics.diagnostics {
        let record = places.record(diagnostic);
        // Writing strings and numbers to a string cannot fail.
        lines.push_str(&serde_json::to_string(&record).unwrap_or_default());
        lines.push('\n');
    }
    lines
}

/// A diagnostic as `--message-format json` prints it: one such object per line, UTF-8, in order of place.
///
/// Fields are added, never renamed or taken away; readers should pass over those they do not know.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    /// Stable identity: `E0203`.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: Severity,
    /// One sentence, without a full stop.
    pub message: &'a str,
    /// The file, as named on the command line or found by an import; `<stdin>` for the standard input.
    pub file: &'a str,
    /// The line of the first span, from 1.
    pub line: usize,
    /// The column of the first span, in characters from 1.
    pub column: usize,
    /// The places: the first is the primary one, the others are related, such as an earlier declaration.
    pub spans: Vec<SpanRecord<'a>>,
    /// How to mend it, where that is known.
    pub help: Option<&'a str>,
}

/// A place in a [`Record`].
#[derive(Debug, Serialize)]
pub struct SpanRecord<'a> {
    /// The file.
    pub file: &'a str,
    /// Offset of its first byte in the file.
    pub byte_start: u32,
    /// Offset behind its last byte.
    pub byte_end: u32,
    /// The line of its first byte, from 1.
    pub line_start: usize,
    /// The column of its first byte, in characters from 1.
    pub column_start: usize,
    /// The line it ends on.
    pub line_end: usize,
    /// The column behind its last character.
    pub column_end: usize,
    /// True for the first, false for related ones.
    pub primary: bool,
    /// What there is to say about it.
    pub label: Option<&'a str>,
}

/// Places in texts, of which each is looked through once.
pub(crate) struct Places<'a> {
    sources: &'a Sources,
    positions: HashMap<FileId, Positions<'a>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            positions: HashMap::new(),
        }
    }

    fn record(&mut self, diagnostic: &'a Diagnostic) -> Record<'a> {
        let primary = self.label(&diagnostic.primary, true);
        let mut record = Record {
            code: diagnostic.code.as_str(),
            severity: diagnostic.severity,
            message: &diagnostic.message,
            file: primary.file,
            line: primary.line_start,
            column: primary.column_start,
            spans: vec![primary],
            help: diagnostic.help.as_deref(),
        };
        record.spans.extend(
            diagnostic
                .secondary
                .iter()
                .map(|label| self.label(label, false)),
        );
        record
    }

    fn label(&mut self, label: &'a Label, primary: bool) -> SpanRecord<'a> {
        self.span(label.location, &label.text, primary)
    }

    pub(crate) fn span(
        &mut self,
        location: Location,
        label: &'a str,
        primary: bool,
    ) -> SpanRecord<'a> {
        let (name, text) = match self.sources.get(location.file) {
            Some(source) => (source.name.as_str(), source.text.as_str()),
            None => ("", ""),
        };
        let positions = self
            .positions
            .entry(location.file)
            .or_insert_with(|| Positions::new(text));
        let start = positions.line_column(location.span.start);
        let end = positions.line_column(location.span.end);
        SpanRecord {
            file: name,
            byte_start: location.span.start,
            byte_end: location.span.end,
            line_start: start.line,
            column_start: start.column,
            line_end: end.line,
            column_end: end.column,
            primary,
            label: (!label.is_empty()).then_some(label),
        }
    }
}
