//! XDR names of what descriptors name as Rust does.

use std::collections::BTreeMap;

use xdr_parser::schema::{Schema, TypeKind};
use xdr_wire::TypeEntry;
use xdr_wire::describe::Ty;

/// The names that messages of one program need.
pub(crate) struct Names {
    /// Structs, unions and enums.
    types: BTreeMap<&'static str, &'static str>,
    /// By the XDR name of the enum.
    enumerators: BTreeMap<(String, i32), String>,
}

impl Names {
    /// Where tables have different types of one Rust name, the first counts.
    pub(crate) fn of(schema: &Schema, tables: &[&[TypeEntry]]) -> Self {
        let mut types = BTreeMap::new();
        for entry in tables.iter().copied().flatten() {
            let rust = match entry.ty() {
                Ty::Struct(ty) => ty.name(),
                Ty::Enum(ty) => ty.name(),
                Ty::Union(ty) => ty.name(),
                // No other descriptor has a name.
                _ => continue,
            };
            // An alias follows what it is an alias of.
            types.entry(rust).or_insert(entry.name());
        }
        let mut enumerators = BTreeMap::new();
        for def in &schema.types {
            if let TypeKind::Enum(body) = &def.kind {
                for enumerator in &body.enumerators {
                    let key = (def.name.clone(), enumerator.value);
                    enumerators.insert(key, enumerator.name.clone());
                }
            }
        }
        Self { types, enumerators }
    }

    /// The XDR name of a struct, a union or an enum.
    pub(crate) fn of_type(&self, rust: &'static str) -> &'static str {
        let name = self.types.get(rust);
        name.unwrap_or_else(|| panic!("a table of types has {rust}"))
    }

    /// The XDR name of an enumerator.
    pub(crate) fn of_enumerator(&self, rust: &'static str, value: i32) -> &str {
        let name = self.of_type(rust);
        let enumerator = self.enumerators.get(&(name.to_owned(), value));
        enumerator.unwrap_or_else(|| panic!("{name} has a name for {value}"))
    }
}
