//! What is known of one document and all that it imports.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use xdr_parser::schema::{Constant, ConstantId, Origin, Schema, TypeDef, TypeId};
use xdr_parser::{FileId, Inspection, Location, Profile, Span};

use super::Place;
use super::index::{Index, Spot};
use super::workspace::plain;
use crate::Settings;

/// What the compiler makes of a document, and where its names are.
#[derive(Debug)]
pub struct Snapshot {
    /// What the compiler makes of it.
    pub(super) inspection: Inspection,
    pub(super) index: Index,
    /// What it was compiled with.
    pub(super) settings: Settings,
    /// Why it was not compiled with what its `xdr.toml` says.
    pub(super) problem: Option<String>,
    /// Types and constants of the schema, by where they have their names.
    types: HashMap<Location, TypeId>,
    constants: HashMap<Location, ConstantId>,
    /// By index in [`Inspection::files`].
    paths: Vec<PathBuf>,
}

impl Snapshot {
    /// `known` says by what path a file is known.
    pub(super) fn new(
        path: &Path,
        settings: Settings,
        problem: Option<String>,
        known: impl Fn(&Path) -> PathBuf,
    ) -> Self {
        let inspection = xdr_parser::inspect(&[path.to_owned()], &settings.options);
        let index = Index::new(&inspection);
        let paths = inspection.files.iter().map(|file| known(&file.path));
        let paths = paths.collect();
        let schema = &inspection.schema;
        let types = schema.types.iter().map(|ty| (ty.name_location, ty.id));
        let constants = schema.constants.iter().zip(0..);
        let constants = constants.filter(|(constant, _)| constant.origin == Origin::Source);
        let constants = constants.map(|(found, id)| (found.name_location, ConstantId(id)));
        Self {
            types: types.collect(),
            constants: constants.collect(),
            inspection,
            index,
            settings,
            problem,
            paths,
        }
    }

    /// The files that took part, the document first.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path)
    }

    pub(super) fn involves(&self, path: &Path) -> bool {
        self.paths.iter().any(|file| file == path)
    }

    /// The document's own file; there is none if it could not be read.
    pub(super) fn root(&self) -> Option<FileId> {
        self.inspection.files.first().map(|file| file.id)
    }

    /// The file at a path.
    pub(super) fn file_at(&self, path: &Path) -> Option<FileId> {
        let number = self.paths.iter().position(|file| file == path)?;
        self.inspection.files.get(number).map(|file| file.id)
    }

    /// The number of the definition that has its name here.
    pub(super) fn number_at(&self, file: FileId, span: Span) -> Option<usize> {
        let definitions = &self.index.names(file)?.definitions;
        definitions.iter().position(|found| found.name == span)
    }

    /// The text of a file.
    pub(super) fn text(&self, file: FileId) -> &str {
        let source = self.inspection.sources.get(file);
        source.map_or("", |source| &source.text)
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.inspection.schema
    }

    /// The type that has its name here; one that is defined on the spot has that of its field.
    pub(super) fn type_at(&self, file: FileId, span: Span) -> Option<&TypeDef> {
        let id = self.types.get(&Location { file, span })?;
        self.schema().types.get(id.0 as usize)
    }

    /// The constant that has its name here.
    pub(super) fn constant_at(&self, file: FileId, span: Span) -> Option<&Constant> {
        let id = self.constants.get(&Location { file, span })?;
        self.schema().constants.get(id.0 as usize)
    }

    /// The constant of this name that the settings give a value.
    pub(super) fn external(&self, name: &str) -> Option<&Constant> {
        let mut constants = self.schema().constants.iter();
        constants.find(|constant| constant.origin != Origin::Source && constant.name == name)
    }

    /// Whether the settings give a name a value, be it used or not.
    pub(super) fn sets(&self, name: &str) -> bool {
        let options = &self.settings.options;
        let profile = options.profile.map(Profile::constants).unwrap_or_default();
        options.defines.contains_key(name) || profile.iter().any(|(known, _)| *known == name)
    }

    /// The path of a file; that of a file which could not be read is its name in messages.
    pub(super) fn path(&self, file: FileId) -> PathBuf {
        if let Some(number) = self.index.number(file) {
            return self.paths[number].clone();
        }
        let source = self.inspection.sources.get(file);
        plain(Path::new(source.map_or("", |source| &source.name)))
    }

    pub(super) fn place(&self, location: Location) -> Place {
        Place {
            path: self.path(location.file),
            span: location.span,
        }
    }

    /// The name at a byte of the document.
    pub(super) fn spot(&self, offset: u32) -> Option<(FileId, Span, Spot)> {
        let file = self.root()?;
        let (span, spot) = self.index.at(file, offset)?;
        Some((file, span, spot))
    }
}
