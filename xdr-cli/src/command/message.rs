//! What `xdr decode` and `xdr encode` have in common: a type of a schema, and a message from a file or the standard input.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};
use xdr_dynamic::Codec;
use xdr_wire::{Options, Rule};

use super::Outcome;
use crate::arguments::Common;
use crate::color::Color;
use crate::console;
use crate::failure::{ERROR, Failure};
use crate::input::Inputs;
use crate::report::Stream;
use crate::session::Session;

/// The type of a message, and how strictly it is taken.
#[derive(Debug, Args)]
pub(crate) struct MessageType {
    /// The .x file that defines the type; `-` is the standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    schema: PathBuf,
    /// The type by its name in the .x file: a struct, an enum, a union or a typedef
    #[arg(long = "type", value_name = "TYPE")]
    name: String,
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

impl MessageType {
    /// The codec of the type. None if the schema has errors, which have been told.
    pub(crate) fn codec(
        &self,
        color: Option<Color>,
        message: Option<&Path>,
    ) -> Result<Option<Codec>, Failure> {
        let is_stdin = |path: &Path| path == Path::new("-");
        if is_stdin(&self.schema) && message.is_none_or(is_stdin) {
            let message = "the schema and the message cannot both be the standard input";
            return Err(Failure::usage(message, "name a file for one of them"));
        }
        let inputs = Inputs::new(vec![self.schema.clone()])?;
        let session = Session::new(&self.common, color, &inputs, Some(Stream::Stdout))?;
        let mut compiled = inputs.compile(&session.options);
        let outcome = session.report(&mut compiled.diagnostics)?;
        let (Some(schema), Outcome::Clean) = (&compiled.schema, outcome) else {
            return Ok(None);
        };
        let options = self
            .allow
            .iter()
            .fold(Options::new(), |options, rule| options.allow(*rule));
        match Codec::named(schema, &self.name) {
            Ok(codec) => Ok(Some(codec.with_options(options))),
            Err(unknown) => {
                let help = match unknown.similar() {
                    Some(similar) => format!("did you mean `{similar}`?"),
                    None => format!(
                        "`{}` and what it imports define the types",
                        self.schema.display()
                    ),
                };
                Err(Failure::usage(unknown.to_string(), help))
            }
        }
    }
}

/// The message, and what it goes by in errors. None if it cannot be read, which has been told.
pub(crate) fn read(path: Option<&Path>) -> Option<(String, Vec<u8>)> {
    let (name, bytes) = if let Some(path) = path.filter(|path| *path != Path::new("-")) {
        (path.display().to_string(), std::fs::read(path))
    } else {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        ("<stdin>".to_owned(), read.map(|_| bytes))
    };
    match bytes {
        Ok(bytes) => Some((name, bytes)),
        Err(error) => {
            refuse(&name, &error);
            None
        }
    }
}

/// Tells what is wrong with a message.
pub(crate) fn refuse(name: &str, problem: &impl std::fmt::Display) {
    console::say(&format!("{ERROR}error:{ERROR:#} {name}: {problem}"));
}
