//! Where libvirt's files are, and which version they are of.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use xdr_parser::{FileId, Options};

use super::syntax;

/// A source tree of libvirt.
pub(crate) struct Tree {
    /// Its protocol files, by name.
    pub(crate) files: Vec<PathBuf>,
    /// `9.0.0`, if the tree says.
    pub(crate) version: Option<String>,
}

impl Tree {
    /// The folders that have files, where imports are looked for.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let folders = self.files.iter().filter_map(|path| path.parent());
        let mut folders: Vec<_> = folders.map(Path::to_owned).collect();
        folders.sort();
        folders.dedup();
        folders
    }

    /// The values that any of the files defines by name.
    pub(crate) fn defined_values(&self) -> Result<HashSet<String>, String> {
        let mut names = HashSet::new();
        for path in &self.files {
            let text = fs::read_to_string(path);
            let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
            let file = xdr_parser::parse(FileId(0), &text, &Options::default()).file;
            names.extend(syntax::defined_values(&file).into_iter().map(str::to_owned));
        }
        Ok(names)
    }
}

/// Finds the protocol files of a source tree: those below its `src`, or below the folder itself where it has none.
///
/// # Errors
/// If there are none.
pub(crate) fn find(folder: &Path) -> Result<Tree, String> {
    let src = folder.join("src");
    let top = if src.is_dir() { src } else { folder.to_owned() };
    let mut files = Vec::new();
    let mut open = vec![top];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder);
        let entries = entries.map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            // Links may lead round in circles.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "x") {
                files.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(format!("{}: there is no `.x` file in it", folder.display()));
    }
    files.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    Ok(Tree {
        files,
        version: version(folder),
    })
}

/// The version that the tree's build file states, or else its folder's name.
fn version(folder: &Path) -> Option<String> {
    let build = fs::read_to_string(folder.join("meson.build"));
    let stated = build.ok().and_then(|text| stated(&text).map(str::to_owned));
    stated.or_else(|| {
        let folder = folder.canonicalize().ok()?;
        let name = folder.file_name()?.to_str()?;
        let version = name.strip_prefix("libvirt-")?;
        is_version(version).then(|| version.to_owned())
    })
}

/// `version: '9.0.0',` in the text of a `meson.build`.
fn stated(build: &str) -> Option<&str> {
    let lines = build.lines().map(str::trim);
    let mut values = lines.filter_map(|line| line.strip_prefix("version:"));
    let value = values.next()?.trim().trim_end_matches(',');
    let value = value.trim_matches('\'');
    is_version(value).then_some(value)
}

fn is_version(text: &str) -> bool {
    let mut parts = text.split('.');
    text.contains('.') && parts.all(|part| part.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_that_the_build_file_states() {
        let build = "project(\n  'libvirt', 'c',\n  version: '11.3.0',\n)\n";
        assert_eq!(stated(build), Some("11.3.0"));
        assert_eq!(stated("version: 'x'"), None);
        assert_eq!(stated(""), None);
    }
}
