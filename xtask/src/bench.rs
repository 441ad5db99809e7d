//! `cargo xtask bench`: what the project claims about speed and size, measured. Figures, plots and the machine they are of
//! go to docs/bench.

use std::fs;
use std::num::NonZero;
use std::thread;

use crate::{command, output, root};

mod chart;
mod codec;
mod front;
mod remote;
mod scale;
mod size;

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// All of them, if none is named.
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(clap::Subcommand)]
enum Part {
    /// Encoding and decoding beside other codecs, workload by workload.
    Codec(codec::Arguments),
    /// Time and memory of encoding and decoding against the length of the message.
    Scale(scale::Arguments),
    /// The compiler of `.x` files: the whole process, and parsing against the length of the source.
    Front(front::Arguments),
    /// The client beside libvirt's: calls and events per second, memory.
    Remote(remote::Arguments),
    /// What generated code costs its users: build time and machine code.
    Size(size::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    match &arguments.part {
        Some(Part::Codec(arguments)) => codec::run(arguments),
        Some(Part::Scale(arguments)) => scale::run(arguments),
        Some(Part::Front(arguments)) => front::run(arguments),
        Some(Part::Remote(arguments)) => remote::run(arguments),
        Some(Part::Size(arguments)) => size::run(arguments),
        None => {
            // Every part, whatever came of those before.
            let parts = [
                codec::run(&codec::Arguments::default()),
                scale::run(&scale::Arguments::default()),
                front::run(&front::Arguments::default()),
                remote::run(&remote::Arguments::default()),
                size::run(&size::Arguments::default()),
            ];
            parts.iter().all(|done| *done)
        }
    }
}

/// Writes a result to docs/bench and says so. False, with the reason told, if it cannot.
fn write(name: &str, text: &str) -> bool {
    let folder = root().join("docs").join("bench");
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(name), text));
    match &written {
        Ok(()) => println!("wrote docs/bench/{name}"),
        Err(error) => eprintln!("docs/bench/{name}: {error}"),
    }
    written.is_ok()
}

/// What the figures are of: `Intel(R) Xeon(R) Processor, 2 cores; rustc 1.95.0`.
fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == "model name").then(|| value.trim())
    });
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let rustc = output(command("rustc", &["--version"])).unwrap_or_default();
    let version = rustc.split(" (").next().unwrap_or_default();
    let model = model.unwrap_or(std::env::consts::ARCH);
    format!("{model}, {cores} cores; {version}")
}
