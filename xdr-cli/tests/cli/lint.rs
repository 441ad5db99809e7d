//! `xdr check` on real files, and `--fix` on files of every kind.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use xdr_parser::lint::Rule;

use crate::sandbox::Sandbox;

#[test]
fn this_projects_files_are_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol-defs/proto");
    let output = Sandbox::empty().shell(&format!("xdr check {}/*.x", folder.display()));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

/// Each rule has a folder with a case; levels decide on the exit code, whatever the rule.
#[test]
fn every_rule_can_be_allowed_warned_of_and_denied() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xdr-parser/tests/lint");
    for rule in Rule::ALL {
        let id = rule.id();
        let sandbox = Sandbox::of(&folder.join(id));
        for (flag, code, shown) in [("allow", 0, false), ("warn", 0, true), ("deny", 1, true)] {
            let output = sandbox.shell(&format!(
                "xdr check --message-format json --{flag} {id} case.x"
            ));
            let lines = String::from_utf8(output.stdout).unwrap();
            let named = format!("\"rule\":\"{id}\"");
            assert_eq!(lines.contains(&named), shown, "--{flag} {id}: {lines}");
            assert_eq!(output.status.code(), Some(code), "--{flag} {id}: {lines}");
        }
        let output = sandbox.shell(&format!("xdr check --explain {id}"));
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains(rule.why()) && shown.contains(rule.remedy()));
    }
}

#[test]
fn a_mended_file_keeps_its_permissions_and_a_clean_one_is_not_touched() {
    let sandbox = Sandbox::empty()
        .with("wrong.x", "const A = 010;\r\n")
        .with("clean.x", "const A = 8;\n");
    fs::set_permissions(sandbox.path("wrong.x"), fs::Permissions::from_mode(0o640)).unwrap();
    let inode = |name: &str| fs::metadata(sandbox.path(name)).unwrap().ino();
    let (wrong, clean) = (inode("wrong.x"), inode("clean.x"));
    let output = sandbox.shell("xdr check --fix wrong.x ./clean.x ./wrong.x");
    assert!(output.status.success());
    assert_eq!(sandbox.read("wrong.x"), "const A = 8;\r\n");
    assert_ne!(inode("wrong.x"), wrong, "a new file in its place");
    assert_eq!(inode("clean.x"), clean);
    let mode = fs::metadata(sandbox.path("wrong.x")).unwrap().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(fs::read_dir(sandbox.path(".")).unwrap().count(), 2);
}

#[test]
fn a_link_is_mended_through() {
    let sandbox = Sandbox::empty().with("real.x", "const A = 010;\n");
    let output = sandbox.shell("ln -s real.x link.x && xdr check --fix link.x && test -L link.x");
    assert!(output.status.success());
    assert_eq!(sandbox.read("real.x"), "const A = 8;\n");
}

#[test]
fn a_file_that_cannot_be_written_is_a_failure() {
    let sandbox = Sandbox::empty().with("a.x", "const A = 010;\n");
    let output = sandbox.shell("cat a.x | xdr check --fix - > /dev/full");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_file_with_no_end_of_mistakes_is_mended_at_once_and_they_are_counted() {
    let mut text = String::new();
    for index in 0..300_000 {
        let _ = writeln!(text, "const A{index} = 010;");
    }
    let sandbox = Sandbox::empty().with("a.x", text);
    let start = Instant::now();
    let output = sandbox.shell("xdr check a.x");
    let shown = String::from_utf8(output.stderr).unwrap();
    let last = "warning: found 300000 warnings; `--fix` mends 300000\n";
    assert!(shown.ends_with(last), "{:?}", shown.lines().next_back());
    let output = sandbox.shell("xdr check --fix a.x");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "mended a.x\n");
    assert_eq!(sandbox.read("a.x").matches("010;").count(), 0);
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "{:?}",
        start.elapsed()
    );
}
