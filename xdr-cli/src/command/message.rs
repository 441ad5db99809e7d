//! What `xdr decode` and `xdr encode` have in common: a schema and the rules, and a message from a file or the standard input.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use xdr_dynamic::{Codec, DecodeError, EncodeError};
use xdr_parser::Schema;
use xdr_wire::{Options, Rule};

use super::Outcome;
use crate::arguments::{Common, MessageFormat};
use crate::color::Color;
use crate::console;
use crate::failure::{ERROR, Failure, NOTE};
use crate::input::{self, Inputs, is_stdin};
use crate::progress::Watched;
use crate::report::{self, Stream};
use crate::session::Session;

/// How strictly messages are taken, and how the schema is read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Relax one rule; may be given several times
    ///
    /// `padding`: bytes that fill a unit may be other than zero. `bool`: whatever is not 0 is true. `enum`: numbers without
    /// a name. `utf8`: strings of any bytes. `trailing`: more may follow the value. `bound`: lengths over their bounds.
    #[arg(long, value_name = "RULE", value_parser = rule_parser(), hide_possible_values = true)]
    allow: Vec<Rule>,
    #[command(flatten)]
    common: Common,
}

fn rule_parser() -> impl TypedValueParser<Value = Rule> {
    PossibleValuesParser::new(Rule::ALL.iter().map(|rule| rule.name()))
        .try_map(|name| name.parse::<Rule>())
}

impl Reading {
    /// The schema of the `.x` files. None if it has errors, which have been told. `others` are read, too, so that they and a
    /// schema cannot both be the standard input.
    pub(crate) fn schema(
        &self,
        files: &[PathBuf],
        others: &[PathBuf],
        color: Option<Color>,
    ) -> Result<(Option<Schema>, Teller), Failure> {
        if files.iter().any(|file| is_stdin(file))
            && (others.is_empty() || others.iter().any(|file| is_stdin(file)))
        {
            let message = "the schema and the message cannot both be the standard input";
            return Err(Failure::usage(message, "name a file for one of them"));
        }
        let inputs = Inputs::new(files.to_vec())?;
        let session = Session::new(&self.common, color, &inputs, Some(Stream::Stdout))?;
        let mut compiled = inputs.compile(&session.options);
        let teller = Teller {
            format: session.format(),
        };
        Ok(match session.report(&mut compiled.diagnostics)? {
            Outcome::Clean => (compiled.schema, teller),
            Outcome::Errors => (None, teller),
        })
    }

    /// How to tell what is wrong, where no schema is read.
    pub(crate) fn teller(&self, color: Option<Color>) -> Result<Teller, Failure> {
        let none = Inputs::new(Vec::new())?;
        let session = Session::new(&self.common, color, &none, Some(Stream::Stdout))?;
        Ok(Teller {
            format: session.format(),
        })
    }

    /// The codec of a type of the `.x` files. None if they have errors, which have been told.
    pub(crate) fn codec(
        &self,
        name: &str,
        files: &[PathBuf],
        message: Option<&PathBuf>,
        color: Option<Color>,
    ) -> Result<Option<(Codec, Teller)>, Failure> {
        let messages = message.map_or(&[][..], std::slice::from_ref);
        let (Some(schema), teller) = self.schema(files, messages, color)? else {
            return Ok(None);
        };
        match Codec::named(&schema, name) {
            Ok(codec) => Ok(Some((codec.with_options(self.rules()), teller))),
            Err(unknown) => {
                let help = if let Some(similar) = unknown.similar() {
                    format!("did you mean `{similar}`?")
                } else {
                    let shown = files.iter().map(|file| format!("`{}`", file.display()));
                    let shown: Vec<_> = shown.collect();
                    let they = if files.len() == 1 {
                        "it imports"
                    } else {
                        "they import"
                    };
                    format!("{} and what {they} define the types", shown.join(", "))
                };
                Err(Failure::usage(unknown.to_string(), help))
            }
        }
    }

    /// The rules that hold.
    pub(crate) fn rules(&self) -> Options {
        self.allow
            .iter()
            .fold(Options::new(), |options, rule| options.allow(*rule))
    }
}

/// The message, and what it goes by in errors. None if it cannot be read, which has been told.
pub(crate) fn read(path: Option<&Path>, teller: Teller) -> Option<(String, Vec<u8>)> {
    let path = path.unwrap_or(Path::new("-"));
    let name = input::name(path);
    let mut bytes = Vec::new();
    match open(path).and_then(|mut input| input.read_to_end(&mut bytes)) {
        Ok(_) => Some((name, bytes)),
        Err(error) => {
            teller.refuse(&name, &Fault::of(&error));
            None
        }
    }
}

/// A file, or the standard input, with a bar for those who wait.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    if is_stdin(path) {
        return Ok(Box::new(Watched::new(io::stdin(), None)));
    }
    let file = File::open(path)?;
    let data = file.metadata()?;
    let len = data.is_file().then_some(data.len());
    Ok(Box::new(Watched::new(file, len)))
}

/// Tells what is wrong with messages, in the way that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Teller {
    pub(super) format: MessageFormat,
}

/// What is wrong with a message.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Fault {
    message: String,
    /// The byte of the message, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<usize>,
    /// Line and column of its JSON, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// The field, outermost first.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl Fault {
    /// Nothing is known but a text.
    pub(crate) fn of(problem: &impl Display) -> Self {
        Self {
            message: problem.to_string(),
            ..Self::default()
        }
    }
}

impl From<&DecodeError> for Fault {
    fn from(error: &DecodeError) -> Self {
        Self {
            message: error.to_string(),
            byte: Some(error.offset()),
            path: Some(error.path().to_string()),
            ..Self::default()
        }
    }
}

impl From<&EncodeError> for Fault {
    fn from(error: &EncodeError) -> Self {
        Self {
            message: error.message().to_string(),
            line: Some(error.line()),
            column: Some(error.column()),
            path: Some(error.path().to_string()),
            ..Self::default()
        }
    }
}

impl Teller {
    /// Tells what is wrong, on stderr: what a message says, if anything, is on stdout.
    pub(crate) fn refuse(self, file: &str, fault: &Fault) {
        #[derive(Serialize)]
        struct Record<'a> {
            severity: &'static str,
            file: &'a str,
            #[serde(flatten)]
            fault: &'a Fault,
        }

        if self.format == MessageFormat::Github {
            let place = (fault.line, fault.column);
            console::say(report::command(file, place, &fault.message).trim_end());
            return;
        }
        // A log in SARIF is about the schema, and complete; it has no place for bytes.
        if matches!(self.format, MessageFormat::Human | MessageFormat::Sarif) {
            let place = match (fault.line, fault.column) {
                (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
                _ => file.to_owned(),
            };
            console::say(&format!(
                "{ERROR}error:{ERROR:#} {place}: {}",
                fault.message
            ));
            return;
        }
        let record = Record {
            severity: "error",
            file,
            fault,
        };
        // Numbers and texts always have a JSON form.
        console::say(&serde_json::to_string(&record).unwrap_or_default());
    }

    /// Says something that is worth knowing and no fault; programs are not told.
    pub(crate) fn note(self, text: &str) {
        if self.format == MessageFormat::Human {
            console::say(&format!("{NOTE}note:{NOTE:#} {text}"));
        }
    }
}
