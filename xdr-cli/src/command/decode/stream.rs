//! `xdr decode --stream`: what is read, and by which schema.

use std::io::{self, BufWriter, Read};
use std::path::PathBuf;

use crate::color::Color;
use crate::command::Outcome;
use crate::command::message::{self, Fault, Reading, Teller};
use crate::failure::Failure;
use crate::input::{is_stdin, name};
use crate::report::plural;
use crate::stream::{Lines, Probed, Programs, Remark, Stop, Unused, probe, read_raw};

/// Prints the packets of a capture, or of one direction or both of a connection.
pub(super) fn decode(
    reading: &Reading,
    schemas: &[PathBuf],
    inputs: &[PathBuf],
    color: Option<Color>,
) -> Result<Outcome, Failure> {
    let stdin = [PathBuf::from("-")];
    let inputs = if inputs.is_empty() { &stdin } else { inputs };
    if let [one, other] = inputs
        && is_stdin(one)
        && is_stdin(other)
    {
        let message = "the two directions of a connection cannot both be the standard input";
        return Err(Failure::usage(message, "name a file for one of them"));
    }
    let (programs, teller) = if schemas.is_empty() {
        (Programs::own(reading.rules()), reading.teller(color)?)
    } else {
        let (schema, teller) = reading.schema(schemas, inputs, color)?;
        let Some(schema) = schema else {
            return Ok(Outcome::Errors);
        };
        (Programs::new(schema, reading.rules()), teller)
    };
    let Some(programs) = programs else {
        let message = "the schema has no program that is written as libvirt's are";
        let help = "such a program is an enum of procedures beside the constants of its number and version";
        return Err(Failure::usage(message, help));
    };
    let mut opened = Vec::new();
    for input in inputs {
        match message::open(input) {
            Ok(input) => opened.push(input),
            Err(error) => {
                teller.refuse(&name(input), &Fault::of(&error));
                return Ok(Outcome::Errors);
            }
        }
    }
    let names: Vec<String> = inputs.iter().map(|input| name(input)).collect();
    let name = names.join(", ");
    let mut out = BufWriter::new(io::stdout().lock());
    let mut say = |remark: Remark<'_>| match remark {
        Remark::Fault(fault) => teller.refuse(&name, &Fault::of(&fault)),
        Remark::Note(note) => teller.note(&format!("{name}: {note}")),
    };
    let mut lines = Lines::new(programs, &mut out, &mut say);
    let read = read(opened, &mut lines, &name, teller);
    let finished = lines.finish();
    match read.and(finished) {
        Ok(true) => Ok(Outcome::Clean),
        Ok(false) => Ok(Outcome::Errors),
        // The reader has had enough, which is fine.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Outcome::Clean),
        Err(Stop::Output(error)) => Err(Failure::Stdout(error)),
        Err(stop) => {
            teller.refuse(&name, &Fault::of(&stop));
            Ok(Outcome::Errors)
        }
    }
}

type Input = Box<dyn Read + Send>;

fn read(inputs: Vec<Input>, lines: &mut Lines<'_>, name: &str, teller: Teller) -> Result<(), Stop> {
    let alone = inputs.len() == 1;
    let mut directions: Vec<Input> = Vec::new();
    for input in inputs {
        match probe(input)? {
            Probed::Other(input) => directions.push(Box::new(input)),
            Probed::Capture(capture) if alone => {
                let unused = capture.read(lines)?;
                note(&unused, name, teller);
                return Ok(());
            }
            Probed::Capture(_) => {
                let problem = "a capture has both directions, and is read by itself";
                return Err(Stop::Capture(problem.to_owned()));
            }
        }
    }
    read_raw(directions, lines)
}

fn note(unused: &Unused, name: &str, teller: Teller) {
    let Unused {
        connections,
        frames,
    } = unused;
    let count = |count: u64, what| plural(usize::try_from(count).unwrap_or(usize::MAX), what);
    if *connections > 0 {
        let others = count(*connections, "other TCP connection");
        teller.note(&format!("{name}: {others}, or encrypted"));
    }
    for (link, frames) in frames {
        let frames = count(*frames, "frame");
        teller.note(&format!(
            "{name}: {frames} with headers of a kind that is not known (link type {link})"
        ));
    }
}
