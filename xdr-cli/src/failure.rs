//! Why a command stops without a verdict on its input.

use std::fmt::{self, Write as _};
use std::io;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};

/// Exit code for errors in the input; files that cannot be read are such.
pub(crate) const ERRORS: u8 = 1;
/// Exit code for wrong use, and for output that cannot be written.
pub(crate) const WRONG_USE: u8 = 2;

/// Why a command stops.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments do not go together.
    Usage {
        message: String,
        help: Option<String>,
    },
    /// `xdr.toml` cannot be read, or says something that it cannot say.
    Configuration { path: PathBuf, problem: String },
    /// A file or folder cannot be written.
    Output { path: PathBuf, error: io::Error },
    /// A folder cannot be made.
    Folder { path: PathBuf, error: io::Error },
    /// The standard output cannot be written.
    Stdout(io::Error),
}

impl Failure {
    /// Arguments that do not go together, and what to do about it.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            help: Some(help.into()),
        }
    }

    /// As rustc and clap print errors, colours included.
    pub(crate) fn render(&self) -> String {
        let mut text = format!("{ERROR}error:{ERROR:#} {self}");
        if let Self::Usage {
            help: Some(help), ..
        } = self
        {
            let _ = write!(text, "\n  {HELP}help:{HELP:#} {help}");
        }
        text
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { message, .. } => f.write_str(message),
            Self::Configuration { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::Output { path, error } => write!(f, "cannot write `{}`: {error}", path.display()),
            Self::Folder { path, error } => {
                write!(f, "cannot make the folder `{}`: {error}", path.display())
            }
            Self::Stdout(error) => write!(f, "cannot write to the standard output: {error}"),
        }
    }
}

/// How `error:` looks; as annotate-snippets has it.
pub(crate) const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
/// How `warning:` looks.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// How `help:` looks.
pub(crate) const HELP: Style = AnsiColor::BrightCyan.on_default().bold();
/// How `note:` looks.
pub(crate) const NOTE: Style = AnsiColor::BrightGreen.on_default().bold();
