//! Another name for a definition, wherever it stands.
//!
//! libvirt's types belong to their procedures by name: whoever renames one of them renames the others with it, or they would
//! fall apart without anybody's saying so. Whatever else a new name may bring about is found by trying: the files are looked at
//! with the edits made, and have to mean what they meant before.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xdr_parser::schema::{EnumProcedure, ProcedureEnum, TypeId};
use xdr_parser::{Span, words};

use super::Edit;
use super::index::{Kind, Name, Space};
use super::references::Target;
use super::snapshot::Snapshot;
use super::workspace::{NotOpen, Workspace};

mod convention;
mod difference;

use convention::Convention;
use difference::difference;

/// What the names of enums of procedures end with, but for the first letter.
const PROCEDURES: &str = "rocedure";

/// Why there is no new name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenameError {
    /// The document is not open.
    NotOpen(NotOpen),
    /// No name that is known stands there.
    NoName,
    /// Such a name cannot be.
    Invalid(String),
    /// The word means something by itself.
    Word(String),
    /// Something else has the name already.
    Taken {
        /// The new name.
        name: String,
        /// What has it.
        kind: &'static str,
        /// Where that is.
        path: PathBuf,
    },
    /// The name is that of a procedure's type, and the new one could not be.
    Partner {
        /// What is to be renamed.
        name: String,
        /// The procedure that it belongs to.
        procedure: String,
        /// What the new name would have to look like.
        pattern: String,
    },
    /// The settings give the new name a value.
    Set {
        /// The new name.
        name: String,
        /// The file that has these settings.
        path: PathBuf,
    },
    /// A file looked at by itself does not define the name: it has changed meanwhile, or has other settings.
    Lost {
        /// What was to be renamed.
        name: String,
        /// The file that had its definition.
        path: PathBuf,
    },
    /// More than a name would change.
    Changes {
        /// The new name.
        name: String,
        /// The file that would mean something else.
        path: PathBuf,
        /// What would be otherwise.
        what: String,
    },
}

impl fmt::Display for RenameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen(error) => error.fmt(f),
            Self::NoName => f.write_str("there is no name here that has a definition"),
            Self::Invalid(name) => write!(
                f,
                "`{name}` cannot be a name: letters, digits and `_` can, a letter or `_` first"
            ),
            Self::Word(word) => write!(f, "`{word}` is a word of the language"),
            Self::Taken { name, kind, path } => {
                write!(
                    f,
                    "`{name}` is taken already, by the {kind} in {}",
                    path.display()
                )
            }
            Self::Partner {
                name,
                procedure,
                pattern,
            } => write!(
                f,
                "`{name}` belongs to the procedure `{procedure}` by its name: a new one has to be `{pattern}`"
            ),
            Self::Set { name, path } => write!(
                f,
                "`{name}` is taken already: the settings of {} give it a value",
                path.display()
            ),
            Self::Lost { name, path } => write!(
                f,
                "the definition of `{name}` is not found in {} when that is looked at by itself",
                path.display()
            ),
            Self::Changes { name, path, what } => write!(
                f,
                "`{name}` would change more than a name in {}: {what}",
                path.display()
            ),
        }
    }
}

impl std::error::Error for RenameError {}

impl From<NotOpen> for RenameError {
    fn from(error: NotOpen) -> Self {
        Self::NotOpen(error)
    }
}

impl Workspace {
    /// The name that would be renamed, as bytes of the document.
    ///
    /// # Errors
    /// If the document is not open, or no name stands there.
    pub fn renameable(&mut self, path: &Path, offset: u32) -> Result<Span, RenameError> {
        let snapshot = self.snapshot(path)?;
        let target = self.target(&snapshot, offset);
        target.map(|(span, _)| span).ok_or(RenameError::NoName)
    }

