//! Definitions as a tree, what can be folded, and what words are.

use std::fmt::Write as _;

use insta::assert_snapshot;
use xdr_lsp::analysis::Symbol;

use crate::case;

const TEXT: &str = "$0/* About\n   it. */\n#define D 1\nconst C = D;\nenum e {\n    A = 1\n};\nunion u switch (e d) {\ncase A:\n    struct {\n        int x;\n    } s;\n};\n\
    program P {\n    version V {\n        u F(e) = 1;\n    } = C;\n} = 2;\n";

#[test]
fn symbols_are_nested_as_definitions_are() {
    fn write(symbols: &[Symbol], indent: usize, out: &mut String) {
        for symbol in symbols {
            let _ = writeln!(out, "{:indent$}{} {}", "", symbol.kind.name(), symbol.name);
            write(&symbol.children, indent + 2, out);
        }
    }
    let mut case = case(&[("a.x", TEXT)]);
    let symbols = case.workspace.symbols(&case.path).unwrap();
    let mut out = String::new();
    write(&symbols, 0, &mut out);
    assert_snapshot!(out, @"
    constant D
    constant C
    enum e
      enumerator A
    union u
      discriminant d
      field s
        field x
    program P
      version V
        procedure F
    ");
}

#[test]
fn symbols_of_the_workspace_are_found_by_their_letters() {
    let mut case = case(&[
        ("a.x", "$0struct first { int first_field; };"),
        ("b.x", "const FIRST_MAX = 1;"),
    ]);
    let found = case.workspace.symbols_named("FIRST");
    let found: Vec<String> = found.iter().map(|found| case.shown(&found.place)).collect();
    assert_eq!(found, ["a.x:1 first", "b.x:1 FIRST_MAX"]);
}

#[test]
fn bodies_comments_and_branches_can_be_folded() {
    let case = case(&[(
        "a.x",
        "$0/* a\n b */\n// c\n// d\n#if X\nstruct s {\n    int x;\n};\n#else\nconst C = 1;\n#endif\nenum e { A = 1 };",
    )]);
    let folds = case.workspace.folds(&case.path).unwrap();
    let folds: Vec<(u32, u32)> = folds.iter().map(|fold| (fold.first, fold.last)).collect();
    assert_eq!(folds, [(0, 1), (2, 3), (4, 7), (5, 6), (8, 9)]);
}

#[test]
fn words_are_told_by_what_they_stand_for() {
    let mut case = case(&[(
        "a.x",
        "$0const C = 1;\nstruct s { string x<C>; uint32_t y[VIR_UUID_BUFLEN]; };",
    )]);
    let words = case.workspace.highlights(&case.path).unwrap();
    let text = case.workspace.text(&case.path).unwrap().as_str();
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("{} {:?}", word.span.of(text), word.kind))
        .collect();
    assert_eq!(
        words,
        [
            "const Keyword",
            "C Constant",
            "1 Number",
            "struct Keyword",
            "s Struct",
            "string Keyword",
            "x Field",
            "C Constant",
            "uint32_t Keyword",
            "y Field",
            "VIR_UUID_BUFLEN Constant",
        ]
    );
}
