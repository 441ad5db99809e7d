//! Types that hold themselves, lists aside.

use crate::graph::components;
use crate::lint::{Findings, Rule, Subject};
use crate::schema::{Schema, Type, TypeDef, TypeKind};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    let mut edges = schema.edges();
    for (definition, edges) in schema.types.iter().zip(&mut edges) {
        if is_list(schema, definition) {
            // That of the last field.
            edges.pop();
        }
    }
    let components = components(&edges);
    for members in &components.members {
        let is_circle = members.len() > 1 || edges[members[0]].contains(&members[0]);
        let mut own: Vec<&TypeDef> = members
            .iter()
            .map(|member| &schema.types[*member])
            .filter(|definition| !matches!(definition.kind, TypeKind::Typedef(_)))
            .collect();
        own.sort_by_key(|definition| definition.id);
        let Some(first) = own.first().filter(|_| is_circle) else {
            continue;
        };
        let location = first.name_location;
        if !subject.has(location) {
            continue;
        }
        findings.add(Rule::RecursiveType, location, || {
            let message = format!("values of `{}` may nest in themselves", first.name);
            let found = Rule::RecursiveType.at(location, message);
            let found = match own.get(1) {
                Some(other) => found
                    .label("by way of another type")
                    .also(other.name_location, "by way of this one, for example"),
                None => found.label("holds itself"),
            };
            found.help("receivers have to limit how deep; a list, whose last field alone may be another of its kind, needs no limit")
        });
    }
}

/// Whether what a struct ends with may be another of its kind, in one of the three ways of RFC 4506 section 4.19: `*`, an
/// array of one at the most, or a union that holds one if a `bool` is true.
fn is_list(schema: &Schema, definition: &TypeDef) -> bool {
    let TypeKind::Struct(body) = &definition.kind else {
        return false;
    };
    let Some(last) = body.fields.last() else {
        return false;
    };
    let is_own = |ty: &Type| *schema.peel(ty) == Type::Named(definition.id);
    match schema.peel(&last.ty) {
        Type::Optional(next) => is_own(next),
        Type::Array(next, length) => length.value == 1 && is_own(next),
        Type::Named(id) => match &schema.ty(*id).kind {
            TypeKind::Union(union) => {
                let mut payloads = union.payloads().flatten();
                let next = payloads.next().map(|field| &field.ty);
                *schema.peel(&union.discriminant) == Type::Bool
                    && next.is_some_and(is_own)
                    && payloads.next().is_none()
            }
            _ => false,
        },
        _ => false,
    }
}
