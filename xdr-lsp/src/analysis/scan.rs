//! The files around the open documents: those in their folders, and as many as can be looked at while somebody waits.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use super::workspace::{Workspace, plain};

/// So many `.x` files are looked at.
const FILES: usize = 2_000;
/// So many entries of folders.
const ENTRIES: usize = 50_000;
/// A longer file is not looked at unless it is open.
const LONGEST: u64 = 16 << 20;

/// Folders in which nobody keeps sources.
const LEFT_OUT: [&str; 2] = ["target", "node_modules"];

impl Workspace {
    /// Open documents and files of the workspace whose text has one of the words, by path.
    pub(super) fn mentioning(&self, words: &[&str]) -> Vec<PathBuf> {
        let mut paths: BTreeSet<PathBuf> = self.documents().map(Path::to_owned).collect();
        let real: BTreeSet<PathBuf> = paths.iter().filter_map(|path| real(path)).collect();
        for file in self.around() {
            // An open document by whatever other path is looked at already.
            if !real.contains(&real_or_plain(&file)) {
                paths.insert(file);
            }
        }
        paths.retain(|path| {
            let text = self.any_text(path);
            text.is_some_and(|text| words.iter().any(|word| text.contains(word)))
        });
        paths.into_iter().collect()
    }

    /// The `.x` files in the folders of the workspace; if there are none, in those of the open documents.
    pub(super) fn around(&self) -> Vec<PathBuf> {
        let mut budget = ENTRIES;
        let mut files = Vec::new();
        if self.folders.is_empty() {
            let folders = self.documents().filter_map(Path::parent);
            for folder in folders.collect::<BTreeSet<_>>() {
                look_into(folder, &mut files, &mut budget);
            }
        } else {
            let mut folders: VecDeque<PathBuf> = self.folders.iter().cloned().collect();
            while let Some(folder) = folders.pop_front() {
                folders.extend(look_into(&folder, &mut files, &mut budget));
            }
        }
        files
    }

    /// The path by which a file is known: that of the open document, if it is one by another path.
    pub(super) fn known_as(&self, path: &Path) -> PathBuf {
        let path = plain(path);
        if self.text(&path).is_some() {
            return path;
        }
        let Some(wanted) = real(&path) else {
            return path;
        };
        let open = self.document_at(&wanted);
        open.map(Path::to_owned).unwrap_or(path)
    }
}

/// Adds the `.x` files of a folder, in order, and returns the folders in it.
fn look_into(folder: &Path, files: &mut Vec<PathBuf>, budget: &mut usize) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let entries = entries.take(*budget).filter_map(Result::ok);
    let mut entries: Vec<_> = entries.map(|entry| (entry.path(), entry)).collect();
    *budget -= entries.len();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut folders = Vec::new();
    for (path, entry) in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Links are not followed: they may lead in circles.
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !name.starts_with('.') && !LEFT_OUT.contains(&&*name) {
            folders.push(path);
        } else if kind.is_file()
            && path.extension().is_some_and(|extension| extension == "x")
            && files.len() < FILES
            && entry.metadata().is_ok_and(|data| data.len() <= LONGEST)
        {
            files.push(plain(&path));
        }
    }
    folders
}

fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

fn real_or_plain(path: &Path) -> PathBuf {
    real(path).unwrap_or_else(|| path.to_owned())
}
