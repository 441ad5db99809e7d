//! `xdr fuzz-init`: a folder for cargo-fuzz that tries the types of a `.x` file.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use xdr_build::Config;
use xdr_parser::{Options, Schema};

mod path;
mod write;

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::console;
use crate::failure::Failure;
use crate::input::{Inputs, is_stdin};
use crate::output::{self, Written};
use crate::report::plural;
use crate::session::Session;
use write::{Folder, Module};

/// Write a folder for cargo-fuzz
///
/// The folder is a crate that makes Rust of the file and has fuzz targets for its types: what is decoded must encode to
/// the bytes that it came from, and an error must be one line about a place within the input. The fuzzer's mutator knows
/// the types: it changes one field of a valid message at a time, and when something is found it says which field that
/// was. The folder's own README.md has the commands. A folder that this command has made before is made anew; one that is
/// another crate's is left alone.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("One target that tries every type of the file", "xdr fuzz-init calendar.x"),
    ("A target for each of two types, in a folder of another name", "xdr fuzz-init mount.x --type mnt_result --type mnt_handle --out fuzz-mount"),
    ("With the toolkit's crates from a folder", "xdr fuzz-init calendar.x --toolkit ../toolkit --out fuzz-calendar"),
]))]
pub(crate) struct FuzzInit {
    /// The file that defines the types
    #[arg(value_name = "SCHEMA", value_hint = ValueHint::FilePath)]
    schema: PathBuf,
    /// Write to this folder, which is made if need be
    #[arg(long, value_name = "DIR", default_value = "fuzz", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    /// Make a target for this type, by its XDR name, instead of one for all
    ///
    /// A type that the file does not name goes by the name of its field, behind that of the type around it and a dot.
    #[arg(long = "type", value_name = "T")]
    types: Vec<String>,
    /// Take the toolkit's crates from this folder, instead of those that are published
    #[arg(long, value_name = "PATH", value_hint = ValueHint::DirPath)]
    toolkit: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl FuzzInit {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        if is_stdin(&self.schema) {
            let message = "`-` cannot be fuzzed: the folder reads the file again when it is built";
            return Err(Failure::usage(message, "write it to a file"));
        }
        let inputs = Inputs::new(vec![self.schema.clone()])?;
        let session = Session::new(&self.common, color, &inputs, None)?;
        let mut compiled = inputs.compile(&session.options);
        let outcome = session.report(&mut compiled.diagnostics)?;
        let (Some(schema), Outcome::Clean) = (&compiled.schema, outcome) else {
            return Ok(Outcome::Errors);
        };
        let mut config = Config::new();
        config.type_table(true);
        let generated = config.generate_schema(schema, &compiled.diagnostics.sources);
        let modules: Vec<Module> = generated.iter().filter_map(Module::of).collect();
        self.check_types(schema, &modules)?;
        self.refuse_another_crate()?;
        let folder = self.folder(&session.options, modules);
        for (name, text) in folder.files() {
            let path = self.out.join(name);
            let written = output::write(&path, text.as_bytes())?;
            if session.is_human() && written == Written::Anew {
                console::say(&format!("wrote `{}`", path.display()));
            }
        }
        if session.is_human() {
            let targets = plural(folder.targets.len(), "target");
            let out = self.out.display();
            console::say(&format!("{targets} in `{out}`: see `{out}/README.md`"));
        }
        Ok(Outcome::Clean)
    }

    /// Whether each type of the command line is in a table.
    fn check_types(&self, schema: &Schema, modules: &[Module]) -> Result<(), Failure> {
        let known = || modules.iter().flat_map(|module| &module.types);
        for name in &self.types {
            if !known().any(|known| known == name) {
                let named = schema.types.iter().filter(|def| def.parent.is_none());
                let first: Vec<_> = named.take(5).map(|def| format!("`{}`", def.name)).collect();
                let help = match first.as_slice() {
                    [] => "it has no types".to_owned(),
                    some => format!("it has types such as {}", some.join(", ")),
                };
                let file = self.schema.display();
                return Err(Failure::usage(
                    format!("`{file}` has no type `{name}`"),
                    help,
                ));
            }
        }
        if known().next().is_none() {
            let message = format!("`{}` has no types", self.schema.display());
            return Err(Failure::usage(message, "there is nothing to decode"));
        }
        Ok(())
    }

    /// Whether the folder is somebody's own, whose files must not be lost.
    fn refuse_another_crate(&self) -> Result<(), Failure> {
        let manifest = self.out.join("Cargo.toml");
        // One that cannot be read cannot be written over either.
        match std::fs::read_to_string(&manifest) {
            Ok(text) if !text.contains(write::MARK) => Err(Failure::usage(
                format!("`{}` is another crate's", manifest.display()),
                "choose another folder with `--out DIR`",
            )),
            _ => Ok(()),
        }
    }

    /// What is in the folder: paths in it are relative to it, so that both can be moved together.
    fn folder(&self, options: &Options, modules: Vec<Module>) -> Folder {
        let from_out = |path: &Path| path::between(&self.out, path);
        Folder {
            schema: from_out(&self.schema),
            include: options.include.iter().map(|path| from_out(path)).collect(),
            imports: options.imports.iter().map(|path| from_out(path)).collect(),
            defines: options.defines.clone(),
            profile: options.profile,
            toolkit: self.toolkit.as_deref().map(from_out),
            targets: write::targets(&self.types),
            modules,
        }
    }
}
