//! What may stand at the cursor.

use crate::case;

fn labels(text: &str) -> Vec<String> {
    let mut case = case(&[
        (
            "base.x",
            "const FROM_BASE = 1;\nstruct from_base { int x; };",
        ),
        ("a.x", text),
    ]);
    let found = case.workspace.completions(&case.path, case.offset).unwrap();
    found.items.into_iter().map(|item| item.label).collect()
}

fn has(text: &str, wanted: &[&str], unwanted: &[&str]) {
    let labels = labels(text);
    for label in wanted {
        assert!(
            labels.iter().any(|found| found == label),
            "no {label} in {text}: {labels:?}"
        );
    }
    for label in unwanted {
        assert!(
            !labels.iter().any(|found| found == label),
            "{label} in {text}: {labels:?}"
        );
    }
}

const DEFINED: &str = "%#include \"base.h\"\nconst C = 1;\nenum e { E_A = 1, E_B = 2 };\nstruct s { int x; };\nunion u switch (int d) { default: void; };\n";

fn here(text: &str, wanted: &[&str], unwanted: &[&str]) {
    has(&format!("{DEFINED}{text}"), wanted, unwanted);
}

#[test]
fn a_definition_begins_with_its_word() {
    here("$0", &["const", "struct", "program"], &["s", "int", "C"]);
    here("str$0", &["struct"], &["const"]);
    has("$0\nstruct a { int x; };", &["enum"], &["a"]);
}

#[test]
fn types_stand_where_a_type_can() {
    let types = [
        "s",
        "e",
        "u",
        "from_base",
        "int",
        "unsigned",
        "opaque",
        "uint32_t",
    ];
    let values = ["C", "E_A", "FROM_BASE", "const"];
    here("struct t { $0", &types, &values);
    here("struct t { int x; $0", &types, &values);
    here("struct t {\n  int x;\n  $0\n  int y;\n};", &types, &values);
    here("typedef $0", &types, &values);
    here("union t switch (e x) { case E_A: $0", &types, &values);
    here("program P { version V { $0", &types, &values);
    here("program P { version V { void F($0", &types, &values);
    here("program P { version V { void F(int, $0", &types, &values);
    // What is open before a new definition is not open in it.
    here("struct broken { int x;\n\nstruct t { $0", &types, &values);
    here("struct broken { int\n\ntypedef $0", &types, &values);
}

#[test]
fn behind_a_tag_are_its_types() {
    here(
        "struct t { struct $0",
        &["s", "from_base"],
        &["e", "u", "int"],
    );
    here("struct t { enum $0", &["e"], &["s", "u"]);
    here("struct t { unsigned $0", &["int", "hyper"], &["s", "e"]);
}

#[test]
fn values_stand_in_bounds_and_behind_an_equals_sign() {
    let values = ["C", "E_A", "FROM_BASE", "VIR_UUID_BUFLEN"];
    for text in [
        "struct t { string x<$0",
        "struct t { int x[$0]; };",
        "const D = $0",
        "enum f { F = $0 };",
        "typedef opaque x<$0>;",
    ] {
        here(text, &values, &["s", "int"]);
    }
}

#[test]
fn a_label_is_one_of_the_discriminants_enum() {
    here(
        "union t switch (e x) { case $0",
        &["E_A", "E_B"],
        &["C", "s"],
    );
    here(
        "typedef e f;\nunion t switch (f x) { case E_A: void; case $0",
        &["E_B"],
        &["C"],
    );
    here("union t switch (int x) { case $0", &["C", "E_A"], &["s"]);
    here("union t switch (bool x) { case $0", &["TRUE"], &["C"]);
    here("union t switch (e x) { $0", &["case", "default"], &["s"]);
    here(
        "union t switch (e x) { case E_A: void; $0",
        &["case", "default"],
        &["s"],
    );
    here("union t switch ($0", &["e", "int", "bool"], &["s", "C"]);
    here("union t $0", &["switch"], &["s"]);
}

#[test]
fn nothing_stands_where_a_new_name_does() {
    for text in [
        "struct $0",
        "struct t { int $0",
        "const $0",
        "enum f { $0",
        "/* $0 */",
        "// $0",
        "const X = 1$0",
        "%int $0",
        "program P { version $0",
    ] {
        assert_eq!(labels(&format!("{DEFINED}{text}")), [""; 0], "{text}");
    }
}

#[test]
fn letters_that_are_there_choose_and_are_replaced() {
    let mut case = case(&[(
        "a.x",
        "struct first { int x; };\nstruct second { int x; };\nstruct t { fI$0rxx y; };",
    )]);
    let found = case.workspace.completions(&case.path, case.offset).unwrap();
    let labels: Vec<&str> = found.items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["first"]);
    assert_eq!(found.items[0].detail, "struct, 4 bytes");
    let text = case.workspace.text(&case.path).unwrap().as_str();
    assert_eq!(found.span.of(text), "fIrxx");
}
