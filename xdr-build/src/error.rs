//! Why a build script stops.

use std::path::PathBuf;
use std::{fmt, io};

use crate::diagnostics::Diagnostics;

/// Why generated code could not be written.
///
/// `Debug` reads as `Display` does: that is what cargo shows when a build script's `main` returns it.
#[non_exhaustive]
pub enum Error {
    /// The `.x` files have errors.
    Diagnostics(Diagnostics),
    /// A file could not be written, or compared with what is to be written.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Two of the files have one name, though not one folder: both would become the same Rust file.
    SameName {
        /// The name of the Rust file.
        name: String,
    },
    /// There is no folder to write to: neither `OUT_DIR`, which cargo sets for build scripts, nor `Config::out_dir`.
    NoOutDir,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Diagnostics(diagnostics) => diagnostics.fmt(f),
            Self::Io { path, .. } => write!(f, "cannot write {}", path.display()),
            Self::SameName { name } => write!(
                f,
                "two of the files would become `{name}`: compile them into different folders"
            ),
            Self::NoOutDir => {
                f.write_str("no output folder: OUT_DIR is not set and no `out_dir` was given")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Diagnostics(diagnostics) => write!(f, "{diagnostics:?}"),
            Self::Io { source, .. } => write!(f, "{self}: {source}"),
            Self::SameName { .. } | Self::NoOutDir => fmt::Display::fmt(self, f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Diagnostics(diagnostics) => Some(diagnostics),
            Self::Io { source, .. } => Some(source),
            Self::SameName { .. } | Self::NoOutDir => None,
        }
    }
}

impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Diagnostics(diagnostics)
    }
}
