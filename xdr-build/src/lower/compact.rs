//! Which types must be small in memory beside their shortest form on the wire, because a message may hold many of them: a
//! decoder gives each message a multiple of its length and no more (`Limits::max_memory_factor` of xdr-wire).
//!
//! All parts but optionals and unions take at most six bytes per byte of theirs: a string of four bytes is one of 24 in
//! memory. Optionals and unions are four bytes where they are least, so at most [`PAYLOAD`] bytes and a tag, fourteen times
//! that, may stand in them; what is larger is boxed.

use xdr_parser::schema::{Schema, TypeId, TypeKind};

use super::content::Content;

/// The most bytes that an optional, or an arm of a union of which there may be many, holds without a box.
pub(super) const PAYLOAD: usize = 48;

/// By type, whether a message may hold many, or one on the heap: elements of arrays and lists, what is in optionals and in
/// the arms that `boxed` tells, and all that these hold by value.
pub(super) fn compact(
    schema: &Schema,
    contents: &[Vec<Content>],
    boxed: impl Fn(TypeId, usize) -> bool,
) -> Vec<bool> {
    let mut compact = vec![false; contents.len()];
    let mut waiting: Vec<TypeId> = Vec::new();
    for (def, parts) in schema.types.iter().zip(contents) {
        if matches!(&def.kind, TypeKind::Struct(body) if body.list) {
            waiting.push(def.id);
        }
        for (index, part) in parts.iter().enumerate() {
            let many = part.indirect || part.outside.is_some() || part.times > 1;
            if many || boxed(def.id, index) {
                waiting.extend(part.leaf);
            }
        }
    }
    while let Some(id) = waiting.pop() {
        let at = id.0 as usize;
        if !std::mem::replace(&mut compact[at], true) {
            waiting.extend(contents[at].iter().filter_map(Content::by_value));
        }
    }
    compact
}
