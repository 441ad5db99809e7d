//! Diagnostics for people: with the lines they are about, as rustc shows its own.

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use xdr_parser::{Diagnostic, FileId, Label, Severity, Sources};

/// What a compilation found, with the texts it is about.
#[derive(Clone)]
pub struct Diagnostics {
    /// By place.
    pub diagnostics: Vec<Diagnostic>,
    /// What their locations point into.
    pub sources: Sources,
}

impl Diagnostics {
    /// Joins diagnostics and the texts they are about.
    pub fn new(diagnostics: Vec<Diagnostic>, sources: Sources) -> Self {
        Self {
            diagnostics,
            sources,
        }
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All of them, a blank line between two, with or without ANSI colours.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let shown: Vec<String> = self
            .diagnostics
            .iter()
            .map(|diagnostic| self.render_one(&renderer, diagnostic))
            .collect();
        shown.join("\n\n")
    }

    fn render_one(&self, renderer: &Renderer, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let code = diagnostic.code.as_str();
        let mut group = level
            .primary_title(diagnostic.message.as_str())
            .id(code)
            .elements(Vec::<Origin<'_>>::new());
        let primary = (AnnotationKind::Primary, &diagnostic.primary);
        let labels: Vec<_> = std::iter::once(primary)
            .chain(
                diagnostic
                    .secondary
                    .iter()
                    .map(|label| (AnnotationKind::Context, label)),
            )
            .collect();
        let mut files: Vec<FileId> = labels
            .iter()
            .map(|(_, label)| label.location.file)
            .collect();
        // The primary's file first, each once.
        let mut seen = Vec::new();
        files.retain(|file| {
            !seen.contains(file) && {
                seen.push(*file);
                true
            }
        });
        for file in files {
            group = self.snippet(group, file, &labels);
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }

    fn snippet<'a>(
        &'a self,
        group: Group<'a>,
        file: FileId,
        labels: &[(AnnotationKind, &'a Label)],
    ) -> Group<'a> {
        let Some(source) = self.sources.get(file) else {
            return group;
        };
        if source.text.is_empty() {
            return group.element(Origin::path(source.name.as_str()));
        }
        let mut snippet = Snippet::source(source.text.as_str()).path(source.name.as_str());
        for (kind, label) in labels
            .iter()
            .filter(|(_, label)| label.location.file == file)
        {
            let text = (!label.text.is_empty()).then_some(label.text.as_str());
            let range = label.location.span.range();
            let range = range.start.min(source.text.len())..range.end.min(source.text.len());
            snippet = snippet.annotation(kind.span(range).label(text));
        }
        group.element(snippet)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// As `Display`, on lines of its own: a build script's `main` that fails prints its error this way.
impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}\n")
    }
}

impl std::error::Error for Diagnostics {}
