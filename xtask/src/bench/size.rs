//! `cargo xtask bench size`: what a user waits for and ships. A library with all of libvirt's `remote_protocol.x`, and a
//! program that reads and writes every message of it; ours beside what other generators make of the same types.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::Serialize;

use super::{machine, write};
use crate::root;

mod c;
mod code;
mod contestants;
mod rust;
mod source;

use contestants::{ALL, Code, Contestant};

/// Arguments of `cargo xtask bench size`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these, and size.json stays as it is: `ours,xdrgen`
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Builds of each kind, the shortest of which counts
    #[arg(long, default_value_t = RUNS)]
    runs: usize,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            runs: RUNS,
        }
    }
}

/// Where libvirt's file is once it has been fetched.
const FILE: &str = "target/upstream/libvirt-9.0.0/src/remote/remote_protocol.x";

/// So many builds, unless told otherwise.
const RUNS: usize = 3;

/// Of xdrgen's times, what ours may take at most.
const TARGETS: [(Profile, f64); 2] = [(Profile::Release, 0.48), (Profile::Dev, 0.91)];

/// Bytes of codec in our library at most.
const CODEC: u64 = 150_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Release,
    Dev,
}

impl Profile {
    const ALL: [Self; 2] = [Self::Release, Self::Dev];

    const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }
}

/// What goes to size.json.
#[derive(Serialize)]
struct Figures {
    machine: String,
    /// Builds of which the shortest counts.
    runs: usize,
    contestants: Vec<Figure>,
}

#[derive(Serialize)]
struct Figure {
    name: &'static str,
    what: &'static str,
    /// Arguments, results and events that the program reads and writes.
    messages: usize,
    /// Seconds to build the library and the program, their dependencies being built, by profile.
    release: Seconds,
    dev: Seconds,
    /// Bytes of machine code by what it does, the standard library left out: in the library; and in the program, which has
    /// what the library leaves to its users, and the entry points of every message.
    library: BTreeMap<&'static str, u64>,
    program: BTreeMap<&'static str, u64>,
}

#[derive(Clone, Copy, Serialize)]
struct Seconds {
    library: f64,
    program: f64,
}

impl Seconds {
    const NONE: Self = Self {
        library: f64::MAX,
        program: f64::MAX,
    };

    fn least(self, other: Self) -> Self {
        Self {
            library: self.library.min(other.library),
            program: self.program.min(other.program),
        }
    }

    fn sum(self) -> f64 {
        self.library + self.program
    }
}

/// What has been made ready to be built again and again.
enum Built<'a> {
    Rust(rust::Built<'a>),
    C(c::Built),
}

impl<'a> Built<'a> {
    fn prepare(contestant: &'a Contestant, all: &Path) -> Result<Self, String> {
        Ok(match &contestant.code {
            Code::Rust(code) => Self::Rust(rust::Built::prepare(contestant, code, all)?),
            Code::C => Self::C(c::Built::prepare(all)?),
        })
    }

    fn build(&self, profile: Profile) -> Result<Seconds, String> {
        match self {
            Self::Rust(it) => it.build(profile),
            Self::C(it) => it.build(profile),
        }
    }

    fn code(&self) -> Result<[BTreeMap<&'static str, u64>; 2], String> {
        match self {
            Self::Rust(it) => it.code(),
            Self::C(it) => it.code(),
        }
    }

