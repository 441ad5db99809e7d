//! The table of a file's types.

use xdr_parser::schema::Type;

use super::Context;
use super::naming::types_of;
use super::uses::Site;
use crate::model::TypeTable;

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
}
