//! What the suites share: where things are, and how a test that cannot run says so.

use std::env;
use std::io::Write;
use std::panic::Location;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

pub mod rpcsvc;
pub mod viewer;

/// Bindings of the files of [`rpcsvc`] that are installed, and `FILES`, the types of each. build.rs makes them.
#[allow(
    missing_docs,
    clippy::doc_markdown,
    reason = "comments are those of the files, which may not be there"
)]
pub mod rpcsvc_bindings {
    include!(concat!(env!("OUT_DIR"), "/rpcsvc/mod.rs"));
}

/// The workspace's folder.
pub fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// This project's own `.x` file of the remote program.
pub fn remote_protocol() -> PathBuf {
    root().join("protocol-defs/proto/remote_protocol.x")
}

/// libvirt 9.0.0's `src`, if `cargo xtask fetch` could bring it; otherwise the calling test is reported as skipped.
#[track_caller]
pub fn libvirt() -> Option<PathBuf> {
    let folder = root().join("target/upstream/libvirt-9.0.0");
    if folder.join(".complete").exists() {
        return Some(folder.join("src"));
    }
    skip("libvirt 9.0.0's files are not here; `cargo xtask fetch` brings them");
    None
}

/// True if there is a program of this name; otherwise the calling test is reported as skipped.
#[track_caller]
pub fn has_program(name: &str) -> bool {
    // The answer is that it starts: rpcgen and cc differ in what they say to `--version`.
    let started = Command::new(name)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if started.is_err() {
        skip(&format!("there is no {name}"));
    }
    started.is_ok()
}

/// Builds a program of `tests/programs` as a user's would be, a release build in which nothing is set, and returns its path.
///
/// # Panics
/// If it does not build.
pub fn release_program(name: &str) -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet", "--package", "xdr-programs"]);
    build.args(["--bin", name, "--message-format", "json"]);
    build.current_dir(root()).stderr(Stdio::inherit());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.ends_with("RUSTFLAGS") || text.starts_with("CARGO_PROFILE_") {
            build.env_remove(&name);
        }
    }
    executable(build)
}

/// Builds the `xdr` command as tests are built, and returns its path.
///
/// # Panics
/// If it does not build.
pub fn xdr() -> PathBuf {
    program("xdr-cli", "xdr")
}

/// Builds a program of the workspace as tests are built, and returns its path.
///
/// # Panics
/// If it does not build.
pub fn program(package: &str, name: &str) -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", package, "--bin", name]);
    build.args(["--message-format", "json"]);
    build.current_dir(root()).stderr(Stdio::inherit());
    executable(build)
}

/// What a build makes.
fn executable(mut build: Command) -> PathBuf {
    // What cargo tells a test of its package. Build scripts of some crates look at it, and would run for each test anew, and
    // again for who builds next.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if text == "OUT_DIR" || of_package.iter().any(|start| text.starts_with(start)) {
            build.env_remove(&name);
        }
    }
    let output = build.output().expect("cargo runs");
    assert!(output.status.success(), "cargo build: {}", output.status);
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let mut paths = messages.filter_map(|it: Value| Some(it["executable"].as_str()?.to_owned()));
    let path = paths.next_back();
    path.expect("cargo names what it built").into()
}

/// Reports the calling test as skipped, past the capture of the test harness; `cargo xtask test` collects these lines.
///
/// # Panics
/// If the environment has `XDR_TESTS_NO_SKIP`: a machine that must have everything says so.
#[track_caller]
pub fn skip(why: &str) {
    let here = Location::caller();
    let thread = thread::current();
    // The harness names a test's thread after the test, unless it runs all of them in the main one.
    let test = match thread.name() {
        Some(name) if name != "main" => name.to_owned(),
        _ => format!("{}:{}", here.file(), here.line()),
    };
    assert!(
        env::var_os("XDR_TESTS_NO_SKIP").is_none(),
        "{test} must not be skipped: {why}"
    );
    let line = format!("[skipped] {test}: {why}\n");
    // Not `print!`: that is captured. Nobody reads the line if stdout is closed.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}

/// The code on the front page, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
