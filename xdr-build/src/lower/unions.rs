//! Unions: one variant per arm.

use std::collections::HashMap;

use xdr_parser::Schema;
use xdr_parser::schema::{Field, Type, TypeDef, TypeId, TypeKind, Union, Value, ValueName};

use super::Context;
use super::structs::allow_alike_names;
use super::uses::{Site, decimal};
use crate::docs;
use crate::model::{self, Argument, Ty};
use crate::names::{Scope, camel, common_prefix, escape_camel, words};

/// What a union switches on.
struct Discriminant {
    kind: Kind,
    ty: Ty,
    /// As the attribute has it: `i32`, `super::other::Kind`.
    path: String,
}

enum Kind {
    Bool,
    Integer,
    Enum(TypeId),
}

/// The enumerators of every enum by value: many unions may switch on one.
pub(super) fn enumerators(schema: &Schema) -> HashMap<TypeId, HashMap<i32, u32>> {
    let by_value = |def: &TypeDef| match &def.kind {
        TypeKind::Enum(body) => {
            let first = (0u32..)
                .zip(&body.enumerators)
                .filter(|(_, enumerator)| enumerator.alias_of.is_none());
            let by_value = first.map(|(index, enumerator)| (enumerator.value, index));
            Some((def.id, by_value.collect()))
        }
        _ => None,
    };
    schema.types.iter().filter_map(by_value).collect()
}

