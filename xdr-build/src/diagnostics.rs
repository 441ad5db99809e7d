//! Diagnostics for people: with the lines they are about, as rustc shows its own.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};
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
        self.render_with(color, |_| None)
    }

    /// The same, with what else there is to say of each.
    pub fn render_with(
        &self,
        color: bool,
        mut note: impl FnMut(&Diagnostic) -> Option<String>,
    ) -> String {
        let renderer = renderer(color);
        let shown = self.diagnostics.iter();
        let shown = shown.map(|diagnostic| {
            let note = note(diagnostic);
            self.render_one(&renderer, diagnostic, note.as_deref())
        });
        shown.collect::<Vec<_>>().join("\n\n")
    }

    fn render_one(
        &self,
        renderer: &Renderer,
        diagnostic: &Diagnostic,
        note: Option<&str>,
    ) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code.as_str());
        let labels: Vec<&Label> = std::iter::once(&diagnostic.primary)
            .chain(&diagnostic.secondary)
            .collect();
        let mut group = snippets(&self.sources, title, &labels);
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        if let Some(note) = note {
            group = group.element(Level::NOTE.message(note));
        }
        renderer.render(&[group])
    }
}

/// What is no [`Diagnostic`] but drawn like one: a change between two schemas, for example.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How much it matters.
    pub weight: Weight,
    /// Its stable identity.
    pub id: &'static str,
    /// One lower-case sentence without a full stop, names in backticks.
    pub message: String,
    /// The places that it is about, the first one marked as such.
    pub places: Vec<Label>,
    /// What else there is to say.
    pub note: String,
}

/// How much a [`Finding`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// As much as an error.
    Error,
    /// As much as a warning.
    Warning,
    /// Worth knowing.
    Note,
}

impl Finding {
    /// As text, with or without ANSI colours, and without a line end behind it.
    pub fn render(&self, sources: &Sources, color: bool) -> String {
        let level = match self.weight {
            Weight::Error => Level::ERROR,
            Weight::Warning => Level::WARNING,
            Weight::Note => Level::NOTE,
        };
        let title = level.primary_title(self.message.as_str()).id(self.id);
        let places: Vec<&Label> = self.places.iter().collect();
        let group = snippets(sources, title, &places);
        let group = group.element(Level::NOTE.message(self.note.as_str()));
        renderer(color).render(&[group])
    }
}

fn renderer(color: bool) -> Renderer {
    if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
}

/// A title, and the lines of the labels: those in the file of the first, which is the primary one, come first.
fn snippets<'a>(sources: &'a Sources, title: Title<'a>, labels: &[&'a Label]) -> Group<'a> {
    let mut group = title.elements(Vec::<Origin<'_>>::new());
    let kinds =
        std::iter::once(AnnotationKind::Primary).chain(std::iter::repeat(AnnotationKind::Context));
    let labels: Vec<(AnnotationKind, &Label)> = kinds.zip(labels.iter().copied()).collect();
    let mut seen: Vec<FileId> = Vec::new();
    for (_, label) in &labels {
        let file = label.location.file;
        if !seen.contains(&file) {
            seen.push(file);
            group = snippet(sources, group, file, &labels);
        }
    }
    group
}

fn snippet<'a>(
    sources: &'a Sources,
    group: Group<'a>,
    file: FileId,
    labels: &[(AnnotationKind, &'a Label)],
) -> Group<'a> {
    let Some(source) = sources.get(file) else {
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
