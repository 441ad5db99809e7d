//! The `.x` files that a command works on, or the standard input in their place.

use std::io::Read;
use std::path::{Path, PathBuf};

use xdr_build::Diagnostics;
use xdr_parser::{Code, Compilation, Diagnostic, FileId, Location, Options, Schema, Sources, Span};

use crate::failure::Failure;

/// What the standard input goes by in messages.
pub(crate) const STDIN: &str = "<stdin>";

/// Whether a path stands for the standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// What an input goes by in messages.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) {
        STDIN.to_owned()
    } else {
        path.display().to_string()
    }
}

/// What to read.
#[derive(Debug)]
pub(crate) enum Inputs {
    /// `-`
    Stdin,
    /// One or more files.
    Files(Vec<PathBuf>),
}

/// A schema, unless there was an error, and what was found on the way.
pub(crate) struct Compiled {
    pub(crate) schema: Option<Schema>,
    pub(crate) diagnostics: Diagnostics,
    /// The files that were read, imports included.
    pub(crate) files: Vec<PathBuf>,
}

/// The standard input is no text.
pub(crate) struct Unreadable {
    diagnostic: Box<Diagnostic>,
    sources: Sources,
}

impl Inputs {
    /// The files as named on the command line, `-` for the standard input.
    pub(crate) fn new(files: Vec<PathBuf>) -> Result<Self, Failure> {
        if !files.iter().any(|file| is_stdin(file)) {
            return Ok(Self::Files(files));
        }
        if files.len() > 1 {
            let message = "`-` stands for the standard input and goes with no other file";
            return Err(Failure::usage(message, "a file of that name is `./-`"));
        }
        Ok(Self::Stdin)
    }

    /// Each of them by itself.
    pub(crate) fn each(&self) -> Vec<Self> {
        match self {
            Self::Stdin => vec![Self::Stdin],
            Self::Files(files) => files
                .iter()
                .map(|file| Self::Files(vec![file.clone()]))
                .collect(),
        }
    }

    /// The folders that the inputs are in; `xdr.toml` is looked for from there.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        match self {
            Self::Stdin => vec![PathBuf::from(".")],
            Self::Files(files) => files
                .iter()
                .map(|file| file.parent().map(Path::to_owned).unwrap_or_default())
                .collect(),
        }
    }

    /// Reads and resolves all of them, and what they import.
    pub(crate) fn compile(&self, options: &Options) -> Compiled {
        match self.compilation(options) {
            Err(unreadable) => Compiled {
                schema: None,
                diagnostics: unreadable.into_diagnostics(),
                files: Vec::new(),
            },
            Ok(compilation) => Compiled {
                schema: compilation.schema,
                diagnostics: Diagnostics::new(compilation.diagnostics, compilation.sources),
                files: compilation.watched,
            },
        }
    }

    /// The same with all that the compiler knows.
    pub(crate) fn compilation(&self, options: &Options) -> Result<Compilation, Unreadable> {
        let Self::Files(files) = self else {
            let mut sources = Sources::default();
            return match read_stdin(&mut sources) {
                Ok(id) => {
                    let text = text(&sources, id);
                    let folder = Some(Path::new(""));
                    Ok(xdr_parser::compile_text(STDIN, text, folder, options))
                }
                Err(diagnostic) => Err(Unreadable {
                    diagnostic,
                    sources,
                }),
            };
        };
        Ok(xdr_parser::compile(files, options))
    }

    /// Reads the first of them, and nothing that it imports.
    pub(crate) fn read(&self, sources: &mut Sources) -> Result<FileId, Box<Diagnostic>> {
        match self {
            Self::Stdin => read_stdin(sources),
            Self::Files(files) => xdr_parser::read_source(
                files.first().map_or(Path::new(""), PathBuf::as_path),
                sources,
            ),
        }
    }
}

impl Unreadable {
    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        Diagnostics::new(vec![*self.diagnostic], self.sources)
    }
}

/// The text of a source that is known to be there.
pub(crate) fn text(sources: &Sources, id: FileId) -> &str {
    sources.get(id).map_or("", |source| &source.text)
}

fn read_stdin(sources: &mut Sources) -> Result<FileId, Box<Diagnostic>> {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => xdr_parser::decode_source(STDIN, bytes, sources),
        Err(error) => {
            let location = Location {
                file: sources.add(STDIN, ""),
                span: Span::default(),
            };
            let message = format!("{STDIN}: {error}");
            Err(Box::new(Diagnostic::error(Code::E0501, location, message)))
        }
    }
}
