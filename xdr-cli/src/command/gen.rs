//! `xdr gen`: Rust from `.x` files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueHint};
use xdr_build::{Config, GeneratedFile};
use xdr_parser::{Schema, Sources};

mod renew;
mod stale;
mod style;

pub(crate) use style::Style;

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::console;
use crate::failure::{ERROR, Failure, HELP};
use crate::input::{Compiled, Inputs};
use crate::output::{self, Kind, Written};
use crate::report::{Stream, plural};
use crate::session::Session;
use renew::Paths;
use stale::Stale;

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
        let target = self.target(&inputs)?;
        let result = (target == Target::Stdout).then_some(Stream::Stdout);
        let session = Session::new(&self.common, color, &inputs, result)?;
        let Compiled {
            schema,
            diagnostics,
            files,
        } = inputs.compile(&session.options);
        let sources = diagnostics.sources.clone();
        let (Some(schema), Outcome::Clean) = (schema, session.report(diagnostics)?) else {
            return Ok(Outcome::Errors);
        };
        let mut config = Config::new();
        session.generation.apply(&mut config);
        self.style.apply(&mut config);
        config.renew_command(renew::command(&self, Paths::Portable));
        let generated = config.generate_schema(&schema, &sources);
        target.refuse_collisions(&schema, &sources, &files)?;
        let tell = |line: &str| {
            if session.is_human() && !self.quiet {
                console::say(line);
            }
        };
        if let (Target::Stdout | Target::File(_), Some(note)) =
            (&target, note_on_imports(&generated))
        {
            tell(&note);
        }
        let mut total = Made::default();
        let mut outcome = Outcome::Clean;
        for file in &generated {
            let Some(path) = target.path(file) else {
                continue;
            };
            let made = Made::of(file, &schema);
            total.add(&made);
            if self.check {
                match stale::find(&path, &file.source)? {
                    None => tell(&format!("`{}` is up to date: {made}", path.display())),
                    Some(stale) => {
                        outcome = Outcome::Errors;
                        console::say(&self.stale(&path, &stale));
                    }
                }
            } else {
                tell(&format!(
                    "{}: {made}",
                    self.write(&target, &path, &file.source)?
                ));
            }
        }
        let verb = if self.check { "compared" } else { "generated" };
        tell(&format!(
            "{verb} {} in {}: {total}",
            plural(total.files, "file"),
            milliseconds(start.elapsed())
        ));
        Ok(outcome)
    }

    /// Where the Rust goes, if the arguments agree on that.
    fn target(&self, inputs: &Inputs) -> Result<Target, Failure> {
        let is_single = self.files.len() == 1;
        let target = match (&self.output, &self.out_dir) {
            (Some(_), _) if !is_single => {
                let message = format!(
                    "`-o` takes the Rust of one file, not of {}",
                    self.files.len()
                );
                return Err(Failure::usage(
                    message,
                    "write them to a folder with `--out-dir DIR`",
                ));
            }
            (Some(path), _) if output::is_stdout(path) => Target::Stdout,
            (Some(path), _) => Target::File(path.clone()),
            (None, Some(folder)) => Target::Folder(folder.clone()),
            (None, None) if !is_single => {
                let message = "several files do not go to stdout: each is a module of its own";
                return Err(Failure::usage(
                    message,
                    "write them to a folder with `--out-dir DIR`",
                ));
            }
            (None, None) => Target::Stdout,
        };
        if matches!((inputs, &target), (Inputs::Stdin, Target::Folder(_))) {
            let message = "the standard input has no name that a file in a folder could have";
            return Err(Failure::usage(message, "write to a file with `-o OUT.rs`"));
        }
        let is_comparable = match &target {
            Target::Stdout => false,
            Target::File(path) => output::kind(path) != Kind::Other || path.is_file(),
            Target::Folder(_) => true,
        };
        if self.check && !is_comparable {
            let message = "`--check` needs a file to compare with";
            return Err(Failure::usage(
                message,
                "name it with `-o OUT.rs`, or its folder with `--out-dir DIR`",
            ));
        }
        Ok(target)
    }

    /// Writes and says so.
    fn write(&self, target: &Target, path: &Path, source: &str) -> Result<String, Failure> {
        if *target == Target::Stdout {
            console::result(source.as_bytes())?;
            return Ok("wrote stdout".to_owned());
        }
        Ok(match output::write(path, source)? {
            Written::Anew => format!("wrote `{}`", path.display()),
            Written::Unchanged => format!("`{}` is unchanged", path.display()),
        })
    }

    fn stale(&self, path: &Path, stale: &Stale) -> String {
        let command = renew::command(self, Paths::Given);
        let (what, difference) = match stale {
            Stale::Missing => ("does not exist", ""),
            Stale::Differs(difference) => ("is stale", difference.as_str()),
        };
        let mut text = format!("{ERROR}error:{ERROR:#} `{}` {what}", path.display());
        for line in difference.lines() {
            text.push_str(&format!("\n  {line}"));
        }
        text.push_str(&format!(
            "\n  {HELP}help:{HELP:#} renew it with `{command}`"
        ));
        text
    }
}

