//! Enumerators whose values follow from their place.

use crate::ast;
use crate::diagnostic::{Edit, Fix};
use crate::lint::walk::{self, Visitor};
use crate::lint::{Findings, Rule, Subject};
use crate::schema::{Enum, Item, TypeKind};
use crate::source::Span;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for file in &subject.files {
        let mut written = Enums::default();
        walk::file(file.ast, &mut written);
        let items = subject.schema.file(file.id).into_iter();
        let mut ids: Vec<_> = items
            .flat_map(|file| &file.items)
            .filter_map(|item| match item {
                Item::Type(id) => Some(*id),
                _ => None,
            })
            .collect();
        // In the order in which they are declared, as they are written: those around others first.
        ids.sort_unstable();
        let valued = ids.into_iter().filter_map(|id| {
            let definition = subject.schema.ty(id);
            match &definition.kind {
                TypeKind::Enum(body) => Some((definition.name.as_str(), body)),
                _ => None,
            }
        });
        for (body, (name, values)) in written.bodies.into_iter().zip(valued) {
            check_enum(findings, body, name, values, |span| file.at(span));
        }
    }
}

/// All enums of a file.
#[derive(Default)]
struct Enums<'a> {
    bodies: Vec<&'a ast::EnumBody>,
}

impl<'a> Visitor<'a> for Enums<'a> {
    fn enumeration(&mut self, body: &'a ast::EnumBody) {
        self.bodies.push(body);
    }
}

/// An enum is one finding, however many values are missing.
fn check_enum(
    findings: &mut Findings<'_>,
    body: &ast::EnumBody,
    name: &str,
    values: &Enum,
    at: impl Fn(Span) -> crate::Location,
) {
    let pairs = || {
        let pairs = body.enumerators.iter().zip(&values.enumerators);
        pairs.filter(|(written, valued)| {
            written.value.is_none() && valued.location == at(written.name.span)
        })
    };
    let Some((first, _)) = pairs().next() else {
        return;
    };
    let location = at(first.name.span);
    findings.add(Rule::EnumeratorWithoutValue, location, || {
        let edits: Vec<Edit> = pairs()
            .map(|(written, valued)| {
                let end = written.name.span.end;
                Edit {
                    location: at(Span::new(end, end)),
                    replacement: format!(" = {}", valued.value),
                }
            })
            .collect();
        let message = match edits.len() {
            1 => format!("`{}` of the enum `{name}` has no value", first.name.name),
            count => format!("{count} enumerators of `{name}` have no value"),
        };
        let title = "write down the values that they have now";
        Rule::EnumeratorWithoutValue
            .at(location, message)
            .label("its value depends on what stands above")
            .help(title)
            .fix(Fix::safe(title, edits))
    });
}
