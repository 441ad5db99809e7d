//! Where a name is defined, and where it is used: in the document, in what it imports, and in the files of the workspace
//! that import its definition.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use xdr_parser::{FileId, Span};

use super::Place;
use super::index::{Kind, Name, Spot};
use super::snapshot::Snapshot;
use super::workspace::{NotOpen, Workspace};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it has its name.
    pub place: Place,
    /// All of the definition.
    pub whole: Span,
}

/// A place that has a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Where it is.
    pub place: Place,
    /// True where the name is defined.
    pub defines: bool,
}

impl Workspace {
    /// What stands at a byte of a document: what its name stands for, or the file that its line imports. With the bytes of
    /// the document that say so.
    ///
    /// # Errors
    /// If the document is not open.
    pub fn definition(
        &mut self,
        path: &Path,
        offset: u32,
    ) -> Result<Option<(Span, Place)>, NotOpen> {
        let snapshot = self.snapshot(path)?;
        let place = match self.target(&snapshot, offset) {
            Some((span, target)) => Some((span, target.place)),
            None => self.imported(&snapshot, offset),
        };
        Ok(place)
    }

    fn imported(&self, snapshot: &Snapshot, offset: u32) -> Option<(Span, Place)> {
        let file = snapshot.inspection.files.first()?;
        let mut lines = file.lines.iter();
        let line = lines.find(|line| line.span.start <= offset && offset <= line.span.end)?;
        let place = Place {
            path: self.known_as(&snapshot.path(line.file)),
            span: Span::default(),
        };
        Some((line.span, place))
    }

    /// What the name at a byte stands for, and its bytes in the document.
    pub(super) fn target(&self, snapshot: &Snapshot, offset: u32) -> Option<(Span, Target)> {
        let (file, span, spot) = snapshot.spot(offset)?;
        let name = snapshot.index.meaning(file, snapshot.text(file), spot)?;
        Some((span, self.target_of(snapshot, name)?))
    }

    pub(super) fn target_of(&self, snapshot: &Snapshot, name: Name) -> Option<Target> {
        let definition = snapshot.index.definition(name)?;
        let (file, _) = name;
        Some(Target {
            name: definition.name.of(snapshot.text(file)).to_owned(),
            kind: definition.kind,
            place: Place {
                path: self.known_as(&snapshot.path(file)),
                span: definition.name,
            },
            whole: definition.whole,
        })
    }

    /// All places of the name at a byte of a document, its definition among them; none where there is no name that is known.
    ///
    /// # Errors
    /// If the document is not open.
    pub fn references(&mut self, path: &Path, offset: u32) -> Result<Vec<Reference>, NotOpen> {
        // Files may have changed without anybody's saying so.
        self.forget();
        let snapshot = self.snapshot(path)?;
        Ok(match self.target(&snapshot, offset) {
            Some((_, target)) => {
                let files = self.files_with(&snapshot, &[&target.name]);
                self.references_in(&files, &target)
            }
            None => Vec::new(),
        })
    }

    /// Those of [`Self::references`] that are in the document itself.
    ///
    /// # Errors
    /// If the document is not open.
    pub fn references_here(&mut self, path: &Path, offset: u32) -> Result<Vec<Reference>, NotOpen> {
        let snapshot = self.snapshot(path)?;
        Ok(match self.target(&snapshot, offset) {
            Some((_, target)) => {
                let here = [(self.known_as(path), snapshot)];
                self.references_in(&here, &target)
            }
            None => Vec::new(),
        })
    }

    /// What is known of the files in which one of the words stands: files of the workspace, and of a snapshot.
    pub(super) fn files_with(
        &mut self,
        snapshot: &Snapshot,
        words: &[&str],
    ) -> Vec<(PathBuf, Arc<Snapshot>)> {
        let mut files = Vec::new();
        self.add_files_with(&mut files, words);
        for file in snapshot.files() {
            self.add_file(&mut files, self.known_as(file));
        }
        files
    }

    /// Adds the files of the workspace in which one of the words stands.
    pub(super) fn add_files_with(
        &mut self,
        files: &mut Vec<(PathBuf, Arc<Snapshot>)>,
        words: &[&str],
    ) {
        for path in self.mentioning(words) {
            self.add_file(files, path);
        }
    }

    fn add_file(&mut self, files: &mut Vec<(PathBuf, Arc<Snapshot>)>, path: PathBuf) {
        if !files.iter().any(|(known, _)| *known == path) {
            let snapshot = self.any_snapshot(&path);
            files.push((path, snapshot));
        }
    }

    pub(super) fn references_in(
        &self,
        files: &[(PathBuf, Arc<Snapshot>)],
        target: &Target,
    ) -> Vec<Reference> {
        let mut references = Vec::new();
        for (path, snapshot) in files {
            let Some(file) = snapshot.root() else {
                continue;
            };
            for (span, defines) in self.spots_of(snapshot, file, target) {
                let place = Place {
                    path: path.clone(),
                    span,
                };
                references.push(Reference { place, defines });
            }
        }
        references.sort();
        references.dedup();
        references
    }

    /// Where a file names a target.
    pub(super) fn spots_of(
        &self,
        snapshot: &Snapshot,
        file: FileId,
        target: &Target,
    ) -> Vec<(Span, bool)> {
        let text = snapshot.text(file);
        let Some(names) = snapshot.index.names(file) else {
            return Vec::new();
        };
        let definitions = names.definitions.iter().zip(0..);
        let definitions = definitions.map(|(found, number)| (found.name, Spot::Definition(number)));
        let uses = names.uses.iter().zip(0..);
        let uses = uses.map(|(found, number)| (found.name, Spot::Use(number)));
        let same = definitions
            .chain(uses)
            .filter(|(span, _)| span.of(text) == target.name);
        let mut last: Option<(Name, bool)> = None;
        let found = same.filter_map(|(span, spot)| {
            let meaning = snapshot.index.meaning(file, text, spot)?;
            // Most uses mean what the one before means.
            let is_target = match last {
                Some((known, is_target)) if known == meaning => is_target,
                _ => self
                    .target_of(snapshot, meaning)
                    .is_some_and(|found| found.place == target.place),
            };
            last = Some((meaning, is_target));
            is_target.then_some((span, matches!(spot, Spot::Definition(_))))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_unstable();
        found
    }
}
