//! `xdr decode`: a message as JSON, or byte by byte; a recorded connection packet by packet.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use xdr_dynamic::{Codec, Style, WriteError};

use super::Outcome;
use super::message::{self, Fault, Reading, Teller};
use crate::arguments::examples;
use crate::color::Color;
use crate::failure::Failure;

mod explain;
mod hex;
mod stream;

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
    ("All that a client and libvirtd have said to each other, of a capture", "xdr decode --stream libvirt screen.pcap"),
    ("The same of the bytes of both sides", "xdr decode --stream libvirt screen.client.bin screen.server.bin"),
]))]
pub(crate) struct Decode {
    /// The message; the standard input if it is `-` or left out
    ///
    /// With `--stream` a capture (pcap or pcapng), the bytes of one direction of a connection, or two files with those of
    /// both.
    #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath, num_args = 0..=2)]
    input: Vec<PathBuf>,
    /// The .x file that defines the type; `-` is the standard input; may be given several times
    ///
    /// With `--stream` the files that define the programs; left out, libvirt's own, as of 9.0.0.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required_unless_present = "stream")]
    schema: Vec<PathBuf>,
    /// The type by its name in the .x file: a struct, an enum, a union or a typedef
    #[arg(
        long = "type",
        value_name = "TYPE",
        required_unless_present = "stream",
        conflicts_with = "stream"
    )]
    name: Option<String>,
    /// The message is hex digits; white space between them is skipped
    #[arg(long, conflicts_with = "stream")]
    hex: bool,
    /// A line for each field, as on a terminal
    #[arg(long, conflicts_with = "stream")]
    pretty: bool,
    /// Print what each byte is: its offset, field, type and value
    #[arg(long, conflicts_with_all = ["pretty", "stream"])]
    explain: bool,
    /// The input is a recorded connection: a line of JSON for each packet
    ///
    /// `libvirt` is how libvirt's programs frame their packets. A line has `packet` (counted from 1), `from` (client or
    /// server), `offset` and `length` in the bytes of that side, `program`, `version`, `procedure`, `type`, `serial` and
    /// `status`; then `payload_type` and `payload`, or `bytes` in hex where that cannot be known. Replies and the packets of
    /// streams say in `call` which packet they belong to, or null. What is wrong is in `fault`; of a
    /// capture the next packet is read behind it, of bytes it is if the length was right. Of a capture, whose TCP connections are put together, there are also `connection`, `source`, `destination` and
    /// `time` in seconds since 1970, and in replies `seconds`, how long they took.
    #[arg(long, value_name = "FRAMING", hide_possible_values = true)]
    stream: Option<Framing>,
    #[command(flatten)]
    reading: Reading,
}

/// How packets follow each other.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Framing {
    /// A length word, a header, a payload
    Libvirt,
}

impl Decode {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        if let Some(Framing::Libvirt) = self.stream {
            return stream::decode(&self.reading, &self.schema, &self.input, color);
        }
        let [name] = self.name.as_slice() else {
            // The parser of arguments asks for it.
            return Err(Failure::usage("no type is named", "name one with `--type`"));
        };
        let input = match self.input.as_slice() {
            [] => None,
            [input] => Some(input),
            _ => {
                let message = "two inputs are the two directions of a connection";
                return Err(Failure::usage(
                    message,
                    "say so with `--stream`, or name one message",
                ));
            }
        };
        let codec = self.reading.codec(name, &self.schema, input, color)?;
        let Some((codec, teller)) = codec else {
            return Ok(Outcome::Errors);
        };
        let Some((name, mut bytes)) = message::read(input.map(PathBuf::as_path), teller) else {
            return Ok(Outcome::Errors);
        };
        if self.hex {
            match hex::decode(&bytes) {
                Ok(decoded) => bytes = decoded,
                Err(problem) => {
                    teller.refuse(&name, &Fault::of(&problem));
                    return Ok(Outcome::Errors);
                }
            }
        }
        if self.explain {
            return explain::explain(&codec, &name, &bytes, teller);
        }
        let style = if self.pretty || io::stdout().is_terminal() {
            Style::Pretty
        } else {
            Style::Compact
        };
        print(&codec.with_style(style), &name, &bytes, teller)
    }
}

fn print(codec: &Codec, name: &str, bytes: &[u8], teller: Teller) -> Result<Outcome, Failure> {
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
        Err(WriteError::Decode(error)) => {
            teller.refuse(name, &Fault::from(&error));
            Ok(Outcome::Errors)
        }
        Err(error) => {
            teller.refuse(name, &Fault::of(&error));
            Ok(Outcome::Errors)
        }
    }
}
