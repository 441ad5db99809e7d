//! Open documents over files in a folder.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use xdr_lsp::Settings;
use xdr_lsp::analysis::Workspace;

use crate::{settings, shown};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn files_of_the_folder_that_use_a_name_are_found_and_changed() {
    let folder = folder(&[
        ("base.x", "typedef int a;"),
        ("sub/user.x", "%#include \"../base.h\"\nstruct b { a x; };"),
        (
            "target/copy.x",
            "%#include \"../base.h\"\nstruct c { a x; };",
        ),
        (".git/copy.x", "%#include \"../base.h\"\nstruct c { a x; };"),
        ("sub/other.x", "typedef int a;"),
    ]);
    let mut workspace = Workspace::new(&[folder.path().to_owned()], settings());
    let base = folder.path().join("base.x");
    // Not the text of the file.
    workspace.open(&base, 1, "\ntypedef int a;");
    let found = workspace.references(&base, 13).unwrap();
    let found: Vec<String> = found
        .iter()
        .map(|found| shown(&workspace, &found.place))
        .collect();
    assert_eq!(found, ["base.x:2 a", "user.x:2 a"]);
    let edits = workspace.rename(&base, 13, "d").unwrap();
    assert_eq!(edits.len(), 2);
    let symbols = workspace.symbols_named("b");
    let symbols: Vec<&str> = symbols.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(symbols, ["b"]);
}

#[cfg(unix)]
#[test]
fn a_document_that_is_open_by_a_link_is_one_with_its_file() {
    let folder = folder(&[
        ("real/base.x", "typedef int a;"),
        ("real/a.x", "%#include \"base.h\"\nstruct b { a x; };"),
    ]);
    std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
    let mut workspace = Workspace::new(&[folder.path().to_owned()], settings());
    let user = folder.path().join("link/a.x");
    workspace.open(&user, 1, "%#include \"base.h\"\nstruct b { a x; };");
    let found = workspace.references(&user, 30).unwrap();
    let found: Vec<String> = found
        .iter()
        .map(|found| shown(&workspace, &found.place))
        .collect();
    assert_eq!(found, ["a.x:2 a", "base.x:1 a"]);
}

#[cfg(unix)]
#[test]
fn an_open_text_counts_by_whatever_link_it_is_reached() {
    let folder = folder(&[
        ("real/base.x", "const K = 1;"),
        ("real/a.x", "%#include \"base.h\"\nstruct b { int x[J]; };"),
    ]);
    std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
    for (base, user) in [("link", "real"), ("real", "link")] {
        let mut workspace = Workspace::new(&[folder.path().to_owned()], settings());
        let base = folder.path().join(base).join("base.x");
        let user = folder.path().join(user).join("a.x");
        let text = fs::read_to_string(&user).unwrap();
        let at = u32::try_from(text.find("J]").unwrap()).unwrap();
        workspace.open(&user, 1, text);
        workspace.open(&base, 1, "\nconst J = 1;");
        assert_eq!(workspace.findings(&user).unwrap(), []);
        let edits = workspace.rename(&user, at, "L").unwrap();
        let mut paths: Vec<_> = edits.iter().map(|edit| &edit.place.path).collect();
        paths.sort();
        let mut expected = [&base, &user];
        expected.sort();
        assert_eq!(paths, expected);
        let stale = workspace
            .edit(&base, 2, |text| text.replace(None, ""))
            .unwrap();
        assert_eq!(stale, [user.clone(), base.clone()]);
        assert_eq!(workspace.findings(&user).unwrap().len(), 1);
    }
}

#[test]
fn a_closed_document_is_its_file_again() {
    let folder = folder(&[
        ("base.x", "typedef int a;"),
        ("a.x", "%#include \"base.h\"\nstruct b { a x; };"),
    ]);
    let mut workspace = Workspace::new(&[], settings());
    let (base, user) = (folder.path().join("base.x"), folder.path().join("a.x"));
    workspace.open(&user, 1, fs::read_to_string(&user).unwrap());
    workspace.open(&base, 1, "");
    assert!(!workspace.findings(&user).unwrap().is_empty());
    workspace.close(&base).unwrap();
    assert!(workspace.findings(&user).unwrap().is_empty());
    assert!(workspace.close(&base).is_err());
    assert!(workspace.findings(&base).is_err());
    fs::write(&base, "").unwrap();
    workspace.forget();
    assert!(!workspace.findings(&user).unwrap().is_empty());
}

#[test]
fn a_file_that_changed_unannounced_is_read_again() {
    let folder = folder(&[
        ("base.x", "const K = 1;"),
        ("a.x", "%#include \"base.h\"\nstruct b { int x[K]; };"),
    ]);
    let mut workspace = Workspace::new(&[folder.path().to_owned()], settings());
    let user = folder.path().join("a.x");
    let text = fs::read_to_string(&user).unwrap();
    let at = u32::try_from(text.find("K]").unwrap()).unwrap();
    workspace.open(&user, 1, text);
    assert_eq!(workspace.rename(&user, at, "L").unwrap().len(), 2);
    fs::write(
        folder.path().join("base.x"),
        "// another line\nconst K = 1;",
    )
    .unwrap();
    let edits = workspace.rename(&user, at, "L").unwrap();
    let places = edits.iter().map(|edit| shown(&workspace, &edit.place));
    assert_eq!(places.collect::<Vec<_>>(), ["a.x:2 K", "base.x:2 K"]);
    let found = workspace.references(&user, at).unwrap();
    assert_eq!(found.len(), 2);
}

#[test]
fn a_name_whose_definition_would_stay_as_it_is_is_kept() {
    let folder = folder(&[
        ("base.x", "#ifdef X\nconst K = 1;\n#endif"),
        ("a.x", "%#include \"base.h\"\nstruct b { int x[K]; };"),
    ]);
    let settings = |path: &Path| {
        let mut settings = Settings::default();
        if path.ends_with("a.x") {
            settings.options.defines.insert("X".to_owned(), 1);
        }
        Ok(settings)
    };
    let mut workspace = Workspace::new(&[folder.path().to_owned()], Box::new(settings));
    let user = folder.path().join("a.x");
    let text = fs::read_to_string(&user).unwrap();
    let at = u32::try_from(text.find("K]").unwrap()).unwrap();
    workspace.open(&user, 1, text);
    let refused = workspace
        .rename(&user, at, "L")
        .map_err(|error| error.to_string());
    let base = folder.path().join("base.x");
    let why = format!(
        "the definition of `K` is not found in {} when that is looked at by itself",
        base.display()
    );
    assert_eq!(refused, Err(why));
}
