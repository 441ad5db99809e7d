//! What a compilation is told beside the text.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A set of names that a family of `.x` files takes from C headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// libvirt: `VIR_UUID_BUFLEN`, `VIR_TYPED_PARAM_INT` and their like.
    Libvirt,
}

impl Profile {
    /// The profile of this name, as `--profile` takes it.
    pub fn named(name: &str) -> Option<Self> {
        (name == "libvirt").then_some(Self::Libvirt)
    }

    /// The names and their values (libvirt 9.0.0, `include/libvirt/libvirt-{host,common}.h`).
    pub const fn constants(self) -> &'static [(&'static str, i128)] {
        match self {
            Self::Libvirt => &[
                ("VIR_SECURITY_DOI_BUFLEN", 257),
                ("VIR_SECURITY_LABEL_BUFLEN", 4097),
                ("VIR_SECURITY_MODEL_BUFLEN", 257),
                ("VIR_TYPED_PARAM_INT", 1),
                ("VIR_TYPED_PARAM_UINT", 2),
                ("VIR_TYPED_PARAM_LLONG", 3),
                ("VIR_TYPED_PARAM_ULLONG", 4),
                ("VIR_TYPED_PARAM_DOUBLE", 5),
                ("VIR_TYPED_PARAM_BOOLEAN", 6),
                ("VIR_TYPED_PARAM_STRING", 7),
                ("VIR_UUID_BUFLEN", 16),
            ],
        }
    }
}

/// What a compilation is told beside the text.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Names that have a value without the text's saying so; they decide `#ifdef`, and value externals.
    pub defines: BTreeMap<String, i128>,
    /// More such names.
    pub profile: Option<Profile>,
    /// Folders in which imports are looked for, after the importing file's own. `%#include <rpc/auth.h>` imports
    /// `rpc/auth.x`, if there is one.
    pub include: Vec<PathBuf>,
    /// Files that every file imports without saying so: what C has from headers that are always there, as rpcgen's
    /// `<rpc/rpc.h>` is, or from the file that includes it. Each sees those before it.
    pub imports: Vec<PathBuf>,
    /// Files that are here and not where their paths say: a version that only version control has, for example. Whatever
    /// path a root or an import has is looked for among these first; `.` and `..` in it count, links do not.
    pub contents: BTreeMap<PathBuf, Vec<u8>>,
}

impl Options {
    /// Has a text stand at a path, for this compilation only: see [`Options::contents`].
    pub fn set_content(&mut self, path: &Path, content: impl Into<Vec<u8>>) {
        self.contents.insert(plain(path), content.into());
    }

    /// What is to be found at a path, if that is one of [`Options::contents`].
    pub(crate) fn content(&self, path: &Path) -> Option<&[u8]> {
        if self.contents.is_empty() {
            return None;
        }
        self.contents.get(&plain(path)).map(Vec::as_slice)
    }
}

/// A path without `.`, and without `..` where something stands before it.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.pop() => {}
            component => plain.push(component),
        }
    }
    plain
}
