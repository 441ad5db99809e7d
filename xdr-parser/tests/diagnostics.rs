//! Every file in `cases/errors` and what is said of it. Add a case by adding a file; `cargo xtask bless` writes
//! the snapshot, for you to read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use xdr_parser::{Code, Compilation, Label, Options, Severity, compile};

/// The diagnostics as a person would check them: place, text and label of every part.
fn render(compilation: &Compilation) -> String {
    let mut out = String::new();
    let label = |out: &mut String, mark: &str, label: &Label| {
        let place = compilation.sources.get(label.location.file).map(|source| {
            let position = source.line_column(label.location.span.start);
            format!("{}:{}", position.line, position.column)
        });
        let text = compilation.sources.text(label.location);
        let place = place.unwrap_or_default();
        let _ = writeln!(
            out,
            "  {mark} {place} `{}` {}",
            text.escape_debug(),
            label.text
        );
    };
    for diagnostic in &compilation.diagnostics {
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
    }
    out
}

#[test]
fn every_case_says_what_its_snapshot_says() {
    insta::glob!("cases/errors/*.x", |path| {
        let compilation = compile(&[path.to_owned()], &Options::default());
        insta::assert_snapshot!(render(&compilation));
    });
}

/// Codes that no text in a folder of cases can bring about, each with the test that does.
const ELSEWHERE: [(Code, &str); 4] = [
    (Code::E0107, "a text of more than 4 GiB"),
    (Code::E0501, "tests/loading.rs"),
    (Code::E0502, "tests/loading.rs"),
    (Code::E0503, "tests/loading.rs"),
];

#[test]
fn every_code_has_a_case() {
    let mut missing: BTreeSet<Code> = Code::ALL.iter().copied().collect();
    for (code, _) in ELSEWHERE {
        missing.remove(&code);
    }
    for entry in std::fs::read_dir("tests/cases/errors").expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_some_and(|extension| extension == "x") {
            let compilation = compile(std::slice::from_ref(&path), &Options::default());
            assert!(
                !compilation.diagnostics.is_empty(),
                "{} is no error",
                path.display()
            );
            for diagnostic in compilation.diagnostics {
                missing.remove(&diagnostic.code);
            }
        }
    }
    assert!(missing.is_empty(), "no case brings about {missing:?}");
}
