//! `cargo xtask test`: every check, one after the other; what fails does not keep the next from running.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::report::{Outcome, Report, run as follow};
use crate::{cargo, command, fetch, machines, no_std, output, packages, root, sync};

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Also runs what takes long: a new recording of a live libvirtd, many more random cases, other
    /// machines, a fresh clone.
    #[arg(long)]
    full: bool,
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    let mut report = Report::default();
    report.step("packages", || packages::install(packages::FOR_TEST));
    report.step("upstream files", fetch::all);
    report.step("format", || follow(cargo(&["fmt", "--all", "--check"])));
    let features = features();
    report.step("clippy", || {
        let mut clippy = cargo(&["clippy", "--workspace", "--all-targets", "--keep-going"]);
        for feature in &features {
            clippy.args(["--features", &format!("protocol-defs/{feature}")]);
        }
        clippy.args(["--", "-D", "warnings"]);
        follow(clippy)
    });
    report.step("features none", || no_features("protocol-defs"));
    report.step("client without", || no_features("libvirt-remote"));
    for feature in &features {
        report.step(&format!("features {feature}"), || one_feature(feature));
    }
    report.step("fuzz targets", fuzz_targets);
    report.step("benchmark", benchmark);
    report.step("rust version", rust_version);
    report.step("dependencies", || deny(&["bans", "licenses", "sources"]));
    report.step("no std", no_std::run);
    report.step("tests", || {
        let mut tests = tests(&["--lib", "--bins", "--tests", "--examples"]);
        tests.args(["--exclude", "xdr-tests"]);
        follow(tests)
    });
    report.step("doc tests", || follow(tests(&["--doc"])));
    report.step("docs", || {
        let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--keep-going"]);
        docs.env("RUSTDOCFLAGS", "-D warnings");
        follow(docs)
    });
    for name in suites() {
        report.step(&format!("suite {name}"), || follow(suite(&name)));
    }
    report.step("32-bit", machines::narrow);
    if arguments.full {
        full(&mut report);
    }
    report.close()
}

fn full(report: &mut Report) {
    report.step("full: advisories", advisories);
    report.step("full: packages", || packages::install(packages::FOR_FULL));
    report.step("full: live libvirtd", live_libvirtd);
    report.step("full: peers' bytes", peers);
    report.step("full: libvirt's client", libvirts_client);
    report.step("full: random cases", || {
        let mut tests = tests(&["--lib", "--tests"]);
        tests.env("PROPTEST_CASES", "4096");
        follow(tests)
    });
    report.step("full: 32-bit", machines::narrow_rest);
    report.step("full: big-endian", machines::big_endian);
    report.step("full: miri", machines::miri);
    report.step("full: fuzz-init", || {
        let mut test = suite("fuzz_init");
        test.args(["--", "--ignored"]);
        follow(test)
    });
    report.step("full: fresh clone", fresh_clone);
    report.step("full: later libvirt", later_libvirt);
}

/// The features of `protocol-defs`.
fn features() -> Vec<String> {
    let manifest = root().join("protocol-defs").join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap_or_default();
    let lines = manifest
        .lines()
        .skip_while(|line| *line != "[features]")
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split_once(" = ").map(|(name, _)| name.to_owned()));
    names.filter(|name| name != "default").collect()
}

/// A crate without any, and its tests and examples.
fn no_features(package: &str) -> Outcome {
    let mut clippy = cargo(&["clippy", "--package", package, "--all-targets"]);
    clippy.args(["--no-default-features", "--", "-D", "warnings"]);
    follow(clippy)
}

/// The library with one of them: whether it lacks what only another turns on, or has what nobody uses. The steps with
/// none and with all of them look at more; for each alone that would take minutes. The flag goes to this crate only, so
/// that what it depends on is not built once more.
fn one_feature(feature: &str) -> Outcome {
    let mut check = cargo(&["rustc", "--package", "protocol-defs", "--lib"]);
    check.args(["--profile", "check", "--no-default-features"]);
    check.args(["--features", feature, "--", "-D", "warnings"]);
    follow(check)
}

/// `cargo test` over the workspace: always the whole of it, so that no two steps build a dependency differently.
fn tests(arguments: &[&str]) -> Command {
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    // Without the crate that asks for it, the schema macros' own tests would be left out.
    tests.args(["--features", "xdr-derive/schema"]);
    tests.args(arguments);
    tests
}

/// The suites that need several crates or a real peer: what is in tests/tests.
fn suites() -> Vec<String> {
    let entries = fs::read_dir(root().join("tests").join("tests"));
    let entries = entries.into_iter().flatten().filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path());
    let targets = paths.filter(|path| {
        path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").exists()
    });
    let names = targets.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    // It takes minutes, and has a step of its own in the long form.
    let mut names: Vec<_> = names.filter(|name| name != "fuzz_init").collect();
    names.sort();
    names
}

pub(crate) fn suite(name: &str) -> Command {
    tests(&["--test", name])
}

/// The fuzz targets are a workspace of their own, and build the fuzzer, which is C++.
fn fuzz_targets() -> Outcome {
    if output(command("c++", &["--version"])).is_none() {
        return Outcome::skipped("the fuzzer needs a C++ compiler");
    }
    let mut clippy = cargo(&["clippy", "--manifest-path", "fuzz/Cargo.toml"]);
    clippy.args(["--features", "targets", "--", "-D", "warnings"]);
    clippy.env("CARGO_TARGET_DIR", root().join("target"));
    follow(clippy)
}

