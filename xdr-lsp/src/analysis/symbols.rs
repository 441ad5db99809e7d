//! The definitions of a document as a tree, and those of the whole workspace by name.

use std::path::Path;

use xdr_parser::{FileId, Options, Span};

use super::Place;
use super::index::{Kind, Names};
use super::snapshot::Snapshot;
use super::workspace::{NotOpen, Workspace};

/// More are not listed: whoever looks for something types more of it.
const MANY: usize = 500;

/// A definition, and those inside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub whole: Span,
    /// Its name, which is part of that.
    pub selection: Span,
    /// What is inside of it, in order.
    pub children: Vec<Symbol>,
}

/// A definition somewhere in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where its name is.
    pub place: Place,
    /// The name of the definition around it.
    pub inside: Option<String>,
}

impl Workspace {
    /// The definitions of an open document.
    ///
    /// # Errors
    /// If it is not open.
    pub fn symbols(&mut self, path: &Path) -> Result<Vec<Symbol>, NotOpen> {
        let snapshot = self.snapshot(path)?;
        Ok(snapshot
            .root()
            .map_or_else(Vec::new, |file| snapshot.symbols(file)))
    }

    /// The definitions of the workspace whose names have these letters, in whatever case, fields left out.
    pub fn symbols_named(&mut self, letters: &str) -> Vec<Found> {
        let letters = letters.to_lowercase();
        let mut paths = self.around();
        let open = self.documents().map(Path::to_owned);
        paths.extend(open.collect::<Vec<_>>());
        paths.sort();
        paths.dedup();
        let mut found = Vec::new();
        for path in paths {
            let Some(text) = self.any_text(&path) else {
                continue;
            };
            let parsed = xdr_parser::parse(FileId(0), &text, &Options::default());
            let names = Names::of(&parsed.file, &text);
            for definition in &names.definitions {
                let name = definition.name.of(&text);
                if !definition.kind.is_global() || !name.to_lowercase().contains(&letters) {
                    continue;
                }
                let parent = definition
                    .parent
                    .and_then(|parent| names.definitions.get(parent));
                found.push(Found {
                    name: name.to_owned(),
                    kind: definition.kind,
                    place: Place {
                        path: path.clone(),
                        span: definition.name,
                    },
                    inside: parent.map(|parent| parent.name.of(&text).to_owned()),
                });
                if found.len() == MANY {
                    return found;
                }
            }
        }
        found
    }
}

impl Snapshot {
    fn symbols(&self, file: FileId) -> Vec<Symbol> {
        let Some(names) = self.index.names(file) else {
            return Vec::new();
        };
        let text = self.text(file);
        let mut children: Vec<Vec<Symbol>> = vec![Vec::new(); names.definitions.len()];
        let mut outermost = Vec::new();
        // Each stands behind what is around it.
        for (number, definition) in names.definitions.iter().enumerate().rev() {
            let mut children_of = std::mem::take(&mut children[number]);
            children_of.reverse();
            let symbol = Symbol {
                name: definition.name.of(text).to_owned(),
                kind: definition.kind,
                whole: definition.whole.to(definition.name),
                selection: definition.name,
                children: children_of,
            };
            match definition.parent {
                Some(parent) => children[parent].push(symbol),
                None => outermost.push(symbol),
            }
        }
        outermost.sort_by_key(|symbol| symbol.whole);
        outermost
    }
}
