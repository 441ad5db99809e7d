//! `cargo xtask bench remote`: the client of libvirt's protocol beside libvirt's own in C, both at one daemon, in turn.

mod daemon;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;

use self::daemon::Daemon;
use super::{machine, write};
use crate::{cargo, command, output, root};

/// Arguments of `cargo xtask bench remote`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {
    /// Short runs, to see where one is. Nothing is written.
    #[arg(long)]
    quick: bool,
}

/// How many connections, and how many calls are under way on each of them.
const CALLS: [(u32, u32); 7] = [
    (1, 1),
    (1, 8),
    (1, 32),
    (1, 128),
    (32, 1),
    (32, 8),
    (32, 32),
];

/// How many connections, and how many events each of them gets.
const EVENTS: [(u32, u32); 2] = [(1, 100_000), (32, 10_000)];

/// Connections over which the memory of one is measured.
const MANY: u32 = 200;

/// Turns, the median of which counts.
const TURNS: usize = 5;

/// Of the C client's calls per second, what ours makes at least: one after the other, and several at once.
const TARGETS: [f64; 2] = [1.0, 1.5];

/// What goes to remote.json.
#[derive(Serialize)]
struct Figures {
    machine: String,
    libvirt: String,
    calls_per_second: Vec<Row>,
    /// At libvirt's own daemon, which takes longer for a call than either client.
    calls_per_second_at_libvirtd: Vec<Row>,
    events_per_second: Vec<Row>,
    bytes_per_connection: Row,
}

#[derive(Serialize)]
struct Row {
    connections: u32,
    /// Of calls, on each connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_flight: Option<u32>,
    ours: f64,
    c: f64,
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    match measured(arguments) {
        Ok(figures) => {
            print(&figures);
            let json = serde_json::to_string_pretty(&figures).unwrap_or_default();
            arguments.quick || write("remote.json", &format!("{json}\n"))
        }
        Err(why) => {
            eprintln!("bench remote: {why}");
            false
        }
    }
}

fn measured(arguments: &Arguments) -> Result<Figures, String> {
    let folder = root().join("target/bench/remote");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let clients = build(&folder)?;
    let (turns, seconds) = if arguments.quick {
        (1, "0.3")
    } else {
        (TURNS, "1")
    };
    let race = |daemon: &Daemon, rest: &[&str]| race(&clients, turns, &daemon.uri, rest);
    let calls = |daemon: &Daemon| {
        let mut rows = Vec::new();
        for (connections, in_flight) in CALLS {
            let [many, at_once] = [connections, in_flight].map(|number| number.to_string());
            let [ours, c] = race(daemon, &["calls", &many, &at_once, seconds])?;
            rows.push(Row {
                connections,
                in_flight: Some(in_flight),
                ours,
                c,
            });
        }
        Ok::<_, String>(rows)
    };
    let libvirtd = Daemon::libvirtd().map_err(|error| format!("libvirtd: {error}"))?;
    let calls_at_libvirtd = calls(&libvirtd)?;
    drop(libvirtd);
    let daemon = Daemon::ours(&clients[0]).map_err(|error| format!("the daemon: {error}"))?;
    let calls = calls(&daemon)?;
    let mut events = Vec::new();
    for (connections, count) in EVENTS {
        let [many, count] = [connections, count].map(|number| number.to_string());
        let [ours, c] = race(&daemon, &["events", &many, &count])?;
        events.push(Row {
            connections,
            in_flight: None,
            ours,
            c,
        });
    }
    let [ours, c] = race(&daemon, &["memory", &MANY.to_string()])?;
    let version = output(command("virsh", &["--version"]));
    Ok(Figures {
        machine: machine(),
        libvirt: version.ok_or("there is no virsh")?,
        calls_per_second: calls,
        calls_per_second_at_libvirtd: calls_at_libvirtd,
        events_per_second: events,
        bytes_per_connection: Row {
            connections: MANY,
            in_flight: None,
            ours,
            c,
        },
    })
}

/// The program that is also the daemon, and libvirt's client.
fn build(folder: &Path) -> Result<[PathBuf; 2], String> {
    let manifest = ["--locked", "--manifest-path", "bench/remote/Cargo.toml"];
    let mut ours = cargo(&[&["build", "--quiet", "--release"][..], &manifest].concat());
    ours.env("CARGO_TARGET_DIR", folder);
    let mut c = command("cc", &["-O2", "-Wall", "-o"]);
    let client = folder.join("client");
    c.arg(&client).arg("bench/remote/c/client.c");
    c.args(["-lvirt", "-lpthread"]);
    for (mut build, what) in [
        (ours, "the client cannot be built"),
        (
            c,
            "libvirt's client cannot be built; it needs a C compiler and libvirt-dev",
        ),
    ] {
        let status = build.status().map_err(|error| format!("{what}: {error}"))?;
        if !status.success() {
            return Err(what.to_owned());
        }
    }
    Ok([folder.join("release/xdr-bench-remote"), client])
}

/// The medians of the figures that both print. They have turns: what slows the machine down slows both of them.
fn race(
    clients: &[PathBuf; 2],
    turns: usize,
    uri: &str,
    what: &[&str],
) -> Result<[f64; 2], String> {
    let mut figures = [Vec::new(), Vec::new()];
    for _ in 0..turns {
        for (figures, client) in figures.iter_mut().zip(clients) {
            let mut run = Command::new(client);
            run.arg(what[0]).arg(uri).args(&what[1..]);
            // No daemon but this one.
            run.env("LIBVIRT_AUTOSTART", "0").stderr(Stdio::inherit());
            let printed = output(run).ok_or_else(|| format!("{} failed", what.join(" ")))?;
            figures.push(
                printed
                    .parse()
                    .map_err(|_| format!("no number: {printed}"))?,
            );
        }
    }
    Ok(figures.map(median))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn print(figures: &Figures) {
    println!("                                    ours          C   ratio");
    for (daemon, rows) in [
        ("ours", &figures.calls_per_second),
        ("libvirtd", &figures.calls_per_second_at_libvirtd),
    ] {
        println!("at {daemon}");
        rows.iter().for_each(print_calls);
    }
    for row in &figures.events_per_second {
        println!(
            "events/s {:3} connections            {:10.0} {:10.0} {:7.2}",
            row.connections,
            row.ours,
            row.c,
            row.ours / row.c
        );
    }
    let row = &figures.bytes_per_connection;
    println!(
        "bytes of memory for a connection     {:10.0} {:10.0} {:7.2}",
        row.ours,
        row.c,
        row.ours / row.c
    );
}

fn print_calls(row: &Row) {
    let in_flight = row.in_flight.unwrap_or(1);
    let ratio = row.ours / row.c;
    let target = TARGETS[usize::from(in_flight > 1)];
    let verdict = if ratio >= target { "ok" } else { "missed" };
    println!(
        "calls/s  {:3} connections, {in_flight:4} each {:10.0} {:10.0} {ratio:7.2} ({target})   {verdict}",
        row.connections, row.ours, row.c
    );
}
