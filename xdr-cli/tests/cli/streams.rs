//! Pipes, links and devices in place of files.

use std::io::Read;
use std::process::Stdio;

use crate::sandbox::Sandbox;

fn long_file() -> Sandbox {
    let fields: String = (0..20_000).fold(String::new(), |text, at| {
        text + &format!("int field_{at};\n")
    });
    Sandbox::empty().with("a.x", format!("struct a {{\n{fields}}};\n"))
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let sandbox = long_file();
    for command in [
        &["dump", "a.x"][..],
        &["gen", "-q", "a.x"],
        &["gen", "-q", "a.x", "-o", "/dev/stdout"],
    ] {
        let mut child = sandbox
            .command("xdr")
            .args(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command:?}");
        assert!(output.status.success(), "{command:?}");
    }
}

#[test]
fn a_closed_stderr_is_no_panic() {
    let sandbox = Sandbox::empty().with("a.x", "struct a { int b; int b; };");
    let output = sandbox.shell("xdr check a.x 2>&-; echo $?");
    assert_eq!(output.stdout, b"1\n");
}

#[test]
fn a_pipe_is_written_in_place() {
    let sandbox = Sandbox::empty().with("a.x", "struct a { int b; };");
    let output = sandbox
        .shell("mkfifo p && { xdr gen -q a.x -o p & cat p > read.rs; wait $!; } && test -p p");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(sandbox.read("read.rs").contains("pub struct A {"));
    assert!(
        sandbox
            .shell("xdr gen -q a.x -o /dev/null")
            .status
            .success()
    );
}

#[test]
fn a_link_is_written_through() {
    let sandbox = Sandbox::empty()
        .with("a.x", "struct a { int b; };")
        .with("real.rs", "old and longer".repeat(1000));
    let output =
        sandbox.shell("ln -s real.rs link.rs && xdr gen -q a.x -o link.rs && test -L link.rs");
    assert!(output.status.success());
    assert_eq!(sandbox.read("real.rs").matches("pub struct A {").count(), 1);
    assert!(!sandbox.read("real.rs").contains("old"));
}

#[test]
fn stdout_goes_on_where_it_is() {
    let sandbox = Sandbox::empty().with("a.x", "struct a { int b; };");
    for name in ["-", "/dev/stdout", "/dev/fd/1"] {
        let output = sandbox.shell(&format!(
            "{{ echo // first; xdr gen -q a.x -o {name}; echo // last; }} > out.rs"
        ));
        assert!(output.status.success());
        let text = sandbox.read("out.rs");
        assert!(
            text.starts_with("// first\n// @generated"),
            "{name}: {text}"
        );
        assert!(text.ends_with("}\n// last\n"), "{name}: {text}");
    }
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let sandbox = Sandbox::empty().with("a.x", "struct a { int b; int b; };");
    let is_colored = |line: &str| sandbox.shell(line).stderr.contains(&0x1b);
    assert!(!is_colored("xdr check a.x"));
    assert!(!is_colored("xdr check --color auto a.x"));
    assert!(!is_colored("xdr check --color never a.x"));
    assert!(is_colored("xdr check --color always a.x"));
    assert!(is_colored("xdr --color=always check a.x"));
    assert!(is_colored("CLICOLOR_FORCE=1 xdr check a.x"));
    assert!(!is_colored("CLICOLOR_FORCE=1 xdr check --color never a.x"));
    assert!(is_colored("NO_COLOR=1 xdr check --color always a.x"));
    assert!(!is_colored("NO_COLOR=1 xdr check a.x"));
    // What is wrong with the arguments is coloured like the rest.
    assert!(is_colored("xdr check --color always --no-such-option"));
    assert!(!is_colored("xdr check --no-such-option"));
}

#[test]
fn json_is_never_coloured() {
    let sandbox = Sandbox::empty().with("a.x", "struct a { int b; int b; };");
    let output = sandbox.shell("xdr check --color always --message-format json a.x");
    assert!(!output.stdout.contains(&0x1b));
    assert!(output.stderr.is_empty());
}
