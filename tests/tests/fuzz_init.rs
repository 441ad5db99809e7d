//! What `xdr fuzz-init` writes: a folder that builds, runs, and names the field by which it finds a fault. It takes
//! minutes, so `cargo xtask test --full` runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use xdr_tests::{has_program, remote_protocol, root, skip};

const TYPE: &str = "remote_domain_event_graphics_msg";

#[test]
#[ignore = "builds two crates with the fuzzer: `cargo xtask test --full` does"]
fn the_folder_for_the_graphics_event_builds_runs_and_names_the_field_of_a_fault() {
    if !has_program("c++") {
        return;
    }
    if !cargo()
        .args(["fuzz", "--version"])
        .output()
        .is_ok_and(|it| it.status.success())
    {
        return skip("there is no cargo-fuzz: `cargo install cargo-fuzz` brings it");
    }
    let folder = root().join("target/fuzz-init");
    // An earlier run has left a target with a fault, or other seeds.
    for name in ["fuzz_targets", "seeds"] {
        let _ = fs::remove_dir_all(folder.join(name));
    }
    let mut init = cargo();
    init.args([
        "run",
        "--quiet",
        "--package",
        "xdr-cli",
        "--bin",
        "xdr",
        "--",
        "fuzz-init",
    ]);
    init.arg(remote_protocol())
        .args(["--type", TYPE, "--toolkit"]);
    init.arg(root()).arg("--out").arg(&folder);
    succeeds(init);

    let mut seeds = cargo();
    seeds
        .args(["run", "--quiet", "--bin", "seeds"])
        .current_dir(&folder);
    seeds.env("CARGO_TARGET_DIR", folder.join("target"));
    succeeds(seeds);
    assert!(folder.join("seeds").join(TYPE).is_dir());

    let program = build(&folder);
    let output = fuzz(&folder, &program, &["-runs=20000", "-seed=1"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Done 20000 runs"), "{said}");

    // Whoever takes all messages for valid is wrong.
    let target = folder.join("fuzz_targets").join(format!("{TYPE}.rs"));
    let text = fs::read_to_string(&target).expect("it was written");
    let fault = "{ check(&ENTRY, input); assert!(input.len() < 60 || ENTRY.validate(input, Default::default()).is_ok()) }";
    let faulty = text.replace("check(&ENTRY, input)", fault);
    assert_ne!(faulty, text);
    fs::write(&target, faulty).expect("it can be written");
    let program = build(&folder);
    // Now and then the first change that hits is none of a field.
    let told = ["-seed=1", "-seed=2", "-seed=3", "-seed=4", "-seed=5"].map(|seed| {
        let output = fuzz(&folder, &program, &["-runs=20000", seed]);
        assert!(!output.status.success(), "the fault was not found");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        said.lines()
            .find_map(|line| line.strip_prefix("changed field: ").map(str::to_owned))
    });
    let told: Vec<_> = told.into_iter().flatten().collect();
    assert!(
        told.iter()
            .any(|line| line.contains("(byte ") && line.contains("must be rejected")),
        "{told:?}"
    );
}

/// Builds the target as the folder's README.md says; where its program is.
fn build(folder: &Path) -> PathBuf {
    let mut build = cargo();
    build.args([
        "fuzz",
        "build",
        "--fuzz-dir",
        ".",
        "--features",
        "targets",
        "--sanitizer",
        "none",
    ]);
    build
        .args(["--target-dir", "target"])
        .arg(TYPE)
        .current_dir(folder);
    succeeds(build);
    let machines = fs::read_dir(folder.join("target")).expect("it was built");
    let machines = machines.map(|machine| machine.expect("it can be read").path());
    let mut programs = machines.map(|machine| machine.join("release").join(TYPE));
    programs
        .find(|program| program.is_file())
        .expect("it was built")
}

fn fuzz(folder: &Path, program: &Path, arguments: &[&str]) -> Output {
    // What an earlier run has learned may have the fault already, and then nothing is changed to find it.
    let corpus = folder.join("corpus");
    let _ = fs::remove_dir_all(&corpus);
    fs::create_dir_all(&corpus).expect("the folder can be made");
    let mut fuzz = Command::new(program);
    fuzz.current_dir(folder).args(arguments);
    fuzz.args([
        "-timeout=10",
        "-rss_limit_mb=1024",
        "-artifact_prefix=target/",
    ]);
    fuzz.arg("corpus").arg(format!("seeds/{TYPE}"));
    fuzz.output().expect("it starts")
}

fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

fn succeeds(mut command: Command) {
    let output = command.output().expect("it starts");
    assert!(
        output.status.success(),
        "{command:?} says:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
