//! Structs and enums.

use xdr_parser::schema::{Enum, Field, Struct, TypeDef};

use super::Context;
use super::uses::{Site, decimal};
use crate::docs;
use crate::model::{self, Argument};
use crate::names::{Scope, camel, escape, snake, unique, words};

impl Context<'_> {
    pub(super) fn structure(&self, site: Site, def: &TypeDef, body: &Struct) -> model::Struct {
        let facts = self.shapes.facts(def.id);
        let mut derives = vec!["Clone"];
        if facts.copy {
            derives.push("Copy");
        }
        derives.extend(["Debug", "PartialEq"]);
        if !facts.float {
            derives.extend(["Eq", "Hash"]);
        }
        // The pointer to the next node is what makes the list, not a part of its elements.
        let count = body.fields.len() - usize::from(body.list);
        let fields = &body.fields[..count];
        let names = unique(fields.iter().map(|field| snake(&field.name)).collect(), "_");
        let mut head = self.head(def, &derives);
        if self.is_outlined(def) {
            head.xdr.push(Argument::Word("outlined"));
        }
        model::Struct {
            head,
            fields: fields
                .iter()
                .zip(names)
                .map(|(field, name)| self.field(site, def, field, escape(name)))
                .collect(),
        }
    }

    fn field(&self, site: Site, def: &TypeDef, field: &Field, name: String) -> model::Field {
        let site = self.member_site(site, def, &field.name);
        let used = self.use_of(site, &field.ty);
        let mut xdr = self.arguments(site, &used);
        if name.strip_prefix("r#").unwrap_or(&name) != field.name {
            xdr.push(Argument::Value("name", format!("\"{}\"", field.name)));
        }
        model::Field {
            docs: docs::markdown(&field.docs.text),
            attributes: self.member_attributes(def, &field.name),
            xdr,
            name,
            ty: used.ty,
        }
    }

    /// The site with what rules say of a member.
    pub(super) fn member_site(&self, site: Site, def: &TypeDef, member: &str) -> Site {
        Site {
            bytes: self.names.is_covered(&self.style.bytes, def, Some(member)),
            borrowed: self
                .names
                .is_covered(&self.style.borrowed, def, Some(member)),
            ..site
        }
    }

    pub(super) fn member_attributes(&self, def: &TypeDef, member: &str) -> Vec<String> {
        self.names
            .ruled(&self.style.field_attributes, def, Some(member))
            .into_iter()
            .cloned()
            .collect()
    }

    pub(super) fn enumeration(&self, def: &TypeDef, body: &Enum) -> model::Enum {
        let open = self.is_open(def.id);
        let mut derives = vec!["Clone", "Copy", "Debug", "PartialEq", "Eq"];
        // An order between what has a name and what has none would mean nothing.
        if !open {
            derives.extend(["PartialOrd", "Ord"]);
        }
        derives.push("Hash");
        let mut head = self.head(def, &derives);
        let mut variants = Vec::with_capacity(body.enumerators.len());
        let mut aliases = Vec::new();
        for (index, enumerator) in (0u32..).zip(&body.enumerators) {
            let name = self.names.enumerator(def.id, index).ident.clone();
            if let Some(first) = enumerator.alias_of {
                aliases.push((name, self.names.enumerator(def.id, first).ident.clone()));
                continue;
            }
            variants.push(model::EnumVariant {
                docs: docs::markdown(&enumerator.docs.text),
                attributes: self.member_attributes(def, &enumerator.name),
                name,
                value: decimal(enumerator.value.into()),
            });
        }
        let unknown = open.then(|| {
            let mut scope = Scope::default();
            for variant in &variants {
                scope.claim(variant.name.clone(), "");
            }
            (
                scope.claim("Unknown".to_owned(), ""),
                free_discriminant(body),
            )
        });
        let names = variants.iter().map(|variant| &variant.name);
        let names = names
            .chain(unknown.iter().map(|(name, _)| name))
            .map(String::as_str);
        allow_alike_names(&mut head, names);
        head.attributes.push("#[repr(i32)]".to_owned());
        model::Enum {
            head,
            variants,
            aliases,
            unknown,
        }
    }
}

/// The Rust discriminant of the variant for unknown numbers, unless the one it has by default is free: one more than
/// the last.
fn free_discriminant(body: &Enum) -> Option<i32> {
    let taken: std::collections::HashSet<i32> = body
        .enumerators
        .iter()
        .map(|enumerator| enumerator.value)
        .collect();
    let last = body
        .enumerators
        .iter()
        .rev()
        .find(|enumerator| enumerator.alias_of.is_none());
    let default = last.map_or(Some(0), |last| last.value.checked_add(1));
    if default.is_some_and(|default| !taken.contains(&default)) {
        return None;
    }
    (0..=i32::MAX).find(|number| !taken.contains(number))
}

/// Clippy minds variants that all end alike, or that repeat their enum's name. They are the protocol's names.
pub(super) fn allow_alike_names<'n>(
    head: &mut model::Head,
    variants: impl Iterator<Item = &'n str>,
) {
    let variants: Vec<Vec<&str>> = variants.map(words).collect();
    if variants.len() < 3 {
        return;
    }
    let same = |end: fn(&[&str]) -> Option<String>| {
        let first = end(&variants[0]);
        first.is_some() && variants.iter().all(|words| end(words) == first)
    };
    let of = words(&head.name);
    let repeats = variants
        .iter()
        .any(|variant| variant.starts_with(&of) || variant.ends_with(&of));
    let first = |words: &[&str]| words.first().map(|&word| camel([word]));
    let last = |words: &[&str]| words.last().map(|&word| camel([word]));
    if repeats || same(first) || same(last) {
        let allow = "#[allow(clippy::enum_variant_names, reason = \"the protocol's names\")]";
        head.attributes.push(allow.to_owned());
    }
}
