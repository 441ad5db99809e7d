//! Every file in `cases/errors` and what is said of it. Add a case by adding a file; `cargo xtask bless` writes
//! the snapshot, for you to read.

use std::collections::BTreeSet;

use xdr_parser::lint::Rule;
use xdr_parser::{Code, Options, compile};

mod render;

#[test]
fn every_case_says_what_its_snapshot_says() {
    insta::glob!("cases/errors/*.x", |path| {
        let compilation = compile(&[path.to_owned()], &Options::default());
        insta::assert_snapshot!(render::diagnostics(
            &compilation.sources,
            &compilation.diagnostics
        ));
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
    // What only `lint` reports has its cases there.
    let own = |code: &Code| *code == Code::W0601 || Rule::of(*code).is_none();
    missing.retain(own);
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
