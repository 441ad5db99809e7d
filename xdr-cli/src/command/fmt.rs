//! `xdr fmt`: canonical layout.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use similar::TextDiff;
use xdr_build::Diagnostics;
use xdr_parser::Sources;

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::console;
use crate::failure::{ERROR, Failure, HELP};
use crate::input::{self, Inputs, STDIN};
use crate::output;
use crate::report::Stream;
use crate::session::Session;

/// Lay out .x files
///
/// Changes white space and nothing else: every comment, `%` line and `#` line stays where it is. The files are rewritten
/// in place if they change; the standard input goes to the standard output. Names need not be known, imports are not
/// read. A file with a mistake in its syntax is left as it is, and the mistake reported.
///
/// All branches of `#if` are laid out; those that count must be free of mistakes.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Lay out two files in place", "xdr fmt calendar.x mount.x"),
    ("What would change? Exits 1 if anything does", "xdr fmt --check calendar.x"),
    ("What another program prints, from an editor for example", "cat mount.x | xdr fmt - > laid-out.x"),
    ("Another branch of the conditionals has to be free of mistakes", "xdr fmt -D WITH_NOTES calendar.x"),
]))]
pub(crate) struct Fmt {
    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// Write nothing but the difference; exit 1 if there is one
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    common: Common,
}

impl Fmt {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let inputs = Inputs::new(self.files.clone())?;
        let prints = self.check || matches!(inputs, Inputs::Stdin);
        let result = prints.then_some(Stream::Stdout);
        let session = Session::new(&self.common, color, &inputs, result)?;
        let mut outcome = Outcome::Clean;
        for input in inputs.each() {
            if self.one(&input, &session)? == Outcome::Errors {
                outcome = Outcome::Errors;
            }
        }
        session.finish()?;
        Ok(outcome)
    }

    fn one(&self, input: &Inputs, session: &Session) -> Result<Outcome, Failure> {
        let mut sources = Sources::default();
        let id = match input.read(&mut sources) {
            Ok(id) => id,
            Err(diagnostic) => {
                return session.report_part(&mut Diagnostics::new(vec![*diagnostic], sources));
            }
        };
        let text = input::text(&sources, id);
        let formatted = match xdr_parser::format(id, text, &session.options) {
            Ok(formatted) => formatted,
            Err(diagnostics) => {
                return session.report_part(&mut Diagnostics::new(diagnostics, sources));
            }
        };
        let path = match input {
            Inputs::Stdin => None,
            Inputs::Files(files) => files.first(),
        };
        if self.check {
            return check(path.map(PathBuf::as_path), text, &formatted, session);
        }
        match path {
            None => console::result(formatted.as_bytes())?,
            Some(path) => {
                output::write(path, formatted.as_bytes())?;
            }
        }
        Ok(Outcome::Clean)
    }
}

/// Prints what would change, as `patch` reads it.
fn check(
    path: Option<&Path>,
    text: &str,
    formatted: &str,
    session: &Session,
) -> Result<Outcome, Failure> {
    if text == formatted {
        return Ok(Outcome::Clean);
    }
    let name = path.map_or(STDIN.to_owned(), |path| path.display().to_string());
    let diff = TextDiff::configure()
        .algorithm(console::ALGORITHM)
        .timeout(console::PATIENCE)
        .diff_lines(text, formatted);
    let diff = diff.unified_diff().header(&name, &name).to_string();
    console::result(diff.as_bytes())?;
    if session.is_human() {
        let mut message = format!("{ERROR}error:{ERROR:#} `{name}` is not laid out");
        if path.is_some() {
            let help = format!("\n  {HELP}help:{HELP:#} lay it out with `xdr fmt {name}`");
            message.push_str(&help);
        }
        console::say(&message);
    }
    Ok(Outcome::Errors)
}
