//! `cargo xtask bench codec`: builds the program in bench/ as its users' compilers might, runs each build, and says what came
//! of it beside what was promised.

use std::process::{Command, Stdio};

use figures::{Figures, Run};

use super::{machine, write};
use crate::{cargo, root};

mod drawn;
mod figures;
mod table;
mod targets;

/// Arguments of `cargo xtask bench codec`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {
    /// Some workloads only, as W1,W6. Nothing is written.
    #[arg(long, value_name = "NAMES")]
    only: Option<String>,
    /// Short runs, to see where one is. Nothing is written.
    #[arg(long)]
    quick: bool,
    /// Some builds only. Nothing is written.
    #[arg(long, value_enum, value_delimiter = ',')]
    build: Vec<Build>,
    /// No figures, only proof that everyone writes the same bytes.
    #[arg(long)]
    check: bool,
}

/// How the program is built. What all have is cargo's release profile as it is.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Build {
    /// As cargo does it.
    Default,
    /// For processors that have AVX2, as most of today's do.
    V3,
    /// With thin LTO over all crates.
    Lto,
}

impl Build {
    const ALL: [Self; 3] = [Self::Default, Self::V3, Self::Lto];

    fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::V3 => "x86-64-v3",
            Self::Lto => "thin LTO",
        }
    }

    /// What its target folder is called, and what cargo is told.
    fn settings(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Default => ("default", "CARGO_PROFILE_RELEASE_LTO", "false"),
            Self::V3 => ("v3", "RUSTFLAGS", "-Ctarget-cpu=x86-64-v3"),
            Self::Lto => ("lto", "CARGO_PROFILE_RELEASE_LTO", "thin"),
        }
    }

    fn cargo(self) -> Command {
        let (folder, name, value) = self.settings();
        let manifest = ["--release", "--manifest-path", "bench/Cargo.toml"];
        let mut run = cargo(&["run", "--quiet", "--locked"]);
        run.args(manifest).arg("--").env(name, value);
        let target = root().join("target").join("bench").join(folder);
        run.env("CARGO_TARGET_DIR", target);
        run
    }

    /// Whether its programs run here.
    fn runs_here(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return self != Self::V3 || is_x86_feature_detected!("avx2");
        #[cfg(not(target_arch = "x86_64"))]
        return self != Self::V3;
    }
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    let mut figures = Figures::new(machine());
    for build in Build::ALL {
        if !arguments.build.is_empty() && !arguments.build.contains(&build) {
            continue;
        }
        if !build.runs_here() {
            println!("{}: skipped, this processor cannot run it", build.name());
            continue;
        }
        println!("building and running: {}", build.name());
        let mut program = build.cargo();
        if let Some(only) = &arguments.only {
            program.args(["--only", only]);
        }
        if arguments.check {
            program.arg("--check");
        } else if arguments.quick {
            program.arg("--quick");
        }
        program.stderr(Stdio::inherit());
        match program.output() {
            Ok(output) if output.status.success() => {
                let lines = String::from_utf8_lossy(&output.stdout);
                match Run::parse(build.name(), &lines) {
                    Ok(run) => figures.runs.push(run),
                    Err(error) => return failed(build, &error.to_string()),
                }
            }
            Ok(output) => return failed(build, &output.status.to_string()),
            Err(error) => return failed(build, &error.to_string()),
        }
    }
    if arguments.check {
        return true;
    }
    table::print(&figures);
    let whole = arguments.only.is_none() && !arguments.quick && arguments.build.is_empty();
    if !whole {
        return true;
    }
    let chart = drawn::chart(&figures).unwrap_or_default();
    write("codec.json", &figures.to_json()) && write("codec.svg", &chart)
}

fn failed(build: Build, why: &str) -> bool {
    eprintln!("{}: {why}", build.name());
    false
}
