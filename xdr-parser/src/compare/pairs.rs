//! Which definition of the one schema is which of the other.

use std::collections::HashMap;
use std::hash::Hash;

use super::{constant_ids, type_ids};
use crate::schema::{ConstantId, Schema, TypeId};

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
        let free = !self.new_of.contains_key(&old) && !self.old_of.contains_key(&new);
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
}

/// All pairs of definitions.
pub(super) struct Pairs {
    pub(super) types: Pairing<TypeId>,
    pub(super) constants: Pairing<ConstantId>,
}

impl Pairs {
    pub(super) fn find(old: &Schema, new: &Schema) -> Self {
        let mut pairs = Self {
            types: Pairing::empty(),
            constants: Pairing::empty(),
        };
        pairs.constants_by_name(old, new);
        pairs.types_by_name(old, new);
        pairs
    }

    fn constants_by_name(&mut self, old: &Schema, new: &Schema) {
        let mut by_name = HashMap::new();
        for id in constant_ids(new) {
            by_name.entry(&new.constant(id).name).or_insert(id);
        }
        for id in constant_ids(old) {
            if let Some(&target) = by_name.get(&old.constant(id).name) {
                self.constants.join(id, target);
            }
        }
    }

    fn types_by_name(&mut self, old: &Schema, new: &Schema) {
        let mut by_name = HashMap::new();
        let named = |schema: &Schema, id: TypeId| schema.ty(id).parent.is_none();
        for id in type_ids(new).filter(|&id| named(new, id)) {
            by_name.entry(&new.ty(id).name).or_insert(id);
        }
        for id in type_ids(old).filter(|&id| named(old, id)) {
            if let Some(&target) = by_name.get(&old.ty(id).name) {
                self.types.join(id, target);
            }
        }
    }
}
