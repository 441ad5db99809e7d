//! What is wrong with a document, and what may be done about it.
//!
//! This is where whatever has something to say about a text is asked: [`said`] gives the diagnostics, [`mends`] what mends
//! one. Rules that go beyond the compiler's belong there: their diagnostics are shown as the compiler's are, and their
//! edits offered in the same place.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use xdr_parser::lint::lint;
use xdr_parser::{Diagnostic, Label, Severity, Span};

use super::snapshot::Snapshot;
use super::workspace::{NotOpen, Workspace};
use super::{Edit, Place};

/// More than so many are not listed: nobody reads them, and editors grow slow.
const MANY: usize = 500;

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub span: Span,
    /// Error or warning.
    pub severity: Severity,
    /// `E0203`; nothing for what is no diagnostic of the compiler's.
    pub code: Option<&'static str>,
    /// What is wrong, and help where there is some on a line of its own.
    pub message: String,
    /// Other places that matter.
    pub related: Vec<Related>,
    /// What may be done about it.
    pub mends: Vec<Mend>,
}

/// A place that has to do with a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where it is.
    pub place: Place,
    /// What it has to do with it.
    pub message: String,
}

/// Edits that mend something; all of them or none are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What they do, for a menu.
    pub title: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// All diagnostics of what a document is compiled with; once there is no error, what the rules find as well.
fn said(snapshot: &Snapshot) -> Cow<'_, [Diagnostic]> {
    let inspection = &snapshot.inspection;
    let root = inspection.files.first().filter(|_| inspection.complete);
    let Some(root) = root else {
        return Cow::Borrowed(&inspection.diagnostics);
    };
    // The same files in the same order, so that places are the same.
    let settings = &snapshot.settings;
    let compilation = xdr_parser::compile(std::slice::from_ref(&root.path), &settings.options);
    Cow::Owned(lint(&compilation, &settings.lint))
}

/// What mends a diagnostic.
fn mends(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<Mend> {
    let help = diagnostic.help.as_deref().unwrap_or_default();
    let meant = help
        .strip_prefix("did you mean `")
        .and_then(|rest| rest.strip_suffix("`?"));
    let mend = meant.map(|name| Mend {
        title: format!("change to `{name}`"),
        edits: vec![Edit {
            place: snapshot.place(diagnostic.primary.location),
            replacement: name.to_owned(),
        }],
    });
    let fix = diagnostic.fix.iter().map(|fix| Mend {
        title: fix.title.clone(),
        edits: fix
            .edits
            .iter()
            .map(|edit| Edit {
                place: snapshot.place(edit.location),
                replacement: edit.replacement.clone(),
            })
            .collect(),
    });
    fix.chain(mend).collect()
}

impl Workspace {
    /// What is wrong with an open document, by place.
    ///
    /// # Errors
    /// If it is not open.
    pub fn findings(&mut self, path: &Path) -> Result<Vec<Finding>, NotOpen> {
        let snapshot = self.snapshot(path)?;
        Ok(snapshot.findings())
    }
}

impl Snapshot {
    fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.problem.iter().map(|problem| whole(problem)).collect();
        let root = self.root();
        let said = said(self);
        let own = said
            .iter()
            .filter(|found| Some(found.primary.location.file) == root);
        findings.extend(own.take(MANY).map(|found| self.finding(found)));
        findings.extend(self.of_imports(&said));
        findings.sort_by_key(|finding| finding.span);
        findings
    }

    fn finding(&self, diagnostic: &Diagnostic) -> Finding {
        let mut message = diagnostic.message.clone();
        let label = &diagnostic.primary.text;
        // Of a mistake in the syntax both say the same.
        if !label.is_empty() && !label.starts_with("expected ") {
            message = format!("{message}: {label}");
        }
        if let Some(help) = &diagnostic.help {
            message = format!("{message}\nhelp: {help}");
        }
        Finding {
            span: diagnostic.primary.location.span,
            severity: diagnostic.severity,
            code: Some(diagnostic.code.as_str()),
            message,
            related: diagnostic
                .secondary
                .iter()
                .map(|label| self.related(label))
                .collect(),
            mends: mends(self, diagnostic),
        }
    }

    fn related(&self, label: &Label) -> Related {
        Related {
            place: self.place(label.location),
            message: label.text.clone(),
        }
    }

    /// Errors in what the document imports, at the line that does: one for each file.
    fn of_imports(&self, said: &[Diagnostic]) -> Vec<Finding> {
        let Some(root) = self.inspection.files.first() else {
            return Vec::new();
        };
        let mut findings: Vec<(PathBuf, Finding)> = Vec::new();
        let errors = said
            .iter()
            .filter(|found| found.severity == Severity::Error);
        for error in errors.filter(|error| error.primary.location.file != root.id) {
            let file = error.primary.location.file;
            let path = self.path(file);
            if findings.len() == MANY || findings.iter().any(|(known, _)| *known == path) {
                continue;
            }
            let line = root.lines.iter().find(|line| {
                let mut files = self.index.visible(line.file);
                line.file == file || files.any(|(import, _)| import == file)
            });
            let name = path.file_name().unwrap_or(path.as_os_str());
            let name = name.to_string_lossy();
            let finding = Finding {
                span: line.map_or_else(Span::default, |line| line.span),
                severity: Severity::Error,
                code: Some(error.code.as_str()),
                message: format!("`{name}` has errors, the first: {}", error.message),
                related: vec![Related {
                    place: self.place(error.primary.location),
                    message: error.message.clone(),
                }],
                mends: Vec::new(),
            };
            findings.push((path, finding));
        }
        findings.into_iter().map(|(_, finding)| finding).collect()
    }
}

/// What is wrong with the settings of a document.
fn whole(problem: &str) -> Finding {
    Finding {
        span: Span::default(),
        severity: Severity::Error,
        code: None,
        message: problem.to_owned(),
        related: Vec::new(),
        mends: Vec::new(),
    }
}
