//! `xdr breaking`, rule by rule and on real files.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use xdr_parser::compare::{Rule, Severity};

use crate::sandbox::Sandbox;

/// Each rule has a folder with a change of its kind.
#[test]
fn every_rule_is_told_and_decides_on_the_exit_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xdr-parser/tests/compare");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let folder = entry.unwrap().path();
        let rule = folder.file_name().unwrap().to_str().unwrap();
        let sandbox = Sandbox::of(&folder);
        let output = sandbox.shell("xdr breaking --message-format json --against old.x new.x");
        let lines = String::from_utf8(output.stdout).unwrap();
        let records: Vec<serde_json::Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let rules = records
            .iter()
            .map(|record| record["rule"].as_str().unwrap());
        let rules: Vec<Rule> = rules.map(|id| Rule::named(id).unwrap()).collect();
        assert!(
            rules.iter().any(|told| told.id() == rule),
            "{rule}: {lines}"
        );
        let breaks = rules
            .iter()
            .any(|rule| rule.severity() <= Severity::OldPeersReject);
        assert_eq!(output.status.code(), Some(i32::from(breaks)), "{rule}");
        // For people there is as much as for programs.
        let output = sandbox.shell("xdr breaking --against old.x new.x");
        let shown = String::from_utf8(output.stderr).unwrap();
        assert!(shown.contains(&format!("[{rule}]")), "{rule}: {shown}");
        assert_eq!(shown.matches("= note: ").count(), rules.len(), "{shown}");
        count += 1;
    }
    assert_eq!(count, Rule::ALL.len());
}

#[test]
fn a_protocol_that_has_grown_for_years_is_told_apart() {
    let (Some(old), Some(new)) = (
        fetched("libvirt-rpc-0.1.12/remote_protocol.x"),
        fetched("libvirt-9.0.0/src/remote/remote_protocol.x"),
    ) else {
        return;
    };
    let sandbox = Sandbox::empty()
        .with("old.x", fs::read(old).unwrap())
        .with("new.x", fs::read(new).unwrap());
    let output = sandbox.shell("xdr breaking --profile libvirt --against old.x new.x");
    assert_eq!(output.status.code(), Some(1));
    insta::with_settings!({
        omit_expression => true,
    }, {
        let shown = String::from_utf8(output.stderr).unwrap();
        // The lines themselves are libvirt's.
        let lines: Vec<&str> = shown
            .lines()
            .filter(|line| !line.trim_start().starts_with(|c: char| c == '|' || c.is_ascii_digit()))
            .filter(|line| !line.is_empty())
            .collect();
        insta::assert_snapshot!("libvirt", lines.join("\n"));
    });
}

/// A file that `cargo xtask fetch` brings; without it the test is skipped, past the capture of the harness.
fn fetched(path: &str) -> Option<PathBuf> {
    let upstream = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/upstream");
    let found = upstream.join(path);
    if found.is_file() {
        return Some(found);
    }
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test of xdr breaking");
    assert!(
        std::env::var_os("XDR_TESTS_NO_SKIP").is_none(),
        "{path} is not here"
    );
    let line = format!("[skipped] {test}: {path} is not here; `cargo xtask fetch` brings it\n");
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
    None
}

/// One line of a megabyte, and a hundred thousand changes in it.
#[test]
fn many_changes_in_one_line_are_told_soon() {
    let text = |ty: &str| {
        let fields: Vec<String> = (0..20_000).map(|at| format!("{ty} field{at};")).collect();
        format!("struct a {{ {} }};", fields.concat())
    };
    let sandbox = Sandbox::empty()
        .with("old.x", text("int"))
        .with("new.x", text("hyper"));
    let start = std::time::Instant::now();
    let output = sandbox.shell("xdr breaking --against old.x new.x");
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.ends_with("found 20000 changes (breaks the wire: 20000)\n"));
    assert!(
        start.elapsed() < std::time::Duration::from_secs(30),
        "{:?}",
        start.elapsed()
    );
}
