//! Which definition of the one schema is which of the other.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::shape::{Shape, Side};
use super::wire::Wire;
use super::{constant_ids, type_ids};
use crate::schema::{
    ConstantId, ConstantValue, EnumProcedure, ProcedureEnum, ProcedureEnumId, Schema, TypeId,
};
use crate::source::FileId;

/// How often renamed types are looked for again, as those found let others be found.
const ROUNDS: usize = 8;

/// A one-to-one relation between old and new ids.
pub(super) struct Pairing<Id> {
    new_of: HashMap<Id, Id>,
    old_of: HashMap<Id, Id>,
}

impl<Id: Copy + Eq + Hash> Pairing<Id> {
    fn empty() -> Self {
        Self {
            new_of: HashMap::new(),
            old_of: HashMap::new(),
        }
    }

    /// Pairs the two, unless one of them has a partner.
    pub(super) fn join(&mut self, old: Id, new: Id) -> bool {
        let free = self.new_of(old).is_none() && self.old_of(new).is_none();
        if free {
            self.new_of.insert(old, new);
            self.old_of.insert(new, old);
        }
        free
    }

    /// What has become of an old one.
    pub(super) fn new_of(&self, old: Id) -> Option<Id> {
        self.new_of.get(&old).copied()
    }

    /// What a new one was.
    pub(super) fn old_of(&self, new: Id) -> Option<Id> {
        self.old_of.get(&new).copied()
    }

    /// Pairs those that have one key, in order, as far as they have no partner.
    fn join_by<Key: Eq + Hash>(
        &mut self,
        old: impl Iterator<Item = (Key, Id)>,
        new: impl Iterator<Item = (Key, Id)>,
    ) {
        let mut waiting: HashMap<Key, VecDeque<Id>> = HashMap::new();
        for (key, id) in new {
            if self.old_of(id).is_none() {
                waiting.entry(key).or_default().push_back(id);
            }
        }
        for (key, id) in old {
            if self.new_of(id).is_none()
                && let Some(partner) = waiting.get_mut(&key).and_then(VecDeque::pop_front)
            {
                self.join(id, partner);
            }
        }
    }

    /// Pairs those that have a key which no other one of their side has; says whether there were any.
    fn join_unique<Key: Eq + Hash>(
        &mut self,
        old: impl Iterator<Item = (Key, Id)>,
        new: impl Iterator<Item = (Key, Id)>,
    ) -> bool {
        let mut by_key: HashMap<Key, (Vec<Id>, Vec<Id>)> = HashMap::new();
        for (key, id) in old {
            if self.new_of(id).is_none() {
                by_key.entry(key).or_default().0.push(id);
            }
        }
        for (key, id) in new {
            if self.old_of(id).is_none() {
                by_key.entry(key).or_default().1.push(id);
            }
        }
        let mut found = false;
        for (old, new) in by_key.values() {
            if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
                found |= self.join(*old, *new);
            }
        }
        found
    }
}

/// All pairs of definitions: of the same name and, among the rest, those that are the same but for the name.
pub(super) struct Pairs {
    pub(super) types: Pairing<TypeId>,
    pub(super) constants: Pairing<ConstantId>,
}

impl Pairs {
    pub(super) fn find(old: &Schema, new: &Schema, wire: &Wire) -> Self {
        let mut pairs = Self {
            types: Pairing::empty(),
            constants: Pairing::empty(),
        };
        pairs.by_name(old, new);
        pairs.programs(old, new);
        pairs.messages_of_renamed_procedures(old, new, wire);
        pairs.renamed_types(old, new, wire);
        // An enum of procedures may be among those that have another name.
        pairs.programs(old, new);
        pairs.renamed_constants(old, new);
        pairs
    }

    /// Files may define the same name, if none imports the other: a file's own definitions come first.
    fn by_name(&mut self, old: &Schema, new: &Schema) {
        fn constants(schema: &Schema) -> impl Iterator<Item = (FileId, &str, ConstantId)> {
            constant_ids(schema).map(|id| {
                let constant = schema.constant(id);
                (constant.location.file, constant.name.as_str(), id)
            })
        }
        fn types(schema: &Schema) -> impl Iterator<Item = (FileId, &str, TypeId)> {
            let types = schema.types.iter().filter(|ty| ty.parent.is_none());
            types.map(|ty| (ty.file, ty.name.as_str(), ty.id))
        }
        let (stems, new_stems) = (stems(old), stems(new));
        self.constants.join_by(
            constants(old).map(|(file, name, id)| ((stems.get(&file), name), id)),
            constants(new).map(|(file, name, id)| ((new_stems.get(&file), name), id)),
        );
        self.types.join_by(
            types(old).map(|(file, name, id)| ((stems.get(&file), name), id)),
            types(new).map(|(file, name, id)| ((new_stems.get(&file), name), id)),
        );
        self.constants.join_by(
            constants(old).map(|(_, name, id)| (name, id)),
            constants(new).map(|(_, name, id)| (name, id)),
        );
        self.types.join_by(
            types(old).map(|(_, name, id)| (name, id)),
            types(new).map(|(_, name, id)| (name, id)),
        );
    }

    fn renamed_constants(&mut self, old: &Schema, new: &Schema) {
        fn values(schema: &Schema) -> impl Iterator<Item = (&ConstantValue, ConstantId)> {
            constant_ids(schema).map(|id| (&schema.constant(id).value, id))
        }
        self.constants.join_unique(values(old), values(new));
    }

