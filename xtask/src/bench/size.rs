//! `cargo xtask bench size`: what a user waits for and ships. A crate with all of libvirt's `remote_protocol.x`, and a
//! program that reads and writes every message of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Instant, SystemTime};

use serde::Serialize;

use super::{machine, write};
use crate::{cargo, command, output, root};

/// Arguments of `cargo xtask bench size`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {}

/// Where libvirt's file is once it has been fetched.
const FILE: &str = "target/upstream/libvirt-9.0.0/src/remote/remote_protocol.x";

/// Builds of each kind, the shortest of which counts.
const RUNS: usize = 3;

/// What goes to size.json.
#[derive(Serialize)]
struct Figures {
    machine: String,
    /// Arguments, results and events that the program reads and writes.
    messages: usize,
    /// Seconds to build the crate and the program, their dependencies being built, by profile.
    release: Seconds,
    dev: Seconds,
    /// Bytes of machine code in the crate by what it does; and in the program, which has the entry points of every message.
    library: BTreeMap<&'static str, u64>,
    program: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Seconds {
    library: f64,
    program: f64,
}

pub(crate) fn run(_: &Arguments) -> bool {
    match figures() {
        Ok(figures) => report(&figures),
        Err(why) => {
            eprintln!("bench size: {why}");
            false
        }
    }
}

fn figures() -> Result<Figures, String> {
    if !root().join(FILE).is_file() {
        return Err("needs libvirt's file, by `cargo xtask fetch`".to_owned());
    }
    let folder = root().join("target/bench/size");
    let messages = prepare(&folder)?;
    let release = build(&folder, "release")?;
    let dev = build(&folder, "dev")?;
    let built = folder.join("target/release");
    Ok(Figures {
        machine: machine(),
        messages,
        release,
        dev,
        library: code(&built.join("libremote.rlib"))?,
        program: code(&built.join("remote"))?,
    })
}

/// Writes the crate; how many messages it has.
fn prepare(folder: &Path) -> Result<usize, String> {
    let source = folder.join("src");
    fs::create_dir_all(&source).map_err(|error| error.to_string())?;
    let generated = source.join("protocol.rs");
    let run = ["run", "--quiet", "-p", "xdr-cli", "--", "gen", FILE];
    let flags = [
        "--profile",
        "libvirt",
        "--strip-prefix",
        "remote_",
        "--quiet",
        "-o",
    ];
    let mut xdr = cargo(&[&run[..], &flags].concat());
    xdr.arg(&generated).current_dir(root());
    succeed(xdr)?;
    let text = fs::read_to_string(&generated).map_err(|error| error.to_string())?;
    let names: Vec<_> = text.lines().filter_map(message).collect();
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"remote\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nxdr-wire = {{ path = '{}' }}\n",
        root().join("xdr-wire").display()
    );
    let put = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(|error| error.to_string())
    };
    put("Cargo.toml", &manifest)?;
    put("src/lib.rs", "pub mod protocol;\n")?;
    put("src/main.rs", &program(&names))?;
    Ok(names.len())
}

/// The name of a type that is a message.
fn message(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("pub struct ")
        .or_else(|| line.strip_prefix("pub enum "))?;
    let name = rest.split([' ', '<', '(', ';']).next()?;
    ["Args", "Ret", "Msg"]
        .iter()
        .any(|end| name.ends_with(end))
        .then_some(name)
}

/// A program that has code for every message, and cannot know which of it runs.
fn program(names: &[&str]) -> String {
    let entries: Vec<_> = names
        .iter()
        .map(|name| format!("    again::<remote::protocol::{name}>,\n"))
        .collect();
    let entries = entries.concat();
    format!(
        "use xdr_wire::{{Decode, Encode}};\n\n\
         fn again<T: for<'de> Decode<'de> + Encode>(input: &[u8]) -> Option<Vec<u8>> {{\n    \
         let value = xdr_wire::from_bytes::<T>(input).ok()?;\n    xdr_wire::to_vec(&value).ok()\n}}\n\n\
         static MESSAGES: &[fn(&[u8]) -> Option<Vec<u8>>] = &[\n{entries}];\n\n\
         fn main() {{\n    let input = [0; 4096];\n    let done = std::hint::black_box(MESSAGES).iter();\n    \
         println!(\"{{}}\", done.filter_map(|again| again(&input)).count());\n}}\n"
    )
}

