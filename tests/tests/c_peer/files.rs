//! libvirt's nine protocol files: this project's, and libvirt's own; a file of this suite; and rpcgen's own files.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use xdr_build::{Config, Profile};
use xdr_parser::schema::Schema;
use xdr_tests::rpcsvc;

/// Whose file the C program is made of.
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// `protocol-defs/proto`.
    Project,
    /// libvirt 9.0.0's source, unmodified.
    Libvirt,
    /// This suite.
    Suite,
    /// What is installed with rpcgen, unmodified.
    Rpcsvc,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Project => "project",
            Self::Libvirt => "libvirt",
            Self::Suite => "suite",
            Self::Rpcsvc => "rpcsvc",
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

/// Runs a test with the file of this name below libvirt's `src`, or with one of the same name elsewhere. If it is not
/// here, the test is reported as skipped.
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
            Origin::Rpcsvc => Path::new(rpcsvc::FOLDER).join(format!("{stem}.x")),
        };
        if !path.exists() {
            xdr_tests::skip(&format!("there is no {}", path.display()));
            return None;
        }
        Some(Self {
            origin,
            stem: stem.to_owned(),
            path,
        })
    }

    /// What it defines, and what it imports.
    pub(crate) fn schema(&self) -> Schema {
        let mut config = Config::new();
        match self.origin {
            Origin::Project | Origin::Suite => {}
            Origin::Libvirt => {
                config.profile(Profile::Libvirt);
            }
            Origin::Rpcsvc => {
                let headers = xdr_tests::root().join("tests/headers");
                config.include(&headers);
                config.import(headers.join(rpcsvc::IMPORT));
                for (name, value) in rpcsvc::DEFINES {
                    config.define(*name, *value);
                }
            }
        }
        let compilation = xdr_parser::compile(std::slice::from_ref(&self.path), config.options());
        let schema = compilation.schema;
        schema.unwrap_or_else(|| panic!("{}: {:?}", self.path.display(), compilation.diagnostics))
    }

    /// Whether C is told how to fill its types at random: not where some of them have C of their own.
    pub(crate) fn has_fillers(&self) -> bool {
        !matches!(self.origin, Origin::Rpcsvc)
    }

    /// The text as rpcgen takes it, which knows no lines that go on in the next.
    pub(crate) fn source(&self) -> String {
        let source = fs::read_to_string(&self.path).expect("its presence was checked");
        source.replace("\\\n", " ")
    }

    /// Its neighbours whose C its own includes, by the name that it includes them by.
    pub(crate) fn imports(&self) -> Vec<(String, Self)> {
        self.included("%#include", "h")
    }

    /// Its neighbours that are part of its text, by the name that it includes them by.
    pub(crate) fn parts(&self) -> Vec<(String, Self)> {
        self.included("#include", "x")
    }

    fn included(&self, directive: &str, kind: &str) -> Vec<(String, Self)> {
        let source = self.source();
        let names = headers(&source, directive).filter_map(|name| {
            let path = self.path.with_file_name(Path::new(name).file_name()?);
            let path = path.with_extension("x");
            let neighbour = Self {
                origin: self.origin,
                stem: path.file_stem()?.to_str()?.to_owned(),
                path,
            };
            let is_one = name.ends_with(&format!(".{kind}")) && neighbour.path.exists();
            is_one.then(|| (name.to_owned(), neighbour))
        });
        names.collect()
    }
}

/// The files that lines of this kind name.
pub(crate) fn headers<'a>(source: &'a str, directive: &str) -> impl Iterator<Item = &'a str> {
    source.lines().filter_map(move |line| {
        let name = line.strip_prefix(directive)?.trim();
        name.strip_prefix(['<', '"'])?.strip_suffix(['>', '"'])
    })
}
