//! The open documents, and the folders around them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use xdr_parser::Sources;

use super::snapshot::Snapshot;
use super::text::Text;
use crate::{Configure, Settings};

/// An open document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) version: i32,
    pub(super) text: Text,
    /// Its path without links, if it has a file.
    pub(super) real: Option<PathBuf>,
}

/// Open documents over the files on disk.
pub struct Workspace {
    configure: Configure,
    pub(super) folders: Vec<PathBuf>,
    documents: BTreeMap<PathBuf, Document>,
    snapshots: HashMap<PathBuf, Arc<Snapshot>>,
    /// For each open document the files that it had to do with when it was last looked at, itself among them.
    involved: HashMap<PathBuf, HashSet<PathBuf>>,
}

/// No such document is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOpen(pub PathBuf);

impl fmt::Display for NotOpen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not open", self.0.display())
    }
}

impl std::error::Error for NotOpen {}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace")
            .field("folders", &self.folders)
            .field("documents", &self.documents.keys())
            .finish_non_exhaustive()
    }
}

impl Workspace {
    /// One with nothing open. In `folders` names are looked for that other files may use.
    pub fn new(folders: &[PathBuf], configure: Configure) -> Self {
        Self {
            configure,
            folders: folders.iter().map(|folder| plain(folder)).collect(),
            documents: BTreeMap::new(),
            snapshots: HashMap::new(),
            involved: HashMap::new(),
        }
    }

    /// The folders in which names are looked for that other files may use.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Other folders.
    pub fn set_folders(&mut self, folders: &[PathBuf]) {
        self.folders = folders.iter().map(|folder| plain(folder)).collect();
    }

    /// Opens a document, or puts another text in its place. Its text counts from now on, not that of its file.
    pub fn open(&mut self, path: &Path, version: i32, text: impl Into<String>) {
        let text = Text::new(text);
        let path = plain(path);
        let document = Document {
            version,
            text,
            real: path.canonicalize().ok(),
        };
        self.documents.insert(path, document);
        // A file that was missing may be there now.
        self.snapshots.clear();
    }

    /// Edits an open document. All that is known of documents which have to do with it is forgotten; says which these are,
    /// itself among them.
    ///
    /// # Errors
    /// If it is not open.
    pub fn edit(
        &mut self,
        path: &Path,
        version: i32,
        edit: impl FnOnce(&mut Text),
    ) -> Result<Vec<PathBuf>, NotOpen> {
        let path = plain(path);
        let Some(document) = self.documents.get_mut(&path) else {
            return Err(NotOpen(path));
        };
        edit(&mut document.text);
        document.version = version;
        self.snapshots
            .retain(|root, snapshot| *root != path && !snapshot.involves(&path));
        let users = self.involved.iter();
        let users = users.filter(|(root, files)| **root != path && files.contains(&path));
        let mut stale: Vec<PathBuf> = users.map(|(root, _)| root.clone()).collect();
        stale.push(path);
        Ok(stale)
    }

    /// Closes a document. The text of its file counts from now on.
    ///
    /// # Errors
    /// If it is not open.
    pub fn close(&mut self, path: &Path) -> Result<(), NotOpen> {
        let path = plain(path);
        self.involved.remove(&path);
        self.snapshots.clear();
        let closed = self.documents.remove(&path);
        closed.map(|_| ()).ok_or(NotOpen(path))
    }

    /// Forgets what is known of files, which may have changed.
    pub fn forget(&mut self) {
        self.snapshots.clear();
    }

    /// The open documents.
    pub fn documents(&self) -> impl Iterator<Item = &Path> {
        self.documents.keys().map(PathBuf::as_path)
    }

    /// The open document that is a file by whatever path, which is without links here.
    pub(super) fn document_at(&self, real: &Path) -> Option<&Path> {
        let mut documents = self.documents.iter();
        let found = documents.find(|(_, document)| document.real.as_deref() == Some(real));
        found.map(|(path, _)| path.as_path())
    }

