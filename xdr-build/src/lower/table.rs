//! What is said of all types of a file at once: their table, their strategies.

use xdr_parser::schema::Type;

use super::Context;
use super::naming::types_of;
use super::uses::Site;
use crate::model::{Fingerprints, Head, Item, TypeTable};

impl Context<'_> {
    pub(super) fn type_table(&self, file: usize) -> TypeTable {
        let site = Site {
            // The entry is for all lifetimes.
            lifetime: "'_",
            ..Site::file(file)
        };
        let entries = types_of(self.schema, &self.schema.files[file].items).map(|def| {
            let path = self.names.rule_path(def);
            // Sent by itself, a type is what a procedure would take.
            (
                path[1..].join("."),
                self.message(site, &[Type::Named(def.id)]),
            )
        });
        TypeTable {
            name: self.names.type_table(file).to_owned(),
            entries: entries.collect(),
        }
    }

    /// The fingerprints of a file and its types, if they are asked for.
    pub(super) fn fingerprints(&self, file: usize) -> Option<Fingerprints> {
        let found = self.fingerprints.as_ref()?;
        let (of, name) = (&self.schema.files[file], self.names.fingerprints(file));
        let own = found
            .of_file(of.id)
            .map(|it| (format!("{}.x", of.stem), it.0));
        // Anonymous types are part of those around them.
        let types = types_of(self.schema, &of.items).filter(|def| def.parent.is_none());
        let types = types.filter_map(|def| Some((def.name.clone(), found.of_type(def.id)?.0)));
        Some(Fingerprints {
            name: name.to_owned(),
            entries: own.into_iter().chain(types).collect(),
        })
    }

    /// Strategies for the types among these items, if they are asked for and there are any.
    pub(super) fn strategies(&self, items: &[Item]) -> Option<Item> {
        if !self.style.strategies {
            return None;
        }
        let owned = items.iter().filter_map(head).filter(|head| !head.lifetime);
        let names: Vec<_> = owned.map(|head| head.name.clone()).collect();
        (!names.is_empty()).then_some(Item::Strategies(names))
    }
}

/// Of an item that is a type.
fn head(item: &Item) -> Option<&Head> {
    match item {
        Item::Struct(item) => Some(&item.head),
        Item::Enum(item) => Some(&item.head),
        Item::Union(item) => Some(&item.head),
        Item::Newtype(item) => Some(&item.head),
        _ => None,
    }
}
