//! Which structs are so common as fields of others that these call their code instead of having it each.

use xdr_parser::schema::{Field, Schema, Type, TypeDef, TypeId, TypeKind};

use super::Context;

/// In how many fields a struct is one before its code is shared. The code of a struct is about five times as large as a call;
/// calling it takes one or two nanoseconds more. In libvirt's protocol this is the case of ten structs in 689, those that
/// name a domain, a network and so on, and with them goes a fifth of all code.
const COMMON: u32 = 8;

/// By type, how many fields it has the value of, directly and not in an array.
pub(super) fn uses(schema: &Schema) -> Vec<u32> {
    let mut uses = vec![0; schema.types.len()];
    let bodies = schema.types.iter().flat_map(|def| match &def.kind {
        TypeKind::Struct(body) => body.fields.iter().collect(),
        TypeKind::Union(body) => body.payloads().flatten().collect(),
        _ => Vec::<&Field>::new(),
    });
    for field in bodies {
        if let Some(id) = named(schema, &field.ty) {
            uses[id.0 as usize] += 1;
        }
    }
    uses
}

/// The type that this one is by another name.
fn named<'a>(schema: &'a Schema, mut ty: &'a Type) -> Option<TypeId> {
    while let Type::Named(id) = ty {
        match &schema.ty(*id).kind {
            TypeKind::Typedef(target) => ty = target,
            _ => return Some(*id),
        }
    }
    None
}

impl Context<'_> {
    /// Whether other structs call the code of this one. A struct of plain numbers is a part of their runs, which is less
    /// than a call.
    pub(super) fn is_outlined(&self, def: &TypeDef) -> bool {
        let is_common = self.uses[def.id.0 as usize] >= COMMON && !self.shapes.facts(def.id).copy;
        is_common || self.names.is_covered(&self.style.outlined, def, None)
    }
}
