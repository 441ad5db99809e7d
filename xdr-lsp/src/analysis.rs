//! What is known of the open texts, and of the files that they have to do with.
//!
//! Every question names a document and a byte in it. The answer comes from a [`Snapshot`] of the document: what the
//! compiler makes of it as the only file asked for, with open texts in the place of files, and an index of all names. A
//! snapshot is kept until one of its texts changes. A text with mistakes has one, too: of definitions that cannot be read
//! the words are known, and looked up by what they say.

mod completion;
mod findings;
mod folding;
mod formatting;
mod highlight;
mod hover;
mod index;
mod layout;
mod references;
mod rename;
mod scan;
mod snapshot;
mod symbols;
mod text;
mod workspace;

pub use completion::{Completion, CompletionKind, Completions};
pub use findings::{Finding, Mend, Related};
pub use folding::{Fold, FoldKind};
pub use formatting::NotLaidOut;
pub use highlight::{Highlight, HighlightKind};
pub use hover::Hover;
pub use index::{Definition, Kind};
pub use references::{Reference, Target};
pub use rename::RenameError;
pub use snapshot::Snapshot;
pub use symbols::{Found, Symbol};
pub use text::{Encoding, Position, Text};
pub use workspace::{NotOpen, Workspace, plain};

use std::path::PathBuf;

use xdr_parser::Span;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file; an open document by the path that it was opened with.
    pub path: PathBuf,
    /// The bytes in it.
    pub span: Span,
}

/// A part of a file and what is to stand in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What goes away; may be empty.
    pub place: Place,
    /// What comes instead; may be empty.
    pub replacement: String,
}
