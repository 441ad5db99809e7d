//! What a declaration holds, seen through typedefs: the raw material of [`super::shape`].

use xdr_parser::schema::{Field, Schema, Type, TypeDef, TypeId, TypeKind};

use super::naming::Names;
use crate::config::Style;

/// What a declaration holds, through typedefs.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Content {
    /// The struct, enum or union at the end.
    pub(super) leaf: Option<TypeId>,
    /// It is behind a `Vec` or `List`.
    pub(super) indirect: bool,
    /// Something is allocated.
    pub(super) owned: bool,
    /// There is an optional on the way: bytes of what is outside of it, and how many of it there are.
    pub(super) outside: Option<(usize, usize)>,
    pub(super) float: bool,
    pub(super) borrows: bool,
    /// Bytes in memory of what is not the leaf's, and how many leaves there are; of one optional if there is one.
    pub(super) size: usize,
    pub(super) times: usize,
}

impl Content {
    /// With so many bytes more in each element.
    fn plus(self, bytes: usize) -> Self {
        Self {
            size: self.size.saturating_add(bytes.saturating_mul(self.times)),
            ..self
        }
    }

    /// With a vector around what follows.
    fn behind_vec(self) -> Self {
        Self {
            indirect: true,
            owned: true,
            times: 0,
            ..self.plus(VEC)
        }
    }

    /// With an optional around what follows.
    fn in_optional(self) -> Self {
        match self.outside {
            // A box in the inner one leaves the tag of the outer one where it is.
            Some((size, times)) => Self {
                outside: Some((size.saturating_add(TAG.saturating_mul(times)), times)),
                ..self.plus(TAG)
            },
            None => Self {
                outside: Some((self.size, self.times)),
                size: 0,
                times: 1,
                ..self
            },
        }
    }

    /// The leaf, if it is in here by value or in an optional.
    pub(super) fn by_value(&self) -> Option<TypeId> {
        self.leaf.filter(|_| !self.indirect)
    }
}

/// Sizes of a vector, or a string, and of a slice.
const VEC: usize = 24;
const FAT: usize = 16;

/// What an optional or a union takes beside what it holds.
pub(super) const TAG: usize = 8;

/// Collects [`Content`]s.
pub(super) struct Contents<'a> {
    pub(super) schema: &'a Schema,
    pub(super) names: &'a Names<'a>,
    pub(super) style: &'a Style,
    /// By type: [`floats`].
    pub(super) floats: Vec<bool>,
}

/// Whether the types have a float within, those too that are not generated: what stands for one of them has it as well.
pub(super) fn floats(schema: &Schema) -> Vec<bool> {
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); schema.types.len()];
    let mut floats = vec![false; schema.types.len()];
    for (at, def) in schema.types.iter().enumerate() {
        for mut ty in parts(def) {
            while let Type::FixedArray(inner, _) | Type::Array(inner, _) | Type::Optional(inner) =
                ty
            {
                ty = inner;
            }
            match ty {
                Type::Float | Type::Double => floats[at] = true,
                Type::Named(id) => holders[id.0 as usize].push(at),
                _ => {}
            }
        }
    }
    let mut waiting: Vec<usize> = (0..floats.len()).filter(|&at| floats[at]).collect();
    while let Some(from) = waiting.pop() {
        for &holder in &holders[from] {
            if !std::mem::replace(&mut floats[holder], true) {
                waiting.push(holder);
            }
        }
    }
    floats
}

/// The types of a type's fields or arms, or of a typedef's target.
fn parts(def: &TypeDef) -> Vec<&Type> {
    match &def.kind {
        TypeKind::Struct(body) => body.fields.iter().map(|field| &field.ty).collect(),
        TypeKind::Union(body) => body.payloads().flatten().map(|field| &field.ty).collect(),
        TypeKind::Typedef(target) => vec![target],
        _ => Vec::new(),
    }
}

