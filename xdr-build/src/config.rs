//! What a generation is told: where to look, what to write, how the Rust should look.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use xdr_parser::{Options, Profile, Schema, Sources};

use crate::diagnostics::Diagnostics;
use crate::error::Error;
use crate::output::{self, GeneratedFile};
use crate::rules::Rules;
use crate::{emit, lower};

/// Where generated code finds the runtime unless told otherwise; the derives look there too.
pub(crate) const RUNTIME: &str = "::xdr_wire";

/// Generates Rust from `.x` files.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), xdr_build::Error> {
///     xdr_build::Config::new()
///         .strip_prefix("nfs_")
///         .type_attribute("nfs_fh", "#[derive(PartialOrd, Ord)]")
///         .compile(&["proto/nfs.x"])
/// }
/// ```
///
/// # Paths
/// Options that apply to some types take a path of XDR names: a file's stem, a type, a field, enumerator or arm. The
/// option applies to what the path names and to everything in it. With a leading dot the path counts from the root
/// (`.` is everything, `.nfs` a file, `.nfs.entry.name` a field); without one it may begin anywhere (`entry`,
/// `entry.name`). An anonymous nested type goes by the name of its field, in the type around it.
#[derive(Clone, Debug)]
pub struct Config {
    options: Options,
    out_dir: Option<PathBuf>,
    style: Style,
}

/// How the Rust should look.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent options")]
pub(crate) struct Style {
    pub(crate) prefixes: Vec<String>,
    pub(crate) strip_enumerators: bool,
    pub(crate) externs: Rules<String>,
    pub(crate) type_attributes: Rules<String>,
    pub(crate) field_attributes: Rules<String>,
    pub(crate) bytes: Rules<()>,
    pub(crate) open: Rules<()>,
    pub(crate) borrowed: Rules<()>,
    pub(crate) outlined: Rules<()>,
    pub(crate) bounded_types: bool,
    pub(crate) type_table: bool,
    pub(crate) fingerprints: bool,
    pub(crate) strategies: bool,
    pub(crate) messages: bool,
    pub(crate) serde: bool,
    pub(crate) no_std: bool,
    pub(crate) runtime: String,
    pub(crate) renew: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            options: Options::default(),
            out_dir: None,
            style: Style {
                prefixes: Vec::new(),
                strip_enumerators: true,
                externs: Rules::default(),
                type_attributes: Rules::default(),
                field_attributes: Rules::default(),
                bytes: Rules::default(),
                open: Rules::default(),
                borrowed: Rules::default(),
                outlined: Rules::default(),
                bounded_types: false,
                type_table: false,
                fingerprints: false,
                strategies: false,
                messages: false,
                serde: false,
                no_std: false,
                runtime: RUNTIME.to_owned(),
                renew: None,
            },
        }
    }
}

impl Config {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a name a value: it decides `#ifdef`, and stands for what a C header would define.
    pub fn define(&mut self, name: impl Into<String>, value: impl Into<i128>) -> &mut Self {
        self.options.defines.insert(name.into(), value.into());
        self
    }

    /// Adds a folder in which imports are looked for, after the importing file's own.
    ///
    /// `%#include "base.h"` imports `base.x`, and `%#include <rpc/auth.h>` imports `rpc/auth.x`, if there is one.
    pub fn include(&mut self, folder: impl Into<PathBuf>) -> &mut Self {
        self.options.include.push(folder.into());
        self
    }

    /// Adds a file that every file imports without saying so, those added before it left out.
    ///
    /// What rpcgen makes includes `<rpc/rpc.h>`; files that take `netobj` from there need a file that defines it.
    pub fn import(&mut self, file: impl Into<PathBuf>) -> &mut Self {
        self.options.imports.push(file.into());
        self
    }

    /// Adds the names that a family of `.x` files takes from C headers.
    pub fn profile(&mut self, profile: Profile) -> &mut Self {
        self.options.profile = Some(profile);
        self
    }

    /// Where [`compile`](Self::compile) writes; without it, `OUT_DIR`.
    pub fn out_dir(&mut self, folder: impl Into<PathBuf>) -> &mut Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Leaves a prefix out of the names of types and constants; may be called for several.
    ///
    /// Letter case does not matter (`remote_` is `REMOTE_` too), but a prefix ends where a word ends. A name keeps its
    /// prefix where it would otherwise begin with a digit, be the same as another in its file, or be one of the
    /// standard prelude: `remote_string` stays `RemoteString`.
    pub fn strip_prefix(&mut self, prefix: impl Into<String>) -> &mut Self {
        self.style.prefixes.push(prefix.into());
        self
    }

    /// Whether variants go without the words that all enumerators of their enum begin with, unions' and procedures'
    /// likewise. On by default: `VIR_NET_OK`, `VIR_NET_ERROR` become `Ok`, `Error`.
    pub fn strip_enumerator_prefix(&mut self, strip: bool) -> &mut Self {
        self.style.strip_enumerators = strip;
        self
    }

