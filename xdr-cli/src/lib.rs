//! The `xdr` command: checks, generates from and inspects XDR (`.x`) files.
//!
//! `arguments` is what can be said on the command line, `configuration` what `xdr.toml` can say instead,
//! `session` what comes of the two. `stream` reads recorded connections. A subcommand is one file in `command`: its arguments and its `run`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

mod arguments;
mod color;
mod command;
mod configuration;
mod console;
mod failure;
mod input;
mod output;
mod positions;
mod progress;
mod report;
mod session;
mod stream;

pub use arguments::definition;
pub use report::{EditRecord, FixRecord, Record, SpanRecord};

/// Runs the command with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    color::decide(color::asked_for(&arguments));
    let parsed = match arguments::parse(arguments) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version go to stdout, mistakes to stderr. Where neither can be written nobody is listening.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::WRONG_USE));
        }
    };
    match parsed.run() {
        Ok(command::Outcome::Clean) => ExitCode::SUCCESS,
        Ok(command::Outcome::Errors) => ExitCode::from(failure::ERRORS),
        Err(failure) => {
            console::say(&failure.render());
            ExitCode::from(failure::WRONG_USE)
        }
    }
}
