//! All that is generated, as the source of two crates, one for each edition.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::files::Project;

/// Tests run in parallel, and both write the crates.
static WRITING: Mutex<()> = Mutex::new(());

#[test]
fn generated_code_compiles_without_warnings_in_both_editions() {
    let Some(folder) = write(&projects()) else {
        return;
    };
    for arguments in [
        &["clippy", "--package", "edition-2024"] as &[&str],
        &["check", "--package", "edition-2021"],
        // Examples in comments of the files must not become doctests, nor their brackets links.
        &["doc", "--package", "edition-2024", "--no-deps"],
    ] {
        let output = cargo(&folder)
            .args(arguments)
            .arg("--quiet")
            .output()
            .expect("cargo runs");
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && messages.is_empty(),
            "cargo {arguments:?}: {}\n{messages}",
            output.status
        );
    }
}

#[test]
fn generated_code_is_as_rustfmt_would_have_it() {
    let Some(folder) = write(&projects()) else {
        return;
    };
    let output = Command::new("rustfmt")
        // Not this workspace's rustfmt.toml, if there is one: the style that everybody has.
        .args(["--check", "--edition", "2024", "--config-path", "/dev/null"])
        .arg(folder.join("src/lib.rs"))
        .output()
        .expect("rustfmt runs");
    let difference = String::from_utf8_lossy(&output.stdout);
    let messages = String::from_utf8_lossy(&output.stderr);
    let shown: String = difference
        .lines()
        .take(60)
        .flat_map(|l| [l, "\n"])
        .collect();
    assert!(
        output.status.success(),
        "{} lines of difference:\n{shown}{messages}",
        difference.lines().count()
    );
}

#[track_caller]
fn projects() -> Vec<Project> {
    [Project::libvirt(), Project::rpcsvc()]
        .into_iter()
        .flatten()
        .collect()
}

/// Writes the workspace of the two crates; where it is, if there is anything in it.
fn write(projects: &[Project]) -> Option<PathBuf> {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    if projects.is_empty() {
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("upstream");
    let mut library = String::new();
    for project in projects {
        library.extend(["pub mod ", project.name, ";\n"]);
        let generated = project.config.generate(&project.sound());
        let generated = generated.unwrap_or_else(|error| panic!("{}", error.render(false)));
        let mut module = String::new();
        for file in generated {
            let path = format!("src/{}/{}.rs", project.name, file.module);
            put(&folder.join(path), &file.source);
            module.extend(["pub mod ", &file.module, ";\n"]);
        }
        put(&folder.join(format!("src/{}.rs", project.name)), &module);
    }
    put(&folder.join("src/lib.rs"), &library);
    put(
        &folder.join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"edition-*\"]\n",
    );
    for edition in ["2021", "2024"] {
        let manifest = format!(
            "[package]\nname = \"edition-{edition}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
             [lib]\npath = \"../src/lib.rs\"\n\n[lints.rust]\nwarnings = \"deny\"\n\n\
             [dependencies]\nxdr-wire = {{ path = '{}' }}\n",
            xdr_tests::root().join("xdr-wire").display()
        );
        put(
            &folder.join(format!("edition-{edition}/Cargo.toml")),
            &manifest,
        );
    }
    // The versions of the workspace: they are on the disk already.
    let lock = xdr_tests::root().join("Cargo.lock");
    let lock = fs::read_to_string(lock).expect("the workspace has a lock file");
    put(&folder.join("Cargo.lock"), &lock);
    Some(folder)
}

/// Leaves a file alone that has this text, so that cargo does not build it again.
fn put(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    let parent = path.parent().expect("the path of a file has a folder");
    fs::create_dir_all(parent).expect("target can be written");
    fs::write(path, text).expect("target can be written");
}

/// The cargo that runs the tests, with the workspace's target folder: what is built there is not built again.
fn cargo(folder: &Path) -> Command {
    let mut target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    target.pop();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true");
    command
}
