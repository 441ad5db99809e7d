use std::fmt::Write as _;

use super::*;
use crate::source::Sources;

fn diagnostics(text: &str) -> String {
    let mut sources = Sources::default();
    let id = sources.add("a.x", text);
    let parsed = parse(id, text, &Options::default());
    let mut out = String::new();
    for diagnostic in &parsed.diagnostics {
        let span = diagnostic.primary.location.span;
        let _ = writeln!(
            out,
            "{} {} @ {:?} [{}]",
            diagnostic.code,
            diagnostic.message,
            span.of(text),
            diagnostic.primary.text
        );
    }
    out
}
#[test]
fn real() {
    for path in std::env::var("X").unwrap().split_whitespace() {
        let text = std::fs::read_to_string(path).unwrap();
        println!("{path}\n{}", diagnostics(&text));
    }
}
