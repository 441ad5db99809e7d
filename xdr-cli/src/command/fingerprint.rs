//! `xdr fingerprint`: what types and files mean on the wire, as numbers.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use serde::Serialize;
use xdr_parser::Schema;
use xdr_parser::fingerprint::{Fingerprint, Fingerprints};
use xdr_parser::schema::{Item, TypeDef};

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::console;
use crate::failure::Failure;
use crate::input::{Inputs, STDIN};
use crate::report::Stream;
use crate::session::Session;

/// Print numbers that stand for what is on the wire
///
/// A fingerprint stays the same when types, fields or constants are renamed, definitions reordered, comments or layout
/// changed; it changes with the bytes, the bounds and the numbers that a peer
/// could notice. Fields of one type that change places are not noticed; `xdr breaking` tells. What is printed is one line for the file
/// as a whole, types and programs, and one for each type that it defines; with `--message-format json` one object per line,
/// `kind` (`file` or `type`), `name` and `fingerprint`. Types that are the same on the wire have the same one.
///
/// How they are made is laid down in the documentation of `xdr_parser::fingerprint`, so that they may be kept.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("The file and all its types", "xdr fingerprint calendar.x"),
    ("One type", "xdr fingerprint calendar.x appointment"),
    ("Keep them …", "xdr fingerprint calendar.x > wire.txt"),
    ("… and see later whether anything has changed on the wire", "xdr fingerprint calendar.x | diff wire.txt -"),
    ("One JSON object per line, for other programs", "xdr fingerprint --message-format json calendar.x"),
]))]
pub(crate) struct Print {
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Just this type, which may be an imported one
    #[arg(value_name = "TYPE")]
    name: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// A line of what is printed, as `--message-format json` has it.
///
/// Fields are added, never renamed or taken away.
#[derive(Serialize)]
struct Line<'a> {
    kind: &'static str,
    name: &'a str,
    fingerprint: String,
}

impl Print {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let name = match self.file.to_str() {
            Some("-") => STDIN.to_owned(),
            _ => self.file.display().to_string(),
        };
        let inputs = Inputs::new(vec![self.file])?;
        let session = Session::new(&self.common, color, &inputs, Some(Stream::Stdout))?;
        let mut compiled = inputs.compile(&session.options);
        let outcome = session.report(&mut compiled.diagnostics)?;
        let (Some(schema), Outcome::Clean) = (&compiled.schema, outcome) else {
            return Ok(Outcome::Errors);
        };
        let lines = match &self.name {
            Some(name) => vec![of_type(schema, name)?],
            None => all(schema, &name),
        };
        let mut text = String::new();
        for line in lines {
            if session.is_human() {
                let _ = writeln!(text, "{}  {}", line.fingerprint, line.name);
            } else if let Ok(line) = serde_json::to_string(&line) {
                // It is nothing but strings.
                let _ = writeln!(text, "{line}");
            }
        }
        console::result(text.as_bytes())?;
        Ok(Outcome::Clean)
    }
}

fn of_type<'a>(schema: &'a Schema, name: &str) -> Result<Line<'a>, Failure> {
    let Some(ty) = schema.type_named(name) else {
        let help = "without TYPE all types of the file are printed";
        return Err(Failure::usage(format!("no type is called `{name}`"), help));
    };
    Ok(line(ty, &Fingerprints::of(schema)))
}

/// The file that was asked for, and the types that it defines.
fn all<'a>(schema: &'a Schema, name: &'a str) -> Vec<Line<'a>> {
    let fingerprints = Fingerprints::of(schema);
    let mut lines = Vec::new();
    for file in schema.files.iter().filter(|file| file.root) {
        lines.push(Line {
            kind: "file",
            name,
            fingerprint: shown(fingerprints.of_file(file.id)),
        });
        let types = file.items.iter().filter_map(|item| match item {
            Item::Type(id) => Some(schema.ty(*id)),
            _ => None,
        });
        // Anonymous types are part of those around them.
        let types = types.filter(|ty| ty.parent.is_none());
        lines.extend(types.map(|ty| line(ty, &fingerprints)));
    }
    lines
}

fn line<'a>(ty: &'a TypeDef, fingerprints: &Fingerprints) -> Line<'a> {
    Line {
        kind: "type",
        name: &ty.name,
        fingerprint: shown(fingerprints.of_type(ty.id)),
    }
}

fn shown(fingerprint: Option<Fingerprint>) -> String {
    fingerprint.map(|it| it.to_string()).unwrap_or_default()
}