/// Where the Rust goes.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Target {
    /// The file's path, if it goes anywhere: beside a single output there is no place for imports.
    fn path(&self, file: &GeneratedFile) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join(file.file_name())),
            Self::Stdout => file.root.then(PathBuf::new),
            Self::File(path) => file.root.then(|| path.clone()),
        }
    }

    /// Stops before one file is written over another, or over a file that was read.
    fn refuse_collisions(
        &self,
        schema: &Schema,
        sources: &Sources,
        read: &[PathBuf],
    ) -> Result<(), Failure> {
        let name = |id| sources.get(id).map_or("", |source| source.name.as_str());
        match self {
            Self::Stdout => {}
            Self::File(path) => {
                let same = |file: &&PathBuf| {
                    file.canonicalize()
                        .ok()
                        .is_some_and(|file| path.canonicalize().ok() == Some(file))
                };
                if let Some(file) = read.iter().find(same) {
                    let message = format!("the Rust would be written over `{}`", file.display());
                    return Err(Failure::usage(message, "name another file with `-o`"));
                }
            }
            Self::Folder(folder) => {
                for (at, file) in schema.files.iter().enumerate() {
                    if let Some(other) = schema.files[..at]
                        .iter()
                        .find(|other| other.stem == file.stem)
                    {
                        let path = folder.join(format!("{}.rs", file.stem));
                        let message = format!(
                            "`{}` and `{}` both become `{}`",
                            name(other.id),
                            name(file.id),
                            path.display()
                        );
                        return Err(Failure::usage(
                            message,
                            "generate them into different folders",
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Where only one file is written, its imports still have to come from somewhere.
fn note_on_imports(generated: &[GeneratedFile]) -> Option<String> {
    let modules: Vec<String> = generated
        .iter()
        .filter(|file| !file.root)
        .map(|file| format!("`super::{}`", file.module))
        .collect();
    (!modules.is_empty()).then(|| {
        let modules = modules.join(", ");
        format!("{HELP}note:{HELP:#} the Rust of imported files is expected in {modules}; `--out-dir` writes it too")
    })
}

/// What was made.
#[derive(Debug, Default)]
struct Made {
    files: usize,
    types: usize,
    procedures: usize,
    lines: usize,
}

impl Made {
    fn of(file: &GeneratedFile, schema: &Schema) -> Self {
        let ids: Vec<_> = schema
            .files
            .iter()
            .filter(|one| one.stem == file.stem)
            .map(|one| one.id)
            .collect();
        let programs = schema
            .programs
            .iter()
            .filter(|program| ids.contains(&program.file));
        let enums = schema
            .procedure_enums
            .iter()
            .filter(|procedures| ids.contains(&schema.ty(procedures.ty).file));
        Self {
            files: 1,
            types: schema
                .types
                .iter()
                .filter(|def| ids.contains(&def.file))
                .count(),
            procedures: programs
                .flat_map(|program| &program.versions)
                .map(|version| version.procedures.len())
                .sum::<usize>()
                + enums
                    .map(|procedures| procedures.procedures.len())
                    .sum::<usize>(),
            lines: file.source.lines().count(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.types += other.types;
        self.procedures += other.procedures;
        self.lines += other.lines;
    }
}

impl std::fmt::Display for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let types = plural(self.types, "type");
        let procedures = plural(self.procedures, "procedure");
        let lines = plural(self.lines, "line");
        write!(f, "{types}, {procedures}, {lines}")
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