    /// Edits that give what stands at a byte another name, in every file that has it, and its partners with it.
    ///
    /// # Errors
    /// Why it cannot have that name.
    pub fn rename(
        &mut self,
        path: &Path,
        offset: u32,
        new: &str,
    ) -> Result<Vec<Edit>, RenameError> {
        // Files may have changed without anybody's saying so.
        self.forget();
        let snapshot = self.snapshot(path)?;
        let (_, target) = self.target(&snapshot, offset).ok_or(RenameError::NoName)?;
        is_possible(new)?;
        if target.name == new {
            return Ok(Vec::new());
        }
        let mut files = self.files_with(&snapshot, &[&target.name, new, PROCEDURES]);
        let partners = self.partners(&files, &target, new)?;
        let words = partners.iter();
        let words = words.flat_map(|(target, new)| [target.name.as_str(), new.as_str()]);
        self.add_files_with(&mut files, &words.collect::<Vec<_>>());
        let mut edits = Vec::new();
        for (target, new) in std::iter::once((target, new.to_owned())).chain(partners) {
            is_possible(&new)?;
            self.check_free(&files, &target, &new)?;
            let references = self.references_in(&files, &target);
            if !references.iter().any(|reference| reference.defines) {
                return Err(RenameError::Lost {
                    name: target.name,
                    path: target.place.path,
                });
            }
            edits.extend(references.into_iter().map(|reference| Edit {
                place: reference.place,
                replacement: new.clone(),
            }));
        }
        edits.sort();
        edits.dedup();
        self.check_same(&files, &edits, new)?;
        Ok(edits)
    }

    /// Whether the files mean with the edits what they mean without: what the names of procedures and types, settings and
    /// conditions make of a new name is not told by the places where it stands.
    fn check_same(
        &self,
        files: &[(PathBuf, Arc<Snapshot>)],
        edits: &[Edit],
        new: &str,
    ) -> Result<(), RenameError> {
        let mut texts: BTreeMap<PathBuf, String> = BTreeMap::new();
        for (path, snapshot) in files {
            let own = edits.iter().filter(|edit| edit.place.path == *path);
            let mut text = snapshot
                .root()
                .map_or("", |root| snapshot.text(root))
                .to_owned();
            for edit in own.clone().rev() {
                let range = edit.place.span.range();
                if text.get(range.clone()).is_some() {
                    text.replace_range(range, &edit.replacement);
                }
            }
            if own.count() > 0 {
                texts.insert(path.clone(), text);
            }
        }
        // What a file with edits would be is more to the point than what becomes of those that import it.
        let (edited, others): (Vec<_>, Vec<_>) =
            files.iter().partition(|(path, _)| texts.contains_key(path));
        for (path, before) in edited.into_iter().chain(others) {
            if !before.files().any(|file| texts.contains_key(file)) {
                continue;
            }
            let after = self.look_at(path, &texts);
            if let Some(what) = difference(before, &after) {
                return Err(RenameError::Changes {
                    name: new.to_owned(),
                    path: path.clone(),
                    what,
                });
            }
        }
        Ok(())
    }

    /// Whether nothing that is seen together with the target has the new name.
    fn check_free(
        &self,
        files: &[(PathBuf, Arc<Snapshot>)],
        target: &Target,
        new: &str,
    ) -> Result<(), RenameError> {
        for (path, snapshot) in files {
            let Some(root) = snapshot.root() else {
                continue;
            };
            let index = &snapshot.index;
            // The file has to do with the target if it sees it.
            let mut visible = index.visible(root);
            let sees =
                visible.find(|(file, _)| self.known_as(&snapshot.path(*file)) == target.place.path);
            let Some((home, names)) = sees else {
                continue;
            };
            if target.kind.is_global() && snapshot.sets(new) {
                return Err(RenameError::Set {
                    name: new.to_owned(),
                    path: path.clone(),
                });
            }
            let mut visible = index.visible(root);
            let loose = visible.find(|(_, names)| names.loose.contains(new));
            if let (true, Some((file, _))) = (target.kind.is_global(), loose) {
                return Err(RenameError::Taken {
                    name: new.to_owned(),
                    kind: "definition that does not count",
                    path: snapshot.path(file),
                });
            }
            let taken = if target.kind.is_global() {
                index.find(root, new, Space::Any)
            } else {
                let mut definitions = names.definitions.iter();
                let own = definitions.find(|found| found.name == target.place.span);
                let siblings = own.into_iter().flat_map(|own| names.inside(own.parent));
                let text = snapshot.text(home);
                let mut same = siblings.filter(|(_, sibling)| sibling.name.of(text) == new);
                same.next().map(|(number, _)| (home, number))
            };
            if let Some((file, number)) = taken
                && let Some(definition) = index.definition((file, number))
            {
                return Err(RenameError::Taken {
                    name: new.to_owned(),
                    kind: definition.kind.name(),
                    path: if file == root {
                        path.clone()
                    } else {
                        snapshot.path(file)
                    },
                });
            }
        }
        Ok(())
    }