impl Context<'_> {
    pub(super) fn union(&self, site: Site, def: &TypeDef, body: &Union) -> model::Union {
        let facts = self.shapes.facts(def.id);
        let mut derives = vec!["Clone"];
        if facts.copy {
            derives.push("Copy");
        }
        derives.extend(["Debug", "PartialEq"]);
        if !facts.float {
            derives.extend(["Eq", "Hash"]);
        }
        let discriminant = self.discriminant(site, &body.discriminant);
        let wanted = self.variant_names(body, &discriminant);
        let mut scope = Scope::new(wanted.iter().cloned());
        let mut variants = Vec::with_capacity(wanted.len() + 1);
        for (index, (arm, name)) in body.arms.iter().zip(wanted).enumerate() {
            let mut labels: Vec<String> = arm
                .labels
                .iter()
                .map(|label| self.label(site, &discriminant, *label))
                .collect();
            let several = labels.len() > 1;
            let case = match labels.pop() {
                Some(only) if !several => Argument::Value("case", only),
                last => {
                    labels.extend(last);
                    Argument::List("case", labels)
                }
            };
            let name = scope.claim(name, "");
            let shown = several.then_some(&discriminant.ty);
            let boxed = self.shapes.boxes_arm(def.id, index);
            variants.push(self.variant(
                site,
                def,
                name,
                case,
                shown,
                arm.field.as_ref(),
                boxed,
                &arm.docs.text,
            ));
        }
        if let Some(default) = &body.default {
            let name = ["Other", "Default"]
                .into_iter()
                .find(|name| scope.is_free(name))
                .unwrap_or("Other");
            let name = scope.claim(name.to_owned(), "");
            let boxed = self.shapes.boxes_arm(def.id, body.arms.len());
            let case = Argument::Word("default");
            let shown = Some(&discriminant.ty);
            variants.push(self.variant(
                site,
                def,
                name,
                case,
                shown,
                default.field.as_ref(),
                boxed,
                &default.docs.text,
            ));
        }
        let mut head = self.head(def, &derives);
        head.xdr
            .push(Argument::List("union", vec![discriminant.path]));
        allow_alike_names(
            &mut head,
            variants.iter().map(|variant| variant.name.as_str()),
        );
        model::Union { head, variants }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an arm and the default arm have no common type in the schema"
    )]
    fn variant(
        &self,
        site: Site,
        def: &TypeDef,
        name: String,
        case: Argument,
        discriminant: Option<&Ty>,
        field: Option<&Field>,
        boxed: bool,
        comment: &str,
    ) -> model::UnionVariant {
        let mut xdr = vec![case];
        let mut docs = docs::markdown(comment);
        let mut fields: Vec<(Vec<Argument>, Ty)> = discriminant
            .map(|ty| (Vec::new(), ty.clone()))
            .into_iter()
            .collect();
        let mut attributes = Vec::new();
        if let Some(field) = field {
            let site = self.member_site(site, def, &field.name);
            let used = self.use_of(site, &field.ty);
            let arguments = self.arguments(site, &used);
            fields.push((
                arguments,
                if boxed && !matches!(used.ty, Ty::Box(_)) {
                    Ty::Box(Box::new(used.ty))
                } else {
                    used.ty
                },
            ));
            if field.name != name {
                xdr.push(Argument::Value("name", format!("\"{}\"", field.name)));
            }
            if docs.is_empty() {
                docs = docs::markdown(&field.docs.text);
            }
            attributes = self.member_attributes(def, &field.name);
        }
        model::UnionVariant {
            docs,
            attributes,
            xdr,
            name,
            fields,
        }
    }

    fn discriminant(&self, site: Site, ty: &Type) -> Discriminant {
        let (kind, ty) = match self.schema.peel(ty) {
            Type::Bool => (Kind::Bool, Ty::Plain("bool")),
            Type::UnsignedInt => (Kind::Integer, Ty::Plain("u32")),
            Type::Named(id) => (Kind::Enum(*id), self.path(site, *id)),
            _ => (Kind::Integer, Ty::Plain("i32")),
        };
        let path = match &ty {
            Ty::Plain(name) => (*name).to_owned(),
            Ty::Path(path, _) => path.clone(),
            _ => String::new(),
        };
        Discriminant { kind, ty, path }
    }

    /// A label as the attribute has it.
    fn label(&self, site: Site, discriminant: &Discriminant, label: Value) -> String {
        match &discriminant.kind {
            Kind::Bool => (label.value != 0).to_string(),
            Kind::Enum(id) => match self.enumerator_of(*id, label) {
                Some(index) => self.enumerator_path(site, *id, index),
                None => decimal(label.value),
            },
            Kind::Integer => match label.name {
                // A constant converts; an enumerator of some enum would need a cast, which the attribute has no room for.
                Some(name @ ValueName::Constant(_)) => self.value_name(site, name),
                _ => None,
            }
            .unwrap_or_else(|| decimal(label.value)),
        }
    }

    /// The names of all arms: their labels' names without what these have in common; the payload's where a label has none.
    fn variant_names(&self, body: &Union, discriminant: &Discriminant) -> Vec<String> {
        let named = body
            .arms
            .iter()
            .flat_map(|arm| &arm.labels)
            .filter_map(|label| self.constant_words(label.name?));
        let skip = if self.style.strip_enumerators {
            common_prefix(&named.collect::<Vec<_>>())
        } else {
            0
        };
        let label_name = |label: &Value| match &discriminant.kind {
            Kind::Bool => Some(if label.value == 0 { "False" } else { "True" }.to_owned()),
            Kind::Enum(id) => self
                .enumerator_of(*id, *label)
                .map(|index| self.names.enumerator(*id, index).camel.clone()),
            Kind::Integer => {
                let words = self.constant_words(label.name?)?;
                Some(camel(words.get(skip..)?.iter().copied()))
            }
        };
        let arm_name = |labels: &[Value], field: Option<&Field>| {
            let known: Option<Vec<String>> = labels.iter().map(label_name).collect();
            let payload = field.map(|field| camel(words(&field.name)));
            match (known.as_deref(), payload) {
                (Some([name]), _) => name.clone(),
                (Some([one, other]), _) => format!("{one}Or{other}"),
                (_, Some(payload)) => payload,
                (Some(labels), None) => listed("", labels),
                (None, None) => listed("Case", &labels.iter().map(number_name).collect::<Vec<_>>()),
            }
        };
        body.arms
            .iter()
            .map(|arm| escape_camel(arm_name(&arm.labels, arm.field.as_ref())))
            .collect()
    }
}

/// `Case1`, `Case1Or2`, `Case1AndOthers`.
fn listed(prefix: &str, names: &[String]) -> String {
    match names {
        [] => prefix.to_owned(),
        [name] => format!("{prefix}{name}"),
        [one, other] => format!("{prefix}{one}Or{other}"),
        [first, ..] => format!("{prefix}{first}AndOthers"),
    }
}

/// A label that is a mere number.
fn number_name(label: &Value) -> String {
    let minus = if label.value < 0 { "Minus" } else { "" };
    format!("{minus}{}", label.value.unsigned_abs())
}

impl Context<'_> {
    /// The enumerator that a label of this enum means.
    fn enumerator_of(&self, id: TypeId, label: Value) -> Option<u32> {
        match label.name {
            Some(ValueName::Enumerator(of, index)) if of == id => Some(index),
            _ => {
                let value = i32::try_from(label.value).ok()?;
                self.enumerators.get(&id)?.get(&value).copied()
            }
        }
    }
}
