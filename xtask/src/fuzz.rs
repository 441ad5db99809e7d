//! `cargo xtask fuzz`: runs the fuzz targets one after the other, on their seeds and on what earlier runs have learned.
//!
//! The corpus, findings and logs stay in `target/fuzz`. The targets are built with cargo-fuzz, on the toolchain in use and
//! without a sanitizer, which code without `unsafe` does not need; `--sanitizer address` takes a nightly toolchain.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::report::{Outcome, Report, run as follow};
use crate::{cargo, command, output, root};

/// Arguments of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// Builds with this sanitizer of rustc's, on the nightly toolchain; `none` is without one, on the toolchain in use
    #[arg(long, value_name = "NAME", default_value = "none")]
    sanitizer: String,
    /// Only these targets
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

/// An input that takes longer than this many seconds is a finding.
const TIMEOUT: u32 = 10;

/// A process that takes more memory than this, in MiB, is a finding; most of it is the fuzzer's.
const MEMORY: u32 = 1024;

pub(crate) fn run(arguments: &Arguments) -> bool {
    let known = targets();
    if let Some(unknown) = arguments.targets.iter().find(|name| !known.contains(name)) {
        eprintln!("no fuzz target `{unknown}`; there are {}", known.join(", "));
        return false;
    }
    let mut report = Report::default();
    let mut built = false;
    report.step("build", || {
        let outcome = build(&arguments.sanitizer);
        built = !outcome.is_failed();
        outcome
    });
    let chosen = known
        .iter()
        .filter(|name| arguments.targets.is_empty() || arguments.targets.contains(name));
    for name in chosen.filter(|_| built) {
        report.step(name, || fuzz(name, arguments));
    }
    report.close()
}

/// The names of the targets: what is in `fuzz/fuzz_targets`.
fn targets() -> Vec<String> {
    let files = files(&root().join("fuzz").join("fuzz_targets"));
    let stems = files.iter().filter_map(|path| path.file_stem()?.to_str());
    stems.map(str::to_owned).collect()
}

fn build(sanitizer: &str) -> Outcome {
    if output(cargo(&["fuzz", "--version"])).is_none() {
        return Outcome::failed("cargo-fuzz is not installed: `cargo install cargo-fuzz`");
    }
    if output(command("c++", &["--version"])).is_none() {
        return Outcome::failed("the fuzzer needs a C++ compiler");
    }
    let mut build = if sanitizer == "none" {
        cargo(&["fuzz", "build"])
    } else if output(command("cargo", &["+nightly", "--version"])).is_some() {
        command("cargo", &["+nightly", "fuzz", "build"])
    } else {
        return Outcome::failed(format!(
            "the {sanitizer} sanitizer needs a nightly toolchain"
        ));
    };
    build.args(["--sanitizer", sanitizer, "--features", "targets"]);
    build.arg("--target-dir").arg(folder("build"));
    build.current_dir(root().join("fuzz"));
    follow(build)
}

/// Runs a target; a finding fails the step.
fn fuzz(name: &str, arguments: &Arguments) -> Outcome {
    let corpus = folder("corpus").join(name);
    let artifacts = folder("artifacts").join(name);
    let logs = folder("log");
    for folder in [&corpus, &artifacts, &logs] {
        if let Err(error) = fs::create_dir_all(folder) {
            return Outcome::failed(format!("{}: {error}", folder.display()));
        }
    }
    let Some(program) = program(name) else {
        return Outcome::failed("cargo-fuzz built no program of this name");
    };
    let known: BTreeSet<_> = files(&artifacts).into_iter().collect();
    let mut run = Command::new(&program);
    run.current_dir(root());
    run.arg(format!("-max_total_time={}", arguments.seconds));
    run.arg(format!("-timeout={TIMEOUT}"));
    run.arg(format!("-rss_limit_mb={MEMORY}"));
    // As much of it in one piece is a finding, too.
    run.arg(format!("-malloc_limit_mb={}", MEMORY / 2));
    run.arg(format!("-artifact_prefix={}/", artifacts.display()));
    run.args([
        "-print_final_stats=1",
        &format!("-max_len={}", longest(name)),
    ]);
    // The first folder is where new inputs go.
    run.arg(&corpus);
    for more in ["seeds", "regressions"] {
        let folder = root().join("fuzz").join(more).join(name);
        if folder.is_dir() {
            run.arg(folder);
        }
    }
    let log = logs.join(format!("{name}.log"));
    let ran = match listen(run, &log) {
        Ok(ran) => ran,
        Err(error) => return Outcome::failed(format!("{}: {error}", program.display())),
    };
    let findings: Vec<_> = files(&artifacts)
        .into_iter()
        .filter(|path| !known.contains(path))
        .collect();
    let note = format!(
        "{} executions, {} a second, {} findings",
        ran.executions,
        ran.per_second,
        findings.len()
    );
    for finding in &findings {
        println!("found: {} {}", program.display(), finding.display());
    }
    if ran.succeeded && findings.is_empty() {
        return Outcome::passed(note);
    }
    Outcome::failed(format!("{note}; see {}", log.display()))
}

