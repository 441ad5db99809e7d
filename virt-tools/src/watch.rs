//! `virt-watch`: who is on which screen, on several hosts at once.
//!
//! Each host has a task (`host`) that connects, registers, and reports; reports become lines (`lines`) or, on a terminal,
//! a table (`table`) of what they amount to (`screens`).

mod arguments;
mod host;
mod lines;
mod password;
mod screens;
mod scroll;
mod table;
mod terminal;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::Parser;
use tokio::runtime;

use self::arguments::Arguments;
use self::host::{Hosts, Source};
use crate::console::Console;
use crate::stop::Stop;
use crate::text::printable;

/// The command, from its arguments to its exit code: 0 when it was asked to end, 1 when no host could be watched, 2 for
/// arguments that it does not have.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Ok(console) = Console::new("virt-watch") else {
        // A system without threads to spare watches nothing.
        return ExitCode::FAILURE;
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let ran = runtime.and_then(|runtime| {
        let ran = runtime.block_on(run(&arguments, &console));
        // A thread may be left that writes to a pipe which nobody reads, or reads keys.
        runtime.shutdown_background();
        ran
    });
    let code = match ran {
        Ok(Outcome::Asked) => ExitCode::SUCCESS,
        Ok(Outcome::NoHost) => ExitCode::FAILURE,
        // Whoever read has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            console.say(&printable(&error.to_string()));
            ExitCode::FAILURE
        }
    };
    console.flush();
    code
}

/// Why it ends.
enum Outcome {
    /// By Ctrl-C, by a key, or by a signal.
    Asked,
    /// There is no host left to be watched.
    NoHost,
}

async fn run(arguments: &Arguments, console: &Console) -> io::Result<Outcome> {
    let mut stop = Stop::new()?;
    let sources = arguments.sources();
    let is_table = !arguments.json && io::stdout().is_terminal();
    if sources.contains(&Source::Demo) && !is_table {
        console.say("no URI, so this is a demonstration with made-up names; try qemu:///system");
    }
    let password = match &arguments.password_file {
        Some(path) => Some(password::of_file(path, &mut stop).await?),
        None if arguments.ask_password => Some(password::ask(&mut stop).await?),
        None => None,
    };
    let password = match password {
        // There should be one, and the user has ended the wait for it.
        Some(None) => return Ok(Outcome::Asked),
        password => password.flatten(),
    };
    let mut hosts = Hosts::watch(sources, password, is_table);
    let outcome = if is_table {
        terminal::show(&mut hosts, &mut stop, console).await
    } else {
        lines::print(&mut hosts, &mut stop, console, arguments.json).await
    };
    hosts.close().await;
    outcome
}
