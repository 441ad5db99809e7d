//! `xdr gen`: Rust from `.x` files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueHint};
use xdr_build::{Config, GeneratedFile};
use xdr_parser::Schema;

mod made;
mod renew;
mod stale;
mod style;
mod target;

pub(crate) use style::Style;

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::console;
use crate::failure::{ERROR, Failure, HELP};
use crate::input::Inputs;
use crate::report::Stream;
use crate::session::Session;
use made::Made;
use renew::Paths;
use stale::Stale;
use target::Target;

/// Generate Rust
///
/// Each file becomes one Rust file of the same stem, and so does each that it imports; they expect to be modules side by
/// side. The Rust goes to a file with `-o`, to a folder with `--out-dir`, else to stdout; files that would not change are
/// not touched. What was made is told on stderr, diagnostics too; with `--message-format json` these go to stdout, or to
/// stderr if the Rust goes to stdout.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Rust to stdout", "xdr gen calendar.x"),
    ("Rust to a file", "xdr gen calendar.x -o calendar.rs"),
    ("Each of several files, and what they import, to a folder", "xdr gen calendar.x mount.x --out-dir generated"),
    ("Shorter names; numbers that an enum does not name are kept", "xdr gen mount.x --strip-prefix mnt --open-enums -o mount.rs"),
    ("libvirt's constants, and types that borrow from the message", "xdr gen secret.x --profile libvirt --borrowed -o secret.rs"),
    ("Enums of all calls and replies, and a table of all types", "xdr gen calendar.x --messages --type-table -o all.rs"),
    ("Is a file that is kept in the repository up to date?", "xdr gen calendar.x -o calendar.rs --check"),
]))]
pub(crate) struct Gen {
    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// Write to this file; only with one FILE
    #[arg(short, long, value_name = "OUT.rs", value_hint = ValueHint::FilePath, conflicts_with = "out_dir")]
    output: Option<PathBuf>,
    /// Write to this folder, which is made if need be
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out_dir: Option<PathBuf>,
    /// Write nothing; exit 1 if a file is not what would be written
    #[arg(long)]
    check: bool,
    /// Do not tell what was made
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    style: Style,
}

impl Gen {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let start = Instant::now();
        let inputs = Inputs::new(self.files.clone())?;
        let target = Target::of(&self, &inputs)?;
        let result = (target == Target::Stdout).then_some(Stream::Stdout);
        let session = Session::new(&self.common, color, &inputs, result)?;
        let mut compiled = inputs.compile(&session.options);
        let outcome = session.report(&mut compiled.diagnostics)?;
        let (Some(schema), Outcome::Clean) = (&compiled.schema, outcome) else {
            return Ok(Outcome::Errors);
        };
        target.refuse_collisions(schema, &compiled.diagnostics.sources, &compiled.files)?;
        let config = self.config(&session.generation);
        let generated = config.generate_schema(schema, &compiled.diagnostics.sources);
        let tells = session.is_human() && !self.quiet;
        let (total, outcome) = self.deliver(&target, schema, &generated, tells)?;
        if tells {
            let verb = if self.check { "compared" } else { "generated" };
            console::say(&total.in_all(verb, start.elapsed()));
        }
        Ok(outcome)
    }

    /// The options of the command line, over those of `xdr.toml`.
    fn config(&self, file: &Style) -> Config {
        let mut config = Config::new();
        file.apply(&mut config);
        self.style.apply(&mut config);
        config.renew_command(renew::command(self, Paths::Portable));
        config
    }

    /// Writes the files, or compares them with what there is.
    fn deliver(
        &self,
        target: &Target,
        schema: &Schema,
        generated: &[GeneratedFile],
        tells: bool,
    ) -> Result<(Made, Outcome), Failure> {
        let tell = |line: String| {
            if tells {
                console::say(&line);
            }
        };
        if let Some(note) = target.note(generated) {
            tell(note);
        }
        let mut total = Made::default();
        let mut outcome = Outcome::Clean;
        for file in generated {
            let Some(path) = target.path(file) else {
                continue;
            };
            // Lines are counted only for who is told how many there are.
            let made = if tells {
                Made::of(file, schema)
            } else {
                Made::default()
            };
            total.add(&made);
            if !self.check {
                tell(format!("{}: {made}", target.write(&path, &file.source)?));
            } else if let Some(stale) = stale::find(&path, &file.source)? {
                outcome = Outcome::Errors;
                console::say(&self.stale(&path, &stale));
            } else {
                tell(format!("`{}` is up to date: {made}", path.display()));
            }
        }
        Ok((total, outcome))
    }

    fn stale(&self, path: &Path, stale: &Stale) -> String {
        let command = renew::command(self, Paths::Given);
        let (what, verb, difference) = match stale {
            Stale::Missing => ("does not exist", "make", ""),
            Stale::Differs(difference) => ("is stale", "renew", difference.as_str()),
        };
        let mut text = format!("{ERROR}error:{ERROR:#} `{}` {what}", path.display());
        for line in difference.lines() {
            let _ = write!(text, "\n  {line}");
        }
        let _ = write!(text, "\n  {HELP}help:{HELP:#} {verb} it with `{command}`");
        text
    }
}
