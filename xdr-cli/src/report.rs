//! Diagnostics as the user wants them: with their lines, or in a format for programs.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use serde::Serialize;
use xdr_build::{Diagnostics, Weight};
use xdr_parser::lint::Rule;
use xdr_parser::{Diagnostic, FileId, Fix, Label, Location, Severity, Sources};

mod github;
mod sarif;

pub(crate) use github::command;

use crate::arguments::MessageFormat;
use crate::command::Outcome;
use crate::console;
use crate::failure::{ERROR, Failure, WARNING};
use crate::positions::{Positions, Unit};

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
    /// Where text for programs goes; that for people goes to stderr.
    stream: Stream,
    deny_warnings: bool,
    /// What is printed when it is complete.
    log: RefCell<sarif::Log>,
}

/// What is shown in a format for programs: a diagnostic, or something like it.
#[derive(Clone, Debug)]
pub(crate) struct Finding<'a> {
    /// How much it matters.
    pub(crate) weight: Weight,
    /// Its stable identity.
    pub(crate) id: &'a str,
    /// What is said of all of its kind.
    pub(crate) kind: Kind<'a>,
    pub(crate) message: &'a str,
    /// The first is the place itself.
    pub(crate) places: Vec<(Location, &'a str)>,
    pub(crate) help: Option<&'a str>,
    pub(crate) fix: Option<&'a Fix>,
}

/// What is said of all findings of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Kind<'a> {
    /// How much they matter unless somebody says otherwise.
    pub(crate) weight: Weight,
    /// A name for people; the identity, where there is no other.
    pub(crate) name: &'a str,
    /// A few words.
    pub(crate) title: Cow<'a, str>,
    /// A sentence.
    pub(crate) why: Option<&'a str>,
    /// What to do.
    pub(crate) remedy: Option<&'a str>,
    /// A word for what is like it.
    pub(crate) category: Option<&'a str>,
}

impl Reporter {
    pub(crate) fn new(format: MessageFormat, stream: Stream, deny_warnings: bool) -> Self {
        Self {
            format,
            stream,
            deny_warnings,
            log: RefCell::default(),
        }
    }

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
            MessageFormat::Json => self.print(&json(diagnostics))?,
            MessageFormat::Sarif | MessageFormat::Github => {
                let findings = diagnostics.diagnostics.iter().map(Finding::of);
                let findings: Vec<Finding<'_>> = findings.collect();
                self.findings(&diagnostics.sources, &findings)?;
            }
        }
        Ok(outcome)
    }

    /// Takes findings in a format for programs.
    pub(crate) fn findings(
        &self,
        sources: &Sources,
        findings: &[Finding<'_>],
    ) -> Result<(), Failure> {
        if self.format == MessageFormat::Github {
            return self.print(&github::commands(sources, findings));
        }
        self.log.borrow_mut().add(sources, findings);
        Ok(())
    }

    /// Prints what is printed only when it is complete.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        match self.format {
            MessageFormat::Sarif => self.print(&self.log.take().text()),
            _ => Ok(()),
        }
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        match self.stream {
            Stream::Stdout => console::result(text.as_bytes()),
            Stream::Stderr => {
                if !text.is_empty() {
                    console::say(text.trim_end());
                }
                Ok(())
            }
        }
    }
}

impl<'a> Finding<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Self {
        let rule = Rule::of(diagnostic.code);
        let primary = &diagnostic.primary;
        let places = std::iter::once(primary).chain(&diagnostic.secondary);
        Self {
            weight: match diagnostic.severity {
                Severity::Error => Weight::Error,
                Severity::Warning => Weight::Warning,
            },
            id: diagnostic.code.as_str(),
            kind: Kind {
                weight: match rule {
                    Some(_) => Weight::Warning,
                    None => Weight::Error,
                },
                name: rule.map_or(diagnostic.code.as_str(), Rule::id),
                title: diagnostic.code.title().into(),
                why: rule.map(Rule::why),
                remedy: rule.map(Rule::remedy),
                category: rule.map(|rule| rule.category().name()),
            },
            message: &diagnostic.message,
            places: places
                .map(|label| (label.location, label.text.as_str()))
                .collect(),
            help: diagnostic.help.as_deref(),
            fix: diagnostic.fix.as_deref(),
        }
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
    let mendable = diagnostics.diagnostics.iter();
    let mendable = mendable.filter(|one| one.fix.as_ref().is_some_and(|fix| fix.safe));
    let mendable = mendable.count();
    let shown = worth_showing(diagnostics);
    diagnostics.diagnostics.truncate(shown);
    for diagnostic in &mut diagnostics.diagnostics {
        clip(&mut diagnostic.message);
    }
    // Of each rule once: who wants to know more looks for it.
    let mut told = HashSet::new();
    let mut text = diagnostics.render_with(console::is_colored(), |diagnostic| {
        let rule = Rule::of(diagnostic.code).filter(|rule| told.insert(*rule))?;
        let id = rule.id();
        Some(format!("rule `{id}`; see `xdr check --explain {id}`"))
    });
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
    if mendable > 0 {
        let _ = write!(text, "; `--fix` mends {mendable}");
    }
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
    /// The rule of `xdr check` that has found it: `unbounded-string`. Left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// The edits that mend it. Left out where none are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixRecord<'a>>,
}

/// Edits in a [`Record`]; all or none are to be made.
#[derive(Debug, Serialize)]
pub struct FixRecord<'a> {
    /// What they do.
    pub title: &'a str,
    /// True if the text means the same afterwards: what `--fix` makes.
    pub safe: bool,
    /// The edits; they do not overlap.
    pub edits: Vec<EditRecord<'a>>,
}

/// An edit in a [`FixRecord`].
#[derive(Debug, Serialize)]
pub struct EditRecord<'a> {
    /// What goes away; may be empty.
    #[serde(flatten)]
    pub span: SpanRecord<'a>,
    /// What comes instead.
    pub replacement: &'a str,
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
    unit: Unit,
    positions: HashMap<FileId, Positions<'a>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self::counting(sources, Unit::Character)
    }

    fn counting(sources: &'a Sources, unit: Unit) -> Self {
        Self {
            sources,
            unit,
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
            rule: Rule::of(diagnostic.code).map(Rule::id),
            fix: diagnostic.fix.as_deref().map(|fix| self.fix(fix)),
        };
        record.spans.extend(
            diagnostic
                .secondary
                .iter()
                .map(|label| self.label(label, false)),
        );
        record
    }

    fn fix(&mut self, fix: &'a Fix) -> FixRecord<'a> {
        let edits = fix.edits.iter().map(|edit| EditRecord {
            span: self.span(edit.location, "", true),
            replacement: &edit.replacement,
        });
        FixRecord {
            title: &fix.title,
            safe: fix.safe,
            edits: edits.collect(),
        }
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
            .or_insert_with(|| Positions::new(text, self.unit));
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
