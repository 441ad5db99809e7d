//! Generated files and how they get to the disk.

use std::path::{Path, PathBuf};
use std::{fs, io};

use xdr_parser::{Compilation, Severity};

use crate::error::Error;

/// The Rust of one `.x` file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratedFile {
    /// The `.x` file's name without folder and ending.
    pub stem: String,
    /// The module that files generated together expect it to be, all beside one another; a Rust identifier.
    pub module: String,
    /// True for a file that was asked for, false for one that is only imported.
    pub root: bool,
    /// The Rust.
    pub source: String,
}

impl GeneratedFile {
    /// `<stem>.rs`.
    pub fn file_name(&self) -> String {
        format!("{}.rs", self.stem)
    }

    /// Whether the file at `path` holds exactly this; a file that does not exist holds something else.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn is_fresh(&self, path: &Path) -> io::Result<bool> {
        match fs::read(path) {
            Ok(bytes) => Ok(bytes == self.source.as_bytes()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes `<stem>.rs` into a folder, which is made if need be, unless the file is fresh: its time of change then
    /// stays, and so does what was compiled from it. Returns the path, and whether it was written.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn write_to(&self, folder: &Path) -> Result<(PathBuf, bool), Error> {
        let path = folder.join(self.file_name());
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Io { path, source }
        };
        if self.is_fresh(&path).map_err(at(&path))? {
            return Ok((path, false));
        }
        fs::create_dir_all(folder).map_err(at(folder))?;
        fs::write(&path, &self.source).map_err(at(&path))?;
        Ok((path, true))
    }
}

/// Prints what cargo reads from a build script: the files to watch, and the warnings.
pub(crate) fn tell_cargo(compilation: &Compilation) {
    for line in cargo_lines(compilation) {
        println!("{line}");
    }
}

fn cargo_lines(compilation: &Compilation) -> Vec<String> {
    let watched = compilation.watched.iter();
    let mut lines: Vec<String> = watched
        .map(|path| format!("cargo::rerun-if-changed={}", path.display()))
        .collect();
    for diagnostic in &compilation.diagnostics {
        if diagnostic.severity == Severity::Warning {
            let location = diagnostic.primary.location;
            let place = compilation
                .sources
                .get(location.file)
                .map_or_else(String::new, |source| {
                    let at = source.line_column(location.span.start);
                    format!("{}:{}:{}: ", source.name, at.line, at.column)
                });
            lines.push(format!(
                "cargo::warning={place}{} [{}]",
                diagnostic.message, diagnostic.code
            ));
        }
    }
    lines
}
