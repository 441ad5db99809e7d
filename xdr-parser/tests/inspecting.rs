//! What is known of a text while somebody writes it.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use xdr_parser::ast::{ItemKind, StructBody};
use xdr_parser::schema::TypeKind;
use xdr_parser::{Diagnostic, Inspection, Options, compile, inspect};

const CALENDAR: &str = include_str!("../../xdr-cli/tests/examples/calendar.x");

fn inspected(text: &str) -> Inspection {
    let (path, options) = of(text);
    inspect(&[path], &options)
}

/// A text in the place of a file.
fn of(text: &str) -> (PathBuf, Options) {
    let path = PathBuf::from("/nowhere/text.x");
    let mut options = Options::default();
    options.contents.insert(path.clone(), text.into());
    (path, options)
}

fn structs(inspection: &Inspection) -> Vec<(&str, &StructBody)> {
    let items = inspection.files[0].ast.items.iter();
    let structs = items.filter_map(|item| match &item.kind {
        ItemKind::Struct(name, body) => Some((name.name.as_str(), body)),
        _ => None,
    });
    structs.collect()
}

fn members(body: &StructBody) -> Vec<&str> {
    let names = body.members.iter().filter_map(|member| {
        let name = member.declaration.name.as_ref();
        name.map(|name| name.name.as_str())
    });
    names.collect()
}

#[test]
fn says_what_a_compilation_says() {
    let cases = std::fs::read_dir("tests/cases/errors").expect("the folder is there");
    for case in cases {
        let path = case.expect("it can be listed").path();
        if path.is_file() {
            let compilation = compile(std::slice::from_ref(&path), &Options::default());
            let inspection = inspect(std::slice::from_ref(&path), &Options::default());
            let path = path.display();
            // In which definition a mistake is may be known here only: the definition is in the file.
            let said = |diagnostics: Vec<Diagnostic>| -> Vec<_> {
                let parts = diagnostics.into_iter();
                parts
                    .map(|found| (found.code, found.message, found.primary, found.help))
                    .collect()
            };
            let complete = compilation.schema.is_some();
            assert_eq!(inspection.complete, complete, "{path}");
            assert_eq!(
                said(inspection.diagnostics),
                said(compilation.diagnostics),
                "{path}"
            );
        }
    }
}

#[test]
fn members_around_a_mistake_are_kept() {
    for (text, kept) in [
        ("struct a {\n int x;\n fo\n int y;\n};", ["x", "y"]),
        ("struct a {\n int x\n int y;\n};", ["x", "y"]),
        ("struct a { int x; string <; int y; };", ["x", "y"]),
        ("struct a {\n int x;\n int y\n}\nconst A = 1;", ["x", "y"]),
        ("struct a {\n int x;\n int y;\n\nconst A = 1;", ["x", "y"]),
        ("struct a {\n int x;\n int y;", ["x", "y"]),
        (
            "struct a {\n int x;\n struct {\n  int\n } z;\n int y;\n ?;\n};",
            ["x", "y"],
        ),
    ] {
        let inspection = inspected(text);
        assert!(!inspection.complete, "{text}");
        let structs = structs(&inspection);
        assert_eq!(structs[0].0, "a");
        let mut members = members(structs[0].1);
        members.retain(|name| *name != "z");
        assert_eq!(members, kept, "{text}");
    }
}

#[test]
fn arms_and_enumerators_around_a_mistake_are_kept() {
    let text = "enum e {\n A = 1,\n B = ,\n C = 3\n};\nunion u switch (e x) {\ncase A:\n int a;\ncase \ncase C:\n int c;\n};";
    let inspection = inspected(text);
    let kinds: Vec<&TypeKind> = inspection.schema.types.iter().map(|ty| &ty.kind).collect();
    let TypeKind::Enum(body) = kinds[0] else {
        panic!("{kinds:?}")
    };
    let names: Vec<&str> = body.enumerators.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["A", "C"]);
    assert!(matches!(kinds[1], TypeKind::Union(body) if body.arms.len() == 2));
}

#[test]
fn comments_stay_with_what_was_kept() {
    let inspection = inspected("/* Of a. */\nstruct a {\n int x; /* of x */\n fo\n};");
    let definition = &inspection.schema.types[0];
    assert_eq!(definition.docs.text, "Of a.");
    let TypeKind::Struct(body) = &definition.kind else {
        panic!("{:?}", definition.kind)
    };
    assert_eq!(body.fields[0].docs.text, "of x");
}

#[test]
fn knows_what_it_does_not_know() {
    let text = "const A = B;\nconst C = 3;\nstruct s { int x; nothing y; int z; };\nstruct t { s *s; };\nstruct u { int x; };";
    let inspection = inspected(text);
    let unknown: Vec<&str> = inspection
        .without_value
        .iter()
        .map(|place| inspection.sources.text(*place))
        .collect();
    assert_eq!(unknown, ["A"]);
    let types = inspection.schema.types.iter();
    let sized = types.filter(|ty| !inspection.without_size.contains(&ty.id));
    assert_eq!(sized.map(|ty| &ty.name).collect::<Vec<_>>(), ["u"]);
    let TypeKind::Struct(body) = &inspection.schema.types[0].kind else {
        panic!("a struct")
    };
    let fields: Vec<&str> = body
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(fields, ["x", "z"]);
}

#[test]
fn what_imports_what_is_told_by_line() {
    let (path, mut options) = of("%#include \"base.h\"\nstruct a { b b; };");
    let base = Path::new("/nowhere/base.x").to_owned();
    options
        .contents
        .insert(base.clone(), b"typedef int b;".to_vec());
    let inspection = inspect(&[path], &options);
    assert!(inspection.complete, "{:?}", inspection.diagnostics);
    let [file, import] = inspection.files.as_slice() else {
        panic!("two files")
    };
    assert_eq!(import.path, base);
    assert_eq!(file.imports, [import.id]);
    assert_eq!(file.lines[0].file, import.id);
    assert_eq!(file.lines[0].span.range(), 0..18);
}

proptest! {
    /// Any part of a text left out, as if somebody wrote it anew.
    #[test]
    fn a_text_with_a_hole_is_reported_as_before(start in 0..CALENDAR.len(), length in 0..60_usize) {
        let end = (start + length).min(CALENDAR.len());
        let text = format!("{}{}", &CALENDAR[..start], &CALENDAR[end..]);
        let (path, options) = of(&text);
        let compilation = compile(std::slice::from_ref(&path), &options);
        let inspection = inspect(&[path], &options);
        let syntax = |code: &xdr_parser::Code| code.as_str().starts_with("E01");
        let codes = |diagnostics: &[Diagnostic]| {
            diagnostics.iter().map(|found| found.code).filter(syntax).collect::<Vec<_>>()
        };
        prop_assert_eq!(codes(&inspection.diagnostics), codes(&compilation.diagnostics));
        prop_assert_eq!(inspection.complete, compilation.schema.is_some());
        for item in &inspection.files[0].ast.items {
            prop_assert!(text.get(item.span.range()).is_some());
        }
    }
}
