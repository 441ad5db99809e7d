//! What is not known when there are errors, for those who look at the schema all the same.

use std::collections::{HashMap, HashSet};

use super::sizes::held;
use super::{Known, Resolver, id};
use crate::diagnostic::Diagnostic;
use crate::load::Unit;
use crate::schema::{Schema, Type, TypeId, TypeKind};
use crate::source::{FileId, Location};

/// A schema and its gaps.
pub(super) struct Gaps {
    pub(super) schema: Schema,
    pub(super) without_value: HashSet<Location>,
    pub(super) without_size: HashSet<TypeId>,
}

impl Resolver<'_> {
    /// Leaves out what is said of definitions of which only a part was read.
    pub(super) fn without_parts(&self, found: &mut Vec<Diagnostic>) {
        let parts = self.units.iter().filter(|unit| !unit.recovered.is_empty());
        let parts: HashMap<FileId, &Unit> = parts.map(|unit| (unit.id, unit)).collect();
        if !parts.is_empty() {
            found.retain(|found| {
                let Location { file, span } = found.primary.location;
                !parts.get(&file).is_some_and(|unit| unit.is_in_part(span))
            });
        }
    }

    /// Finds the gaps of a schema that this resolver has made.
    pub(super) fn gaps(&mut self, mut schema: Schema) -> Gaps {
        let constants = schema.constants.iter().zip(&self.known_constants);
        let mut without_value: HashSet<Location> = constants
            .filter(|(_, known)| is_gap(known))
            .map(|(constant, _)| constant.name_location)
            .collect();
        for (definition, known) in schema.types.iter().zip(&self.known_enumerators) {
            if let TypeKind::Enum(body) = &definition.kind {
                let enumerators = body.enumerators.iter().zip(known);
                let gaps = enumerators.filter(|(_, known)| is_gap(known));
                without_value.extend(gaps.map(|(enumerator, _)| enumerator.location));
            }
        }
        let mut in_part = HashSet::new();
        for (index, kind) in std::mem::take(&mut self.in_part) {
            schema.types[index].kind = kind;
            in_part.insert(index);
        }
        let without_size = self.without_size(&schema, &in_part);
        Gaps {
            schema,
            without_value,
            without_size,
        }
    }

    fn without_size(&self, schema: &Schema, in_part: &HashSet<usize>) -> HashSet<TypeId> {
        let is_gap = |index: usize| {
            let definition = &schema.types[index];
            let unit = &self.units[self.drafts[index].unit];
            in_part.contains(&index)
                || matches!(definition.kind, TypeKind::Typedef(Type::Void))
                || definition
                    .size
                    .max
                    .is_some_and(|max| max < definition.size.min)
                || unit.is_in_part(definition.location.span)
        };
        let count = schema.types.len();
        let mut open: Vec<usize> = (0..count).filter(|&index| is_gap(index)).collect();
        if open.is_empty() {
            return HashSet::new();
        }
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); count];
        for user in 0..count {
            for used in held(&schema.types[user].kind, false) {
                users[used].push(user);
            }
        }
        let mut gaps = HashSet::new();
        while let Some(index) = open.pop() {
            if gaps.insert(TypeId(id(index))) {
                open.extend(&users[index]);
            }
        }
        gaps
    }
}

fn is_gap(known: &Known) -> bool {
    matches!(known, Known::Todo | Known::Doing | Known::Failed)
}
