//! Where names are defined and used.

use crate::{Case, case};

fn definition(documents: &[(&str, &str)]) -> String {
    let mut case = case(documents);
    let found = case.workspace.definition(&case.path, case.offset).unwrap();
    found.map_or_else(|| "nowhere".to_owned(), |(_, place)| case.shown(&place))
}

fn references(documents: &[(&str, &str)]) -> Vec<String> {
    let mut case = case(documents);
    let found = case.workspace.references(&case.path, case.offset).unwrap();
    let shown = |case: &Case| -> Vec<String> {
        let references = found.iter();
        references
            .map(|reference| {
                let mark = if reference.defines { "!" } else { "" };
                format!("{}{mark}", case.shown(&reference.place))
            })
            .collect()
    };
    shown(&case)
}

#[test]
fn a_type_is_found_in_the_document_and_in_what_it_imports() {
    assert_eq!(
        definition(&[("a.x", "struct a { int x; };\nstruct b { $0a y; };")]),
        "a.x:1 a"
    );
    let base = ("base.x", "\ntypedef int a;");
    assert_eq!(
        definition(&[base, ("a.x", "%#include \"base.h\"\nstruct b { a$0 y; };")]),
        "base.x:2 a"
    );
    assert_eq!(
        definition(&[base, ("a.x", "struct b { a$0 y; };")]),
        "nowhere"
    );
}

#[test]
fn values_are_found_wherever_they_stand() {
    for text in [
        "const A = 1;\nconst B = $0A;",
        "const A = 1;\nstruct s { int x[$0A]; };",
        "const A = 1;\nstruct s { string x<$0A>; };",
        "const A = 1;\nenum e { E = A$0 };",
        "const A = 1;\nunion u switch (int x) { case $0A: void; };",
        "const A = 1;\nprogram P { version V { void F(void) = $0A; } = 1; } = 2;",
        "#define A 1\n#if $0A\n#endif",
        "const A = 1;\n#ifdef X\nstruct s { int x[$0A]; };\n#endif",
    ] {
        assert_eq!(definition(&[("a.x", text)]), "a.x:1 A", "{text}");
    }
}

#[test]
fn an_import_line_leads_to_the_file() {
    let base = ("base.x", "typedef int a;");
    for line in ["%#inc$0lude \"base.h\"", "#include \"base.x\"$0"] {
        assert_eq!(definition(&[base, ("a.x", line)]), "base.x:1 ", "{line}");
    }
    assert_eq!(definition(&[("a.x", "%#inc$0lude \"none.h\"")]), "nowhere");
}

#[test]
fn references_are_in_every_document_that_sees_the_definition() {
    let found = references(&[
        ("base.x", "typedef int a;\nstruct in_base { a x; };"),
        ("one.x", "%#include \"base.h\"\nstruct one { $0a y; };"),
        (
            "two.x",
            "%#include \"one.h\"\nunion two switch (a z) { default: a x; };",
        ),
        // Another one of that name.
        ("other.x", "typedef int a;\nstruct other { a x; };"),
    ]);
    assert_eq!(
        found,
        [
            "base.x:1 a!",
            "base.x:2 a",
            "one.x:2 a",
            "two.x:2 a",
            "two.x:2 a"
        ]
    );
}

#[test]
fn a_field_is_named_where_it_is_declared_and_nowhere_else() {
    let found = references(&[(
        "a.x",
        "struct a { int $0x; };\nstruct x { int x; };\nstruct b { x x; };",
    )]);
    assert_eq!(found, ["a.x:1 x!"]);
}

#[test]
fn uses_in_what_cannot_be_read_are_found() {
    let found = references(&[(
        "a.x",
        "typedef int a;\nstruct b { $0a x; ? a\n};\n#ifdef X\ntypedef a c;\n#endif",
    )]);
    assert_eq!(found, ["a.x:1 a!", "a.x:2 a", "a.x:2 a", "a.x:5 a"]);
}

#[test]
fn a_text_that_is_being_written_says_where_its_names_are() {
    for text in [
        "struct a { int x; };\nstruct b {\n  $0a y",
        "struct a { int x; };\nstruct b {\n  $0a",
        "struct a {\n int x;\n\nstruct b { $0a y; };",
        "struct a { int x; }\nstruct b { $0a y; };",
        "struct a { int x };\nstruct b { $0a y; };",
        "struct a { int x; };\nunion u switch (int d) {\ncase 1:\n  $0a",
        "struct a { int x; };\nprogram P { version V { $0a F(",
    ] {
        assert_eq!(definition(&[("a.x", text)]), "a.x:1 a", "{text}");
    }
}
