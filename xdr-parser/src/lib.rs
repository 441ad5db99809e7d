//! The front end of an XDR compiler: text → tokens → [`ast`] → [`Schema`].
//!
//! Reads the XDR language (RFC 4506), the RPC language (RFC 5531 §12), and what real files add: `%` lines,
//! preprocessor conditionals, C's names for integers, and libvirt's annotations.

pub mod ast;
pub mod diagnostic;
pub mod lexer;
mod number;
pub mod options;
pub mod parse;
mod preprocess;
pub mod schema;
pub mod source;
pub mod token;

pub use diagnostic::{Code, Diagnostic, Label, Severity};
pub use options::{Options, Profile};
pub use parse::{Parsed, parse};
pub use schema::Schema;
pub use source::{FileId, Location, Source, Sources, Span};

/// What came of a compilation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compilation {
    /// The schema, unless there was an error.
    pub schema: Option<Schema>,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// All texts that were read; locations point into these.
    pub sources: Sources,
    /// Paths of the files that were read, and of files that were looked for and would change the outcome if they appeared.
    pub watched: Vec<std::path::PathBuf>,
}
