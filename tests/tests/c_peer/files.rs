//! libvirt's nine protocol files: this project's, and libvirt's own; and a file of this suite.

use std::fmt;
use std::path::PathBuf;

use xdr_build::{Config, Profile};
use xdr_parser::schema::Schema;

/// Whose file the C program is made of.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// `protocol-defs/proto`.
    Project,
    /// libvirt 9.0.0's source, unmodified.
    Libvirt,
    /// This suite.
    Suite,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Project => "project",
            Self::Libvirt => "libvirt",
            Self::Suite => "suite",
        })
    }
}

/// An `.x` file.
pub(crate) struct ProtocolFile {
    pub(crate) origin: Origin,
    /// Its name without folder and `.x`; libvirt's files have the same here.
    pub(crate) stem: String,
    pub(crate) path: PathBuf,
}

/// Runs a test with the file of this name below libvirt's `src`, or with one of the same name elsewhere. If libvirt's has
/// not been fetched, the test is reported as skipped.
#[track_caller]
pub(crate) fn with(origin: Origin, name: &str, test: impl FnOnce(&ProtocolFile)) {
    if let Some(file) = ProtocolFile::find(origin, name) {
        test(&file);
    }
}

impl ProtocolFile {
    #[track_caller]
    fn find(origin: Origin, name: &str) -> Option<Self> {
        let stem = name.rsplit_once('/').map_or(name, |(_, stem)| stem);
        let path = match origin {
            Origin::Project => xdr_tests::root().join(format!("protocol-defs/proto/{stem}.x")),
            Origin::Libvirt => xdr_tests::libvirt()?.join(format!("{name}.x")),
            Origin::Suite => xdr_tests::root().join(format!("tests/tests/c_peer/{stem}.x")),
        };
        Some(Self {
            origin,
            stem: stem.to_owned(),
            path,
        })
    }

    /// What it defines, and what it imports.
    pub(crate) fn schema(&self) -> Schema {
        let mut config = Config::new();
        if let Origin::Libvirt = self.origin {
            config.profile(Profile::Libvirt);
        }
        let compilation = xdr_parser::compile(std::slice::from_ref(&self.path), config.options());
        let schema = compilation.schema;
        schema.unwrap_or_else(|| panic!("{}: {:?}", self.path.display(), compilation.diagnostics))
    }

    /// The files that it imports. All that import anything import their neighbour.
    pub(crate) fn imports(&self, schema: &Schema) -> Vec<Self> {
        let imported = schema.files.iter().filter(|file| !file.root);
        let files = imported.map(|file| Self {
            origin: self.origin,
            stem: file.stem.clone(),
            path: self.path.with_file_name(format!("{}.x", file.stem)),
        });
        files.collect()
    }
}