fn build(folder: &Path, profile: &str) -> Result<Seconds, String> {
    let all = |target: &'static str| {
        let mut build = cargo(&["build", "--quiet", "--profile", profile, target]);
        // As users have it, whatever this command was built with.
        build.env_remove("CARGO_PROFILE_DEV_DEBUG");
        build.env("CARGO_INCREMENTAL", "0");
        build.env("CARGO_TARGET_DIR", folder.join("target"));
        build.current_dir(folder);
        build
    };
    succeed(all("--bins"))?;
    let mut seconds = Seconds {
        library: f64::MAX,
        program: f64::MAX,
    };
    for _ in 0..RUNS {
        touch(&folder.join("src/lib.rs"))?;
        seconds.library = seconds.library.min(timed(all("--lib"))?);
        seconds.program = seconds.program.min(timed(all("--bins"))?);
    }
    Ok(seconds)
}

fn touch(path: &PathBuf) -> Result<(), String> {
    let file = fs::File::options().append(true).open(path);
    let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|error| format!("{}: {error}", path.display()))
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

/// Bytes of functions by what they are for, as their names tell. Other functions are those of the standard library, which any
/// program has.
fn code(file: &Path) -> Result<BTreeMap<&'static str, u64>, String> {
    let path = file.to_string_lossy();
    let nm = command("nm", &["--print-size", "--demangle", &path]);
    let lines = output(nm).ok_or("`nm` of binutils cannot read what was built")?;
    let mut sizes = BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    let archive = file.extension().is_some();
    for line in lines.lines() {
        let mut words = line.splitn(4, ' ');
        let (Some(place), Some(size), Some("t" | "T" | "w" | "W"), Some(name)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Ok(size) = u64::from_str_radix(size, 16) else {
            continue;
        };
        // Functions that were merged have several names. In an archive each has a section of its own.
        if !archive && !seen.insert(place.to_owned()) {
            continue;
        }
        if let Some(kind) = kind(name) {
            *sizes.entry(kind).or_insert(0) += size;
        }
    }
    Ok(sizes)
}

fn kind(name: &str) -> Option<&'static str> {
    let kinds = [
        ("xdr_wire::message::", "entry points"),
        ("Decode>::", "decode"),
        ("Encode>::measure", "length"),
        ("Encode>::", "encode"),
        ("xdr_wire::", "helpers"),
        ("drop_in_place", "drop"),
    ];
    kinds
        .iter()
        .find(|(part, _)| name.contains(part))
        .map(|(_, kind)| *kind)
}

fn report(figures: &Figures) -> bool {
    let verdict = |reached: bool| if reached { "ok" } else { "missed" };
    println!("all of remote_protocol.x, {} messages", figures.messages);
    for (profile, seconds, target) in [
        ("release", &figures.release, 5.0),
        ("dev", &figures.dev, 4.0),
    ] {
        let sum = seconds.library + seconds.program;
        println!(
            "  {profile:8} {:5.1} s, and {:.1} s with every message used   ({target})   {}",
            seconds.library,
            sum,
            verdict(sum <= target)
        );
    }
    let of = |sizes: &BTreeMap<&str, u64>, kinds: &[&str]| -> u64 {
        kinds.iter().filter_map(|kind| sizes.get(kind)).sum()
    };
    let codec = of(&figures.library, &["decode", "encode", "length", "helpers"]);
    println!(
        "  codec    {:5} kB in the crate   (150)   {}",
        codec / 1000,
        verdict(codec <= 150_000)
    );
    for (place, sizes) in [("crate", &figures.library), ("program", &figures.program)] {
        for (kind, size) in sizes {
            println!("    {place:8} {kind:13} {:5} kB", size / 1000);
        }
    }
    let json = serde_json::to_string_pretty(figures).unwrap_or_default();
    write("size.json", &format!("{json}\n"))
}
