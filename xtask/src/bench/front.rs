//! `cargo xtask bench front`: how long the compiler of `.x` files takes, as a process for libvirt's largest file, and
//! parsing alone by the length of the source.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use xdr_parser::source::FileId;

use super::chart::lines::{Axis, Line, LogLog};
use super::{machine, write};
use crate::{cargo, command, output, root};

/// Arguments of `cargo xtask bench front`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {
    /// Only parse, here and now, and print the figures; the command runs itself so, optimised
    #[arg(long, hide = true)]
    parse: bool,
}

/// Where libvirt's file is once it has been fetched.
const FILE: &str = "target/upstream/libvirt-9.0.0/src/remote/remote_protocol.x";

/// Runs of a process, the median of which counts.
const RUNS: usize = 41;

/// Lengths of the sources, in bytes.
const LENGTHS: [usize; 10] = [
    1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 5_000_000, 20_000_000, 50_000_000,
];

/// One parse.
#[derive(Serialize, Deserialize)]
struct Parse {
    source: String,
    bytes: f64,
    ns: f64,
}

/// What goes to front.json.
#[derive(Serialize)]
struct Figures {
    machine: String,
    /// Milliseconds of `xdr gen remote_protocol.x`, the whole process, by the build of `xdr`.
    release_ms: f64,
    unoptimised_ms: f64,
    /// The same of `rpcgen -c`, which reads the file as often and in turn with the others; none where it is not installed.
    rpcgen_ms: Option<f64>,
    parses: Vec<Parse>,
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    if arguments.parse {
        return parses();
    }
    match figures() {
        Ok(figures) => report(&figures),
        Err(why) => {
            eprintln!("bench front: {why}");
            false
        }
    }
}

fn figures() -> Result<Figures, String> {
    if !root().join(FILE).is_file() {
        return Err("needs libvirt's file, by `cargo xtask fetch`".to_owned());
    }
    let [release_ms, unoptimised_ms, rpcgen_ms] = processes()?;
    let (Some(release_ms), Some(unoptimised_ms)) = (release_ms, unoptimised_ms) else {
        return Err("xdr gen failed".to_owned());
    };
    let run = ["run", "--quiet", "--release", "-p", "xtask", "--"];
    let lines = output(cargo(&[&run[..], &["bench", "front", "--parse"]].concat()))
        .ok_or("parsing failed")?;
    let parses = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    Ok(Figures {
        machine: machine(),
        release_ms,
        unoptimised_ms,
        rpcgen_ms,
        parses,
    })
}

/// Milliseconds that `xdr gen` takes for the file, released and unoptimised, and `rpcgen -c`, from start to end. They have
/// turns: what slows the machine down slows all of them. None for one that cannot be run.
fn processes() -> Result<[Option<f64>; 3], String> {
    let out = root().join("target/bench/front");
    fs::create_dir_all(&out).map_err(|error| error.to_string())?;
    let xdr = [built("release")?, built("debug")?];
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..RUNS {
        let runs = [
            generate(&xdr[0], &out),
            generate(&xdr[1], &out),
            generate_c(&out),
        ];
        for (times, run) in times.iter_mut().zip(runs) {
            times.extend(run);
        }
    }
    Ok(times.map(|mut times| {
        times.sort_unstable();
        let median = times.get(RUNS / 2)?;
        Some(median.as_secs_f64() * 1e3)
    }))
}

/// The `xdr` of a profile.
fn built(profile: &str) -> Result<PathBuf, String> {
    let mut build = cargo(&["build", "--quiet", "-p", "xdr-cli"]);
    if profile == "release" {
        build.arg("--release");
    }
    let status = build.status().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(root().join("target").join(profile).join("xdr"))
    } else {
        Err(format!("xdr cannot be built ({profile})"))
    }
}

fn generate(xdr: &Path, out: &Path) -> Option<Duration> {
    let mut process = command(xdr, &["gen", FILE, "--profile", "libvirt", "--quiet", "-o"]);
    process.arg(out.join("remote_protocol.rs"));
    // What is there already would not be written.
    let _ = fs::remove_file(out.join("remote_protocol.rs"));
    timed(process)
}

/// The C codec alone, without its header.
fn generate_c(out: &Path) -> Option<Duration> {
    let mut process = command("rpcgen", &["-c", FILE, "-o"]);
    process.arg(out.join("remote_protocol.c"));
    let _ = fs::remove_file(out.join("remote_protocol.c"));
    timed(process)
}

