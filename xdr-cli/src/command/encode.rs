//! `xdr encode`: the message that JSON says.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Outcome;
use super::message::{self, Fault, Reading};
use crate::arguments::examples;
use crate::color::Color;
use crate::console;
use crate::failure::Failure;
use crate::output;

/// Make a message of JSON
///
/// The reverse of `xdr decode`. Fields may stand in any order; numbers of 64 bits are numbers or decimal strings. The bytes
/// go to stdout, or to a file with `-o`. What is wrong with the JSON is told with its line and column.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("A message to a file", "xdr encode --schema calendar.x --type appointment lunch.json -o lunch.bin"),
    ("One value, from the standard input", "echo 13 | xdr encode --schema mount.x --type mnt_status -o status.bin"),
    ("And back", "cat lunch.json | xdr encode --schema calendar.x --type appointment > lunch.bin"),
]))]
pub(crate) struct Encode {
    /// The JSON; the standard input if it is `-` or left out
    #[arg(value_name = "INPUT.json", value_hint = ValueHint::FilePath)]
    input: Option<PathBuf>,
    /// Write to this file
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// The .x file that defines the type; `-` is the standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    schema: PathBuf,
    /// The type by its name in the .x file: a struct, an enum, a union or a typedef
    #[arg(long = "type", value_name = "TYPE")]
    name: String,
    #[command(flatten)]
    reading: Reading,
}

impl Encode {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let schema = std::slice::from_ref(&self.schema);
        let codec = self
            .reading
            .codec(&self.name, schema, self.input.as_ref(), color)?;
        let Some((codec, teller)) = codec else {
            return Ok(Outcome::Errors);
        };
        let Some((name, json)) = message::read(self.input.as_deref(), teller) else {
            return Ok(Outcome::Errors);
        };
        let json = match String::from_utf8(json) {
            Ok(json) => json,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let problem = format!("is not UTF-8 (byte {at})");
                teller.refuse(&name, &Fault::of(&problem));
                return Ok(Outcome::Errors);
            }
        };
        match codec.encode_json(&json) {
            Ok(bytes) => {
                match self.output.filter(|path| !output::is_stdout(path)) {
                    Some(path) => {
                        output::write(&path, &bytes)?;
                    }
                    None => console::result(&bytes)?,
                }
                Ok(Outcome::Clean)
            }
            Err(error) => {
                teller.refuse(&name, &Fault::from(&error));
                Ok(Outcome::Errors)
            }
        }
    }
}
