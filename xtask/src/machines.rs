//! The codec, and what is generated for it, on machines that are not like this one: words of 32 bits, bytes in the other
//! order, and Miri, which interprets any of them and checks every access to memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::report::{Outcome, run as follow};
use crate::{cargo, command, output, packages, root};

/// A machine whose programs can be run here.
struct Machine {
    target: &'static str,
    /// What a program says of it: bits of a word, order of bytes.
    nature: &'static str,
    /// None where the processor runs its programs itself and the host's linker makes them.
    emulated: Option<Emulated>,
}

/// What it takes to make and to run the programs of another processor.
struct Emulated {
    linker: &'static str,
    emulator: &'static str,
    /// Where the emulator finds the C library.
    root: &'static str,
    /// The Debian packages of these.
    packages: &'static [&'static str],
}

/// It brings its own C library, so the host needs none of 32 bits.
const NARROW: Machine = Machine {
    target: "i686-unknown-linux-musl",
    nature: "32 bits, little-endian",
    emulated: None,
};

const BIG_ENDIAN: Machine = Machine {
    target: "s390x-unknown-linux-gnu",
    nature: "64 bits, big-endian",
    emulated: Some(Emulated {
        linker: "s390x-linux-gnu-gcc",
        emulator: "qemu-s390x",
        root: "/usr/s390x-linux-gnu",
        packages: &["gcc-s390x-linux-gnu", "libc6-dev-s390x-cross", "qemu-user"],
    }),
};

const NARROW_BIG_ENDIAN: Machine = Machine {
    target: "powerpc-unknown-linux-gnu",
    nature: "32 bits, big-endian",
    emulated: Some(Emulated {
        linker: "powerpc-linux-gnu-gcc",
        emulator: "qemu-ppc",
        root: "/usr/powerpc-linux-gnu",
        packages: &[
            "gcc-powerpc-linux-gnu",
            "libc6-dev-powerpc-cross",
            "qemu-user",
        ],
    }),
};

/// Arguments of `cargo test` for a package.
type Tests = &'static [&'static str];

const RUNTIME: Tests = &["--package", "xdr-wire", "--lib", "--tests"];
const GENERATED: Tests = &["--package", "xdr-build", "--test", "torture"];
const PROTOCOLS: Tests = &[
    "--package",
    "protocol-defs",
    "--all-features",
    "--lib",
    "--tests",
];
const COMPILER: Tests = &["--package=xdr-parser", "--package=xdr-build", "--tests"];

/// The runtime where `usize` has 32 bits.
pub(crate) fn narrow() -> Outcome {
    run(&NARROW, &[RUNTIME])
}

/// What [`narrow`] leaves out: what is generated, and the compiler that generates it.
pub(crate) fn narrow_rest() -> Outcome {
    run(&NARROW, &[PROTOCOLS, COMPILER])
}

/// Both widths where the first byte of a number is its highest.
pub(crate) fn big_endian() -> Outcome {
    let wide = run(&BIG_ENDIAN, &[RUNTIME, GENERATED, PROTOCOLS]);
    wide.and(run(&NARROW_BIG_ENDIAN, &[RUNTIME, GENERATED]))
}

fn run(machine: &Machine, tests: &[Tests]) -> Outcome {
    if let Err(why) = ready(machine) {
        return Outcome::skipped(why);
    }
    let runs = tests.iter().map(|tests| {
        let mut test = cargo(&["test", "--no-fail-fast", "--target", machine.target]);
        test.args(*tests);
        if let Some(emulated) = &machine.emulated {
            let name = machine.target.replace('-', "_").to_uppercase();
            test.env(format!("CARGO_TARGET_{name}_LINKER"), emulated.linker);
            let runner = format!("{} -L {}", emulated.emulator, emulated.root);
            test.env(format!("CARGO_TARGET_{name}_RUNNER"), runner);
            // An emulator takes ten times as long, and the order of bytes shows in any case.
            test.env("PROPTEST_CASES", "32");
        }
        follow(test)
    });
    runs.reduce(Outcome::and)
        .unwrap_or_else(|| Outcome::passed(""))
}

/// Gets what is missing, and says what is missing still.
fn ready(machine: &Machine) -> Result<(), String> {
    standard_library(machine.target)?;
    let Err(why) = probe(machine) else {
        return Ok(());
    };
    let Some(emulated) = &machine.emulated else {
        return Err(why);
    };
    let installed = packages::install(emulated.packages);
    probe(machine).map_err(|_| match installed.note() {
        "" => why,
        note => format!("{why}; {note}"),
    })
}

/// The target's standard library, from rustup if it is not there.
fn standard_library(target: &str) -> Result<(), String> {
    let is_there = || {
        let print = ["--print", "target-libdir", "--target", target];
        output(command("rustc", &print)).is_some_and(|folder| Path::new(&folder).exists())
    };
    if is_there() {
        return Ok(());
    }
    if !has_rustup() {
        return Err(format!(
            "there is no standard library for {target}, nor a rustup to get it"
        ));
    }
    fetch(60, &["target", "add", target]);
    if is_there() {
        Ok(())
    } else {
        Err(format!(
            "rustup could not get the standard library for {target}"
        ))
    }
}

