//! Where generated files go, and what is said when there are none.

use std::fs;

use xdr_build::{Config, Diagnostics, Error};
use xdr_parser::{Code, Diagnostic, Location, Sources, Span};

#[test]
fn compile_writes_files_and_their_imports_once() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base.x");
    fs::write(&base, "const BASE_MAX = 4; struct base { int x; };").unwrap();
    let app = folder.path().join("app.x");
    fs::write(
        &app,
        "%#include \"base.h\"\nstruct app { base b; string s<BASE_MAX>; };",
    )
    .unwrap();
    let out = folder.path().join("out/deep");
    let mut config = Config::new();
    config.out_dir(&out);
    config.compile(&[&app]).unwrap();

    let source = fs::read_to_string(out.join("app.rs")).unwrap();
    assert!(source.contains("pub b: super::base::Base,"), "{source}");
    assert!(
        source.contains("#[xdr(max = super::base::BASE_MAX)]"),
        "{source}"
    );
    assert!(
        source.contains("// Renew it with `cargo build`."),
        "{source}"
    );
    let written = fs::metadata(out.join("base.rs"))
        .unwrap()
        .modified()
        .unwrap();
    config.compile(&[&app]).unwrap();
    assert_eq!(
        fs::metadata(out.join("base.rs"))
            .unwrap()
            .modified()
            .unwrap(),
        written
    );

    // A file generated elsewhere is referred to and left alone.
    fs::remove_file(out.join("base.rs")).unwrap();
    config
        .extern_path(".base", "::shared::base")
        .compile(&[&app])
        .unwrap();
    let source = fs::read_to_string(out.join("app.rs")).unwrap();
    assert!(source.contains("pub b: ::shared::base::Base,"), "{source}");
    assert!(!out.join("base.rs").exists());
}

#[test]
fn files_of_one_name_do_not_overwrite_each_other() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("v2")).unwrap();
    let newer = folder.path().join("v2/app.x");
    fs::write(&newer, "struct newer { int x; };").unwrap();
    let app = folder.path().join("app.x");
    fs::write(&app, "#include \"v2/app.x\"\nstruct app { newer n; };").unwrap();
    let mut config = Config::new();
    config.out_dir(folder.path().join("out"));
    let error = config.compile(&[&app]).unwrap_err();
    assert!(matches!(&error, Error::SameName { name } if name == "app.rs"));
    assert!(!folder.path().join("out/app.rs").exists());
}

#[test]
fn a_file_is_fresh_if_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let files = Config::new()
        .generate_text("a.x", "const A = 1;", None)
        .unwrap();
    let [file] = files.as_slice() else {
        panic!("one file")
    };
    assert_eq!(
        (file.stem.as_str(), file.module.as_str(), file.root),
        ("a", "a", true)
    );
    assert!(!file.is_fresh(&folder.path().join("a.rs")).unwrap());
    let (path, written) = file.write_to(folder.path()).unwrap();
    assert!(written);
    assert!(file.is_fresh(&path).unwrap());
    assert!(!file.write_to(folder.path()).unwrap().1);
    fs::write(&path, "other").unwrap();
    assert!(!file.is_fresh(&path).unwrap());
}

#[test]
fn errors_are_shown_with_their_lines() {
    let mut sources = Sources::default();
    let file = sources.add("a.x", "struct a {\n    b c;\n    b d;\n};\n");
    let other = sources.add("empty.x", "");
    let at = |file, start, end| Location {
        file,
        span: Span::new(start, end),
    };
    let missing = Diagnostic::error(Code::E0202, at(file, 15, 16), "no type is called `b`")
        .label("not known here")
        .also(at(file, 24, 25), "nor here")
        .help("define it");
    let warning = Diagnostic::warning(Code::E0501, at(other, 0, 0), "nothing in it");
    let diagnostics = Diagnostics::new(vec![missing, warning], sources);
    insta::assert_snapshot!(diagnostics, @r"
    error[E0202]: no type is called `b`
     --> a.x:2:5
      |
    2 |     b c;
      |     ^ not known here
    3 |     b d;
      |     - nor here
      |
      = help: define it

    warning[E0501]: nothing in it
    --> empty.x
    ");
    assert!(diagnostics.render(true).contains("\u{1b}["));
    assert!(diagnostics.has_errors());
    let error = Error::from(diagnostics);
    assert!(format!("{error:?}").starts_with("\nerror[E0202]"));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let files = Config::new()
        .generate_text("a.x", "const A = 1;", None)
        .unwrap();
    let error = files[0].write_to(&file.join("sub")).unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
}
