//! Pass 5: rules about unions that need all types resolved (RFC 4506 §4.15).

use std::collections::{HashMap, HashSet};

use super::{Body, Label, Resolver, sizes};
use crate::diagnostic::{Code, Diagnostic};
use crate::schema::{Type, TypeId, TypeKind};
use crate::source::Span;

/// What a discriminant's values are.
enum Discriminant {
    Signed,
    Unsigned,
    Bool,
    Enum(TypeId),
}

impl Resolver<'_> {
    pub(super) fn check_types(&mut self) {
        self.check_inhabited();
        let discriminants = std::mem::take(&mut self.discriminants).into_iter();
        let discriminants: HashMap<usize, Discriminant> = discriminants
            .filter_map(|(index, ty)| Some((index, self.check_discriminant(index, &ty)?)))
            .collect();
        let values = self.values_of(discriminants.values());
        let mut seen: HashMap<(usize, i128), Span> = HashMap::new();
        for label in std::mem::take(&mut self.labels) {
            let unit = self.drafts[label.union].unit;
            if let Some(first) = seen.insert((label.union, label.value.value), label.span) {
                let message = format!(
                    "the label {} leads to two arms",
                    self.label_text(unit, label.span, label.value.value)
                );
                self.diagnostics.push(
                    Diagnostic::error(Code::E0203, self.location(unit, label.span), message)
                        .label("used again here")
                        .also(self.location(unit, first), "first used here")
                        .help("each label leads to one arm"),
                );
            }
            if let Some(discriminant) = discriminants.get(&label.union) {
                self.check_label(label, discriminant, &values);
            }
        }
    }

    /// An enum has at least one enumerator, a union at least one arm (RFC 4506 sections 4.3 and 4.15).
    fn check_inhabited(&mut self) {
        for (definition, draft) in self.types.iter().zip(&self.drafts) {
            let (what, of_what, help) = match draft.body {
                Body::Enum(body) if body.enumerators.is_empty() => {
                    ("enum", "enumerators", "give it one, as in `{ NONE = 0 }`")
                }
                Body::Union(body) if body.arms.is_empty() => {
                    ("union", "arms", "give it one, as in `default: void;`")
                }
                _ => continue,
            };
            let message = format!("the {what} `{}` has no {of_what}", definition.name);
            self.diagnostics.push(
                Diagnostic::error(Code::E0408, definition.name_location, message)
                    .label("has no value")
                    .help(help),
            );
        }
    }

    /// The label as written, with its number if that is not what is written.
    fn label_text(&self, unit: usize, span: Span, value: i128) -> String {
        let written = span.of(self.text(unit));
        if written == value.to_string() {
            format!("`{written}`")
        } else {
            format!("`{written}` ({value})")
        }
    }

    fn check_discriminant(&mut self, index: usize, ty: &Type) -> Option<Discriminant> {
        let mut ty = ty;
        for _ in 0..sizes::MAX_DEPTH {
            match ty {
                Type::Int => return Some(Discriminant::Signed),
                Type::UnsignedInt => return Some(Discriminant::Unsigned),
                Type::Bool => return Some(Discriminant::Bool),
                Type::Named(id) => match &self.types[id.0 as usize].kind {
                    TypeKind::Enum(_) => return Some(Discriminant::Enum(*id)),
                    TypeKind::Typedef(target) => ty = target,
                    _ => break,
                },
                _ => break,
            }
        }
        let Body::Union(body) = self.drafts[index].body else {
            return None;
        };
        let location = self.location(self.drafts[index].unit, body.discriminant.span);
        let name = self.types[index].name_location;
        self.diagnostics.push(
            Diagnostic::error(Code::E0404, location, "a union cannot be switched on this type")
                .label("not a discriminant")
                .also(name, "in this union")
                .help("a discriminant is an `int`, an `unsigned int`, a `bool` or an enum (RFC 4506 section 4.15)"),
        );
        None
    }

    /// The values of the enums that unions are switched on, each enum once: many unions may share one.
    fn values_of<'d>(
        &self,
        discriminants: impl Iterator<Item = &'d Discriminant>,
    ) -> HashMap<TypeId, HashSet<i128>> {
        let mut values = HashMap::new();
        for discriminant in discriminants {
            if let Discriminant::Enum(id) = discriminant
                && let TypeKind::Enum(body) = &self.types[id.0 as usize].kind
            {
                let all = body
                    .enumerators
                    .iter()
                    .map(|enumerator| enumerator.value.into());
                values.entry(*id).or_insert_with(|| all.collect());
            }
        }
        values
    }

    fn check_label(
        &mut self,
        label: Label,
        discriminant: &Discriminant,
        values: &HashMap<TypeId, HashSet<i128>>,
    ) {
        let Label { union, span, .. } = label;
        let value = label.value.value;
        let unit = self.drafts[union].unit;
        let (possible, of_what, declared) = match discriminant {
            Discriminant::Signed => (i32::try_from(value).is_ok(), "an `int`".to_owned(), None),
            Discriminant::Unsigned => (
                u32::try_from(value).is_ok(),
                "an `unsigned int`".to_owned(),
                None,
            ),
            Discriminant::Bool => (matches!(value, 0 | 1), "a `bool`".to_owned(), None),
            Discriminant::Enum(id) => {
                let definition = &self.types[id.0 as usize];
                let of_what = format!("the enum `{}`", definition.name);
                (
                    values.get(id).is_some_and(|values| values.contains(&value)),
                    of_what,
                    Some(definition.name_location),
                )
            }
        };
        if possible {
            return;
        }
        let text = self.label_text(unit, span, value);
        let diagnostic = Diagnostic::error(
            Code::E0405,
            self.location(unit, span),
            format!("the label {text} is not a value of {of_what}"),
        )
        .label("never the case")
        .help("use a value that the discriminant can have");
        self.diagnostics.push(match declared {
            Some(place) => diagnostic.also(place, "the discriminant's type"),
            None => diagnostic.also(self.types[union].name_location, "in this union"),
        });
    }
}
