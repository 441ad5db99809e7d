//! What is wrong with a document, and with what it imports.

use std::path::Path;

use xdr_lsp::analysis::{Finding, Workspace};
use xdr_parser::Span;

use crate::{case, settings, shown};

const A: &str = "/nowhere/a.x";
const BASE: &str = "/nowhere/base.x";

fn findings(workspace: &mut Workspace, path: &str) -> Vec<Finding> {
    workspace.findings(Path::new(path)).unwrap()
}

fn messages(workspace: &mut Workspace, path: &str) -> Vec<String> {
    let findings = findings(workspace, path);
    findings
        .into_iter()
        .map(|finding| finding.message)
        .collect()
}

#[test]
fn has_code_place_help_and_other_places() {
    let mut case = case(&[("a.x", "$0const A = 1;\nconst A = 2;")]);
    let found = findings(&mut case.workspace, A);
    let [finding] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(finding.code, Some("E0201"));
    assert_eq!(finding.span, Span::new(19, 20));
    assert_eq!(
        finding.message,
        "the constant `A` is defined twice: defined again here\nhelp: rename one of them, or remove it"
    );
    assert_eq!(shown(&case.workspace, &finding.related[0].place), "a.x:1 A");
    assert_eq!(finding.related[0].message, "first defined here");
}

#[test]
fn what_was_meant_can_be_had() {
    let mut case = case(&[(
        "a.x",
        "$0struct address { int x; };\nstruct b { adress y; };",
    )]);
    let found = findings(&mut case.workspace, A);
    let mend = &found[0].mends[0];
    assert_eq!(mend.title, "change to `address`");
    assert_eq!(mend.edits[0].replacement, "address");
    assert_eq!(shown(&case.workspace, &mend.edits[0].place), "a.x:2 adress");
}

#[test]
fn what_is_allowed_and_likely_to_be_wrong_can_be_mended() {
    let mut case = case(&[(
        "a.x",
        "$0enum e { A = 0, B };\nunion u switch (e x) { case A: case B: void; };",
    )]);
    let found = findings(&mut case.workspace, A);
    let finding = found.iter().find(|found| found.code == Some("W0708"));
    let finding = finding.unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!(finding.severity, xdr_parser::Severity::Warning);
    let edit = &finding.mends[0].edits[0];
    assert_eq!(edit.replacement, " = 1");
    // Rules are not tried while there are errors.
    let edited = case.workspace.edit(Path::new(A), 2, |text| {
        text.replace(Some(Span::new(0, 0)), "const X = Y;\n");
    });
    assert!(edited.is_ok());
    let found = findings(&mut case.workspace, A);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn an_edit_in_what_is_imported_shows_in_the_document() {
    let mut case = case(&[
        ("base.x", "typedef int a;"),
        ("a.x", "$0%#include \"base.h\"\nstruct b { a x; };"),
    ]);
    assert_eq!(messages(&mut case.workspace, A), [""; 0]);
    let stale = case.workspace.edit(Path::new(BASE), 2, |text| {
        text.replace(None, "typedef int b;");
    });
    assert_eq!(stale.unwrap(), [Path::new(A), Path::new(BASE)]);
    let messages = messages(&mut case.workspace, A);
    assert!(
        messages
            .iter()
            .any(|found| found.starts_with("no type is called `a`")),
        "{messages:?}"
    );
}

#[test]
fn errors_of_an_import_stand_at_its_line() {
    let mut case = case(&[
        ("base.x", "typedef int a;\nconst X = ;"),
        ("a.x", "$0struct b { int x; };\n%#include \"base.h\""),
    ]);
    let found = findings(&mut case.workspace, A);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].span, Span::new(21, 39));
    assert_eq!(
        found[0].message,
        "`base.x` has errors, the first: expected a value, found `;`"
    );
    assert_eq!(
        shown(&case.workspace, &found[0].related[0].place),
        "base.x:2 ;"
    );
}

#[test]
fn settings_with_a_mistake_are_a_finding_and_no_end() {
    let mut workspace = Workspace::new(&[], Box::new(|_| Err("xdr.toml: no".to_owned())));
    workspace.open(Path::new(A), 1, "const A = B;");
    let found = messages(&mut workspace, A);
    assert_eq!(found[0], "xdr.toml: no");
    assert!(found[1].starts_with("no constant"), "{found:?}");
}

#[test]
fn settings_are_those_of_the_moment() {
    let mut workspace = Workspace::new(&[], settings());
    workspace.open(Path::new(A), 1, "struct a { opaque id[VIR_UUID_BUFLEN]; };");
    assert_eq!(messages(&mut workspace, A), [""; 0]);
}

#[test]
fn of_very_many_only_the_first_are_listed() {
    let mut workspace = Workspace::new(&[], settings());
    let text = "const A = 1;\n".repeat(3000);
    workspace.open(Path::new(A), 1, text);
    assert_eq!(findings(&mut workspace, A).len(), 500);
}