    /// The constants and messages of a program are its own by whatever prefix: they go with it, and with its procedures.
    fn programs(&mut self, old: &Schema, new: &Schema) {
        for (before, now) in self.procedure_enums(old, new) {
            let (before, now) = (
                &old.procedure_enums[before.0 as usize],
                &new.procedure_enums[now.0 as usize],
            );
            self.constants.join(before.program, now.program);
            self.constants.join(before.version, now.version);
            let procedures = before.procedures.iter();
            let by_name: HashMap<&str, &EnumProcedure> = procedures
                .map(|procedure| (procedure.name.as_str(), procedure))
                .collect();
            for now in &now.procedures {
                if let Some(before) = by_name.get(now.name.as_str()) {
                    self.join_messages(before, now);
                }
            }
        }
    }

    fn join_messages(&mut self, old: &EnumProcedure, new: &EnumProcedure) {
        let messages = old.messages().into_iter().zip(new.messages());
        for (before, now) in messages.filter_map(|(before, now)| before.zip(now)) {
            self.types.join(before, now);
        }
    }

    /// A procedure of the same number with messages of the same shape has another name, and so have its messages, of
    /// which there may be many of this shape.
    fn messages_of_renamed_procedures(&mut self, old: &Schema, new: &Schema, wire: &Wire) {
        for (before, now) in self.procedure_enums(old, new) {
            let (before, now) = (
                &old.procedure_enums[before.0 as usize],
                &new.procedure_enums[now.0 as usize],
            );
            for (before, now) in by_number(before, now) {
                let same = before.messages().iter().zip(now.messages()).all(|pair| {
                    match (pair.0, pair.1) {
                        (None, None) => true,
                        (Some(before), Some(now)) => {
                            self.types.new_of(*before) == Some(now)
                                || Shape::of(Side::Old, old, *before, self, wire, false)
                                    == Shape::of(Side::New, new, now, self, wire, false)
                        }
                        _ => false,
                    }
                });
                if same {
                    self.join_messages(before, now);
                }
            }
        }
    }

    /// Enums of procedures that are on both sides.
    pub(super) fn procedure_enums(
        &self,
        old: &Schema,
        new: &Schema,
    ) -> Vec<(ProcedureEnumId, ProcedureEnumId)> {
        let by_type: HashMap<TypeId, ProcedureEnumId> = (0..)
            .zip(&new.procedure_enums)
            .map(|(index, found)| (found.ty, ProcedureEnumId(index)))
            .collect();
        let olds = (0..).map(ProcedureEnumId).zip(&old.procedure_enums);
        olds.filter_map(|(id, found)| Some((id, *by_type.get(&self.types.new_of(found.ty)?)?)))
            .collect()
    }

    /// Messages of procedures are left out: theirs is the procedure's name.
    fn renamed_types(&mut self, old: &Schema, new: &Schema, wire: &Wire) {
        let candidates = |side: Side, schema: &Schema| -> Vec<TypeId> {
            let mut is_message = vec![false; schema.types.len()];
            let procedures = schema.procedure_enums.iter();
            for procedure in procedures.flat_map(|found| &found.procedures) {
                for message in procedure.messages().into_iter().flatten() {
                    is_message[message.0 as usize] = true;
                }
            }
            type_ids(schema)
                .filter(|&id| schema.ty(id).parent.is_none() && !is_message[id.0 as usize])
                .filter(|&id| match side {
                    Side::Old => self.types.new_of(id).is_none(),
                    Side::New => self.types.old_of(id).is_none(),
                })
                .collect()
        };
        let (olds, news) = (candidates(Side::Old, old), candidates(Side::New, new));
        if olds.is_empty() || news.is_empty() {
            return;
        }
        for _ in 0..ROUNDS {
            let mut found = false;
            // Names of members tell apart what else is of one shape.
            for names in [true, false] {
                let shapes = |side, schema, ids: &[TypeId]| -> Vec<(Shape, TypeId)> {
                    let shape = |&id| (Shape::of(side, schema, id, self, wire, names), id);
                    ids.iter().map(shape).collect()
                };
                let (before, now) = (shapes(Side::Old, old, &olds), shapes(Side::New, new, &news));
                found |= self.types.join_unique(before.into_iter(), now.into_iter());
            }
            if !found {
                break;
            }
        }
    }
}

/// Procedures of the same number whose names are only on their side.
pub(super) fn by_number<'a>(
    old: &'a ProcedureEnum,
    new: &'a ProcedureEnum,
) -> Vec<(&'a EnumProcedure, &'a EnumProcedure)> {
    let names = |found: &'a ProcedureEnum| -> HashMap<&'a str, u32> {
        let procedures = found.procedures.iter();
        procedures
            .map(|procedure| (procedure.name.as_str(), procedure.number))
            .collect()
    };
    let (olds, news) = (names(old), names(new));
    let gone = old.procedures.iter();
    let gone: HashMap<u32, &EnumProcedure> = gone
        .filter(|procedure| !news.contains_key(procedure.name.as_str()))
        .map(|procedure| (procedure.number, procedure))
        .collect();
    let procedures = new.procedures.iter();
    procedures
        .filter(|procedure| !olds.contains_key(procedure.name.as_str()))
        .filter_map(|procedure| Some((*gone.get(&procedure.number)?, procedure)))
        .collect()
}

fn stems(schema: &Schema) -> HashMap<FileId, &str> {
    let files = schema.files.iter();
    files.map(|file| (file.id, file.stem.as_str())).collect()
}
