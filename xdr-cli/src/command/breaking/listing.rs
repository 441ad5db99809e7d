//! Changes, as people and as programs read them.

use std::fmt::Write as _;

use serde::Serialize;
use xdr_build::{Finding, Weight};
use xdr_parser::compare::{Change, Rule, Severity};
use xdr_parser::{Label, Sources};

use crate::arguments::MessageFormat;
use crate::console;
use crate::failure::{ERROR, Failure, WARNING};
use crate::report::{self, Kind, Places, SpanRecord, plural};
use crate::session::Session;

/// The changes of all files.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) changes: Vec<Change>,
    /// How many there were that nothing is to be said of.
    pub(super) allowed: usize,
}

impl Listing {
    pub(super) fn print(&self, sources: &Sources, session: &Session) -> Result<(), Failure> {
        match session.format() {
            MessageFormat::Human => {}
            MessageFormat::Json => return console::result(self.json(sources).as_bytes()),
            MessageFormat::Sarif | MessageFormat::Github => {
                let findings = self.changes.iter().map(finding);
                let findings: Vec<report::Finding<'_>> = findings.collect();
                return session.report_findings(sources, &findings);
            }
        }
        if self.changes.is_empty() && self.allowed == 0 {
            return Ok(());
        }
        let mut drawn = Drawn {
            sources,
            count: 0,
            read: 0,
        };
        let texts = self.changes.iter().map(|change| drawn.change(change));
        let mut texts: Vec<String> = texts.collect();
        texts.push(self.summary());
        console::say(&texts.join("\n\n"));
        Ok(())
    }

    fn count(&self, severity: Severity) -> usize {
        let severities = self.changes.iter().map(|change| change.rule.severity());
        severities.filter(|one| *one == severity).count()
    }

    fn summary(&self) -> String {
        let severities = [
            Severity::BreaksWire,
            Severity::OldPeersReject,
            Severity::SourceOnly,
            Severity::Safe,
        ];
        let counted = severities.map(|severity| (self.count(severity), severity));
        let mut counts: Vec<String> = counted
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, severity)| format!("{severity}: {count}"))
            .collect();
        if self.allowed > 0 {
            counts.push(format!("allowed: {}", self.allowed));
        }
        let all = plural(self.changes.len() + self.allowed, "change");
        let found = format!("found {all} ({})", counts.join(", "));
        match counted.iter().find(|(count, _)| *count > 0) {
            Some((_, severity)) if *severity <= Severity::OldPeersReject => {
                format!("{ERROR}error:{ERROR:#} {found}")
            }
            Some((_, Severity::SourceOnly)) => format!("{WARNING}warning:{WARNING:#} {found}"),
            _ => found,
        }
    }

    fn json(&self, sources: &Sources) -> String {
        let mut places = Places::new(sources);
        let mut lines = String::new();
        for change in &self.changes {
            let record = Record {
                rule: change.rule,
                severity: change.rule.severity(),
                item: &change.item,
                message: &change.message,
                who_breaks: change.rule.who_breaks(),
                old: change
                    .old
                    .map(|at| places.span(at, "", change.new.is_none())),
                new: change.new.map(|at| places.span(at, "", true)),
            };
            // It is nothing but strings and numbers.
            if let Ok(line) = serde_json::to_string(&record) {
                let _ = writeln!(lines, "{line}");
            }
        }
        lines
    }
}

/// A change for programs that read diagnostics.
fn finding(change: &Change) -> report::Finding<'_> {
    let places = [(change.new, ""), (change.old, "was here")];
    let places = places
        .into_iter()
        .filter_map(|(location, label)| Some((location?, label)));
    report::Finding {
        weight: weight(change.rule.severity()),
        id: change.rule.id(),
        kind: Kind {
            weight: weight(change.rule.severity()),
            name: change.rule.id(),
            title: change.rule.id().replace('-', " ").into(),
            why: Some(change.rule.who_breaks()),
            remedy: None,
            category: None,
        },
        message: &change.message,
        places: places.collect(),
        help: Some(change.rule.who_breaks()),
        fix: None,
    }
}

const fn weight(severity: Severity) -> Weight {
    match severity {
        Severity::BreaksWire | Severity::OldPeersReject => Weight::Error,
        Severity::SourceOnly => Weight::Warning,
        Severity::Safe => Weight::Note,
    }
}

/// A change as `--message-format json` prints it: one such object per line, by place in the new version.
///
/// Fields are added, never renamed or taken away.
#[derive(Serialize)]
struct Record<'a> {
    rule: Rule,
    severity: Severity,
    /// What has changed, as a path from a definition.
    item: &'a str,
    /// What was and what is.
    message: &'a str,
    who_breaks: &'static str,
    /// Where it stood, if it did.
    old: Option<SpanRecord<'a>>,
    /// Where it stands, if it does.
    new: Option<SpanRecord<'a>>,
}

/// So many changes are shown with their lines; nobody reads the lines of more, and the renderer takes its time.
const DRAWN: usize = 2000;
/// Or as many as make the renderer read this many bytes.
const READ: usize = 16 << 20;

/// Changes that are being drawn.
struct Drawn<'a> {
    sources: &'a Sources,
    count: usize,
    read: usize,
}

impl Drawn<'_> {
    fn change(&mut self, change: &Change) -> String {
        let mut places = Vec::new();
        for (location, text) in [(change.new, ""), (change.old, "was here")] {
            places.extend(location.map(|location| Label {
                location,
                text: text.to_owned(),
            }));
        }
        self.count += 1;
        let widths = places.iter().map(|place| self.width(place));
        self.read += widths.sum::<usize>();
        if self.count > DRAWN || self.read > READ {
            places.clear();
        }
        let severity = change.rule.severity();
        let finding = Finding {
            weight: weight(severity),
            id: change.rule.id(),
            message: format!("{}: {}", change.item, change.message),
            places,
            note: format!("{severity}: {}", change.rule.who_breaks()),
        };
        finding.render(self.sources, console::is_colored())
    }

    /// How long the lines are that a place is in.
    fn width(&self, place: &Label) -> usize {
        let Some(source) = self.sources.get(place.location.file) else {
            return 0;
        };
        let (text, span) = (&source.text, place.location.span.range());
        let before = text.get(..span.start).unwrap_or_default();
        let behind = text.get(span.end..).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = behind.find('\n').unwrap_or(behind.len());
        (span.end + end).saturating_sub(start)
    }
}
