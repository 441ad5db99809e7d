//! Prints the domains of a host and what they do: `cargo run --example domains -- qemu:///system`.

use std::process::ExitCode;

use libvirt_remote::{Connection, Error};
use protocol_defs::graphics::Uuid;
use protocol_defs::remote::{ConnectListAllDomainsArgs, DomainGetStateArgs, proc};

/// libvirt's `virDomainState`, in virsh's words.
const STATES: [&str; 8] = [
    "no state",
    "running",
    "idle",
    "paused",
    "in shutdown",
    "shut off",
    "crashed",
    "pmsuspended",
];

#[tokio::main]
async fn main() -> ExitCode {
    let Some(uri) = std::env::args().nth(1) else {
        eprintln!("usage: domains URI");
        return ExitCode::from(2);
    };
    match list(&uri).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{uri}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn list(uri: &str) -> Result<(), Error> {
    let conn = Connection::open(uri).await?;
    let args = ConnectListAllDomainsArgs {
        need_results: 1,
        flags: 0,
    };
    for dom in conn
        .call::<proc::ConnectListAllDomains>(&args)
        .await?
        .domains
    {
        let args = DomainGetStateArgs { dom, flags: 0 };
        let number = conn.call::<proc::DomainGetState>(&args).await?.state;
        let state = usize::try_from(number).ok().and_then(|at| STATES.get(at));
        let state = state.copied().unwrap_or("unknown state");
        println!("{} {} {state}", Uuid(args.dom.uuid), args.dom.name);
    }
    conn.close().await
}
