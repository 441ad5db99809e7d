//! Diagnostics as text, for snapshots.

use std::fmt::Write as _;

use xdr_parser::{Diagnostic, Label, Severity, Sources};

/// The diagnostics as a person would check them: place, text and label of every part.
pub(crate) fn diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    let label = |out: &mut String, mark: &str, label: &Label| {
        let place = sources.get(label.location.file).map(|source| {
            let position = source.line_column(label.location.span.start);
            format!("{}:{}", position.line, position.column)
        });
        let text = sources.text(label.location);
        let place = place.unwrap_or_default();
        let _ = writeln!(
            out,
            "  {mark} {place} `{}` {}",
            text.escape_debug(),
            label.text
        );
    };
    for diagnostic in diagnostics {
        let severity = if diagnostic.severity == Severity::Error {
            "error"
        } else {
            "warning"
        };
        let _ = writeln!(
            out,
            "{severity} {}: {}",
            diagnostic.code, diagnostic.message
        );
        label(&mut out, "-->", &diagnostic.primary);
        for secondary in &diagnostic.secondary {
            label(&mut out, "and", secondary);
        }
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(out, "  help: {help}");
        }
        if let Some(fix) = &diagnostic.fix {
            let kind = if fix.safe { "fix" } else { "suggestion" };
            let _ = writeln!(out, "  {kind}: {}", fix.title);
        }
    }
    out
}
