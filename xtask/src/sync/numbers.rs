//! Constants that libvirt takes from C headers: here they stand in the file that needs them, or in one that it imports.

use std::collections::HashSet;

use xdr_parser::ast::File;
use xdr_parser::schema::{ConstantValue, Origin};

use super::protocol::Protocol;
use super::syntax::Uses;

/// What a file must define of its own, in the order of first use.
pub(crate) fn needed(file: &Protocol) -> Vec<(&str, i128)> {
    let imports = file.imports.iter();
    let mut known: HashSet<_> = imports.flat_map(|(_, import)| values(import)).collect();
    values(&file.ast)
        .filter_map(|name| Some((name, external(file, name)?)))
        .filter(|(name, _)| known.insert(name))
        .collect()
}

fn values(file: &File) -> impl Iterator<Item = &str> {
    file.items.iter().flat_map(|item| Uses::of(item).values)
}

/// The number that a name stands for, if no file says so.
fn external(file: &Protocol, name: &str) -> Option<i128> {
    let mut constants = file.schema.constants.iter();
    let constant = constants.find(|c| c.name == name && c.origin != Origin::Source)?;
    match constant.value {
        ConstantValue::Int(value) => Some(value),
        ConstantValue::String(_) => None,
    }
}
