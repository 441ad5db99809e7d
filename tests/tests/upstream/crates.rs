//! All that is generated: of each project, the source of two crates, one for each edition.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::files::ALL;
use crate::project::Project;

/// Tests run in parallel, and both write the crates.
static WRITING: Mutex<()> = Mutex::new(());

#[test]
fn generated_code_compiles_without_warnings_in_both_editions() {
    let Some(folder) = write(&projects()) else {
        return;
    };
    for arguments in [
        &["clippy", "--package", "*-2024"] as &[&str],
        &["check", "--package", "*-2021"],
        // Examples in comments of the files must not become doctests, nor their brackets links.
        &["doc", "--package", "*-2024", "--no-deps"],
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
    let projects = projects();
    let Some(folder) = write(&projects) else {
        return;
    };
    let libraries = projects.iter().map(|project| library(&folder, project));
    let output = Command::new("rustfmt")
        // Not this workspace's rustfmt.toml, if there is one: the style that everybody has.
        .args(["--check", "--edition", "2024", "--config-path", "/dev/null"])
        .args(libraries)
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

/// All projects whose files are here and can be generated; if any are not, the test is reported as skipped for them.
#[track_caller]
fn projects() -> Vec<Project> {
    let mut projects = Vec::new();
    let mut missing = Vec::new();
    for line in ALL {
        match line.find() {
            // What files import is not generated for their sake if they cannot be.
            Ok(project) if project.sound().is_empty() => {}
            Ok(project) => projects.push(project),
            Err(_) => missing.push(line.name()),
        }
    }
    if !missing.is_empty() {
        let missing = missing.join(", ");
        xdr_tests::skip(&format!(
            "done without {missing}: `cargo xtask fetch` brings files"
        ));
    }
    projects
}

/// Writes the workspace of the crates; where it is, if there is anything in it.
fn write(projects: &[Project]) -> Option<PathBuf> {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    if projects.is_empty() {
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("upstream");
    let mut members = Vec::new();
    for project in projects {
        write_library(&folder, project);
        for edition in ["2021", "2024"] {
            let member = format!("{}-{edition}", project.name);
            let manifest = format!(
                "[package]\nname = \"{member}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
                 [lib]\npath = \"../{}/lib.rs\"\n\n[lints.rust]\nwarnings = \"deny\"\n\n\
                 [dependencies]\nxdr-wire = {{ path = '{}' }}\n",
                project.name,
                xdr_tests::root().join("xdr-wire").display()
            );
            put(&folder.join(&member).join("Cargo.toml"), &manifest);
            members.push(format!("{member:?}"));
        }
    }
    let workspace = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        members.join(", ")
    );
    put(&folder.join("Cargo.toml"), &workspace);
    // The versions of the workspace: they are on the disk already.
    let lock = xdr_tests::root().join("Cargo.lock");
    let lock = fs::read_to_string(lock).expect("the workspace has a lock file");
    put(&folder.join("Cargo.lock"), &lock);
    Some(folder)
}

/// Where the library of a project is, for both editions.
fn library(folder: &Path, project: &Project) -> PathBuf {
    folder.join(project.name).join("lib.rs")
}

fn write_library(folder: &Path, project: &Project) {
    let generated = project.config.generate(&project.sound());
    let generated = generated.unwrap_or_else(|error| panic!("{}", error.render(false)));
    let library = library(folder, project);
    let mut modules = Vec::new();
    for file in generated {
        put(
            &library.with_file_name(format!("{}.rs", file.module)),
            &file.source,
        );
        modules.push(file.module);
    }
    modules.sort();
    let modules: String = modules.iter().map(|name| declaration(name)).collect();
    put(&library, &modules);
}

/// A module is named after its file, capitals and all; the line that declares it is its user's own.
fn declaration(module: &str) -> String {
    let allowed = if module.contains(|c: char| c.is_ascii_uppercase()) {
        "#[expect(non_snake_case, reason = \"named after a file\")]\n"
    } else {
        ""
    };
    format!("{allowed}pub mod {module};\n")
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
