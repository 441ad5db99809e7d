//! What happens to files: written when they change, and in one step.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::{Duration, SystemTime};

use crate::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    Sandbox::empty().with("a.x", "struct a { int b; };")
}

#[test]
fn an_unchanged_file_keeps_its_time() {
    let sandbox = sandbox();
    for target in ["-o out/a.rs", "--out-dir out"] {
        let command = format!("xdr gen a.x {target}");
        assert!(sandbox.shell(&command).status.success());
        let past = SystemTime::now() - Duration::from_hours(1);
        let path = sandbox.path("out/a.rs");
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(past)
            .unwrap();
        let output = sandbox.shell(&command);
        assert!(String::from_utf8_lossy(&output.stderr).contains("is unchanged"));
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), past);
    }
}

#[test]
fn a_changed_file_is_replaced_and_keeps_its_permissions() {
    let sandbox = sandbox().with("a.rs", "old");
    let path = sandbox.path("a.rs");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::metadata(&path).unwrap();
    assert!(sandbox.shell("xdr gen a.x -o a.rs").status.success());
    let after = fs::metadata(&path).unwrap();
    assert_ne!(before.ino(), after.ino(), "a new file in its place");
    assert_eq!(after.mode() & 0o777, 0o640);
    let left = fs::read_dir(sandbox.path(".")).unwrap().count();
    assert_eq!(left, 2, "nothing is left behind");
}

#[test]
fn nothing_is_written_for_a_file_with_errors() {
    let sandbox = Sandbox::empty()
        .with("a.x", "struct a { nosuch b; };")
        .with("a.rs", "old");
    assert_eq!(sandbox.shell("xdr gen a.x -o a.rs").status.code(), Some(1));
    assert_eq!(sandbox.read("a.rs"), "old");
    assert_eq!(
        sandbox.shell("xdr gen a.x --out-dir out").status.code(),
        Some(1)
    );
    assert!(!sandbox.path("out").exists());
}

#[test]
fn an_unreadable_file_is_an_error_in_the_input() {
    let sandbox = sandbox();
    fs::set_permissions(sandbox.path("a.x"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(sandbox.path("a.x")).is_ok() {
        // Who may do everything cannot test this.
        return;
    }
    let output = sandbox.shell("xdr check a.x");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Permission denied"));
}

#[test]
fn a_header_has_no_folders_of_this_machine() {
    let sandbox = sandbox();
    let (input, folder) = (sandbox.path("a.x"), sandbox.path("out"));
    let command = format!("xdr gen {} --out-dir {}", input.display(), folder.display());
    assert!(sandbox.shell(&command).status.success());
    let text = sandbox.read("out/a.rs");
    assert!(
        text.contains("\n// Renew it with `xdr gen a.x --out-dir out`.\n"),
        "{text}"
    );
    let elsewhere = format!("cd / && {command}");
    assert!(
        sandbox
            .shell(&format!("{elsewhere} --check"))
            .status
            .success()
    );
    assert!(sandbox.shell(&elsewhere).status.success());
    assert!(
        sandbox
            .read("out/a.rs")
            .contains("`xdr gen a.x --out-dir out`")
    );
}

#[test]
fn a_file_that_is_laid_out_already_is_not_touched_and_another_keeps_its_permissions() {
    let sandbox = Sandbox::empty()
        .with("good.x", "const A = 1;\n")
        .with("bad.x", "const  A=1;");
    let inode = |name: &str| fs::metadata(sandbox.path(name)).unwrap().ino();
    let (good, bad) = (inode("good.x"), inode("bad.x"));
    fs::set_permissions(sandbox.path("bad.x"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(sandbox.shell("xdr fmt good.x bad.x").status.success());
    assert_eq!(inode("good.x"), good);
    assert_ne!(inode("bad.x"), bad, "a new file in its place");
    assert_eq!(
        fs::metadata(sandbox.path("bad.x")).unwrap().mode() & 0o777,
        0o640
    );
    assert_eq!(sandbox.read("bad.x"), sandbox.read("good.x"));
    assert_eq!(fs::read_dir(sandbox.path(".")).unwrap().count(), 2);
}

#[test]
fn a_link_to_a_file_is_laid_out_through() {
    let sandbox = Sandbox::empty().with("real.x", "const  A=1;");
    let output = sandbox.shell("ln -s real.x link.x && xdr fmt link.x && test -L link.x");
    assert!(output.status.success());
    assert_eq!(sandbox.read("real.x"), "const A = 1;\n");
}
