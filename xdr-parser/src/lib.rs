//! The front end of an XDR compiler: text → tokens → [`ast`] → [`Schema`].
//!
//! Reads the XDR language (RFC 4506), the RPC language (RFC 5531 §12), and what real files add: `%` lines,
//! preprocessor conditionals, C's names for integers, and libvirt's annotations.

use std::path::{Path, PathBuf};

pub mod ast;
pub mod compare;
pub mod diagnostic;
pub mod fingerprint;
pub mod format;
pub mod graph;
pub mod inspect;
pub mod lexer;
pub mod lint;
mod load;
mod number;
pub mod options;
pub mod parse;
mod preprocess;
pub mod print;
mod resolve;
pub mod schema;
pub mod source;
pub mod token;
pub mod words;

pub use diagnostic::{Code, Diagnostic, Edit, Fix, Label, Severity};
pub use format::format;
pub use inspect::{Inspection, inspect};
pub use load::{decode_source, read_source};
pub use options::{Options, Profile};
pub use parse::{Parsed, parse};
pub use resolve::similar;
pub use schema::Schema;
pub use source::{FileId, Location, Source, Sources, Span};

/// What came of a compilation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compilation {
    /// The schema, unless there was an error.
    pub schema: Option<Schema>,
    /// What was written, file by file, in the order of [`Schema::files`].
    pub asts: Vec<(FileId, ast::File)>,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// All texts that were read; locations point into these.
    pub sources: Sources,
    /// The files that were read: a build is stale when one of them has changed.
    pub watched: Vec<PathBuf>,
}

/// Compiles files and all that they import.
pub fn compile(roots: &[PathBuf], options: &Options) -> Compilation {
    resolve::resolve(
        load::Loaded::files(roots, options, parse::Mistakes::LeaveOut),
        options,
    )
}

/// Compiles a text that goes by the name of `name`. Its imports are looked for in `folder`, if there is one, and
/// on the include path.
pub fn compile_text(
    name: &str,
    text: &str,
    folder: Option<&Path>,
    options: &Options,
) -> Compilation {
    resolve::resolve(load::Loaded::text(name, text, folder, options), options)
}