/// Makes the smallest program that shows what the machine is like, and runs it.
fn probe(machine: &Machine) -> Result<(), String> {
    const PROGRAM: &str = r#"fn main() {
    let order = if cfg!(target_endian = "big") { "big" } else { "little" };
    println!("{} bits, {order}-endian", usize::BITS);
}
"#;
    let folder = root().join("target").join("machines");
    let source = folder.join("probe.rs");
    let program = folder.join(machine.target);
    let made = fs::create_dir_all(&folder).and_then(|()| fs::write(&source, PROGRAM));
    made.map_err(|error| format!("target/machines: {error}"))?;
    let mut rustc = command("rustc", &["--target", machine.target]);
    rustc.arg(&source).arg("-o").arg(&program);
    let mut start = match &machine.emulated {
        Some(emulated) => {
            rustc.arg(format!("-Clinker={}", emulated.linker));
            let mut start = command(emulated.emulator, &["-L", emulated.root]);
            start.arg(&program);
            start
        }
        None => command(&program, &[]),
    };
    rustc.stderr(Stdio::null());
    if output(rustc).is_none() {
        let linker = machine.emulated.as_ref().map_or("cc", |it| it.linker);
        return Err(format!(
            "no program for {} can be linked with {linker}",
            machine.target
        ));
    }
    start.stderr(Stdio::null());
    if output(start).as_deref() == Some(machine.nature) {
        return Ok(());
    }
    let with = machine.emulated.as_ref().map(|it| it.emulator);
    Err(format!(
        "programs for {} do not run {}",
        machine.target,
        with.map_or("here".to_owned(), |emulator| format!("in {emulator}"))
    ))
}

/// The runtime and generated code, interpreted with every access to memory checked: as on this machine, with 32 bits, and
/// big-endian.
pub(crate) fn miri() -> Outcome {
    if let Err(why) = ready_miri() {
        return Outcome::skipped(why);
    }
    let machines = [
        &[][..],
        &["--target", "i686-unknown-linux-gnu"],
        &["--target", BIG_ENDIAN.target],
    ];
    let mut outcome: Option<Outcome> = None;
    for target in machines {
        // Its standard library is built from source, which may be what fails.
        let mut setup = nightly(&["cargo", "miri", "setup"]);
        setup.args(target);
        let ran = if setup.status().is_ok_and(|status| status.success()) {
            in_miri(target, RUNTIME).and(in_miri(target, GENERATED))
        } else {
            Outcome::skipped(format!(
                "Miri could not build its standard library {}",
                target.join(" ")
            ))
        };
        outcome = Some(match outcome {
            Some(before) => before.and(ran),
            None => ran,
        });
    }
    outcome.unwrap_or_else(|| Outcome::passed(""))
}

fn in_miri(target: &[&str], tests: Tests) -> Outcome {
    let mut miri = nightly(&["cargo", "miri", "test", "--no-fail-fast"]);
    miri.args(target).args(tests).arg("--");
    // These are about time and memory: loops of as many steps as a limit allows, which here take an hour.
    for module in ["hostile_types", "limits", "narrow", "property", "stack"] {
        miri.args(["--skip", &format!("{module}::")]);
    }
    // proptest looks for cases that failed before in the file system, which Miri keeps programs from otherwise.
    miri.env("MIRIFLAGS", "-Zmiri-disable-isolation");
    miri.env("PROPTEST_CASES", "4");
    follow(miri)
}

fn ready_miri() -> Result<(), String> {
    if !has_rustup() {
        return Err("Miri is of a nightly toolchain, and there is no rustup to get it".to_owned());
    }
    let is_there = || output(nightly(&["cargo", "miri", "--version"])).is_some();
    if is_there() {
        return Ok(());
    }
    if output(nightly(&["rustc", "--version"])).is_some() {
        // A nightly that is there is not updated: others may rely on it.
        let add = ["component", "add", "--toolchain", "nightly"];
        fetch(300, &[&add[..], &["miri", "rust-src"]].concat());
    } else {
        let install = ["toolchain", "install", "nightly", "--no-self-update"];
        let parts = ["--profile", "minimal", "--component", "miri,rust-src"];
        fetch(600, &[install, parts].concat());
    }
    if is_there() {
        Ok(())
    } else {
        Err("rustup could not get a nightly toolchain with Miri".to_owned())
    }
}

/// A command of the nightly toolchain, and nothing of the one that runs this.
fn nightly(words: &[&str]) -> Command {
    let mut run = command("rustup", &["run", "nightly"]);
    run.args(words);
    // What cargo says to the programs it runs.
    run.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    run
}

fn has_rustup() -> bool {
    output(command("rustup", &["--version"])).is_some()
}

/// A rustup that downloads, for so many seconds at most; what it got is found out by asking for it.
fn fetch(seconds: u32, arguments: &[&str]) {
    let mut rustup = command(
        "timeout",
        &["--kill-after=10", &seconds.to_string(), "rustup"],
    );
    rustup.args(arguments).stdin(Stdio::null());
    let _ = rustup.status();
}
