//! Types: which are new, gone, renamed or of another kind, and what differs in those that are on both sides.

use super::{Comparison, Rule, spell, type_ids};
use crate::schema::{Type, TypeDef, TypeId, TypeKind};
use crate::source::Location;

impl Comparison<'_> {
    pub(super) fn types(&mut self) {
        let (old, new) = (self.old, self.new);
        for id in type_ids(new) {
            let now = new.ty(id);
            match self.pairs.types.old_of(id) {
                Some(before) => self.definition(old.ty(before), now),
                None if now.parent.is_none() => {
                    let message = format!("the {} `{}` is new", kind(now), now.name);
                    self.added(Rule::TypeAdded, &now.name, message, now.name_location);
                }
                None => {}
            }
        }
        for id in type_ids(old) {
            let before = old.ty(id);
            if self.pairs.types.new_of(id).is_none() && before.parent.is_none() {
                let message = format!("the {} `{}` is gone", kind(before), before.name);
                self.removed(
                    Rule::TypeRemoved,
                    &before.name,
                    message,
                    before.name_location,
                );
            }
        }
    }

    fn definition(&mut self, old: &TypeDef, new: &TypeDef) {
        self.order.matched(old.name_location, new.name_location);
        match (&old.kind, &new.kind) {
            (TypeKind::Struct(before), TypeKind::Struct(now)) => {
                self.fields(&new.name, &before.fields, &now.fields);
            }
            (TypeKind::Typedef(before), TypeKind::Typedef(now)) => {
                let places = (old.name_location, new.name_location);
                self.target(&new.name, before, now, places);
            }
            _ => {}
        }
    }

    /// What a field or a typedef stands for.
    pub(super) fn target(
        &mut self,
        item: &str,
        old: &Type,
        new: &Type,
        (before, now): (Location, Location),
    ) {
        if self.is_same(old, new) {
            return;
        }
        let message = format!(
            "type changed from `{}` to `{}`",
            spell::ty(self.old, old),
            spell::ty(self.new, new)
        );
        self.changed(Rule::TypeChanged, item, message, before, now);
    }

    fn is_same(&self, old: &Type, new: &Type) -> bool {
        match (old, new) {
            (Type::Named(old), Type::Named(new)) => self.is_pair(*old, *new),
            (Type::Opaque(old), Type::Opaque(new))
            | (Type::String(old), Type::String(new))
            | (Type::FixedOpaque(old), Type::FixedOpaque(new)) => old.value == new.value,
            (Type::Array(old, most), Type::Array(new, most_now))
            | (Type::FixedArray(old, most), Type::FixedArray(new, most_now)) => {
                most.value == most_now.value && self.is_same(old, new)
            }
            (Type::Optional(old), Type::Optional(new)) => self.is_same(old, new),
            _ => old == new,
        }
    }

    fn is_pair(&self, old: TypeId, new: TypeId) -> bool {
        self.pairs.types.new_of(old) == Some(new)
    }
}

/// What a definition is called by.
pub(super) fn kind(definition: &TypeDef) -> &'static str {
    match definition.kind {
        TypeKind::Struct(_) => "struct",
        TypeKind::Enum(_) => "enum",
        TypeKind::Union(_) => "union",
        TypeKind::Typedef(_) => "typedef",
    }
}
