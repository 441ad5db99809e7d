//! `xdr dump`: what a step of the compiler makes of a file.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use serde::Serialize;
use xdr_build::Diagnostics;
use xdr_parser::Sources;

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::console;
use crate::failure::Failure;
use crate::input::{self, Inputs};
use crate::report::Stream;
use crate::session::Session;

/// Print what a .x file says, as JSON
///
/// The AST is what was written: definitions, comments and places, names not resolved, imports not read. The schema is
/// what it means: every name resolved, every constant valued, the size of every type known, imports included. JSON
/// goes to stdout, diagnostics to stderr; a file with errors is not dumped.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("What the file means", "xdr dump calendar.x"),
    ("What was written, without looking at what it means", "xdr dump --stage ast calendar.x"),
    ("The same of the standard input", "cat calendar.x | xdr dump --stage ast -"),
]))]
pub(crate) struct Dump {
    /// What to print
    #[arg(long, value_name = "STAGE", default_value = "schema")]
    stage: Stage,
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stage {
    /// What was written
    Ast,
    /// What it means
    Schema,
}

impl Dump {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let inputs = Inputs::new(vec![self.file])?;
        let session = Session::new(&self.common, color, &inputs, Some(Stream::Stdout))?;
        match self.stage {
            Stage::Ast => dump_ast(&inputs, &session),
            Stage::Schema => {
                let mut compiled = inputs.compile(&session.options);
                let outcome = session.report(&mut compiled.diagnostics)?;
                match compiled.schema {
                    Some(schema) if outcome == Outcome::Clean => print(&schema),
                    _ => Ok(Outcome::Errors),
                }
            }
        }
    }
}

fn dump_ast(inputs: &Inputs, session: &Session) -> Result<Outcome, Failure> {
    let mut sources = Sources::default();
    let parsed = match inputs.read(&mut sources) {
        Ok(id) => xdr_parser::parse(id, input::text(&sources, id), &session.options),
        Err(diagnostic) => {
            return session.report(&mut Diagnostics::new(vec![*diagnostic], sources));
        }
    };
    match session.report(&mut Diagnostics::new(parsed.diagnostics, sources))? {
        Outcome::Clean => print(&parsed.file),
        Outcome::Errors => Ok(Outcome::Errors),
    }
}

fn print(value: &impl Serialize) -> Result<Outcome, Failure> {
    let mut json =
        serde_json::to_vec_pretty(value).map_err(|error| Failure::Stdout(error.into()))?;
    json.push(b'\n');
    console::result(&json)?;
    Ok(Outcome::Clean)
}
