//! The codec beside those that a user would pick instead: the same messages, in one process, in turn.
//!
//! `cargo xtask bench codec` builds and runs this, and makes a table and a chart of the lines that it prints.

use std::process::ExitCode;

use crate::race::Race;
use crate::workload::{WORKLOADS, Workload};

mod hand;
mod measure;
mod memcpy;
mod messages;
mod ours;
mod peers;
mod race;
mod workload;

const USAGE: &str = "usage: xdr-bench [--only W1,W6] [--quick | --check]";

fn main() -> ExitCode {
    let mut only: Option<Vec<Workload>> = None;
    let mut effort = measure::Effort::Full;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => {
                let names = arguments.next().unwrap_or_default();
                let workloads = names.split(',').map(Workload::named).collect();
                only = workloads;
                if only.is_none() {
                    eprintln!("no such workload: {names}");
                    return ExitCode::FAILURE;
                }
            }
            "--quick" => effort = measure::Effort::Quick,
            "--check" => effort = measure::Effort::None,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::FAILURE;
            }
        }
    }
    // After this, the C library's allocator has large buffers on the heap, as it has in programs that run for long, rather
    // than in pages of their own, which the system would have to clear each time.
    drop(std::hint::black_box(vec![0u8; 24 << 20]));
    for workload in WORKLOADS {
        if only.as_ref().is_none_or(|only| only.contains(&workload)) {
            run(workload, effort);
        }
    }
    ExitCode::SUCCESS
}

/// One workload: every contestant shows that it codes the same message, then they race.
fn run(workload: Workload, effort: measure::Effort) {
    let wire = ours::wire(workload);
    eprintln!("{}: {} bytes", workload.name(), wire.len());
    let mut race = Race::new(workload, wire);
    ours::enter(&mut race);
    hand::enter(&mut race);
    memcpy::enter(&mut race);
    peers::enter(&mut race);
    measure::run(&mut race, effort);
}
