//! No text and no place in it makes anything panic or hang.

use std::path::Path;

use proptest::prelude::*;
use xdr_lsp::analysis::Workspace;

use crate::settings;

const A: &str = "/nowhere/a.x";
const CALENDAR: &str = include_str!("../../../xdr-cli/tests/examples/calendar.x");

fn ask_everything(text: &str, offset: u32) {
    let mut workspace = Workspace::new(&[], settings());
    let path = Path::new(A);
    workspace.open(path, 1, text);
    let findings = workspace.findings(path).unwrap();
    for finding in findings {
        assert!(text.get(finding.span.range()).is_some(), "{finding:?}");
    }
    let _ = workspace.hover(path, offset).unwrap();
    let _ = workspace.definition(path, offset).unwrap();
    let _ = workspace.references(path, offset).unwrap();
    let _ = workspace.rename(path, offset, "new_name");
    let _ = workspace.completions(path, offset).unwrap();
    let _ = workspace.symbols(path).unwrap();
    let _ = workspace.highlights(path).unwrap();
    let _ = workspace.folds(path).unwrap();
    let _ = workspace.format(path);
}

#[test]
fn circles_end() {
    for text in [
        "typedef b a;\ntypedef a b;",
        "typedef b a<>;\ntypedef a b<3>;",
        "const A = B;\nconst B = A;",
        "enum e { A = B, B = A };",
        "struct a { a x; };",
        "struct a { b x; };\nstruct b { a x[2]; };",
        "%#include \"a.h\"\nconst A = A;",
        "typedef union switch (a x) { default: a y; } a;",
    ] {
        for offset in 0..=text.len() {
            ask_everything(text, u32::try_from(offset).unwrap());
        }
    }
}

#[test]
fn deep_nesting_ends() {
    for (open, count) in [
        ("struct a { ", 5_000),
        ("union u switch (", 5_000),
        ("{", 50_000),
        ("program p { version v {", 5_000),
    ] {
        let text = open.repeat(count);
        ask_everything(&text, u32::try_from(text.len()).unwrap());
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "(?s)[ -~\n\r\té𝄞]{0,80}|(struct|union|enum|case|switch|typedef|const|[ab]|[ \n]|%|#if |#endif|[{}();<>=,:*]|1){0,40}", at in 0_u32..400) {
        ask_everything(&text, at);
    }

    #[test]
    fn a_text_with_a_hole_is_answered(start in 0..CALENDAR.len(), length in 0..40_usize, at in 0..CALENDAR.len()) {
        let end = (start + length).min(CALENDAR.len());
        let text = format!("{}{}", &CALENDAR[..start], &CALENDAR[end..]);
        ask_everything(&text, u32::try_from(at).unwrap());
    }
}
