//! Developer tasks: `cargo xtask test`, `bench`, `bless`, `hostile`, `fetch`, `fuzz` and `sync-libvirt`.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};

mod bench;
mod bless;
mod fetch;
mod fuzz;
mod hostile;
mod machines;
mod no_std;
mod packages;
mod report;
mod sync;
mod test;

/// Developer tasks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every check that CI runs; installs with apt what is missing, where it can.
    Test(test::Arguments),
    /// Measures speed and size, beside other codecs; writes docs/bench.
    Bench(bench::Arguments),
    /// Renews what is generated and checked in: snapshots, the compiler's messages in UI tests.
    Bless,
    /// Renews docs/HOSTILE.md, which says what the codec does with hostile input; `bless` does so, too.
    Hostile,
    /// Fetches the upstream files that tests read into target/upstream.
    Fetch(fetch::Arguments),
    /// Runs the fuzz targets on their seeds and on what earlier runs have learned.
    Fuzz(fuzz::Arguments),
    /// Makes protocol-defs/proto follow a release of libvirt, and says what that changes.
    SyncLibvirt(sync::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Bless => bless::run(),
        Task::Hostile => hostile::run(),
        Task::Fetch(arguments) => fetch::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::SyncLibvirt(arguments) => sync::run(&arguments),
    };
    if done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// A command that runs in the workspace's folder.
fn command(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The cargo that runs this task.
fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = command(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        arguments,
    );
    // What cargo tells this task of its package. Build scripts of some crates look at it, and would run anew.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// What a command prints on stdout, if it succeeds.
fn output(mut command: Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
