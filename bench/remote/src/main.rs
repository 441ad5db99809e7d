//! The client of `libvirt-remote` in the race with libvirt's, and the daemon that both of them call.
//!
//! `cargo xtask bench remote` builds and runs this, and `c/client.c` beside it, which takes the same arguments and prints
//! the same: one number.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use tokio::runtime::Builder;

mod client;
mod daemon;

const USAGE: &str = "usage: xdr-bench-remote serve SOCKET
       xdr-bench-remote calls URI CONNECTIONS IN_FLIGHT SECONDS
       xdr-bench-remote events URI CONNECTIONS COUNT
       xdr-bench-remote memory URI CONNECTIONS";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let figure = match *arguments {
        ["serve", socket] => return runtime.block_on(daemon::serve(Path::new(socket))),
        ["calls", uri, connections, in_flight, seconds] => {
            let (connections, in_flight) = (connections.parse()?, in_flight.parse()?);
            runtime.block_on(client::calls(uri, connections, in_flight, seconds.parse()?))?
        }
        ["events", uri, connections, count] => {
            runtime.block_on(client::events(uri, connections.parse()?, count.parse()?))?
        }
        ["memory", uri, connections] => {
            runtime.block_on(client::memory(uri, connections.parse()?))?
        }
        _ => return Err(USAGE.into()),
    };
    println!("{figure:.1}");
    Ok(())
}
