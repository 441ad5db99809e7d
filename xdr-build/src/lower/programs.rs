//! Procedures: `program` blocks, and the enums of procedures that libvirt has.

use xdr_parser::schema::{
    Acl, ConstantValue, EnumProcedure, Priority, ProcedureEnum, ProgramId, Type, TypeId, TypeKind,
    Version,
};

use super::Context;
use super::messages::Lowered;
use super::naming::{module_names, program_module};
use super::uses::{Site, decimal, hex};
use crate::docs;
use crate::model::{Item, Module, Procedure, Scope as ModuleScope, Ty};
use crate::names::{self, camel, escape_camel, prefix_within, words};

/// The runtime implements its traits for tuples up to this length.
const TUPLE: usize = 8;

impl Context<'_> {
    /// For each file the modules that stand behind its items: `proc` of libvirt's procedures, then `bounded`.
    pub(super) fn trailing_modules(&self) -> Vec<Vec<Item>> {
        let mut modules: Vec<Vec<Item>> = self.schema.files.iter().map(|_| Vec::new()).collect();
        let mut names: Vec<_> = self
            .modules
            .iter()
            .map(|modules| modules.procedure_enums.iter())
            .collect();
        for of in &self.schema.procedure_enums {
            let file = self.names.file(self.schema.ty(of.ty).file);
            if let Some(name) = names[file].next() {
                modules[file].push(self.procedure_enum(file, of, name.clone()));
            }
        }
        for (file, module) in self.bounded_modules() {
            modules[file].push(module);
        }
        modules
    }

    /// What a procedure takes or returns, as one type.
    pub(super) fn message(&self, site: Site, types: &[Type]) -> Ty {
        match types {
            [] => Ty::Unit,
            [ty] => match self.constrained(ty) {
                Some(id) => {
                    let path = self.bounded_path(site, id);
                    Ty::Path(path, self.shapes.facts(id).borrows.then_some(site.lifetime))
                }
                None => match ty {
                    // The alias says more than what it stands for, and is the same type.
                    Type::Named(id) if matches!(self.schema.ty(*id).kind, TypeKind::Typedef(_)) => {
                        self.path(site, *id)
                    }
                    ty => self.use_of(site, ty).ty,
                },
            },
            many if many.len() <= TUPLE => Ty::Tuple(
                many.iter()
                    .map(|ty| self.message(site, std::slice::from_ref(ty)))
                    .collect(),
            ),
            // A tuple in a tuple is on the wire what a longer one would be.
            more => {
                let (first, rest) = more.split_at(TUPLE - 1);
                let mut fields: Vec<Ty> = first
                    .iter()
                    .map(|ty| self.message(site, std::slice::from_ref(ty)))
                    .collect();
                fields.push(self.message(site, rest));
                Ty::Tuple(fields)
            }
        }
    }

    /// `pub mod program { pub mod version { … } }`.
    pub(super) fn program(&self, file: usize, id: ProgramId) -> Item {
        let program = &self.schema.programs[id.0 as usize];
        let name = self.modules[file]
            .programs
            .get(&id)
            .cloned()
            .unwrap_or_default();
        let wanted: Vec<String> = program
            .versions
            .iter()
            .map(|version| {
                let module = program_module(&version.name);
                // Clippy minds a module within one of its own name.
                if module == name {
                    format!("{module}_v{}", version.number)
                } else {
                    module
                }
            })
            .collect();
        let versions = program.versions.iter().zip(module_names(wanted));
        // A procedure has the same name in all versions.
        let procedures = program
            .versions
            .iter()
            .flat_map(|version| &version.procedures);
        let parted: Vec<Vec<&str>> = procedures.map(|procedure| words(&procedure.name)).collect();
        let prefix = prefix_within(&parted, &program.name);
        let mut items = vec![number(
            "PROGRAM",
            "The program's number.",
            &program_number(program.number),
        )];
        items.extend(versions.map(|(version, name)| self.version(file, version, name, prefix)));
        Item::Module(Module {
            docs: described(&program.docs.text, || {
                format!("Program `{}`.", program.name)
            }),
            name,
            scope: ModuleScope {
                std: self.std(std::iter::empty()),
                items,
            },
        })
    }

    fn version(&self, file: usize, version: &Version, name: String, prefix: usize) -> Item {
        let site = Site {
            depth: 2,
            ..Site::file(file)
        };
        let markers = self.marker_names(
            version
                .procedures
                .iter()
                .map(|procedure| procedure.name.as_str()),
            prefix,
            self.message_names(false),
        );
        let mut items = vec![number(
            "VERSION",
            "The version's number.",
            &decimal(version.number.into()),
        )];
        let lowered = version.procedures.iter().zip(&markers);
        let lowered = lowered.map(|(procedure, name)| Lowered {
            procedure: Procedure {
                docs: described(&procedure.docs.text, || format!("`{}`.", procedure.name)),
                name: name.clone(),
                args: self.message(site, &procedure.args),
                ret: self.message(site, std::slice::from_ref(&procedure.ret)),
                xdr_name: procedure.name.clone(),
                program: "super::PROGRAM".to_owned(),
                version: "VERSION".to_owned(),
                number: decimal(procedure.number.into()),
                event: false,
                high_priority: false,
                acl: Vec::new(),
                acl_filter: Vec::new(),
                read_only: false,
                stream: None,
            },
            number: procedure.number,
            args_size: self.message_size(&procedure.args),
            ret_size: self.message_size(std::slice::from_ref(&procedure.ret)),
        });
        items.extend(self.with_messages(lowered.collect()));
        Item::Module(Module {
            docs: described(&version.docs.text, || {
                format!("Version `{}`.", version.name)
            }),
            name,
            scope: ModuleScope {
                std: self.std(markers.iter().map(String::as_str)),
                items,
            },
        })
    }

    fn procedure_enum(&self, file: usize, of: &ProcedureEnum, name: String) -> Item {
        let prefix = words(&of.prefix).len();
        let xdr_names: Vec<&str> = of
            .procedures
            .iter()
            .map(|procedure| self.enumerator(of, procedure))
            .collect();
        let events = of
            .procedures
            .iter()
            .any(|procedure| procedure.msg.is_some());
        let beside = self.message_names(events);
        let markers = self.marker_names(xdr_names.iter().copied(), prefix, beside);
        let size = |id: Option<TypeId>| self.message_size(id.map(Type::Named).as_slice());
        let lowered = of
            .procedures
            .iter()
            .zip(xdr_names)
            .zip(&markers)
            .map(|((procedure, xdr_name), name)| Lowered {
                procedure: self.enum_procedure(file, of, procedure, xdr_name, name),
                number: procedure.number,
                args_size: size(procedure.msg.or(procedure.args)),
                ret_size: size(procedure.ret),
            })
            .collect();
        let items = self.with_messages(lowered);
        let link = self.names.ty(of.ty);
        Item::Module(Module {
            docs: format!("The procedures of [`{link}`] as types."),
            name,
            scope: ModuleScope {
                std: self.std(markers.iter().map(String::as_str)),
                items,
            },
        })
    }

    fn enum_procedure(
        &self,
        file: usize,
        of: &ProcedureEnum,
        procedure: &EnumProcedure,
        xdr_name: &str,
        name: &str,
    ) -> Procedure {
        let site = Site {
            depth: 1,
            ..Site::file(file)
        };
        let comment = of
            .enumerator(self.schema, procedure)
            .map(|found| found.docs.text.as_str());
        let message = |id: Option<TypeId>| self.message(site, id.map(Type::Named).as_slice());
        let texts = |acl: &[Acl]| acl.iter().map(|acl| acl.text.clone()).collect();
        let annotations = &procedure.annotations;
        Procedure {
            docs: described(comment.unwrap_or_default(), || format!("`{xdr_name}`.")),
            name: name.to_owned(),
            args: message(procedure.msg.or(procedure.args)),
            ret: message(procedure.ret),
            xdr_name: xdr_name.to_owned(),
            program: self.constant_as_u32(site, of.program),
            version: self.constant_as_u32(site, of.version),
            number: decimal(procedure.number.into()),
            event: procedure.msg.is_some(),
            high_priority: annotations.priority == Some(Priority::High),
            acl: texts(&annotations.acl),
            acl_filter: texts(&annotations.acl_filter),
            read_only: procedure.msg.is_none() && is_read_only(&annotations.acl),
            stream: match (annotations.read_stream, annotations.write_stream) {
                (Some(_), _) => Some("Read"),
                (None, Some(_)) => Some("Write"),
                (None, None) => None,
            },
        }
    }

    fn enumerator<'t>(&'t self, of: &ProcedureEnum, procedure: &'t EnumProcedure) -> &'t str {
        let found = of.enumerator(self.schema, procedure);
        found.map_or(&procedure.name, |found| &found.name)
    }

    fn constant_as_u32(&self, site: Site, id: xdr_parser::schema::ConstantId) -> String {
        let path = self.local_path(site, self.names.constant_file(id), self.names.constant(id));
        match self.schema.constant(id).value {
            ConstantValue::Int(value) if u32::try_from(value).is_err() => format!("{path} as u32"),
            _ => path,
        }
    }

    /// Names of procedures as types, without so many words that they all begin with; not those of what stands beside.
    fn marker_names<'n>(
        &self,
        procedures: impl Iterator<Item = &'n str>,
        prefix: usize,
        beside: &[&str],
    ) -> Vec<String> {
        let parted: Vec<Vec<&str>> = procedures.map(words).collect();
        let skip = if self.style.strip_enumerators {
            prefix
        } else {
            0
        };
        let camels: Vec<String> = parted
            .iter()
            .map(|words| {
                escape_camel(camel(
                    words[skip.min(words.len().saturating_sub(1))..]
                        .iter()
                        .copied(),
                ))
            })
            .collect();
        let beside = beside.iter().map(|&name| name.to_owned());
        let first = beside.len();
        let mut names = names::unique(beside.chain(camels).collect(), "");
        names.split_off(first)
    }
}

/// Whether the permissions that a call needs whatever its arguments are of those that libvirt gives to read-only connections
/// (marked `@anonymous` in its `src/access/viraccessperm.h`).
fn is_read_only(acl: &[Acl]) -> bool {
    let is_free = |acl: &Acl| {
        let permission = acl.permission.as_str();
        acl.object == "none"
            || acl.flag.is_some()
            || acl.parameter.is_some()
            || matches!(permission, "getattr" | "read")
            || permission.starts_with("search_")
    };
    !acl.is_empty() && acl.iter().all(is_free)
}

/// A program's number, in hex where RFC 5531 gives ranges in hex to users.
fn program_number(number: u32) -> String {
    if number >= 0x2000_0000 {
        hex(number.into())
    } else {
        decimal(number.into())
    }
}

fn number(name: &str, docs: &str, value: &str) -> Item {
    Item::Const(crate::model::Const {
        docs: docs.to_owned(),
        name: name.to_owned(),
        ty: "u32",
        value: value.to_owned(),
    })
}

/// The author's comment, or a line in its place.
fn described(comment: &str, otherwise: impl FnOnce() -> String) -> String {
    let docs = docs::markdown(comment);
    if docs.is_empty() { otherwise() } else { docs }
}