    const fn messages(&self) -> usize {
        match self {
            Self::Rust(it) => it.messages,
            Self::C(it) => it.messages,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    match figures(arguments) {
        Ok(figures) => report(&figures, arguments.only.is_empty()),
        Err(why) => {
            eprintln!("bench size: {why}");
            false
        }
    }
}

fn figures(arguments: &Arguments) -> Result<Figures, String> {
    if !root().join(FILE).is_file() {
        return Err("needs libvirt's file, by `cargo xtask fetch`".to_owned());
    }
    let all = root().join("target/bench/size");
    let only = &arguments.only;
    let takes_part = |it: &&Contestant| only.is_empty() || only.iter().any(|name| name == it.name);
    let mut built = Vec::new();
    for contestant in ALL.iter().filter(takes_part) {
        match Built::prepare(contestant, &all) {
            Ok(it) => built.push((contestant, it, [Seconds::NONE; 2])),
            // A peer that is not to be had leaves the others to be measured.
            Err(why) if contestant.name != "ours" => {
                eprintln!("{} does not take part: {why}", contestant.name);
            }
            Err(why) => return Err(why),
        }
    }
    // In turn, so that whatever else the machine does is spread over all.
    for _ in 0..arguments.runs.max(1) {
        for (_, it, seconds) in &mut built {
            for (profile, least) in Profile::ALL.into_iter().zip(seconds) {
                *least = least.least(it.build(profile)?);
            }
        }
    }
    let figure = |(contestant, it, [release, dev]): (&Contestant, Built<'_>, [Seconds; 2])| {
        let [library, program] = it.code()?;
        Ok(Figure {
            name: contestant.name,
            what: contestant.what,
            messages: it.messages(),
            release,
            dev,
            library,
            program,
        })
    };
    Ok(Figures {
        machine: machine(),
        runs: arguments.runs.max(1),
        contestants: built
            .into_iter()
            .map(figure)
            .collect::<Result<_, String>>()?,
    })
}

/// Puts the types in plain form into a folder.
fn plain(file: &Path, folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join("remote.x");
    fs::write(&path, source::plain(file)?).map_err(|error| error.to_string())?;
    Ok(path)
}

fn timed(command: Command) -> Result<f64, String> {
    let start = Instant::now();
    succeed(command)?;
    Ok(start.elapsed().as_secs_f64())
}

fn succeed(mut command: Command) -> Result<(), String> {
    command.stdin(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn report(figures: &Figures, whole: bool) -> bool {
    println!("all of remote_protocol.x, every message read and written");
    println!("seconds of library + program (× ours); code in library + program");
    let ours = figures.contestants.first().filter(|it| it.name == "ours");
    let kilobytes = |sizes: &BTreeMap<&str, u64>| sizes.values().sum::<u64>() / 1000;
    for it in &figures.contestants {
        print!("  {:16} {:3} messages", it.name, it.messages);
        for profile in Profile::ALL {
            let (seconds, name) = (it.seconds(profile), profile.name());
            print!(
                "   {name} {:4.1} + {:4.1}",
                seconds.library, seconds.program
            );
            if let Some(ours) = ours {
                print!(" ({:4.2})", seconds.sum() / ours.seconds(profile).sum());
            }
        }
        println!(
            "   {:3} + {:3} kB",
            kilobytes(&it.library),
            kilobytes(&it.program)
        );
    }
    if let Some(ours) = ours {
        verdicts(ours, figures);
    }
    if !whole {
        return true;
    }
    let json = serde_json::to_string_pretty(figures).unwrap_or_default();
    write("size.json", &format!("{json}\n"))
}

impl Figure {
    const fn seconds(&self, profile: Profile) -> Seconds {
        match profile {
            Profile::Release => self.release,
            Profile::Dev => self.dev,
        }
    }
}

fn verdicts(ours: &Figure, figures: &Figures) {
    let verdict = |reached: bool| if reached { "ok" } else { "missed" };
    if let Some(xdrgen) = figures.contestants.iter().find(|it| it.name == "xdrgen") {
        for (profile, target) in TARGETS {
            let ratio = ours.seconds(profile).sum() / xdrgen.seconds(profile).sum();
            let (name, verdict) = (profile.name(), verdict(ratio <= target));
            println!("  {name:8} {ratio:5.2} of xdrgen's time ({target})   {verdict}");
        }
    }
    let kinds = ["decode", "encode", "length", "helpers"];
    let codec: u64 = kinds.iter().filter_map(|kind| ours.library.get(kind)).sum();
    println!(
        "  codec    {:5} kB in the library ({})   {}",
        codec / 1000,
        CODEC / 1000,
        verdict(codec <= CODEC)
    );
    for (place, sizes) in [("library", &ours.library), ("program", &ours.program)] {
        for (kind, size) in sizes {
            println!("    {place:8} {kind:13} {:5} kB", size / 1000);
        }
    }
}
