//! Types that hold themselves, lists aside.

use crate::graph::components;
use crate::lint::{Findings, Rule, Subject};
use crate::schema::{Struct, Type, TypeDef, TypeId, TypeKind};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    let edges: Vec<Vec<usize>> = schema.types.iter().map(edges).collect();
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
            found.help("receivers have to limit how deep; a list, whose last field alone is an optional of itself, needs no limit")
        });
    }
}

/// The types that a type is made of; what makes a struct a list is left out.
fn edges(definition: &TypeDef) -> Vec<usize> {
    let mut edges = Vec::new();
    let mut add = |ty: &Type| edges.extend(target(ty).map(|id| id.0 as usize));
    match &definition.kind {
        TypeKind::Struct(Struct { fields, list }) => {
            let count = fields.len() - usize::from(*list);
            fields.iter().take(count).for_each(|field| add(&field.ty));
        }
        TypeKind::Union(body) => {
            let payloads = body.payloads().flatten();
            payloads.for_each(|field| add(&field.ty));
        }
        TypeKind::Typedef(target) => add(target),
        TypeKind::Enum(_) => {}
    }
    edges
}

/// The definition at the bottom of a type.
pub(super) fn target(mut ty: &Type) -> Option<TypeId> {
    loop {
        match ty {
            Type::Named(id) => return Some(*id),
            Type::Array(inner, _) | Type::FixedArray(inner, _) | Type::Optional(inner) => {
                ty = inner;
            }
            _ => return None,
        }
    }
}