    /// Uses existing Rust in place of what a type, or a whole file, would become.
    ///
    /// For a type, `rust_path` is the type; it must have the same form on the wire. For a file it is the module that
    /// the file was generated into elsewhere, with the same options for names.
    ///
    /// Types that hold it derive `Eq` and `Hash` unless XDR has a float in it.
    pub fn extern_path(
        &mut self,
        path: impl Into<String>,
        rust_path: impl Into<String>,
    ) -> &mut Self {
        self.style.externs.add(path, rust_path.into());
        self
    }

    /// Puts an attribute on types. One that derives is joined to the type's own `#[derive(…)]`.
    pub fn type_attribute(
        &mut self,
        path: impl Into<String>,
        attribute: impl Into<String>,
    ) -> &mut Self {
        self.style.type_attributes.add(path, attribute.into());
        self
    }

    /// Puts an attribute on fields, enumerators and arms.
    pub fn field_attribute(
        &mut self,
        path: impl Into<String>,
        attribute: impl Into<String>,
    ) -> &mut Self {
        self.style.field_attributes.add(path, attribute.into());
        self
    }

    /// Makes `Vec<u8>` of strings, for those that need not be UTF-8. A typedef's path covers all its uses.
    pub fn bytes(&mut self, path: impl Into<String>) -> &mut Self {
        self.style.bytes.add(path, ());
        self
    }

    /// Gives enums a variant for numbers that have no name, so that a newer peer's values are kept instead of rejected.
    pub fn open_enum(&mut self, path: impl Into<String>) -> &mut Self {
        self.style.open.add(path, ());
        self
    }

    /// Makes `&'a str` and `&'a [u8]` of strings and variable-length opaques; types that hold one get the lifetime.
    /// A typedef's path covers all its uses.
    pub fn borrowed(&mut self, path: impl Into<String>) -> &mut Self {
        self.style.borrowed.add(path, ());
        self
    }

    /// Makes structs that others have as a field share one copy of their code: smaller programs, built sooner, that take a
    /// nanosecond or two longer for each such field. `.` is small over fast for everything. Without it those structs do
    /// that are fields in eight places or more.
    pub fn outline(&mut self, path: impl Into<String>) -> &mut Self {
        self.style.outlined.add(path, ());
        self
    }

    /// Makes newtypes in a module `bounded` of all typedefs with bounds. Without it there are only those that a
    /// procedure takes or returns.
    pub fn bounded_types(&mut self, all: bool) -> &mut Self {
        self.style.bounded_types = all;
        self
    }

    /// Adds a constant `TYPES` to each file, a table of `TypeEntry`: all structs, enums, unions and typedefs of the file
    /// in source order, each a codec to be found by its XDR name. It makes the newtypes of
    /// [`bounded_types`](Self::bounded_types), so that typedefs have their bounds. Where a constant of the schema has the
    /// name, the table gets a number: `TYPES_2`.
    pub fn type_table(&mut self, table: bool) -> &mut Self {
        self.style.type_table = table;
        self
    }

    /// Adds a constant `FINGERPRINTS` to each file: what `xdr fingerprint` prints, by name, the file itself first. Two
    /// programs whose numbers are the same have the same bytes on the wire, whatever else has changed between them;
    /// [`xdr_parser::fingerprint`] says what counts. Where a constant of the schema has the name, it gets a number.
    pub fn fingerprints(&mut self, fingerprints: bool) -> &mut Self {
        self.style.fingerprints = fingerprints;
        self
    }

    /// Implements proptest's `Arbitrary`, and that of the crate `arbitrary`, for all types that borrow nothing. Typedefs are
    /// the types that they stand for, so those with bounds have them where they are newtypes
    /// ([`bounded_types`](Self::bounded_types)).
    ///
    /// It is a call of a macro of the crate `xdr-testkit`, which the generated code must be able to name; its features
    /// `proptest` and `arbitrary` decide which of the two there are.
    pub fn strategies(&mut self, strategies: bool) -> &mut Self {
        self.style.strategies = strategies;
        self
    }

    /// Adds enums of all messages beside the procedures of a version, or of a libvirt-style enum of procedures: `Call`
    /// and `Reply` with a variant for each procedure, and `Event` for a program that has events, with a variant more for
    /// those that are not known. They implement the runtime's `Message`, which reads and writes them by number. Beside
    /// them stands `PROCEDURES`, what is known of each procedure, by number.
    ///
    /// A procedure that has the name of one of these, or one called `Unknown` where there are events, gets a number:
    /// `Call2`.
    ///
    /// ```ignore
    /// use desk::proc::Event;
    /// use xdr_wire::{Message, Options};
    ///
    /// match Event::decode(header.procedure, payload, Options::new())? {
    ///     Event::Rang(rang) => println!("{} rings", rang.number),
    ///     Event::Unknown { procedure, .. } => println!("event {procedure} is of a newer desk"),
    /// }
    /// ```
    pub fn messages(&mut self, enums: bool) -> &mut Self {
        self.style.messages = enums;
        self
    }

