//! Files that are found, and files that are not.

use std::fs;
use std::path::{Path, PathBuf};

use xdr_parser::{Code, Compilation, Options, compile, compile_text};

/// A folder of its own for each test, removed when the test is done.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("xdr-parser-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("the folder can be made");
        Self(path)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("the folder can be made");
        fs::write(&path, text).expect("the file can be written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn codes(compilation: &Compilation) -> Vec<Code> {
    compilation
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

fn with_include(folder: &Path) -> Options {
    let mut options = Options::default();
    options.include.push(folder.to_owned());
    options
}

#[test]
fn a_header_stands_for_the_file_it_is_made_from() {
    let folder = Folder::new("header");
    folder.file("base.x", "typedef string name<10>;\nconst N = 3;");
    let user = folder.file(
        "user.x",
        "%#include \"base.h\"\n%#include <stdio.h>\nstruct s { name n[N]; };",
    );
    let compilation = compile(&[user], &Options::default());
    assert_eq!(codes(&compilation), []);
    let schema = compilation.schema.expect("it resolves");
    assert_eq!(schema.files.len(), 2);
    assert!(schema.files[0].root && !schema.files[1].root);
    assert_eq!(schema.files[0].imports, [schema.files[1].id]);
    assert_eq!(schema.files[1].stem, "base");
}

#[test]
fn imports_are_found_on_the_include_path_and_may_go_round_in_a_circle() {
    let folder = Folder::new("circle");
    folder.file("lib/a.x", "#include \"b.x\"\nstruct a { b *next; int x; };");
    folder.file("lib/b.x", "#include \"a.x\"\nstruct b { a *next; int x; };");
    let user = folder.file("user.x", "#include \"a.x\"\nstruct s { a one; b two; };");
    let compilation = compile(
        std::slice::from_ref(&user),
        &with_include(&folder.0.join("lib")),
    );
    assert_eq!(codes(&compilation), []);
    assert_eq!(compilation.watched.len(), 3);
    let without = compile(&[user], &Options::default());
    assert_eq!(without.diagnostics[0].code, Code::E0501);
    assert!(without.schema.is_none());
}

#[test]
fn a_header_in_angle_brackets_is_an_import_if_the_include_path_has_a_file_of_its_name() {
    let folder = Folder::new("angle");
    folder.file("headers/rpc/auth.x", "const AUTH_NONE = 0;");
    let text = "%#include <rpc/auth.h>\n%#include <rpc/xdr.h>\nenum e { E = AUTH_NONE };";
    let user = folder.file("user.x", text);
    let compilation = compile(&[user], &with_include(&folder.0.join("headers")));
    assert_eq!(codes(&compilation), []);
    let schema = compilation.schema.expect("it resolves");
    let stems: Vec<_> = schema.files.iter().map(|file| &file.stem).collect();
    assert_eq!(stems, ["user", "auth"]);
}

#[test]
fn imports_that_no_file_names_are_seen_by_every_file_but_those_that_they_need() {
    let folder = Folder::new("unsaid");
    let rpc = folder.file("rpc.x", "#include \"types.x\"\nstruct rpc { types t; };");
    folder.file("types.x", "struct types { int x; };");
    folder.file("base.x", "struct base { rpc r; };");
    let user = folder.file(
        "user.x",
        "#include \"base.x\"\nstruct user { base b; rpc r; };",
    );
    let mut options = Options::default();
    options.imports.push(rpc.clone());
    let compilation = compile(std::slice::from_ref(&user), &options);
    assert_eq!(codes(&compilation), []);
    assert_eq!(compilation.watched.len(), 4);
    let schema = compilation.schema.expect("it resolves");
    let types = schema.files.iter().find(|file| file.stem == "types");
    assert_eq!(types.expect("it is imported").imports, []);
    // One of them may be asked for, too.
    assert_eq!(codes(&compile(&[rpc, user], &options)), []);
    let text = compile_text("text.x", "typedef rpc r;", None, &options);
    assert_eq!(codes(&text), []);
}

#[test]
fn an_import_that_no_file_names_sees_those_before_it() {
    let folder = Folder::new("unsaid-order");
    let mut options = Options::default();
    for (name, text) in [("a.x", "const A = 1;"), ("b.x", "const B = A;")] {
        options.imports.push(folder.file(name, text));
    }
    let sees_both = compile_text("c.x", "const C = B;\nconst D = A;", None, &options);
    assert_eq!(codes(&sees_both), []);
    options.imports.reverse();
    let b_comes_first = compile_text("c.x", "const C = 1;", None, &options);
    assert_eq!(codes(&b_comes_first), [Code::E0202]);
}

#[test]
fn an_import_that_no_file_names_must_be_there() {
    let mut options = Options::default();
    options.imports.push("missing.x".into());
    let compilation = compile_text("a.x", "const A = 1;", None, &options);
    assert_eq!(codes(&compilation), [Code::E0501]);
    let message = &compilation.diagnostics[0].message;
    assert!(message.starts_with("missing.x: "), "{message}");
}

#[test]
fn a_file_that_is_imported_twice_is_one_file() {
    let folder = Folder::new("twice");
    let base = folder.file("base.x", "struct base { int x; };");
    let one = folder.file("one.x", "#include \"base.x\"\nstruct one { base b; };");
    let two = folder.file("two.x", "#include \"./base.x\"\nstruct two { base b; };");
    let compilation = compile(&[one, two, base], &Options::default());
    assert_eq!(codes(&compilation), []);
    assert_eq!(compilation.schema.expect("it resolves").types.len(), 3);
}

#[test]
fn two_files_that_do_not_see_each_other_may_use_one_name() {
    let folder = Folder::new("apart");
    let one = folder.file("one.x", "struct same { int x; };");
    let two = folder.file("two.x", "struct same { hyper x; };");
    assert_eq!(codes(&compile(&[one, two], &Options::default())), []);
}

#[test]
fn a_name_that_an_import_has_is_taken() {
    let folder = Folder::new("taken");
    folder.file("base.x", "struct same { int x; };");
    let user = folder.file("user.x", "#include \"base.x\"\nstruct same { int y; };");
    let compilation = compile(&[user], &Options::default());
    assert_eq!(codes(&compilation), [Code::E0201]);
    let first = compilation.diagnostics[0].secondary[0].location.file;
    assert!(
        compilation
            .sources
            .get(first)
            .expect("it is there")
            .name
            .ends_with("base.x")
    );
}

#[test]
fn an_import_that_was_not_found_is_named_where_a_name_is_missing() {
    let text = "%#include \"remote_protocol.h\"\nstruct s { remote_domain dom; };";
    let compilation = compile_text("a.x", text, None, &Options::default());
    assert_eq!(codes(&compilation), [Code::E0202]);
    let help = compilation.diagnostics[0]
        .help
        .as_deref()
        .expect("there is help");
    assert!(
        help.contains("remote_protocol.x") && help.contains("-I"),
        "{help}"
    );
}

#[test]
fn what_is_no_text_is_an_error_with_a_place() {
    let folder = Folder::new("unreadable");
    let missing = compile(&[folder.0.join("missing.x")], &Options::default());
    assert_eq!(codes(&missing), [Code::E0501]);
    assert!(
        missing.diagnostics[0]
            .message
            .ends_with("missing.x: there is no such file")
    );

    let directory = compile(std::slice::from_ref(&folder.0), &Options::default());
    assert_eq!(codes(&directory), [Code::E0501]);
    assert!(
        directory.diagnostics[0]
            .message
            .ends_with("this is a folder, not a file")
    );

    let latin1 = folder.file("latin1.x", b"/* caf\xe9 */\nstruct s { int x; };");
    let latin1 = compile(&[latin1], &Options::default());
    assert_eq!(codes(&latin1), [Code::E0502]);
    let place = latin1.diagnostics[0].primary.location;
    assert_eq!(
        (place.span.start, latin1.sources.text(place)),
        (6, "\u{fffd}")
    );
    assert!(latin1.diagnostics[0].message.ends_with("byte 6 is 0xe9"));
}

#[test]
fn files_without_number_end_with_a_message() {
    let folder = Folder::new("many");
    for index in 0..5000 {
        folder.file(
            &format!("f{index}.x"),
            format!("#include \"f{}.x\"\n", index + 1),
        );
    }
    let compilation = compile(&[folder.0.join("f0.x")], &Options::default());
    assert_eq!(codes(&compilation), [Code::E0503]);
}

#[test]
fn files_that_are_given_stand_before_those_on_disk() {
    let mut options = Options::default();
    let mut give = |path: &str, text: &str| {
        options
            .contents
            .insert(path.into(), text.as_bytes().to_vec());
    };
    give(
        "past/proto/a.x",
        "#include \"../shared.x\"\nstruct a { shared s; };",
    );
    give("past/shared.x", "struct shared { int x; };");
    let compilation = compile(&["past/proto/a.x".into()], &options);
    assert_eq!(compilation.diagnostics, []);
    let names = compilation
        .sources
        .iter()
        .map(|(_, source)| source.name.as_str());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["past/proto/a.x", "past/proto/../shared.x"]
    );
    let missing = compile(&["past/proto/b.x".into()], &options);
    assert_eq!(missing.diagnostics[0].code, Code::E0501);
}
