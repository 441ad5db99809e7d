//! Comments of every kind make docs that rustdoc takes without a warning, and that are no tests.

use std::process::Command;

use xdr_build::Config;

#[test]
fn rustdoc_has_nothing_to_say_about_comments() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/docs.x"))
        .unwrap();
    let files = Config::new().generate_text("docs.x", &text, None).unwrap();
    let (path, _) = files[0].write_to(folder.path()).unwrap();

    let rustdoc = |arguments: &[&str]| {
        let output = Command::new("rustdoc")
            .args(["--edition", "2024", "--crate-type", "lib"])
            .args(arguments)
            .arg("--out-dir")
            .arg(folder.path())
            .arg(&path)
            .output()
            .expect("rustdoc is installed");
        let text =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        text.into_owned()
    };
    rustdoc(&["-D", "warnings", "-D", "rustdoc::unescaped_backticks"]);
    let tests = rustdoc(&["--test"]);
    assert!(tests.contains("running 0 tests"), "{tests}");
}