fn timed(mut process: Command) -> Option<Duration> {
    process.current_dir(root());
    process.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = process.status().ok()?;
    status.success().then(|| start.elapsed())
}

/// Parses the file, and sources of all lengths; a line of JSON for each.
fn parses() -> bool {
    let Ok(real) = fs::read_to_string(root().join(FILE)) else {
        return false;
    };
    let made = LENGTHS.map(|len| ("made".to_owned(), source(len)));
    let sources = [("remote_protocol.x".to_owned(), real)];
    for (name, text) in sources.into_iter().chain(made) {
        let Some(ns) = parse(&text) else {
            eprintln!("{name} of {} bytes has mistakes", text.len());
            return false;
        };
        let line = Parse {
            source: name,
            bytes: bytes(&text),
            ns,
        };
        match serde_json::to_string(&line) {
            Ok(line) => println!("{line}"),
            Err(_) => return false,
        }
    }
    true
}

#[expect(clippy::cast_precision_loss, reason = "no source is that long")]
fn bytes(text: &str) -> f64 {
    text.len() as f64
}

/// The shortest time of a few.
fn parse(text: &str) -> Option<f64> {
    let options = xdr_parser::Options::default();
    let repeats = (20_000_000 / text.len()).clamp(2, 200);
    let mut least = Duration::MAX;
    for _ in 0..repeats {
        let start = Instant::now();
        let parsed = black_box(xdr_parser::parse(FileId(0), black_box(text), &options));
        least = least.min(start.elapsed());
        if !parsed.diagnostics.is_empty() {
            return None;
        }
    }
    Some(least.as_secs_f64() * 1e9)
}

/// About `len` bytes of what real files consist of.
fn source(len: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < len {
        let _ = write!(
            text,
            "/* Arguments of call {number}. */\n\
             const LIMIT_{number} = {number};\n\
             enum state_{number} {{ OFF_{number} = 0, ON_{number} = 1 }};\n\
             struct call_{number} {{\n    string name<LIMIT_{number}>;\n    opaque uuid[16];\n    \
             unsigned int flags; /* none yet */\n    unsigned hyper sizes<16>;\n    state_{number} *state;\n}};\n\n"
        );
        number += 1;
    }
    text
}

fn report(figures: &Figures) -> bool {
    let rate = |parse: &Parse| parse.bytes * 1e3 / parse.ns;
    let real = figures.parses.first().map_or(0.0, rate);
    let verdict = |reached: bool| if reached { "ok" } else { "missed" };
    let (release, unoptimised) = (figures.release_ms, figures.unoptimised_ms);
    println!("xdr gen remote_protocol.x, whole process");
    println!(
        "  release      {release:7.1} ms   (12)   {}",
        verdict(release <= 12.0)
    );
    if let Some(rpcgen) = figures.rpcgen_ms {
        // What 12 ms are where rpcgen takes 13.6.
        let (ratio, limit) = (release / rpcgen, 0.88);
        println!(
            "  rpcgen -c    {rpcgen:7.1} ms, of which release takes {ratio:.2} ({limit})   {}",
            verdict(ratio <= limit)
        );
    }
    println!(
        "  unoptimised  {unoptimised:7.1} ms  (100)   {}",
        verdict(unoptimised <= 100.0)
    );
    println!("parsing alone, release");
    println!(
        "  that file    {real:7.1} MB/s (100)   {}",
        verdict(real >= 100.0)
    );
    for parse in figures.parses.iter().skip(1) {
        println!("  {:10.0} bytes {:7.1} MB/s", parse.bytes, rate(parse));
    }
    let plot = LogLog {
        title: "Time to parse, by the length of the source",
        subtitle: &format!("Shortest of several, release build. {}.", figures.machine),
        x: Axis {
            label: "length of the source",
            unit: "B",
        },
        y: Axis {
            label: "time",
            unit: "s",
        },
        lines: vec![Line {
            label: "parse".to_owned(),
            points: figures.parses[1..]
                .iter()
                .map(|parse| (parse.bytes, parse.ns / 1e9))
                .collect(),
        }],
    };
    let json = serde_json::to_string_pretty(figures).unwrap_or_default();
    write("front.json", &format!("{json}\n")) & write("front.svg", &plot.draw())
}
