//! Why bytes are no message, and why JSON is none.

use std::fmt;

use xdr_wire::ErrorKind;

use crate::path::Path;

/// Why bytes are not a value of the codec's type: kind, byte, field and text are those that generated code has
/// ([`xdr_wire::DecodeError`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(Box<Report>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Report {
    kind: ErrorKind,
    offset: usize,
    path: Path,
}

impl DecodeError {
    pub(crate) fn new(kind: ErrorKind, offset: usize, path: Path) -> Self {
        Self(Box::new(Report { kind, offset, path }))
    }

    /// The rule that was broken.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The byte, counted from the start of the message.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The field, outermost first; empty where the message as a whole is meant.
    pub fn path(&self) -> &Path {
        &self.0.path
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { kind, offset, path } = &*self.0;
        at_byte(f, *kind, path, *offset)
    }
}

impl std::error::Error for DecodeError {}

fn at_byte(f: &mut fmt::Formatter<'_>, kind: ErrorKind, path: &Path, offset: usize) -> fmt::Result {
    write!(f, "{kind}")?;
    at(f, path)?;
    write!(f, " (byte {offset})")
}

fn at(f: &mut fmt::Formatter<'_>, path: &Path) -> fmt::Result {
    if path.is_empty() {
        Ok(())
    } else {
        write!(f, ", at {path}")
    }
}

/// Why JSON is not a value of the codec's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError(Box<EncodeReport>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct EncodeReport {
    kind: EncodeErrorKind,
    path: Path,
    line: usize,
    column: usize,
}

/// What is wrong with JSON that is to be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// It is no JSON; what was expected instead.
    Syntax(&'static str),
    /// A value has another form than its type.
    Mismatch {
        /// What the type asks for.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A struct or union lacks a field.
    MissingField(String),
    /// An object has a key that is no field of its struct, or not that of its union's arm.
    UnknownField {
        /// The key.
        name: String,
        /// The keys that may stand there.
        expected: Vec<String>,
    },
    /// An object has a key twice.
    DuplicateField(String),
    /// The value breaks a rule of the codec.
    Rule {
        /// The rule.
        kind: ErrorKind,
        /// The bytes that the value would have had before its fault.
        offset: usize,
    },
}

impl EncodeError {
    pub(crate) fn new(kind: EncodeErrorKind, path: Path, (line, column): (usize, usize)) -> Self {
        Self(Box::new(EncodeReport {
            kind,
            path,
            line,
            column,
        }))
    }

    /// What is wrong.
    pub fn kind(&self) -> &EncodeErrorKind {
        &self.0.kind
    }

    /// The field, outermost first; empty where the message as a whole is meant, and where it is no JSON.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The line of the JSON that is at fault, counted from 1.
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column in that line, in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// The error without line and column, for those who show them in a way of their own.
    pub fn message(&self) -> impl fmt::Display + '_ {
        Message(&self.0)
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EncodeReport { line, column, .. } = &*self.0;
        write!(f, "{} (line {line}, column {column})", self.message())
    }
}

impl std::error::Error for EncodeError {}

struct Message<'e>(&'e EncodeReport);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EncodeReport { kind, path, .. } = self.0;
        match kind {
            EncodeErrorKind::Syntax(expected) => write!(f, "not JSON: expected {expected}")?,
            EncodeErrorKind::Mismatch { expected, found } => {
                write!(f, "expected {expected}, found {found}")?;
            }
            EncodeErrorKind::MissingField(name) => write!(f, "`{name}` is missing")?,
            EncodeErrorKind::UnknownField { name, expected } => {
                write!(f, "unknown field `{name}`, expected ")?;
                list(f, expected)?;
            }
            EncodeErrorKind::DuplicateField(name) => write!(f, "`{name}` stands here twice")?,
            EncodeErrorKind::Rule { kind, offset } => return at_byte(f, *kind, path, *offset),
        }
        at(f, path)
    }
}

/// So many names are listed at most.
const NAMES: usize = 8;

fn list(f: &mut fmt::Formatter<'_>, names: &[String]) -> fmt::Result {
    if names.is_empty() {
        return f.write_str("none");
    }
    for (i, name) in names.iter().take(NAMES).enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(f, "{comma}`{name}`")?;
    }
    match names.len().saturating_sub(NAMES) {
        0 => Ok(()),
        more => write!(f, " or {more} more"),
    }
}
