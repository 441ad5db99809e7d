//! Shell completions and manual pages.

use crate::sandbox::Sandbox;

#[test]
fn completions_know_subcommands_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = Sandbox::empty().shell(&format!("xdr completions {shell}"));
        assert!(output.status.success());
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["check", "dump", "message-format", "strip-prefix", "toolkit"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    assert_eq!(
        Sandbox::empty().shell("xdr completions tcsh").status.code(),
        Some(2)
    );
}

#[test]
fn each_subcommand_has_a_manual_page() {
    let sandbox = Sandbox::empty();
    let output = sandbox.shell("xdr man --out-dir share/man/man1");
    assert!(output.status.success());
    for (page, word) in [
        ("xdr", "Exit codes"),
        ("xdr-check", "one object per line"),
        ("xdr-gen", r"strip\-prefix"),
        ("xdr-fmt", "the mistake reported"),
        ("xdr-breaking", "git:REV:PATH"),
        ("xdr-fingerprint", "change places are not noticed"),
        ("xdr-dump", "xdr dump calendar.x"),
        ("xdr-fuzz-init", r"cargo\-fuzz"),
        ("xdr-completions", "zsh"),
        ("xdr-man", r"out\-dir"),
    ] {
        let text = sandbox.read(&format!("share/man/man1/{page}.1"));
        assert!(text.contains(".SH SYNOPSIS"), "{page} is no manual page");
        assert!(text.contains(word), "{page} does not mention {word}");
        assert!(!text.contains('\x1b'), "{page} has escape sequences");
    }
    let main = sandbox.shell("xdr man");
    assert_eq!(
        String::from_utf8(main.stdout).unwrap(),
        sandbox.read("share/man/man1/xdr.1")
    );
}
