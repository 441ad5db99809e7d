//! Paths and bytes ↔ URIs and ranges.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use async_lsp::lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
    Position, Range, Url,
};
use xdr_parser::{Severity, Span};

use crate::analysis::{self, Encoding, Finding, Place, Text, Workspace, plain};

/// The path of a document. What is no file goes by its URI.
pub(super) fn path(url: &Url) -> PathBuf {
    match url.to_file_path() {
        Ok(path) if url.scheme() == "file" => plain(&path),
        _ => PathBuf::from(url.as_str()),
    }
}

/// A byte order mark in UTF-8 has so many bytes.
const MARK: u32 = 3;

/// Ranges in documents and files, each read once.
pub(super) struct Ranges<'a> {
    workspace: &'a Workspace,
    urls: &'a HashMap<PathBuf, Url>,
    encoding: Encoding,
    /// With how many bytes go before the text: those of a byte order mark, which editors do not count.
    files: HashMap<PathBuf, Option<(Text, u32)>>,
}

impl<'a> Ranges<'a> {
    pub(super) fn new(
        workspace: &'a Workspace,
        urls: &'a HashMap<PathBuf, Url>,
        encoding: Encoding,
    ) -> Self {
        Self {
            workspace,
            urls,
            encoding,
            files: HashMap::new(),
        }
    }

    /// What the client calls a file.
    pub(super) fn url(&self, path: &Path) -> Option<Url> {
        let open = self.urls.get(path).cloned();
        open.or_else(|| Url::from_file_path(path).ok())
    }

    /// The range of some bytes of a file; nothing if it cannot be read.
    pub(super) fn range(&mut self, path: &Path, span: Span) -> Option<Range> {
        if let Some(text) = self.workspace.text(path) {
            return Some(range(text, span, self.encoding));
        }
        if !self.files.contains_key(path) {
            let text = self.workspace.any_text(path);
            let text = text.map(|text| match text.strip_prefix('\u{feff}') {
                Some(rest) => (Text::new(rest), MARK),
                None => (Text::new(text), 0),
            });
            self.files.insert(path.to_owned(), text);
        }
        let (text, before) = self.files.get(path)?.as_ref()?;
        let inside = |offset: u32| offset.saturating_sub(*before);
        let span = Span::new(inside(span.start), inside(span.end));
        Some(range(text, span, self.encoding))
    }

    pub(super) fn location(&mut self, place: &Place) -> Option<Location> {
        let range = self.range(&place.path, place.span)?;
        let uri = self.url(&place.path)?;
        Some(Location { uri, range })
    }
}

pub(super) fn range(text: &Text, span: Span, encoding: Encoding) -> Range {
    let position = |offset: u32| {
        let analysis::Position { line, column } = text.position(offset as usize, encoding);
        Position {
            line,
            character: column,
        }
    };
    Range {
        start: position(span.start),
        end: position(span.end),
    }
}

pub(super) fn diagnostic(
    finding: &Finding,
    path: &Path,
    url: &Url,
    ranges: &mut Ranges<'_>,
) -> Diagnostic {
    let related = finding.related.iter().filter_map(|related| {
        Some(DiagnosticRelatedInformation {
            location: if related.place.path == path {
                let range = ranges.range(path, related.place.span)?;
                let uri = url.clone();
                Location { uri, range }
            } else {
                ranges.location(&related.place)?
            },
            message: related.message.clone(),
        })
    });
    let related: Vec<_> = related.collect();
    Diagnostic {
        range: ranges.range(path, finding.span).unwrap_or_default(),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: finding
            .code
            .map(|code| NumberOrString::String(code.to_owned())),
        source: Some("xdr".to_owned()),
        message: finding.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    }
}
