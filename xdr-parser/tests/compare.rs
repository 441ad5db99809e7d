//! What is said of two versions of a schema: a folder for each rule, `compare/RULE/{old,new}.x`, and one snapshot of them
//! all. Add a case by adding a folder; `cargo xtask bless` writes the snapshot, for you to read.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use xdr_parser::compare::{Change, Rule, compare};
use xdr_parser::{Compilation, Location, Options, Sources};

fn compiled(path: &Path) -> Compilation {
    let compilation = xdr_parser::compile(&[path.to_owned()], &Options::default());
    let messages: Vec<&String> = compilation
        .diagnostics
        .iter()
        .map(|found| &found.message)
        .collect();
    assert!(
        compilation.schema.is_some() && messages.is_empty(),
        "{}: {messages:?}",
        path.display()
    );
    compilation
}

/// Each folder with its name, in order.
fn cases() -> Vec<(String, PathBuf)> {
    let mut cases: Vec<(String, PathBuf)> = std::fs::read_dir("tests/compare")
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed"))
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                entry.path(),
            )
        })
        .collect();
    cases.sort();
    cases
}

fn place(sources: &Sources, location: Option<Location>) -> String {
    location
        .and_then(|location| Some((sources.get(location.file)?, location)))
        .map_or_else(
            || "nowhere".to_owned(),
            |(source, location)| {
                let position = source.line_column(location.span.start);
                format!("{}:{}", position.line, position.column)
            },
        )
}

fn changes(old: &Compilation, new: &Compilation) -> Vec<Change> {
    let schemas = old.schema.as_ref().zip(new.schema.as_ref());
    let (old, new) = schemas.expect("both resolve");
    compare(old, new)
}

#[test]
fn every_case_says_what_the_snapshot_says() {
    let mut out = String::new();
    for (name, folder) in cases() {
        let (old, new) = (
            compiled(&folder.join("old.x")),
            compiled(&folder.join("new.x")),
        );
        let _ = writeln!(out, "{name}");
        for change in changes(&old, &new) {
            let _ = writeln!(
                out,
                "  {} ({}) {}: {}\n    {} → {}",
                change.rule.id(),
                change.rule.severity(),
                change.item,
                change.message,
                place(&old.sources, change.old),
                place(&new.sources, change.new),
            );
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn every_rule_has_a_case_and_every_case_shows_its_rule() {
    let mut without: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(without.len(), Rule::ALL.len(), "an id is used twice");
    for (name, folder) in cases() {
        let (old, new) = (
            compiled(&folder.join("old.x")),
            compiled(&folder.join("new.x")),
        );
        assert!(without.remove(name.as_str()), "`{name}` is no rule");
        let found = changes(&old, &new);
        assert!(
            found.iter().any(|change| change.rule.id() == name),
            "the case `{name}` does not show its rule"
        );
    }
    assert!(without.is_empty(), "no case shows {without:?}");
}

#[test]
fn a_schema_does_not_differ_from_itself() {
    for (_, folder) in cases() {
        for file in ["old.x", "new.x"] {
            let compilation = compiled(&folder.join(file));
            assert_eq!(changes(&compilation, &compilation), []);
        }
    }
}

#[test]
fn whatever_differs_one_way_differs_the_other_way() {
    for (name, folder) in cases() {
        let (old, new) = (
            compiled(&folder.join("old.x")),
            compiled(&folder.join("new.x")),
        );
        assert!(!changes(&new, &old).is_empty(), "{name}");
    }
}
