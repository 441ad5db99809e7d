//! Diagnostics for people: with the lines they are about, as rustc shows its own.

use std::fmt;
use std::ops::Range;

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
        let spans: Vec<(AnnotationKind, &Label, Range<usize>)> = labels
            .iter()
            .filter(|(_, label)| label.location.file == file)
            .map(|&(kind, label)| {
                let range = label.location.span.range();
                let end = range.end.min(source.text.len());
                (kind, label, range.start.min(end)..end)
            })
            .collect();
        let lines = lines_around(&source.text, spans.iter().map(|(_, _, span)| span));
        let line = source.text[..lines.start].matches('\n').count() + 1;
        let mut snippet = Snippet::source(&source.text[lines.clone()])
            .line_start(line)
            .path(source.name.as_str());
        for (kind, label, span) in spans {
            let text = (!label.text.is_empty()).then_some(label.text.as_str());
            let span = span.start - lines.start..span.end - lines.start;
            snippet = snippet.annotation(kind.span(span).label(text));
        }
        group.element(snippet)
    }
}

/// The lines that spans are on. The renderer reads all that it is given, anew for each diagnostic: without this, a long
/// file with many mistakes would take minutes.
fn lines_around<'a>(text: &str, spans: impl Iterator<Item = &'a Range<usize>>) -> Range<usize> {
    let (start, end) = spans.fold((text.len(), 0), |(start, end), span| {
        (start.min(span.start), end.max(span.end))
    });
    let start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[end..]
        .find('\n')
        .map_or(text.len(), |newline| end + newline);
    start..end.max(start)
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