/// Bytes of the longest input: what is longer takes longer and finds no more. No seed is longer.
fn longest(name: &str) -> u32 {
    match name {
        "source" => 16 << 10,
        "packets" => 8 << 10,
        _ => 4 << 10,
    }
}

/// What a run says of itself at its end.
#[derive(Default)]
struct Ran {
    executions: u64,
    per_second: u64,
    succeeded: bool,
}

impl Ran {
    /// Takes a line of `-print_final_stats=1`: `stat::number_of_executed_units: 123`.
    fn read(&mut self, line: &str) {
        let number = |name| {
            let (_, rest) = line.split_once(name)?;
            rest.trim().parse().ok()
        };
        if let Some(executions) = number("stat::number_of_executed_units:") {
            self.executions = executions;
        } else if let Some(per_second) = number("stat::average_exec_per_sec:") {
            self.per_second = per_second;
        }
    }
}

/// Runs a fuzzer to its end; all that it says goes to the log, and to stderr but for the news of its corpus.
fn listen(mut fuzzer: Command, log: &Path) -> io::Result<Ran> {
    let mut ran = Ran::default();
    let mut log = fs::File::create(log)?;
    let mut child = fuzzer.stderr(Stdio::piped()).spawn()?;
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).split(b'\n') {
            let line = line?;
            log.write_all(&line)?;
            log.write_all(b"\n")?;
            let line = String::from_utf8_lossy(&line);
            ran.read(&line);
            if !is_news(&line) {
                eprintln!("{line}");
            }
        }
    }
    ran.succeeded = child.wait()?.success();
    Ok(ran)
}

/// Whether a line tells that an input has been added or made smaller: `#1234\tNEW    cov: …`.
fn is_news(line: &str) -> bool {
    line.starts_with('#') && (line.contains("\tNEW ") || line.contains("\tREDUCE "))
}

/// The program of a target, below the name of the machine that cargo-fuzz builds for.
fn program(name: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder("build")).ok()?;
    let machines = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut programs = machines.map(|machine| machine.join("release").join(name));
    programs.find(|program| program.is_file())
}

/// A folder of what fuzzing leaves.
fn folder(name: &str) -> PathBuf {
    root().join("target").join("fuzz").join(name)
}

/// The files in a folder, by name; none if there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_run_says_how_much_was_tried() {
        let mut ran = Ran::default();
        for line in [
            "#2\tINITED cov: 39 ft: 40 corp: 1/1b exec/s: 0 rss: 30Mb",
            "stat::number_of_executed_units: 4194304",
            "stat::average_exec_per_sec:     69905",
            "stat::slowest_unit_time_sec:    0",
        ] {
            ran.read(line);
        }
        assert_eq!((ran.executions, ran.per_second), (4_194_304, 69_905));
    }

    #[test]
    fn every_target_has_a_program_and_a_file() {
        assert_eq!(
            targets(),
            [
                "dynamic", "graphics", "messages", "packets", "source", "types"
            ]
        );
        let manifest = fs::read_to_string(root().join("fuzz").join("Cargo.toml"));
        let manifest = manifest.expect("it is there");
        for target in targets() {
            assert!(
                manifest.contains(&format!("name = \"{target}\"")),
                "{target}"
            );
        }
    }
}
