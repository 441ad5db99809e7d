//! `cargo xtask bench scale`: time and memory against the length of the message, which both have to follow in proportion.

use std::process::Stdio;

use serde::{Deserialize, Serialize};

use super::chart::lines::{Axis, Line, LogLog};
use super::{machine, write};
use crate::{cargo, root};

/// Arguments of `cargo xtask bench scale`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {}

/// All of it, as docs/bench/scale.json has it.
#[derive(Serialize)]
struct Figures {
    machine: String,
    figures: Vec<Figure>,
}

/// One message, coded in one way.
#[derive(Serialize, Deserialize)]
struct Figure {
    what: String,
    how: String,
    /// The message's length.
    bytes: f64,
    ns: f64,
    /// The most bytes that were held beside the message and the value that were there.
    peak: f64,
}

pub(crate) fn run(_: &Arguments) -> bool {
    let mut program = cargo(&["run", "--quiet", "--release", "--locked"]);
    program.args(["--manifest-path", "bench/Cargo.toml", "--bin", "scale"]);
    let target = root().join("target").join("bench").join("default");
    program.env("CARGO_TARGET_DIR", target);
    println!("building and running");
    let output = match program.stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => output,
        Ok(output) => return failed(&output.status.to_string()),
        Err(error) => return failed(&error.to_string()),
    };
    let lines = String::from_utf8_lossy(&output.stdout);
    let figures: Result<_, _> = lines.lines().map(serde_json::from_str).collect();
    let figures = match figures {
        Ok(figures) => Figures {
            machine: machine(),
            figures,
        },
        Err(error) => return failed(&error.to_string()),
    };
    table(&figures.figures);
    let json = serde_json::to_string_pretty(&figures);
    let json = json.expect("numbers and texts have a form in JSON") + "\n";
    write("scale.json", &json)
        && write("scale-time.svg", &time(&figures))
        && write("scale-memory.svg", &memory(&figures))
}

fn failed(why: &str) -> bool {
    eprintln!("bench scale: {why}");
    false
}

/// What and how, in the order of the figures.
fn kinds(figures: &[Figure]) -> Vec<(&str, &str)> {
    let mut kinds: Vec<(&str, &str)> = Vec::new();
    for figure in figures {
        let kind = (figure.what.as_str(), figure.how.as_str());
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.sort_unstable();
    kinds
}

/// The time of a byte in messages of some lengths, and the memory of a byte in the longest.
fn table(figures: &[Figure]) {
    println!(
        "\n{:32} {:>9} {:>9} {:>9}   held in the longest",
        "ns for a byte, by length", "24 kB", "1.5 MB", "32 MiB"
    );
    for (what, how) in kinds(figures) {
        let of_kind = figures
            .iter()
            .filter(|it| (it.what.as_str(), it.how.as_str()) == (what, how));
        let by_length = |length: f64| {
            let mut near = of_kind.clone();
            let found = near.find(|it| it.bytes > length * 0.9);
            found.map_or("–".to_owned(), |it| format!("{:.3}", it.ns / it.bytes))
        };
        let longest = of_kind.clone().next_back();
        let held = longest.map_or(0.0, |it| it.peak / it.bytes);
        println!(
            "{:32} {:>9} {:>9} {:>9}   {held:.3} times its length",
            format!("{what}, {how}"),
            by_length(24_576.0),
            by_length(1_572_864.0),
            by_length(33_554_432.0),
        );
    }
}

const LENGTH: Axis<'static> = Axis {
    label: "length of the message",
    unit: "B",
};

fn time(figures: &Figures) -> String {
    let shown = |how: &str| how != "encode fresh";
    LogLog {
        title: "Time to encode and to decode, by the length of the message",
        subtitle: &format!(
            "Blocks of 32 MiB come from the system, which clears them: the last step. {}.",
            figures.machine
        ),
        x: LENGTH,
        y: Axis {
            label: "time",
            unit: "s",
        },
        lines: lines(&figures.figures, shown, |figure| figure.ns / 1e9),
    }
    .draw()
}

fn memory(figures: &Figures) -> String {
    // Into a reused buffer it takes none, which has no place on a logarithmic axis.
    let shown = |how: &str| how != "encode reused";
    LogLog {
        title: "Memory to encode and to decode, by the length of the message",
        subtitle: "Most bytes held on the heap at a time, beside the message or value that is there already.",
        x: LENGTH,
        y: Axis {
            label: "memory",
            unit: "B",
        },
        lines: lines(&figures.figures, shown, |figure| figure.peak),
    }
    .draw()
}

fn lines(
    figures: &[Figure],
    shown: impl Fn(&str) -> bool,
    value: impl Fn(&Figure) -> f64,
) -> Vec<Line> {
    let kinds = kinds(figures).into_iter().filter(|(_, how)| shown(how));
    kinds
        .map(|kind| Line {
            label: format!("{}, {}", kind.0, kind.1),
            points: figures
                .iter()
                .filter(|it| (it.what.as_str(), it.how.as_str()) == kind)
                .map(|it| (it.bytes, value(it)))
                .collect(),
        })
        .collect()
}
