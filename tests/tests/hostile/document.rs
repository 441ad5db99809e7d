//! The cases as Markdown.

use std::fmt::Write;

use crate::cases::{self, Case};
use crate::measured::{Step, grouped};

const HEAD: &str = "\
# Hostile input

What this codec does with what other codecs are hurt by. `cargo xtask hostile` writes this page by running every case;
`cargo xtask test` fails when it no longer says what happens.

Bytes are those held on the heap at a time, beyond the input; an error takes some for its own report. They and the number
of allocations are those of a machine with pointers of 64 bits and of the Rust version that the manifest names. No step
takes longer than a minute without optimization on a busy machine, which the test asserts.
";

/// The whole page.
pub(crate) fn text() -> String {
    let mut text = HEAD.to_owned();
    for case in cases::all() {
        section(&mut text, &case);
    }
    text
}

fn section(text: &mut String, case: &Case) {
    let _ = write!(text, "\n## {}\n\n{}\n\n", case.title, case.about);
    if !case.types.is_empty() {
        text.push_str("```text\n");
        for ty in case.types {
            let definition = definition(ty).unwrap_or(ty);
            let _ = writeln!(text, "{definition}");
        }
        text.push_str("```\n\n");
    }
    for step in (case.run)() {
        line(text, &step);
    }
    if let Some(peers) = case.peers {
        let _ = write!(text, "\nElsewhere: {peers}.\n");
    }
}

fn line(text: &mut String, step: &Step) {
    let allocations = match step.allocations {
        0 => "no allocation".to_owned(),
        1 => "1 allocation".to_owned(),
        many => format!("{} allocations", grouped(many)),
    };
    let held = match (step.peak, step.input) {
        (0, _) => String::new(),
        (peak, Some(input)) if input >= 1024 && peak >= input / 10 => {
            let tenths = peak.saturating_mul(10).div_ceil(input);
            let times = format!("{}.{}", tenths / 10, tenths % 10);
            format!("; {} bytes held, {times} times the input", grouped(peak))
        }
        (peak, _) => format!("; {} bytes held", grouped(peak)),
    };
    let _ = writeln!(
        text,
        "- {}: {}  \n  {allocations}{held}",
        step.what, step.outcome
    );
}

/// The lines of a type in `hostile.x`.
pub(crate) fn definition(name: &str) -> Option<&'static str> {
    const SOURCE: &str = include_str!("hostile.x");
    let heads = [
        format!("struct {name} {{"),
        format!("union {name} switch"),
        format!("enum {name} {{"),
    ];
    let start = heads.iter().find_map(|head| SOURCE.find(head.as_str()))?;
    let rest = SOURCE.get(start..)?;
    let end = rest.find("\n};").map(|end| end + 3)?;
    rest.get(..end)
}