/// The benchmark is a workspace of its own, and builds its peers.
fn benchmark() -> Outcome {
    let manifest = ["--locked", "--manifest-path", "bench/Cargo.toml"];
    if output(cargo(&[&["fetch", "--quiet"], &manifest[..]].concat())).is_none() {
        return Outcome::skipped("the peers cannot be fetched");
    }
    let mut clippy = cargo(&["clippy"]);
    clippy.args(manifest).args(["--", "-D", "warnings"]);
    clippy.env("CARGO_TARGET_DIR", root().join("target"));
    follow(clippy)
}

/// Five other codecs write the bytes that this one writes, and read them.
fn peers() -> Outcome {
    let bench = ["xtask", "bench", "codec", "--check", "--build", "default"];
    follow(cargo(&bench))
}

/// libvirt's client and this one call the same daemon and hear of the same events. How fast is looked at elsewhere.
fn libvirts_client() -> Outcome {
    let mut compile = command("cc", &["-E", "-include", "libvirt/libvirt.h", "-"]);
    compile.stdin(Stdio::null());
    if output(compile).is_none() {
        return Outcome::skipped("there is no libvirt-dev, or no C compiler");
    }
    let manifest = ["--locked", "--manifest-path", "bench/remote/Cargo.toml"];
    if output(cargo(&[&["fetch", "--quiet"], &manifest[..]].concat())).is_none() {
        return Outcome::skipped("dependencies cannot be fetched");
    }
    follow(cargo(&["xtask", "bench", "remote", "--quick"]))
}

/// The version that the manifest promises must be the one in use, or the promise rests on a lint alone.
fn rust_version() -> Outcome {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap_or_default();
    let promised = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \""))
        .map(|rest| rest.trim_end_matches('"'));
    let Some(promised) = promised else {
        return Outcome::failed("Cargo.toml has no rust-version");
    };
    let used = output(command("rustc", &["--version"])).unwrap_or_default();
    let used = used.split_whitespace().nth(1).unwrap_or_default();
    if used == promised || used.starts_with(&format!("{promised}.")) {
        return Outcome::passed(format!(
            "all of this runs on {used}, the oldest that is supported"
        ));
    }
    let toolchain = format!("+{promised}");
    if output(command("cargo", &[&toolchain, "--version"])).is_some() {
        let check = [&toolchain, "check", "--workspace", "--all-targets"];
        return follow(command("cargo", &check));
    }
    Outcome::skipped(format!(
        "{promised} is not installed; on {used} only clippy's incompatible_msrv watches it"
    ))
}

fn deny(checks: &[&str]) -> Outcome {
    if output(cargo(&["deny", "--version"])).is_none() {
        return Outcome::skipped("cargo-deny is not installed: `cargo install cargo-deny`");
    }
    let mut deny = cargo(&["deny", "--all-features", "check"]);
    deny.args(checks);
    follow(deny)
}

/// Whether a dependency has a known flaw. The list of them changes without this project's doing, so it is not asked at
/// every change.
fn advisories() -> Outcome {
    if output(cargo(&["deny", "--version"])).is_some()
        && output(cargo(&["deny", "fetch", "db"])).is_none()
    {
        return Outcome::skipped("the advisory database cannot be fetched");
    }
    deny(&["advisories"])
}

/// Records a libvirtd that runs here and now, and decodes that.
fn live_libvirtd() -> Outcome {
    let folder = root().join("target").join("recordings");
    // What an earlier run left would be decoded as if it were new.
    let _ = fs::remove_dir_all(&folder);
    let mut record = command("python3", &["tests/recordings/record.py", "--out"]);
    record.arg(&folder);
    let recorded = follow(record);
    if recorded.is_failed() {
        return recorded;
    }
    let mut suite = suite("recordings");
    suite.env("XDR_RECORDINGS", &folder);
    follow(suite)
}

/// What a newcomer does first: clone, then the README's command.
fn fresh_clone() -> Outcome {
    let folder = root().join("target").join("clone");
    let clone = clone_into(&folder);
    if clone.is_failed() {
        return clone;
    }
    let proto = Path::new("protocol-defs")
        .join("proto")
        .join("remote_protocol.x");
    let mut generate = cargo(&["run", "--release", "--bin", "xdr", "--", "gen"]);
    generate.arg(proto).args(["--out-dir", "target/demo"]);
    generate.current_dir(&folder);
    follow(generate)
}

/// What is committed, in a folder of its own.
fn clone_into(folder: &Path) -> Outcome {
    // An earlier run's clone, if there is one.
    let _ = fs::remove_dir_all(folder);
    let mut clone = command("git", &["clone", "--quiet", "."]);
    clone.arg(folder);
    follow(clone)
}

/// A copy of the project that follows a later libvirt passes its tests with nothing else done.
fn later_libvirt() -> Outcome {
    const VERSION: &str = "11.3.0";
    let libvirt = match fetch::libvirt_version(VERSION) {
        Ok(folder) => folder,
        Err(why) => return Outcome::skipped(why),
    };
    let folder = root().join("target").join("later");
    let clone = clone_into(&folder);
    if clone.is_failed() {
        return clone;
    }
    let proto = folder.join("protocol-defs").join("proto");
    let start = Instant::now();
    if !sync::run(&sync::Arguments::new(libvirt, proto)) {
        return Outcome::failed("protocol-defs/proto could not follow");
    }
    let note = format!("{VERSION} in {:.1} s", start.elapsed().as_secs_f64());
    let mut tests = cargo(&["test", "--package", "protocol-defs", "--all-features"]);
    tests.current_dir(&folder);
    // Dependencies need not be built once more.
    tests.env("CARGO_TARGET_DIR", root().join("target"));
    let outcome = follow(tests);
    if outcome.is_failed() {
        return outcome;
    }
    outcome.with_note(note)
}
