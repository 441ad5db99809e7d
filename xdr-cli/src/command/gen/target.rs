//! Where the Rust goes.

use std::path::{Path, PathBuf};

use xdr_build::GeneratedFile;
use xdr_parser::{FileId, Schema, Sources};

use super::Gen;
use crate::console;
use crate::failure::{Failure, HELP};
use crate::input::Inputs;
use crate::output::{self, Kind, Written};

/// Where the Rust goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Target {
    /// What the arguments say, if they agree.
    pub(super) fn of(arguments: &Gen, inputs: &Inputs) -> Result<Self, Failure> {
        let count = arguments.files.len();
        let several = |message: String| {
            let help = "write them to a folder with `--out-dir DIR`";
            Err(Failure::usage(message, help))
        };
        let target = match (&arguments.output, &arguments.out_dir) {
            (Some(_), _) if count > 1 => {
                return several(format!("`-o` takes the Rust of one file, not of {count}"));
            }
            (None, None) if count > 1 => {
                return several(format!(
                    "the Rust of {count} files cannot all go to stdout: each is a module"
                ));
            }
            (Some(path), _) if output::is_stdout(path) => Self::Stdout,
            (Some(path), _) => Self::File(path.clone()),
            (None, Some(folder)) => Self::Folder(folder.clone()),
            (None, None) => Self::Stdout,
        };
        if matches!((inputs, &target), (Inputs::Stdin, Self::Folder(_))) {
            let message = "the standard input has no name that a file in a folder could have";
            return Err(Failure::usage(message, "write to a file with `-o OUT.rs`"));
        }
        if arguments.check && !target.is_comparable() {
            let help = "name it with `-o OUT.rs`, or its folder with `--out-dir DIR`";
            return Err(Failure::usage("`--check` needs a file to compare", help));
        }
        Ok(target)
    }

    fn is_comparable(&self) -> bool {
        match self {
            Self::Stdout => false,
            // A link to a file is one to compare with; a pipe is not.
            Self::File(path) => output::kind(path) != Kind::Other || path.is_file(),
            Self::Folder(_) => true,
        }
    }

    /// The file's path, if it goes anywhere: beside a single output there is no place for imports.
    pub(super) fn path(&self, file: &GeneratedFile) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join(file.file_name())),
            Self::Stdout => file.root.then(PathBuf::new),
            Self::File(path) => file.root.then(|| path.clone()),
        }
    }

    /// What to know where imported files are not written.
    pub(super) fn note(&self, generated: &[GeneratedFile]) -> Option<String> {
        let left_out = generated.iter().filter(|file| self.path(file).is_none());
        let modules: Vec<_> = left_out
            .map(|file| format!("`super::{}`", file.module))
            .collect();
        (!modules.is_empty()).then(|| {
            let modules = modules.join(", ");
            format!(
                "{HELP}note:{HELP:#} imported files are expected as {modules}; `--out-dir` writes them too"
            )
        })
    }

    /// Writes, and says what became of it.
    pub(super) fn write(&self, path: &Path, source: &str) -> Result<String, Failure> {
        if *self == Self::Stdout {
            console::result(source.as_bytes())?;
            return Ok("wrote stdout".to_owned());
        }
        Ok(match output::write(path, source.as_bytes())? {
            Written::Anew => format!("wrote `{}`", path.display()),
            Written::Unchanged => format!("`{}` is unchanged", path.display()),
        })
    }

    /// Stops before one file is written over another, or over one that was read.
    pub(super) fn refuse_collisions(
        &self,
        schema: &Schema,
        sources: &Sources,
        read: &[PathBuf],
    ) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(path) => refuse_input(path, read),
            Self::Folder(folder) => {
                for (at, file) in schema.files.iter().enumerate() {
                    let mut before = schema.files[..at].iter();
                    if let Some(other) = before.find(|other| other.stem == file.stem) {
                        return Err(one_stem(folder, &file.stem, [other.id, file.id], sources));
                    }
                }
                let outputs = schema.files.iter();
                let mut outputs = outputs.map(|file| folder.join(format!("{}.rs", file.stem)));
                outputs.try_for_each(|path| refuse_input(&path, read))
            }
        }
    }
}

fn refuse_input(path: &Path, read: &[PathBuf]) -> Result<(), Failure> {
    let Ok(path) = path.canonicalize() else {
        return Ok(());
    };
    let is_it = |file: &&PathBuf| file.canonicalize().is_ok_and(|file| file == path);
    match read.iter().find(is_it) {
        None => Ok(()),
        Some(file) => Err(Failure::usage(
            format!("the Rust would be written over `{}`", file.display()),
            "write it to another file",
        )),
    }
}

fn one_stem(folder: &Path, stem: &str, files: [FileId; 2], sources: &Sources) -> Failure {
    let [one, other] = files.map(|id| sources.get(id).map_or("", |source| &source.name));
    let path = folder.join(format!("{stem}.rs"));
    let message = format!("`{one}` and `{other}` both become `{}`", path.display());
    Failure::usage(message, "write them to different folders")
}
