//! Newtypes for typedefs that are sent by themselves: they carry the bounds that no field is there to state.

use std::collections::BTreeSet;

use xdr_parser::schema::{EnumProcedure, Type, TypeDef, TypeId, TypeKind};

use super::Context;
use super::uses::Site;
use crate::model::{Head, Item, Module, Newtype, Scope};
use crate::names::{camel, escape_camel, words};

impl Context<'_> {
    /// The module of each file that has such typedefs.
    pub(super) fn bounded_modules(&self) -> Vec<(usize, Item)> {
        let mut bounded: Vec<BTreeSet<TypeId>> =
            self.schema.files.iter().map(|_| BTreeSet::new()).collect();
        for (file, id) in self.sent_alone() {
            bounded[self.bounded_file(file, id)].insert(id);
        }
        let files = bounded
            .iter()
            .enumerate()
            .filter(|(_, ids)| !ids.is_empty());
        files
            .map(|(file, ids)| (file, self.bounded(file, ids)))
            .collect()
    }

    /// Typedefs with bounds that something needs as types, with the file that needs them.
    fn sent_alone(&self) -> Vec<(usize, TypeId)> {
        let mut found = Vec::new();
        for program in &self.schema.programs {
            let procedures = program
                .versions
                .iter()
                .flat_map(|version| &version.procedures);
            for ty in procedures.flat_map(|procedure| procedure.args.iter().chain([&procedure.ret]))
            {
                found.extend(
                    self.constrained(ty)
                        .map(|id| (self.names.file(program.file), id)),
                );
            }
        }
        for of in &self.schema.procedure_enums {
            let file = self.names.file(self.schema.ty(of.ty).file);
            let types = of.procedures.iter().flat_map(EnumProcedure::messages);
            found.extend(
                types
                    .flatten()
                    .filter_map(|id| self.constrained(&Type::Named(id)))
                    .map(|id| (file, id)),
            );
        }
        if self.style.bounded_types || self.style.type_table {
            for def in &self.schema.types {
                let file = self.names.file(def.file);
                found.extend(self.constrained(&Type::Named(def.id)).map(|id| (file, id)));
            }
        }
        found
    }

    /// The typedef that this is, if it says more than its Rust type can.
    pub(super) fn constrained(&self, ty: &Type) -> Option<TypeId> {
        let Type::Named(id) = ty else { return None };
        let is_typedef = matches!(self.schema.ty(*id).kind, TypeKind::Typedef(_));
        (is_typedef && self.use_of(Site::file(0), ty).is_constrained()).then_some(*id)
    }

    /// Where the newtype of a typedef stands: in the typedef's file, or the user's where that is not generated here.
    fn bounded_file(&self, user: usize, id: TypeId) -> usize {
        let own = self.names.file(self.schema.ty(id).file);
        if self.names.files[own].foreign.is_some() {
            user
        } else {
            own
        }
    }

    fn bounded(&self, file: usize, ids: &BTreeSet<TypeId>) -> Item {
        let types: Vec<&TypeDef> = ids.iter().map(|id| self.schema.ty(*id)).collect();
        let names: Vec<String> = ids.iter().map(|id| self.bounded_name(*id)).collect();
        let mut items: Vec<_> = types
            .iter()
            .map(|def| Item::Newtype(self.newtype(file, def)))
            .collect();
        items.extend(self.strategies(&items));
        Item::Module(Module {
            docs: "Typedefs as types of their own: they carry their bounds to where no field could state them.".to_owned(),
            name: "bounded".to_owned(),
            scope: Scope {
                std: self.std(names.iter().map(String::as_str)),
                items,
            },
        })
    }

    fn newtype(&self, file: usize, def: &TypeDef) -> Newtype {
        let site = Site {
            depth: 1,
            ..Site::file(file)
        };
        let used = self.use_of(site, &Type::Named(def.id));
        let facts = self.shapes.facts(def.id);
        let mut derives = vec!["Clone", "Debug", "PartialEq"];
        if !facts.float {
            derives.extend(["Eq", "Hash"]);
        }
        let name = self.names.ty(def.id);
        let head = self.head(def, &derives);
        let alias = match self.names.foreign(def.id) {
            Some(path) => format!("`{path}`"),
            None => format!("[`{name}`](super::{name})"),
        };
        Newtype {
            head: Head {
                docs: format!("{alias} within its bounds."),
                name: self.bounded_name(def.id),
                ..head
            },
            field: (self.arguments(site, &used), used.ty),
        }
    }

    pub(super) fn bounded_path(&self, site: Site, id: TypeId) -> String {
        let file = self.bounded_file(site.file, id);
        self.local_path(site, file, &format!("bounded::{}", self.bounded_name(id)))
    }

    /// The newtype's name: that of the typedef. One that is not generated here has kept its prefix, so that it is not
    /// taken for another of the user's file.
    fn bounded_name(&self, id: TypeId) -> String {
        match self.names.foreign(id) {
            Some(_) => escape_camel(camel(words(&self.schema.ty(id).name))),
            None => self.names.ty(id).to_owned(),
        }
    }
}
