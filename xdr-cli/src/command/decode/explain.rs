//! A hex dump that says what each byte is.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use xdr_dynamic::{Codec, DecodeError, Part, Role};

use crate::command::Outcome;
use crate::command::message::{Fault, Teller};
use crate::failure::{ERROR, Failure};

/// Bytes in a line.
const WIDTH: usize = 8;

const OFFSET: Style = AnsiColor::BrightBlack.on_default();
const PATH: Style = AnsiColor::Cyan.on_default();
const VALUE: Style = Style::new().bold();
const PADDING: Style = AnsiColor::BrightBlack.on_default();

/// Prints what each byte is; at an error what was read before it, and the byte.
pub(super) fn explain(
    codec: &Codec,
    name: &str,
    bytes: &[u8],
    teller: Teller,
) -> Result<Outcome, Failure> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    let mut written = Ok(());
    let mut told = 0;
    let read = codec.annotate(bytes, |part| {
        told = part.start + part.bytes.len();
        if written.is_ok() {
            written = out.write_all(lines(part).as_bytes());
        }
    });
    if written.is_ok() {
        written = match &read {
            // What is left only if that is allowed.
            Ok(()) => out.write_all(rest(bytes, told).as_bytes()),
            Err(error) => out.write_all(fault(bytes, told, error).as_bytes()),
        };
    }
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Failure::Stdout(error));
        }
        _ => {}
    }
    match read {
        Ok(()) => Ok(Outcome::Clean),
        Err(error) => {
            teller.refuse(name, &Fault::from(&error));
            Ok(Outcome::Errors)
        }
    }
}

/// The lines of a part: the first says what it is.
fn lines(part: &Part<'_>) -> String {
    let what = match part.role {
        Role::Length => format!("{}, length {VALUE}{}{VALUE:#}", part.ty, part.value),
        Role::Presence if part.value == "0" => format!("{}, nothing follows", part.ty),
        Role::Presence => format!("{}, one follows", part.ty),
        Role::Discriminant => format!(
            "{} = {VALUE}{}{VALUE:#}, selects the arm",
            part.ty, part.value
        ),
        Role::Padding => format!("{PADDING}padding{PADDING:#}"),
        _ => format!("{} = {VALUE}{}{VALUE:#}", part.ty, part.value),
    };
    let path = if part.path.is_empty() { "." } else { part.path };
    let style = if part.role == Role::Padding {
        PADDING
    } else {
        Style::new()
    };
    let mut text = String::new();
    for (at, row) in part.bytes.chunks(WIDTH).enumerate() {
        dump(&mut text, part.start + at * WIDTH, row, style);
        if at == 0 {
            let _ = write!(text, "  {PATH}{path:<20}{PATH:#}  {what}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// An offset and bytes, in columns.
fn dump(text: &mut String, offset: usize, row: &[u8], style: Style) {
    let mut hex = String::new();
    for (at, byte) in row.iter().enumerate() {
        let space = if at == 0 { "" } else { " " };
        let _ = write!(hex, "{space}{byte:02x}");
    }
    let width = WIDTH * 3 - 1;
    let _ = write!(
        text,
        "{OFFSET}{offset:08x}{OFFSET:#}  {style}{hex:<width$}{style:#}"
    );
}

/// Bytes behind the value.
fn rest(bytes: &[u8], told: usize) -> String {
    let mut text = String::new();
    let left = bytes.get(told..).unwrap_or_default();
    for (at, row) in left.chunks(WIDTH).enumerate() {
        dump(&mut text, told + at * WIDTH, row, PADDING);
        text.push_str(if at == 0 {
            "  behind the value\n"
        } else {
            "\n"
        });
    }
    text
}

/// The bytes that are not told from where the value at fault begins, and a mark below the byte.
fn fault(bytes: &[u8], told: usize, error: &DecodeError) -> String {
    let offset = error.offset();
    // A long value that ends wrongly is shown from the line of the fault on.
    let start = told + offset.saturating_sub(told) / WIDTH * WIDTH;
    let row = bytes.get(start..).unwrap_or_default();
    let mut text = String::new();
    dump(
        &mut text,
        start,
        row.get(..WIDTH).unwrap_or(row),
        Style::new(),
    );
    text.truncate(text.trim_end().len());
    let column = 10 + (offset - start.min(offset)) * 3;
    let kind = error.kind();
    let _ = writeln!(text, "\n{:column$}{ERROR}^^ {kind}{ERROR:#}", "");
    text
}
