//! What a type is but for its name: how renamed types are recognised.

use std::mem::{Discriminant, discriminant};

use super::pairs::Pairs;
use super::wire::Wire;
use crate::schema::{Field, Length, Schema, Type, TypeId, TypeKind};

/// Which schema something is of.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Old,
    New,
}

/// The parts of a definition in order. Equal shapes have the same bytes, but for what has changed in types that are on
/// both sides and of which this one is made.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Shape(Vec<Part>);

#[derive(PartialEq, Eq, Hash)]
enum Part {
    /// Struct, enum, union or typedef.
    Kind(Discriminant<TypeKind>),
    /// A form of use, with its length.
    Form(Discriminant<Type>, u32),
    Number(i128),
    Name(String),
    /// The type itself, again.
    Own,
    /// A type that is on both sides, by its new id.
    Paired(TypeId),
    /// Another type, by its bytes.
    Bytes(usize),
}

impl Shape {
    /// The shape of a definition, with or without the names of its members.
    pub(super) fn of(
        side: Side,
        schema: &Schema,
        id: TypeId,
        pairs: &Pairs,
        wire: &Wire,
        names: bool,
    ) -> Self {
        let mut drawing = Drawing {
            side,
            own: id,
            pairs,
            wire,
            names,
            parts: Vec::new(),
        };
        drawing.definition(&schema.ty(id).kind);
        Self(drawing.parts)
    }
}

struct Drawing<'a> {
    side: Side,
    own: TypeId,
    pairs: &'a Pairs,
    wire: &'a Wire,
    names: bool,
    parts: Vec<Part>,
}

impl Drawing<'_> {
    fn definition(&mut self, kind: &TypeKind) {
        self.parts.push(Part::Kind(discriminant(kind)));
        match kind {
            TypeKind::Typedef(target) => self.ty(target),
            TypeKind::Struct(definition) => {
                for field in &definition.fields {
                    self.field(Some(field));
                }
            }
            TypeKind::Enum(definition) => {
                for enumerator in &definition.enumerators {
                    self.name(&enumerator.name);
                    self.parts.push(Part::Number(enumerator.value.into()));
                }
            }
            TypeKind::Union(definition) => {
                self.name(&definition.discriminant_name);
                self.ty(&definition.discriminant);
                for arm in &definition.arms {
                    let labels = arm.labels.iter();
                    self.parts
                        .extend(labels.map(|label| Part::Number(label.value)));
                    self.field(arm.field.as_ref());
                }
                if let Some(default) = &definition.default {
                    self.field(default.field.as_ref());
                }
            }
        }
    }

    fn field(&mut self, field: Option<&Field>) {
        match field {
            Some(field) => {
                self.name(&field.name);
                self.ty(&field.ty);
            }
            None => self.ty(&Type::Void),
        }
    }

    fn name(&mut self, name: &str) {
        if self.names {
            self.parts.push(Part::Name(name.to_owned()));
        }
    }

    fn ty(&mut self, mut ty: &Type) {
        loop {
            let (length, next) = match ty {
                Type::Named(id) => {
                    self.named(*id);
                    return;
                }
                Type::FixedArray(element, length) | Type::Array(element, length) => {
                    (Some(length), Some(element))
                }
                Type::Optional(target) => (None, Some(target)),
                Type::FixedOpaque(length) | Type::Opaque(length) | Type::String(length) => {
                    (Some(length), None)
                }
                _ => (None, None),
            };
            let length = length.map_or(0, |Length { value, .. }| *value);
            self.parts.push(Part::Form(discriminant(ty), length));
            match next {
                Some(next) => ty = next,
                None => return,
            }
        }
    }

    fn named(&mut self, id: TypeId) {
        let (paired, class) = match self.side {
            Side::Old => (self.pairs.types.new_of(id), self.wire.old_class(id)),
            Side::New => {
                let old = self.pairs.types.old_of(id);
                (old.map(|_| id), self.wire.new_class(id))
            }
        };
        self.parts.push(match paired {
            _ if id == self.own => Part::Own,
            Some(new) => Part::Paired(new),
            None => Part::Bytes(class),
        });
    }
}
