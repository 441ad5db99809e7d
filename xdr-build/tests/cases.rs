//! Every file in `cases` and the Rust that comes of it. Add a case by adding a file; `cargo xtask bless` writes what is
//! expected.

mod rustfmt;

use std::fs;

use xdr_build::Config;

#[test]
fn each_case_generates_what_is_expected() {
    insta::glob!("cases/*.x", |path| {
        let files = Config::new().generate(&[path]).unwrap();
        let [file] = files.as_slice() else {
            panic!("{} files", files.len());
        };
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(file.source);
        });
    });
}

#[test]
fn rustfmt_and_the_printer_agree_on_every_case() {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")).unwrap() {
        for file in Config::new().generate(&[entry.unwrap().path()]).unwrap() {
            file.write_to(folder.path()).unwrap();
        }
    }
    rustfmt::check(folder.path());
}