impl Contents<'_> {
    /// Of each type: its fields' or arms', a default arm's last.
    pub(super) fn all(&self) -> Vec<Vec<Content>> {
        self.schema
            .types
            .iter()
            .map(|def| self.of_type(def))
            .collect()
    }

    fn of_type(&self, def: &TypeDef) -> Vec<Content> {
        if self.names.foreign(def.id).is_some() {
            return Vec::new();
        }
        match &def.kind {
            TypeKind::Struct(body) => {
                let fields = body.fields.len() - usize::from(body.list);
                body.fields[..fields]
                    .iter()
                    .map(|field| self.of_field(def, field))
                    .collect()
            }
            TypeKind::Union(body) => body
                .payloads()
                .map(|field| field.map_or_else(Content::default, |field| self.of_field(def, field)))
                .collect(),
            // An alias is a type of its own only by its lifetime parameter.
            TypeKind::Typedef(target) => {
                vec![self.of(
                    target,
                    self.names.is_covered(&self.style.borrowed, def, None),
                )]
            }
            _ => Vec::new(),
        }
    }

    fn of_field(&self, def: &TypeDef, field: &Field) -> Content {
        let borrowed = self
            .names
            .is_covered(&self.style.borrowed, def, Some(&field.name));
        self.of(&field.ty, borrowed)
    }

    fn of<'t>(&'t self, mut ty: &'t Type, mut borrowed: bool) -> Content {
        let mut content = Content {
            times: 1,
            ..Content::default()
        };
        loop {
            match ty {
                Type::Void => return content,
                Type::Float => {
                    return Content {
                        float: true,
                        ..content.plus(4)
                    };
                }
                Type::Double => {
                    return Content {
                        float: true,
                        ..content.plus(8)
                    };
                }
                Type::Char | Type::UnsignedChar | Type::Bool => return content.plus(1),
                Type::Short | Type::UnsignedShort => return content.plus(2),
                Type::Int | Type::UnsignedInt => return content.plus(4),
                Type::Hyper | Type::UnsignedHyper => return content.plus(8),
                Type::Quadruple => return content.plus(16),
                Type::FixedOpaque(len) => return content.plus(len.value as usize),
                Type::Opaque(_) | Type::String(_) if borrowed => {
                    return Content {
                        borrows: true,
                        ..content.plus(FAT)
                    };
                }
                Type::FixedArray(inner, len) => {
                    content.times = content.times.saturating_mul(len.value as usize);
                    ty = inner;
                }
                Type::Array(inner, _) => {
                    content = content.behind_vec();
                    ty = inner;
                }
                Type::Optional(inner) if self.is_list(inner) => {
                    content = content.behind_vec();
                    ty = inner;
                }
                Type::Optional(inner) => {
                    content = content.in_optional();
                    ty = inner;
                }
                Type::Named(id) => {
                    let def = self.schema.ty(*id);
                    match &def.kind {
                        _ if self.names.foreign(*id).is_some() => {
                            return Content {
                                owned: true,
                                float: self.floats[id.0 as usize],
                                ..content.plus(VEC)
                            };
                        }
                        TypeKind::Typedef(target) => {
                            borrowed =
                                borrowed || self.names.is_covered(&self.style.borrowed, def, None);
                            ty = target;
                            continue;
                        }
                        // A chain: the head, and a vector for its tail.
                        TypeKind::Struct(body) if body.list => {
                            content = Content {
                                owned: true,
                                ..content.plus(VEC)
                            }
                        }
                        _ => {}
                    }
                    content.leaf = Some(*id);
                    return content;
                }
                // Strings and opaques; and forms added to the schema later, to be on the safe side.
                _ => {
                    return Content {
                        owned: true,
                        ..content.plus(VEC)
                    };
                }
            }
        }
    }

    fn is_list(&self, ty: &Type) -> bool {
        super::list_node(self.schema, self.names, ty).is_some()
    }
}
