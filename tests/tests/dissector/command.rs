//! The same capture through `xdr decode --stream`, field by field beside what the dissector shows of it.

use std::fmt;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::packet::{PRELUDE, Packet};
use crate::shown::{NULL, Shown};
use crate::wording::{double, escaped};

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    pub(crate) packets: usize,
    /// Leaves that both say the same of, those of headers included.
    pub(crate) alike: usize,
    /// Leaves that the dissector misreads (`Flaw`), and those behind them that it cannot find.
    pub(crate) misread: usize,
    pub(crate) differences: Vec<String>,
}

/// The lines of a capture, and whether the command finds nothing wrong with it.
///
/// # Panics
/// If the command does not run.
pub(crate) fn lines(capture: &[u8]) -> (Vec<Value>, bool) {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let file = folder.path().join("capture.pcap");
    fs::write(&file, capture).expect("the capture can be written");
    let mut command = Command::new(xdr_tests::xdr());
    let output = command.args(["decode", "--stream", "libvirt"]).arg(&file);
    let output = output.output().expect("the command runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let lines = text.lines().map(serde_json::from_str);
    let lines = lines.map(|line| line.expect("each line is JSON"));
    (lines.collect(), output.status.success())
}

impl Agreement {
    /// Compares what is shown of a packet with its line.
    pub(crate) fn compare(&mut self, packet: &Packet, shown: &[Shown], line: &Value) {
        self.packets += 1;
        for (at, leaf) in shown.iter().enumerate() {
            let verdict = match leaf.path.split_once(['.', '[']) {
                None if leaf.bytes.end <= PRELUDE => header(leaf, line),
                _ if packet.header.kind.has_fds() => Verdict::Misread,
                _ => payload(leaf, &line["payload"]),
            };
            match verdict {
                Verdict::Alike => self.alike += 1,
                Verdict::Misread => self.misread += 1,
                Verdict::Lost => {
                    self.misread += shown.len() - at;
                    return;
                }
                Verdict::Different => self.differences.push(format!("{leaf:?}\n  in {line}")),
            }
        }
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} packets, {} leaves alike, {} that the dissector misreads",
            self.packets, self.alike, self.misread
        )
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Alike,
    Different,
    /// The dissector is known to be wrong about it.
    Misread,
    /// And about all that follows.
    Lost,
}

impl Verdict {
    fn of(alike: bool) -> Self {
        if alike { Self::Alike } else { Self::Different }
    }
}

/// A word of the header: `PROGRAM (number)` beside the name of the constant that it is.
fn header(leaf: &Shown, line: &Value) -> Verdict {
    let value = &line[leaf.path.as_str()];
    let name = leaf.text.split(' ').next().unwrap_or_default();
    Verdict::of(match (leaf.path.as_str(), value) {
        ("program", Value::String(text)) => text.strip_suffix("_PROGRAM") == Some(name),
        ("procedure", Value::String(text)) => text.ends_with(&format!("_PROC_{name}")),
        ("type" | "status", Value::String(text)) => text.to_uppercase() == name,
        (_, Value::Number(number)) => number.to_string() == leaf.text,
        _ => false,
    })
}

fn payload(leaf: &Shown, payload: &Value) -> Verdict {
    if leaf.path == "stream" {
        // `Flaw::StreamCutShort`
        let data = payload.as_str().unwrap_or_default();
        let alike = data.starts_with(&leaf.hex) && data.len() == leaf.hex.len() + 2 * PRELUDE;
        return Verdict::of(alike);
    }
    let steps = steps(&leaf.path);
    let Some(value) = find(payload, &steps) else {
        return Verdict::Different;
    };
    // `Flaw::NumberCalledType`
    if steps.last() == Some(&Step::Field("type")) {
        return match value {
            Value::Number(number) => {
                let word = number
                    .as_i64()
                    .and_then(|it| u32::try_from(it & 0xffff_ffff).ok());
                Verdict::of(word.is_some_and(|word| word.to_string() == leaf.text))
            }
            Value::String(text) if !text.is_empty() => Verdict::Lost,
            _ => Verdict::Misread,
        };
    }
    Verdict::of(says(value, leaf))
}

/// Whether a JSON value is what the dissector shows.
fn says(value: &Value, leaf: &Shown) -> bool {
    let text = &leaf.text;
    match value {
        Value::Null => text == NULL,
        Value::Bool(value) => *text == u32::from(*value).to_string(),
        Value::Number(number) => {
            *text == number.to_string() || number.as_f64().is_some_and(|it| *text == double(it))
        }
        Value::String(value) => {
            let enumerator = text.strip_suffix(')').and_then(|text| text.split_once('('));
            *text == escaped(value)
                || enumerator.is_some_and(|(name, _)| name == value)
                || (is_bytes(value) && is_opaque(value, &leaf.hex))
                || (value == "NaN" && text.ends_with("nan"))
                || (value.ends_with("Infinity") && *text == value.replace("Infinity", "inf"))
        }
        Value::Array(values) => {
            let count = values.len();
            *text == format!("<{count}>") || *text == format!("[{count}]")
        }
        // A NaN with bits of its own.
        Value::Object(object) => object.contains_key("bits") && text.ends_with("nan"),
    }
}

fn is_bytes(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether these are the bytes of a field: those of its length word, if it has one, and its padding included
/// (`Flaw::LengthAndPaddingInOpaque`).
fn is_opaque(value: &str, field: &str) -> bool {
    let padded = format!(
        "{value}{}",
        "0".repeat(value.len().next_multiple_of(8) - value.len())
    );
    field == value || field == padded || field == format!("{:08x}{padded}", value.len() / 2)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

/// The steps of `remote_domain_get_state_args.dom.name` from the payload, which the first name is that of.
fn steps(path: &str) -> Vec<Step<'_>> {
    let parts = path.split(['.', '[']).skip(1);
    parts
        .map(|part| match part.strip_suffix(']') {
            Some(index) => Step::Index(index.parse().unwrap_or(usize::MAX)),
            None => Step::Field(part),
        })
        .collect()
}

/// The value at the end of some steps. An arm stands where its union ought to (`Flaw::NoUnion`).
fn find<'v>(value: &'v Value, steps: &[Step<'_>]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get(index),
        Step::Field(name) => value.get(name).or_else(|| {
            let mut unions = value.as_object()?.values().filter_map(|it| it.get(name));
            let found = unions.next();
            found.filter(|_| unions.next().is_none())
        }),
    })
}
