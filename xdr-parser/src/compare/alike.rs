//! Whether two types have the same bytes, and how their numbers go together where they do not.

use std::mem::{Discriminant, discriminant};

use super::numbers::Numbers;
use super::{Comparison, Rule};
use crate::schema::{Schema, Type, TypeId, TypeKind};

/// Two uses of types of four bytes, as far as their numbers go.
pub(super) type NumbersKey = [(Discriminant<Type>, Option<TypeId>); 2];

impl Comparison<'_> {
    /// Whether two definitions are one that is on both sides. Anonymous ones are, if they stand at the same place.
    pub(super) fn are_one(&mut self, old: TypeId, new: TypeId) -> bool {
        if self.is_pair(old, new) {
            return true;
        }
        let anonymous = self.old.ty(old).parent.is_some() && self.new.ty(new).parent.is_some();
        anonymous && self.pairs.types.join(old, new)
    }

    fn is_pair(&self, old: TypeId, new: TypeId) -> bool {
        self.pairs.types.new_of(old) == Some(new)
    }

    /// Whether the bytes of two uses are the same, changes aside that are reported at definitions.
    pub(super) fn are_alike(&self, old: &Type, new: &Type) -> bool {
        let (mut before, mut now) = (old, new);
        loop {
            match (before, now) {
                (Type::Named(old), Type::Named(new))
                    if self.is_pair(*old, *new)
                        || self.wire.old_class(*old) == self.wire.new_class(*new) =>
                {
                    return true;
                }
                (Type::Bool, Type::Named(new))
                    if self.wire.is_boolean(self.wire.new_class(*new)) =>
                {
                    return true;
                }
                (Type::Named(old), Type::Bool)
                    if self.wire.is_boolean(self.wire.old_class(*old)) =>
                {
                    return true;
                }
                (Type::FixedOpaque(old), Type::FixedOpaque(new))
                | (Type::Opaque(old), Type::Opaque(new))
                | (Type::String(old), Type::String(new)) => return old.value == new.value,
                (Type::Array(old, bound), Type::Array(new, bound_now))
                | (Type::FixedArray(old, bound), Type::FixedArray(new, bound_now))
                    if bound.value == bound_now.value =>
                {
                    (before, now) = (old, new);
                }
                (Type::Optional(old), Type::Optional(new)) => (before, now) = (old, new),
                (Type::Optional(old), Type::Array(new, bound))
                | (Type::Array(old, bound), Type::Optional(new))
                    if bound.value == 1 =>
                {
                    (before, now) = (old, new);
                }
                _ => match (inside(self.old, before), inside(self.new, now)) {
                    (None, None) => return before == now && !matches!(before, Type::Named(_)),
                    (old, new) => (before, now) = (old.unwrap_or(before), new.unwrap_or(now)),
                },
            }
        }
    }

    /// The kind of change between two types of numbers; nothing if one of them is none.
    pub(super) fn numbers(&mut self, old: &Type, new: &Type) -> Option<Rule> {
        let id = |ty: &Type| match ty {
            Type::Named(id) => Some(*id),
            _ => None,
        };
        let key = [(discriminant(old), id(old)), (discriminant(new), id(new))];
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let found = numbers((self.old, old), (self.new, new));
        self.numbers.insert(key, found);
        found
    }
}

fn numbers(old: (&Schema, &Type), new: (&Schema, &Type)) -> Option<Rule> {
    if let (Some(before), Some(now)) = (Numbers::of(old.0, old.1), Numbers::of(new.0, new.1)) {
        return if before.contain(&now) {
            Some(Rule::ValueRangeNarrowed)
        } else if now.contain(&before) {
            Some(Rule::ValueRangeWidened)
        } else {
            (before.is_range() && now.is_range()).then_some(Rule::SignednessChanged)
        };
    }
    match (old.1, new.1) {
        (Type::Hyper, Type::UnsignedHyper) | (Type::UnsignedHyper, Type::Hyper) => {
            Some(Rule::SignednessChanged)
        }
        (Type::Hyper | Type::UnsignedHyper, ty) | (ty, Type::Hyper | Type::UnsignedHyper) => {
            Numbers::of_builtin(ty).map(|_| Rule::WidthChanged)
        }
        (
            Type::Float | Type::Double | Type::Quadruple,
            Type::Float | Type::Double | Type::Quadruple,
        ) => Some(Rule::WidthChanged),
        _ => None,
    }
}

/// What a use is on the wire, if it adds nothing of its own: a typedef, a struct of one field, an array of one element.
fn inside<'s>(schema: &'s Schema, ty: &'s Type) -> Option<&'s Type> {
    match ty {
        Type::FixedArray(element, length) if length.value == 1 => Some(element),
        Type::Named(id) => match &schema.ty(*id).kind {
            TypeKind::Typedef(target) => Some(target),
            TypeKind::Struct(definition) => match definition.fields.as_slice() {
                [field] => Some(&field.ty),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
