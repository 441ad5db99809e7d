//! `xdr decode`: a message as JSON, or byte by byte.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueHint};
use xdr_dynamic::{Codec, Style, WriteError};

use super::Outcome;
use super::message::{self, MessageType};
use crate::arguments::examples;
use crate::color::Color;
use crate::failure::Failure;

mod explain;
mod hex;

/// Print a message as JSON
///
/// Any .x file will do, and no code is generated. The message is taken as strictly as by generated code, and errors are the
/// same: what, where, at which byte. JSON goes to stdout, on one line unless that is a terminal; a long message is written
/// while it is read. `xdr encode` makes the same bytes of it again.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("A message as JSON", "xdr decode --schema calendar.x --type appointment lunch.bin"),
    ("One in hex, from the standard input", "echo 00000002 | xdr decode --schema calendar.x --type answer --hex"),
    ("Keep strings that are no UTF-8", "xdr decode --schema calendar.x --type appointment --allow utf8 lunch.bin"),
    ("What each byte is", "xdr decode --schema calendar.x --type appointment --explain lunch.bin"),
]))]
pub(crate) struct Decode {
    /// The message; the standard input if it is `-` or left out
    #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
    input: Option<PathBuf>,
    /// The message is hex digits; white space between them is skipped
    #[arg(long)]
    hex: bool,
    /// A line for each field, as on a terminal
    #[arg(long)]
    pretty: bool,
    /// Print what each byte is: its offset, field, type and value
    #[arg(long, conflicts_with = "pretty")]
    explain: bool,
    #[command(flatten)]
    of: MessageType,
}

impl Decode {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let input = self.input.as_deref();
        let Some(codec) = self.of.codec(color, input)? else {
            return Ok(Outcome::Errors);
        };
        let Some((name, mut bytes)) = message::read(input) else {
            return Ok(Outcome::Errors);
        };
        if self.hex {
            match hex::decode(&bytes) {
                Ok(decoded) => bytes = decoded,
                Err(problem) => {
                    message::refuse(&name, &problem);
                    return Ok(Outcome::Errors);
                }
            }
        }
        if self.explain {
            return explain::explain(&codec, &name, &bytes);
        }
        let style = if self.pretty || io::stdout().is_terminal() {
            Style::Pretty
        } else {
            Style::Compact
        };
        print(&codec.with_style(style), &name, &bytes)
    }
}

fn print(codec: &Codec, name: &str, bytes: &[u8]) -> Result<Outcome, Failure> {
    let mut stdout = io::stdout().lock();
    let written = codec.write_json(bytes, &mut stdout).and_then(|()| {
        let end = stdout.write_all(b"\n").and_then(|()| stdout.flush());
        end.map_err(WriteError::Output)
    });
    match written {
        Ok(()) => Ok(Outcome::Clean),
        // The reader has had enough, which is fine.
        Err(WriteError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(Outcome::Clean)
        }
        Err(WriteError::Output(error)) => Err(Failure::Stdout(error)),
        Err(error) => {
            message::refuse(name, &error);
            Ok(Outcome::Errors)
        }
    }
}
