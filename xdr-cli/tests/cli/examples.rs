//! The examples in `--help` work as they stand.

use std::path::Path;

use crate::recorded;
use crate::sandbox::Sandbox;

const SUBCOMMANDS: [&str; 12] = [
    "check",
    "gen",
    "fmt",
    "breaking",
    "fingerprint",
    "dump",
    "decode",
    "encode",
    "fuzz-init",
    "lsp",
    "completions",
    "man",
];

/// A past for the files: another version in a folder, and a revision in git, where a file had another name.
const HISTORY: &str =
    "set -e; mkdir released proto; cp calendar-1.x released/calendar.x; cp calendar.x proto
cp calendar.x meetings.x; git init -q; git add .
git -c user.name=A -c user.email=a@example.org commit -qm first; git tag v1; rm meetings.x";

#[test]
fn every_subcommand_is_listed_here() {
    let subcommands = xdr_cli::definition();
    let names: Vec<&str> = subcommands
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    assert_eq!(names, SUBCOMMANDS);
}

#[test]
fn every_documented_example_works() {
    for subcommand in SUBCOMMANDS {
        let sandbox = Sandbox::of(Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/examples"
        )));
        assert!(sandbox.shell(HISTORY).status.success());
        let sandbox = recorded::screen(sandbox);
        let help = sandbox.shell(&format!("xdr {subcommand} --help"));
        let help = String::from_utf8(help.stdout).unwrap();
        let (_, examples) = help
            .split_once("\nExamples:\n")
            .expect("a section of examples");
        let lines = examples.lines().map(str::trim);
        let mut count = 0;
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let output = sandbox.shell(line);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "`{line}` says:\n{stderr}");
            count += 1;
        }
        assert!(count > 0, "`xdr {subcommand}` has no examples");
    }
}

#[test]
fn help_fits_a_terminal() {
    for subcommand in SUBCOMMANDS {
        let output = Sandbox::empty().shell(&format!("xdr {subcommand} --help"));
        let help = String::from_utf8(output.stdout).unwrap();
        let (_, examples) = help
            .split_once("\nExamples:\n")
            .expect("a section of examples");
        for line in examples.lines() {
            assert!(line.chars().count() <= 80, "too wide: {line}");
        }
    }
}
