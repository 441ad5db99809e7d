//! Which files are compared with which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use xdr_parser::Options;

use super::git::Git;
use crate::failure::Failure;
use crate::input::{STDIN, is_stdin};

/// The files of one side, by what they are matched by.
pub(super) struct Files {
    /// What was named on the command line.
    path: PathBuf,
    is_folder: bool,
    by_name: BTreeMap<PathBuf, PathBuf>,
}

impl Files {
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.by_name.values().cloned().collect()
    }

    /// A file goes with whatever file it is compared with; files of folders by their paths.
    fn one(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            is_folder: false,
            by_name: BTreeMap::from([(PathBuf::new(), path.to_owned())]),
        }
    }
}

/// The files of a side that is not in git: one, or those of a folder.
pub(super) fn files(path: &Path) -> Result<Files, Failure> {
    if is_stdin(path) {
        return Ok(Files::one(Path::new(STDIN)));
    }
    if !path.is_dir() {
        return Ok(Files::one(path));
    }
    let mut files = BTreeMap::new();
    collect(path, Path::new(""), &mut files, 0).map_err(|(folder, error)| Failure::Usage {
        message: format!("cannot read the folder `{}`: {error}", folder.display()),
        help: None,
    })?;
    found(path, files)
}

fn found(path: &Path, files: BTreeMap<PathBuf, PathBuf>) -> Result<Files, Failure> {
    if files.is_empty() {
        let message = format!("no `.x` file is in `{}`", path.display());
        return Err(Failure::usage(
            message,
            "name a file, or a folder that holds some",
        ));
    }
    Ok(Files {
        path: path.to_owned(),
        is_folder: true,
        by_name: files,
    })
}

/// Deeper folders are not looked into: links may go round in circles.
const DEEPEST: usize = 32;

fn collect(
    root: &Path,
    inner: &Path,
    files: &mut BTreeMap<PathBuf, PathBuf>,
    depth: usize,
) -> Result<(), (PathBuf, std::io::Error)> {
    let folder = root.join(inner);
    for entry in fs::read_dir(&folder).map_err(|error| (folder.clone(), error))? {
        let name = entry.map_err(|error| (folder.clone(), error))?.file_name();
        let inner = inner.join(name);
        let path = root.join(&inner);
        if path.is_dir() {
            let is_hidden = inner
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if depth < DEEPEST && !is_hidden {
                collect(root, &inner, files, depth + 1)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "x") {
            files.insert(inner, path);
        }
    }
    Ok(())
}

/// Two files that are versions of one; one of them may be missing.
pub(super) struct Pair {
    pub(super) old: Option<PathBuf>,
    pub(super) new: Option<PathBuf>,
}

/// What is compared.
pub(super) struct Sides {
    pub(super) pairs: Vec<Pair>,
    /// What the old side is compiled with.
    pub(super) old_options: Options,
    pub(super) git: Option<Git>,
}

impl Sides {
    pub(super) fn new(against: &str, new: &Files, options: &Options) -> Result<Self, Failure> {
        let mut old_options = options.clone();
        let mut git = None;
        let old = match against.strip_prefix("git:") {
            None => files(Path::new(against))?,
            Some(revision) => {
                let (revision, path) = match revision.split_once(':') {
                    Some((revision, path)) => (revision, Some(path)),
                    None => (revision, None),
                };
                let mut read = Git::read(&folder(new), revision)?;
                let old = in_git(&read, revision, path, new)?;
                let moved = |path: &PathBuf| read.path_of(path).unwrap_or_else(|| path.clone());
                old_options.include = options.include.iter().map(moved).collect();
                let moved = |path: &PathBuf| {
                    let moved = read.path_of(path);
                    let moved = moved.filter(|path| read.contents.contains_key(path));
                    moved.unwrap_or_else(|| path.clone())
                };
                old_options.imports = options.imports.iter().map(moved).collect();
                old_options.contents = std::mem::take(&mut read.contents);
                git = Some(read);
                old
            }
        };
        Ok(Self {
            pairs: pairs(&old, new)?,
            old_options,
            git,
        })
    }
}

/// The folder that the new side is in.
fn folder(new: &Files) -> PathBuf {
    if new.is_folder {
        return new.path.clone();
    }
    // That there is none is found, and said, when the file is read.
    let folder = new.path.parent().filter(|folder| folder.is_dir());
    folder.map(Path::to_owned).unwrap_or_default()
}

fn in_git(git: &Git, revision: &str, path: Option<&str>, new: &Files) -> Result<Files, Failure> {
    let inside = match path {
        Some(path) => Some(git.root.join(path)),
        None => git.path_of(&new.path),
    };
    let missing = || {
        let path = path.map_or(new.path.as_path(), Path::new).display();
        let help = "`git:REV:PATH` names another path, from the top of the repository on";
        Failure::usage(format!("`{path}` is not in `git:{revision}`"), help)
    };
    let inside = inside.ok_or_else(missing)?;
    if git.contents.contains_key(&inside) {
        return Ok(Files::one(&inside));
    }
    let files = git.contents.keys().filter_map(|file| {
        let name = file.strip_prefix(&inside).ok()?;
        Some((name.to_owned(), file.clone()))
    });
    let files: BTreeMap<_, _> = files.collect();
    if files.is_empty() {
        return Err(missing());
    }
    found(&inside, files)
}

fn pairs(old: &Files, new: &Files) -> Result<Vec<Pair>, Failure> {
    // A file and a folder: the file of that name in it.
    let of_the_same_name = |file: &Files, folder: &Files| {
        let name = file.path.file_name().map(PathBuf::from).unwrap_or_default();
        folder.by_name.get(&name).cloned().ok_or_else(|| {
            let folder = folder.path.display();
            Failure::usage(
                format!("`{folder}` has no `{}`", name.display()),
                "a file is compared with that of its name in a folder",
            )
        })
    };
    if old.is_folder != new.is_folder {
        let pair = if old.is_folder {
            Pair {
                old: Some(of_the_same_name(new, old)?),
                new: Some(new.path.clone()),
            }
        } else {
            Pair {
                old: Some(old.path.clone()),
                new: Some(of_the_same_name(old, new)?),
            }
        };
        return Ok(vec![pair]);
    }
    let names: BTreeSet<&PathBuf> = old.by_name.keys().chain(new.by_name.keys()).collect();
    let pairs = names.into_iter().map(|name| Pair {
        old: old.by_name.get(name).cloned(),
        new: new.by_name.get(name).cloned(),
    });
    Ok(pairs.collect())
}
