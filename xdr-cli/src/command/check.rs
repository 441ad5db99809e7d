//! `xdr check`: is it valid, and is it likely to be what was meant?

use std::path::PathBuf;

use clap::{Args, ValueHint};
use xdr_build::Diagnostics;
use xdr_parser::lint::{Rule, Settings, lint};

mod fix;
mod levels;
mod show;
mod table;

pub(crate) use table::Lint;

use super::Outcome;
use crate::arguments::{self, Common, MessageFormat, examples};
use crate::color::Color;
use crate::failure::Failure;
use crate::input::Inputs;
use crate::report::Stream;
use crate::session::Session;
use levels::{Levels, OneRule};

/// Report all mistakes in .x files
///
/// Reads the files and all that they import, and reports every mistake at once. In the files named it also reports what is
/// allowed and still likely to be wrong: `--rules` lists the rules. Diagnostics go to stderr, as a compiler's do; with
/// another `--message-format` they go to stdout.
///
/// A comment allows what is found on its line, or on the next line of code if it stands by itself:
/// `/* xdr:allow(char-array): the reason */`.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Report all mistakes in two files", "xdr check calendar.x mount.x"),
    ("Let warnings fail a script too", "xdr check --deny warnings calendar.x"),
    ("Give the names from C headers that a file needs their values", "xdr check -D NAME_MAX=255 -D PATH_MAX=0x400 inode.x"),
    ("Know those of libvirt", "xdr check --profile libvirt secret.x"),
    ("Look for imports elsewhere", "xdr check -I imports inode-list.x"),
    ("Check what another program prints", "cat calendar.x | xdr check -"),
    ("Which rules are there?", "xdr check --rules"),
    ("What is one of them about?", "xdr check --explain unbounded-string"),
    ("Try the rules that are off, too, and fail for some", "xdr check --warn all --allow style --deny bounds calendar.x"),
    ("Mend what can be mended without changing what is sent", "xdr check --fix --warn integer-spelling notes.x"),
    ("One JSON object per mistake, for other programs", "xdr check --message-format json calendar.x"),
    ("A log for code scanning", "xdr check --message-format sarif notes.x > xdr.sarif"),
    ("Annotations of a pull request", "xdr check --message-format github notes.x"),
]))]
pub(crate) struct Check {
    /// The files; `-` is the standard input
    #[arg(
        required_unless_present_any = ["rules", "explain"],
        value_name = "FILE",
        value_hint = ValueHint::FilePath
    )]
    files: Vec<PathBuf>,
    /// Make all fixes that are safe, in the files named
    ///
    /// Types keep their bytes, bounds and names, whatever is defined, and comments stay. The standard input comes out mended
    /// on the standard output. What is left is reported.
    #[arg(long)]
    fix: bool,
    /// How many bytes a packet of the protocol holds, its header not counted
    ///
    /// libvirt's packets are known to hold 33554408.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    packet_limit: Option<u64>,
    /// How many bytes bounds within bounds may multiply to [default: 4294967296]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    product_limit: Option<u64>,
    /// List all rules, as text or as JSON
    #[arg(long, conflicts_with_all = ["files", "explain", "fix"])]
    rules: bool,
    /// Tell what a rule is about, with an example, as text or as JSON
    #[arg(
        long,
        value_name = "RULE",
        hide_possible_values = true,
        value_parser = OneRule,
        conflicts_with_all = ["files", "fix"]
    )]
    explain: Option<Rule>,
    #[command(flatten)]
    common: Common<Levels>,
}

fn bytes(text: &str) -> Result<u64, String> {
    let number = arguments::number(text)?;
    u64::try_from(number).map_err(|_| format!("`{text}` is less than nothing"))
}

impl Check {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let is_about_rules = self.rules || self.explain.is_some();
        let inputs = if is_about_rules {
            Inputs::Stdin
        } else {
            Inputs::new(self.files.clone())?
        };
        let prints = self.fix && matches!(inputs, Inputs::Stdin);
        let result = prints.then_some(Stream::Stdout);
        let session = Session::new(&self.common, color, &inputs, result)?;
        if is_about_rules {
            if let Some(MessageFormat::Sarif | MessageFormat::Github) = self.common.message_format {
                let message = "rules are told as text or as JSON";
                return Err(Failure::usage(
                    message,
                    "ask for `--message-format json`, or for none",
                ));
            }
            show::show(self.explain, session.format() == MessageFormat::Json)?;
            return Ok(Outcome::Clean);
        }
        let mut settings = self.settings(&session);
        if session.is_human() {
            // People are shown a part, and told how many there are.
            settings.listed = usize::MAX;
        }
        if self.fix {
            return fix::run(&inputs, &session, &settings);
        }
        let compilation = match inputs.compilation(&session.options) {
            Ok(compilation) => compilation,
            Err(unreadable) => return session.report(&mut unreadable.into_diagnostics()),
        };
        let found = lint(&compilation, &settings);
        session.report(&mut Diagnostics::new(found, compilation.sources))
    }

    /// Flags over `xdr.toml` over what the rules have by default.
    fn settings(&self, session: &Session) -> Settings {
        let mut settings = session.lint.settings(&session.options);
        self.common.denied.apply(&mut settings);
        settings.packet_limit = self.packet_limit.or(settings.packet_limit);
        settings.product_limit = self.product_limit.unwrap_or(settings.product_limit);
        settings
    }
}