    /// Derives `serde::Serialize` and `serde::Deserialize` for all types.
    ///
    /// Serde itself knows arrays up to 32 elements only, and the runtime's `List`, `Chain` and `Quadruple` not at all:
    /// such fields need a `#[serde(with = "…")]` by [`field_attribute`](Self::field_attribute).
    pub fn serde(&mut self, derive: bool) -> &mut Self {
        self.style.serde = derive;
        self
    }

    /// Writes `::alloc::string::String` and the like, for crates without std; they need `extern crate alloc;`.
    pub fn no_std(&mut self, no_std: bool) -> &mut Self {
        self.style.no_std = no_std;
        self
    }

    /// Where generated code finds the runtime: `::xdr_wire` by default.
    pub fn runtime_path(&mut self, path: impl Into<String>) -> &mut Self {
        self.style.runtime = path.into();
        self
    }

    /// The command named in the header of generated files; `xdr gen <file>.x` by default.
    pub fn renew_command(&mut self, command: impl Into<String>) -> &mut Self {
        self.style.renew = Some(command.into());
        self
    }

    /// What the parser is told.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// For build scripts: generates the files and all that they import, writes each as `<stem>.rs` to `OUT_DIR` if its
    /// text has changed, and tells cargo when to run again. Warnings are shown as cargo's.
    ///
    /// # Errors
    /// [`Error::Diagnostics`] for errors in the files, [`Error::SameName`] if two of them would become one,
    /// [`Error::Io`] if a file cannot be written, [`Error::NoOutDir`] outside of a build script.
    pub fn compile(&self, paths: &[impl AsRef<Path>]) -> Result<(), Error> {
        let out_dir = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => std::env::var_os("OUT_DIR")
                .map(PathBuf::from)
                .ok_or(Error::NoOutDir)?,
        };
        let mut config = self.clone();
        config
            .style
            .renew
            .get_or_insert_with(|| "cargo build".to_owned());
        let compilation = xdr_parser::compile(&owned(paths), &config.options);
        output::tell_cargo(&compilation);
        let files = config.generate_compilation(compilation)?;
        let mut names = HashSet::new();
        if let Some(twice) = files.iter().find(|file| !names.insert(&file.stem)) {
            let name = twice.file_name();
            return Err(Error::SameName { name });
        }
        for file in files {
            file.write_to(&out_dir)?;
        }
        Ok(())
    }

    /// The Rust of the files and of all that they import.
    ///
    /// # Errors
    /// What is wrong with the files, warnings included.
    pub fn generate(&self, paths: &[impl AsRef<Path>]) -> Result<Vec<GeneratedFile>, Diagnostics> {
        self.generate_compilation(xdr_parser::compile(&owned(paths), &self.options))
    }

    /// The Rust of a text. `name` stands for it in messages, and without its `.x` as the stem; imports are looked for in
    /// `folder` and the include path.
    ///
    /// # Errors
    /// What is wrong with the text, warnings included.
    pub fn generate_text(
        &self,
        name: &str,
        text: &str,
        folder: Option<&Path>,
    ) -> Result<Vec<GeneratedFile>, Diagnostics> {
        self.generate_compilation(xdr_parser::compile_text(name, text, folder, &self.options))
    }

    fn generate_compilation(
        &self,
        compilation: xdr_parser::Compilation,
    ) -> Result<Vec<GeneratedFile>, Diagnostics> {
        match &compilation.schema {
            Some(schema) => Ok(self.generate_schema(schema, &compilation.sources)),
            None => Err(Diagnostics::new(
                compilation.diagnostics,
                compilation.sources,
            )),
        }
    }

    /// The Rust of a schema, in the order of its files; files with an [`extern_path`](Self::extern_path) are left out.
    /// `sources` are the texts it was made from: constants that are hex there stay so.
    pub fn generate_schema(&self, schema: &Schema, sources: &Sources) -> Vec<GeneratedFile> {
        let modules = lower::module_names(schema, &self.style);
        let models = lower::lower(schema, sources, &self.style);
        let files = schema.files.iter().zip(modules).zip(models);
        files
            .filter_map(|((file, module), model)| {
                Some(GeneratedFile {
                    stem: file.stem.clone(),
                    module,
                    root: file.root,
                    source: emit::file(&model?),
                })
            })
            .collect()
    }
}

fn owned(paths: &[impl AsRef<Path>]) -> Vec<PathBuf> {
    paths.iter().map(|path| path.as_ref().to_owned()).collect()
}
