//! What is known of texts while somebody writes them: for editors, which cannot wait until nothing is wrong.
//!
//! Takes the same steps as a compilation, and says the same. Beside that it keeps what can be read of definitions with
//! mistakes, and what the passes have found out in spite of errors.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::load::Loaded;
use crate::options::Options;
use crate::parse::Mistakes;
use crate::resolve;
use crate::schema::{Schema, TypeId};
use crate::source::{FileId, Location, Sources, Span};

/// What is known of some files and all that they import.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// What is known. Walking it is safe, with one exception: typedefs may stand for each other in a circle.
    pub schema: Schema,
    /// True if there was no error: the schema is what [`compile`](crate::compile) makes.
    pub complete: bool,
    /// Where constants and enumerators have their names that have no value; what the schema says of it is meaningless.
    pub without_value: HashSet<Location>,
    /// Types that are not wholly known, and those that hold such: their size in the schema is meaningless.
    pub without_size: HashSet<TypeId>,
    /// What [`compile`](crate::compile) says.
    pub diagnostics: Vec<Diagnostic>,
    /// The files, the ones asked for first, then the ones they import.
    pub files: Vec<InspectedFile>,
    /// All texts that were read; locations point into these.
    pub sources: Sources,
    /// The paths that they were read from.
    pub watched: Vec<PathBuf>,
}

/// One of the files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InspectedFile {
    /// Its text in [`Inspection::sources`].
    pub id: FileId,
    /// Where it was found.
    pub path: PathBuf,
    /// What was written, definitions with mistakes as far as they can be read.
    pub ast: ast::File,
    /// The files whose names it may use, by lines or by [`Options::imports`], in the order in which names are looked up.
    pub imports: Vec<FileId>,
    /// The lines that import something.
    pub lines: Vec<Import>,
}

/// A line that imports a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Import {
    /// The line.
    pub span: Span,
    /// What it imports.
    pub file: FileId,
}

/// Looks at files and all that they import.
pub fn inspect(roots: &[PathBuf], options: &Options) -> Inspection {
    resolve::inspect(Loaded::files(roots, options, Mistakes::Recover), options)
}
