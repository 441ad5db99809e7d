//! Types: which are new, gone, renamed or of another kind, and what differs in those that are on both sides.

use super::{Comparison, Places, Rule, spell, type_ids};
use crate::schema::{Mark, Struct, Type, TypeDef, TypeKind};

impl Comparison<'_> {
    pub(super) fn types(&mut self) {
        let (old, new) = (self.old, self.new);
        // An anonymous type comes after the one around it, and has its partner by then.
        for id in type_ids(new) {
            let now = new.ty(id);
            match self.pairs.types.old_of(id) {
                Some(before) => self.definition(old.ty(before), now),
                None if now.parent.is_none() => {
                    let message = format!("the {} `{}` is new", spell::kind(now), now.name);
                    self.added(Rule::TypeAdded, &now.name, message, now.name_location);
                }
                None => {}
            }
        }
        for id in type_ids(old) {
            let before = old.ty(id);
            if self.pairs.types.new_of(id).is_none() && before.parent.is_none() {
                let message = format!("the {} `{}` is gone", spell::kind(before), before.name);
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
        let at = Places {
            old: old.name_location,
            new: new.name_location,
        };
        self.order.matched(at);
        self.order.matched_end(old.location, new.location);
        let name = spell::path(self.new, new);
        if old.name != new.name && new.parent.is_none() {
            let message = format!(
                "the {} `{}` is now `{}`",
                spell::kind(old),
                old.name,
                new.name
            );
            self.changed(Rule::TypeRenamed, &name, message, at);
        }
        self.marks(&name, &old.marks, &new.marks, at);
        match (&old.kind, &new.kind) {
            (TypeKind::Struct(before), TypeKind::Struct(now)) => {
                self.fields(&name, &before.fields, &now.fields);
                self.list_form(&name, before, now, at);
            }
            (TypeKind::Union(before), TypeKind::Union(now)) => self.union(&name, before, now, at),
            (TypeKind::Enum(before), TypeKind::Enum(now)) => {
                // Enumerators that are procedures are compared as such.
                if !self.procedure_enums.contains(&old.id) {
                    self.enumerators(&name, &before.enumerators, &now.enumerators);
                }
            }
            (TypeKind::Typedef(before), TypeKind::Typedef(now)) => {
                self.usage(&name, before, now, at);
            }
            _ => self.kind_changed(&name, old, new, at),
        }
    }

    /// A definition of one kind that is now of another.
    fn kind_changed(&mut self, name: &str, old: &TypeDef, new: &TypeDef, at: Places) {
        let message = format!("{} became {}", spell::a_kind(old), spell::a_kind(new));
        if self.wire.old_class(old.id) == self.wire.new_class(new.id) {
            let message = format!("{message} of the same bytes");
            return self.changed(Rule::TypeRespelled, name, message, at);
        }
        match (&old.kind, &new.kind) {
            (TypeKind::Typedef(target), _) => {
                self.usage(name, target, &Type::Named(new.id), at);
            }
            (_, TypeKind::Typedef(target)) => {
                self.usage(name, &Type::Named(old.id), target, at);
            }
            _ => self.changed(Rule::TypeKindChanged, name, message, at),
        }
    }

    /// Whether values are a list follows from the fields, but what is generated changes with it.
    fn list_form(&mut self, name: &str, old: &Struct, new: &Struct, at: Places) {
        if old.list != new.list {
            let message = if new.list {
                "now a linked list"
            } else {
                "no longer a linked list"
            };
            self.changed(Rule::ListFormChanged, name, message.to_owned(), at);
        }
    }

    pub(super) fn marks(&mut self, item: &str, old: &[Mark], new: &[Mark], at: Places) {
        if old != new {
            let spelled = |marks: &[Mark]| -> String {
                let marks: Vec<String> = marks.iter().map(spell::mark).collect();
                spell::list(&marks)
            };
            let message = format!("marks changed from {} to {}", spelled(old), spelled(new));
            self.changed(Rule::MarksChanged, item, message, at);
        }
    }
}