    /// What has to be renamed together with a procedure or a type of one, and how, in whichever file the procedure is.
    fn partners(
        &self,
        files: &[(PathBuf, Arc<Snapshot>)],
        target: &Target,
        new: &str,
    ) -> Result<Vec<(Target, String)>, RenameError> {
        let mut partners: Vec<(Target, String)> = Vec::new();
        for (_, snapshot) in files {
            let Some(file) = snapshot.file_at(&target.place.path) else {
                continue;
            };
            let Some(number) = snapshot.number_at(file, target.place.span) else {
                continue;
            };
            for partner in self.partners_in(snapshot, (file, number), new)? {
                let mut known = partners.iter();
                if partner.0.place != target.place
                    && !known.any(|(known, _)| known.place == partner.0.place)
                {
                    partners.push(partner);
                }
            }
        }
        Ok(partners)
    }

    fn partners_in(
        &self,
        snapshot: &Snapshot,
        name: Name,
        new: &str,
    ) -> Result<Vec<(Target, String)>, RenameError> {
        let Some((program, procedure, role)) = snapshot.role(name) else {
            return Ok(Vec::new());
        };
        let schema = snapshot.schema();
        let Some(convention) = schema
            .types
            .get(program.ty.0 as usize)
            .and_then(|ty| Convention::of(&ty.name))
        else {
            return Ok(Vec::new());
        };
        let enumerator = program.enumerator(schema, procedure);
        let Some(enumerator) = enumerator else {
            return Ok(Vec::new());
        };
        let own = match role {
            Role::Procedure => enumerator.name.as_str(),
            Role::Message(id) => {
                let ty = schema.types.get(id.0 as usize);
                ty.map_or("", |ty| ty.name.as_str())
            }
        };
        let words = match role {
            Role::Procedure => new.strip_prefix(&program.prefix).map(str::to_owned),
            Role::Message(_) => convention.words(own, new),
        };
        let words = words.filter(|words| !words.is_empty());
        let Some(words) = words else {
            return Err(RenameError::Partner {
                name: own.to_owned(),
                procedure: enumerator.name.clone(),
                pattern: match role {
                    Role::Procedure => format!("{}…", program.prefix),
                    Role::Message(_) => convention.pattern(own),
                },
            });
        };
        let mut partners = Vec::new();
        if !matches!(role, Role::Procedure) {
            let location = enumerator.location;
            let number = snapshot.number_at(location.file, location.span);
            let target =
                number.and_then(|number| self.target_of(snapshot, (location.file, number)));
            partners.extend(target.map(|target| (target, format!("{}{words}", program.prefix))));
        }
        for id in procedure.messages().into_iter().flatten() {
            let Some(ty) = schema.types.get(id.0 as usize) else {
                continue;
            };
            if role == Role::Message(id) {
                continue;
            }
            let place = ty.name_location;
            let number = snapshot.number_at(place.file, place.span);
            let target = number.and_then(|number| self.target_of(snapshot, (place.file, number)));
            let renamed = convention.type_name(&words, &ty.name);
            partners.extend(target.map(|target| (target, renamed)));
        }
        Ok(partners)
    }
}

/// What a definition is to a procedure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Procedure,
    Message(TypeId),
}

impl Snapshot {
    /// The procedure that a definition belongs to.
    fn role(&self, name: Name) -> Option<(&ProcedureEnum, &EnumProcedure, Role)> {
        let definition = self.index.definition(name)?;
        let (file, _) = name;
        let ty = self.type_at(file, definition.name).map(|ty| ty.id);
        for program in &self.schema().procedure_enums {
            for procedure in &program.procedures {
                if let (Some(ty), true) = (ty, definition.kind.is_type())
                    && procedure.messages().contains(&Some(ty))
                {
                    return Some((program, procedure, Role::Message(ty)));
                }
                let enumerator = program.enumerator(self.schema(), procedure);
                let place = enumerator.map(|enumerator| enumerator.location);
                if definition.kind == Kind::Enumerator
                    && place
                        .is_some_and(|place| place.file == file && place.span == definition.name)
                {
                    return Some((program, procedure, Role::Procedure));
                }
            }
        }
        None
    }
}

fn is_possible(name: &str) -> Result<(), RenameError> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = name.starts_with(|c: char| is_part(c) && !c.is_ascii_digit());
    if !begins || !name.chars().all(is_part) {
        return Err(RenameError::Invalid(name.to_owned()));
    }
    if words::is_word(name) {
        return Err(RenameError::Word(name.to_owned()));
    }
    Ok(())
}
