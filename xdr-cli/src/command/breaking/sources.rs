//! The texts of all compilations in one: a change has a place in two of them.

use std::collections::HashMap;

use xdr_parser::{FileId, Location, Sources};

use super::git::Git;

/// All texts, each once.
pub(super) struct Merged<'g> {
    pub(super) sources: Sources,
    by_name: HashMap<String, FileId>,
    git: Option<&'g Git>,
}

/// Where the texts of one compilation have got to.
pub(super) struct Ids(Vec<FileId>);

impl Ids {
    pub(super) fn at(&self, location: Location) -> Location {
        let file = self.0.get(location.file.0 as usize);
        Location {
            file: file.copied().unwrap_or(location.file),
            ..location
        }
    }
}

impl<'g> Merged<'g> {
    pub(super) fn new(git: Option<&'g Git>) -> Self {
        Self {
            sources: Sources::default(),
            by_name: HashMap::new(),
            git,
        }
    }

    /// Adds the texts of a compilation.
    pub(super) fn add(&mut self, sources: &Sources) -> Ids {
        let ids = sources.iter().map(|(_, source)| {
            let name = self.name(&source.name);
            let new = || self.sources.add(name.clone(), source.text.clone());
            *self.by_name.entry(name.clone()).or_insert_with(new)
        });
        Ids(ids.collect())
    }

    /// The texts of a compilation under the names that they are shown by.
    pub(super) fn renamed(&self, sources: &Sources) -> Sources {
        let mut renamed = Sources::default();
        for (_, source) in sources.iter() {
            renamed.add(self.name(&source.name), source.text.clone());
        }
        renamed
    }

    fn name(&self, name: &str) -> String {
        match self.git {
            Some(git) => git.shown(name),
            None => name.to_owned(),
        }
    }
}
