//! Files that nobody means well with: diagnostics, soon, and no panic.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::sandbox::Sandbox;

const MEGABYTE: usize = 1 << 20;

/// Far more than it takes without optimisation, far less than what grows with the square takes.
const SOON: Duration = Duration::from_secs(30);

fn ends_with_errors(text: impl AsRef<[u8]>) -> String {
    let sandbox = Sandbox::empty().with("a.x", text);
    let mut shown = String::new();
    for command in [
        "xdr check a.x",
        "xdr check --message-format json a.x",
        "xdr dump --stage ast a.x",
        "xdr fmt --check a.x",
        "xdr fingerprint a.x",
        "xdr breaking --against a.x a.x",
        "xdr gen -q a.x -o /dev/null",
    ] {
        let start = Instant::now();
        let output = sandbox.shell(command);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command}: {stderr}");
        assert!(
            start.elapsed() < SOON,
            "{command} took {:?}",
            start.elapsed()
        );
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(
            stderr.len() < MEGABYTE,
            "{} bytes of diagnostics",
            stderr.len()
        );
        if shown.is_empty() {
            shown = stderr;
        }
    }
    shown
}

/// Bytes that look random and are the same each time (xorshift).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn a_megabyte_of_braces() {
    assert!(ends_with_errors("{".repeat(MEGABYTE)).contains("E01"));
}

#[test]
fn deep_nesting() {
    assert!(ends_with_errors("struct a { ".repeat(50_000)).contains("E0106"));
    assert!(ends_with_errors("union a switch (int b) { case 1: ".repeat(30_000)).contains("E01"));
}

#[test]
fn random_bytes() {
    assert!(ends_with_errors(noise(MEGABYTE)).contains("E0502"));
}

#[test]
fn random_text() {
    let text: Vec<u8> = noise(MEGABYTE / 4)
        .iter()
        .map(|byte| b' ' + byte % 95)
        .collect();
    assert!(ends_with_errors(text).contains("more; `--message-format json` lists all"));
}

#[test]
fn huge_numbers() {
    let digits = "9".repeat(MEGABYTE / 4);
    assert!(ends_with_errors(format!("const A = {digits};")).contains("E0301"));
    let text = "const A = -0x80000000000000000000;\nstruct b { opaque c[99999999999]; };\n";
    let shown = has_errors_in_what_it_means(text);
    assert!(
        shown.contains("E0301") && shown.contains("E0303"),
        "{shown}"
    );
}

#[test]
fn many_mistakes() {
    let mut text = String::new();
    for at in 0..5000 {
        let _ = writeln!(text, "struct s{at} {{ nosuch{at} x; }};");
    }
    let shown = has_errors_in_what_it_means(&text);
    assert!(
        shown.contains("… and 4900 more"),
        "{}",
        &shown[shown.len() - 200..]
    );
    assert!(shown.contains("found 5000 errors"));
}

/// For mistakes that only show when names and numbers are looked at.
fn has_errors_in_what_it_means(text: &str) -> String {
    let output = Sandbox::empty().with("a.x", text).shell("xdr check a.x");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

/// Fifty megabytes where there is time for that, and no mistake in them.
#[test]
fn a_large_file_is_soon_read() {
    let size = if std::env::var_os("XDR_TESTS_CASES").is_some() {
        50 * MEGABYTE
    } else {
        MEGABYTE / 4
    };
    let mut text = String::with_capacity(size + 1000);
    let mut at = 0;
    while text.len() < size {
        let _ = writeln!(
            text,
            "/* Thing {at}. */ const MAX_{at} = {at}; enum kind_{at} {{ A_{at} = 0, B_{at} = 1 }};\n\
             struct thing_{at} {{ kind_{at} kind; string name<MAX_{at}>; opaque uuid[16]; thing_{at} *next; }};"
        );
        at += 1;
    }
    let sandbox = Sandbox::empty().with("a.x", text);
    for (command, code) in [
        ("xdr check a.x", 0),
        ("xdr check - < a.x", 0),
        ("xdr fmt - < a.x > b.x", 0),
        ("xdr fmt --check a.x > difference", 1),
        ("xdr fmt --check b.x", 0),
        ("xdr fingerprint a.x > prints", 0),
        ("xdr breaking --against a.x b.x", 0),
        ("xdr gen -q a.x -o a.rs", 0),
    ] {
        let start = Instant::now();
        let output = sandbox.shell(command);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{command}: {stderr}");
        let allowed = SOON * u32::try_from(size.div_ceil(MEGABYTE)).unwrap();
        assert!(
            start.elapsed() < allowed,
            "{command} took {:?}",
            start.elapsed()
        );
    }
}