    /// The text of an open document.
    pub fn text(&self, path: &Path) -> Option<&Text> {
        let document = self.documents.get(&plain(path))?;
        Some(&document.text)
    }

    /// What its client calls the version of an open document.
    pub fn version(&self, path: &Path) -> Option<i32> {
        let document = self.documents.get(&plain(path))?;
        Some(document.version)
    }

    /// The text of an open document, or of a file.
    pub fn any_text(&self, path: &Path) -> Option<String> {
        if let Some(text) = self.text(path) {
            return Some(text.as_str().to_owned());
        }
        let mut sources = Sources::default();
        let id = xdr_parser::read_source(path, &mut sources).ok()?;
        sources.get(id).map(|source| source.text.clone())
    }

    /// What is known of an open document.
    ///
    /// # Errors
    /// If it is not open.
    pub fn snapshot(&mut self, path: &Path) -> Result<Arc<Snapshot>, NotOpen> {
        let path = plain(path);
        if !self.documents.contains_key(&path) {
            return Err(NotOpen(path));
        }
        if let Some(known) = self.snapshots.get(&path) {
            return Ok(Arc::clone(known));
        }
        let snapshot = Arc::new(self.look_at(&path, &BTreeMap::new()));
        let files = snapshot.files().map(Path::to_owned).collect();
        self.involved.insert(path.clone(), files);
        self.snapshots.insert(path, Arc::clone(&snapshot));
        Ok(snapshot)
    }

    /// What is known of an open document or a file.
    pub(super) fn any_snapshot(&mut self, path: &Path) -> Arc<Snapshot> {
        match self.snapshot(path) {
            Ok(snapshot) => snapshot,
            Err(NotOpen(path)) => Arc::new(self.look_at(&path, &BTreeMap::new())),
        }
    }

    /// What there is to know of a file if some files had other texts.
    pub(super) fn look_at(&self, path: &Path, texts: &BTreeMap<PathBuf, String>) -> Snapshot {
        let (mut settings, problem) = match (self.configure)(path) {
            Ok(settings) => (settings, None),
            Err(problem) => (Settings::default(), Some(problem)),
        };
        let documents = self.documents.iter();
        let documents = documents.map(|(path, document)| (path, document.text.as_str()));
        let mut contents: BTreeMap<&PathBuf, &str> = documents.collect();
        contents.extend(texts.iter().map(|(path, text)| (path, text.as_str())));
        let links = Links::on_the_way_to(path);
        for (path, text) in &contents {
            let document = self.documents.get(*path);
            let real = match document {
                Some(document) => document.real.clone(),
                None => path.canonicalize().ok(),
            };
            for other in real.iter().flat_map(|real| links.spellings(real)) {
                // What is open by this very path goes before.
                if !contents.contains_key(&other) {
                    settings.options.set_content(&other, *text);
                }
            }
            settings.options.set_content(path, *text);
        }
        Snapshot::new(path, settings, problem, |file| self.known_as(file))
    }

    /// The settings that a document is compiled with; those that count without any configuration where that has a mistake.
    pub(super) fn settings(&self, path: &Path) -> Settings {
        (self.configure)(path).unwrap_or_default()
    }
}

/// By which other paths files are imported where a folder is reached through links.
struct Links {
    /// Folders as they are called, and as they are called without links.
    folders: Vec<(PathBuf, PathBuf)>,
}

impl Links {
    fn on_the_way_to(path: &Path) -> Self {
        let mut folders = Vec::new();
        for called in path.ancestors().skip(1) {
            match called.canonicalize() {
                Ok(real) if real != called => folders.push((called.to_owned(), real)),
                _ => break,
            }
        }
        Self { folders }
    }

    fn spellings(&self, real: &Path) -> Vec<PathBuf> {
        let links = self.folders.iter().filter_map(|(called, folder)| {
            let rest = real.strip_prefix(folder).ok()?;
            Some(called.join(rest))
        });
        std::iter::once(real.to_owned()).chain(links).collect()
    }
}

/// A path without `.`, and without `..` where that can be: two such paths of one file are the same but for links.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            component => plain.push(component),
        }
    }
    plain
}
