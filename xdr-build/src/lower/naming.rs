//! The Rust name of everything, decided before anything is lowered.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use xdr_parser::FileId;
use xdr_parser::schema::{
    ConstantId, Enum, File, Item, ProcedureEnum, ProgramId, Schema, TypeDef, TypeId, TypeKind,
};

use crate::config::Style;
use crate::names::{
    self, Scope, camel, escape, escape_camel, prefix_within, screaming, snake, words,
};
use crate::rules::Rules;

/// Final names, by the schema's ids.
pub(crate) struct Names<'a> {
    schema: &'a Schema,
    pub(crate) files: Vec<FileName>,
    file_index: HashMap<FileId, usize>,
    types: Vec<TypeName>,
    constants: Vec<ConstantName>,
    /// By file: the table of types, beside its constants.
    tables: Vec<Tables>,
    /// By type; empty for what is not an enum.
    enumerators: Vec<Vec<EnumeratorName>>,
}

pub(crate) struct FileName {
    /// The module as siblings refer to it.
    pub(crate) module: String,
    /// The path given with `extern_path`: the file is generated elsewhere.
    pub(crate) foreign: Option<String>,
}

struct TypeName {
    name: String,
    foreign: Option<String>,
}

/// The names of a file's tables.
struct Tables {
    types: String,
    fingerprints: String,
}

struct ConstantName {
    name: String,
    file: usize,
}

pub(crate) struct EnumeratorName {
    /// `ConnectOpen`, or for an alias the constant `CONNECT_OPEN`.
    pub(crate) ident: String,
    /// `ConnectOpen`, for an alias too: what a union's variant takes its name from.
    pub(crate) camel: String,
}

impl<'a> Names<'a> {
    pub(crate) fn new(schema: &'a Schema, style: &Style) -> Self {
        let mut names = Self {
            schema,
            files: file_names(schema, style),
            file_index: schema
                .files
                .iter()
                .enumerate()
                .map(|(at, file)| (file.id, at))
                .collect(),
            types: Vec::new(),
            constants: Vec::new(),
            tables: Vec::new(),
            enumerators: Vec::new(),
        };
        names.types = names.type_names(style);
        (names.constants, names.tables) = names.constant_names(style);
        let procedures: HashMap<TypeId, &ProcedureEnum> = schema
            .procedure_enums
            .iter()
            .map(|procedures| (procedures.ty, procedures))
            .collect();
        names.enumerators = schema
            .types
            .iter()
            .map(|def| match &def.kind {
                TypeKind::Enum(body) => {
                    enumerator_names(def, body, procedures.get(&def.id).copied(), style)
                }
                _ => Vec::new(),
            })
            .collect();
        names
    }

    /// The index of a file in [`Schema::files`].
    pub(crate) fn file(&self, id: FileId) -> usize {
        self.file_index.get(&id).copied().unwrap_or_default()
    }

    /// The name of a type, without a path.
    pub(crate) fn ty(&self, id: TypeId) -> &str {
        &self.types[id.0 as usize].name
    }

    /// The path of a type that is not generated because of `extern_path`.
    pub(crate) fn foreign(&self, id: TypeId) -> Option<&str> {
        self.types[id.0 as usize].foreign.as_deref()
    }

    pub(crate) fn constant(&self, id: ConstantId) -> &str {
        &self.constants[id.0 as usize].name
    }

    /// The file in which a constant is generated.
    pub(crate) fn constant_file(&self, id: ConstantId) -> usize {
        self.constants[id.0 as usize].file
    }

    /// The name of a file's table of types.
    pub(crate) fn type_table(&self, file: usize) -> &str {
        &self.tables[file].types
    }

    /// The name of a file's table of fingerprints.
    pub(crate) fn fingerprints(&self, file: usize) -> &str {
        &self.tables[file].fingerprints
    }

    pub(crate) fn enumerator(&self, id: TypeId, index: u32) -> &EnumeratorName {
        &self.enumerators[id.0 as usize][index as usize]
    }

    /// Whether a rule covers a type, or a member of it.
    pub(crate) fn is_covered<T>(
        &self,
        rules: &Rules<T>,
        def: &'a TypeDef,
        member: Option<&'a str>,
    ) -> bool {
        !self.ruled(rules, def, member).is_empty()
    }

    /// The values of the rules that cover a type, or a member of it.
    pub(crate) fn ruled<'r, T>(
        &self,
        rules: &'r Rules<T>,
        def: &'a TypeDef,
        member: Option<&'a str>,
    ) -> Vec<&'r T> {
        if rules.is_empty() {
            return Vec::new();
        }
        let mut path = self.rule_path(def);
        path.extend(member);
        rules.covering(&path)
    }

    /// What rules know a type by: its file's stem, the type around it, itself.
    pub(crate) fn rule_path(&self, def: &'a TypeDef) -> Vec<&'a str> {
        rule_path(self.schema, &self.file_index, def)
    }

    /// The name that an anonymous type would have had: its parent's and its field's.
    fn xdr_name(&self, def: &'a TypeDef) -> Cow<'a, str> {
        if def.parent.is_none() {
            Cow::Borrowed(&def.name)
        } else {
            let path = self.rule_path(def);
            Cow::Owned(path[1..].join("_"))
        }
    }

    fn type_names(&self, style: &Style) -> Vec<TypeName> {
        let full: Vec<String> = self
            .schema
            .types
            .iter()
            .map(|def| escape_camel(camel(words(&self.xdr_name(def)))))
            .collect();
        let mut wanted: Vec<Vec<String>> = vec![Vec::new(); self.files.len()];
        for (def, name) in self.schema.types.iter().zip(&full) {
            wanted[self.file(def.file)].push(name.clone());
        }
        let mut scopes: Vec<Scope> = wanted.into_iter().map(Scope::new).collect();
        let mut names: Vec<TypeName> = Vec::with_capacity(full.len());
        for (def, full) in self.schema.types.iter().zip(full) {
            let file = self.file(def.file);
            let scope = &mut scopes[file];
            let short = names::strip(&self.xdr_name(def), &style.prefixes)
                .map(|short| escape_camel(camel(words(short))))
                .filter(|short| !names::in_prelude(short) && scope.is_free(short));
            let name = scope.claim(short.unwrap_or(full), "");
            let foreign = match (
                &self.files[file].foreign,
                style.externs.naming(&self.rule_path(def)),
            ) {
                (_, Some(path)) => Some(path.clone()),
                (Some(module), None) => Some(format!("{module}::{name}")),
                (None, None) => None,
            };
            names.push(TypeName { name, foreign });
        }
        names
    }

    /// The names of the constants, and of the tables in each file.
    fn constant_names(&self, style: &Style) -> (Vec<ConstantName>, Vec<Tables>) {
        let full: Vec<String> = self
            .schema
            .constants
            .iter()
            .map(|constant| screaming(&constant.name))
            .collect();
        let mut wanted: Vec<Vec<String>> = vec![Vec::new(); self.files.len()];
        for (constant, name) in self.schema.constants.iter().zip(&full) {
            wanted[self.file(constant.location.file)].push(name.clone());
        }
        let mut scopes: Vec<Scope> = wanted.into_iter().map(Scope::new).collect();
        let mut names = Vec::with_capacity(full.len());
        for (constant, full) in self.schema.constants.iter().zip(full) {
            let file = self.file(constant.location.file);
            let scope = &mut scopes[file];
            let short = names::strip(&constant.name, &style.prefixes)
                .map(screaming)
                .filter(|short| scope.is_free(short));
            names.push(ConstantName {
                name: scope.claim(short.unwrap_or(full), "_"),
                file,
            });
        }
        let tables = scopes.iter_mut().map(|scope| Tables {
            types: scope.claim("TYPES".to_owned(), "_"),
            fingerprints: scope.claim("FINGERPRINTS".to_owned(), "_"),
        });
        (names, tables.collect())
    }
}

fn rule_path<'a>(
    schema: &'a Schema,
    files: &HashMap<FileId, usize>,
    def: &'a TypeDef,
) -> Vec<&'a str> {
    let mut path = vec![def.name.as_str()];
    let mut inner = def;
    while let Some(parent) = inner.parent {
        inner = schema.ty(parent);
        path.push(&inner.name);
    }
    if let Some(file) = files.get(&inner.file) {
        path.push(&schema.files[*file].stem);
    }
    path.reverse();
    path
}

/// Modules are named after files; two of one name differ by a number.
pub(crate) fn file_names(schema: &Schema, style: &Style) -> Vec<FileName> {
    let modules = module_names(
        schema
            .files
            .iter()
            .map(|file| module_name(&file.stem))
            .collect(),
    );
    schema
        .files
        .iter()
        .zip(modules)
        .map(|(file, module)| FileName {
            module,
            foreign: style.externs.naming(&[&file.stem]).cloned(),
        })
        .collect()
}

/// A stem as a module's name: `nfs-v3` → `nfs_v3`; letter case stays.
fn module_name(stem: &str) -> String {
    let mut name: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

/// Names of variants: the words that all enumerators begin with left out, if asked for.
fn enumerator_names(
    def: &TypeDef,
    body: &Enum,
    procedures: Option<&ProcedureEnum>,
    style: &Style,
) -> Vec<EnumeratorName> {
    let parted: Vec<Vec<&str>> = body
        .enumerators
        .iter()
        .map(|enumerator| words(&enumerator.name))
        .collect();
    let skip = if style.strip_enumerators {
        prefix_within(
            &parted,
            procedures.map_or(&def.name, |procedures| &procedures.prefix),
        )
    } else {
        0
    };
    let camels: Vec<String> = parted
        .iter()
        .map(|words| escape_camel(camel(words[skip.min(words.len())..].iter().copied())))
        .collect();
    let mut scope = Scope::new(camels.iter().cloned());
    let mut taken = HashSet::new();
    camels
        .into_iter()
        .zip(&body.enumerators)
        .zip(&parted)
        .map(|((camel, enumerator), words)| {
            let ident = if enumerator.alias_of.is_none() {
                scope.claim(camel.clone(), "")
            } else {
                let mut name = screaming(
                    &words[skip.min(words.len())..]
                        .join("_")
                        .to_ascii_uppercase(),
                );
                // A variant of one letter looks as its constant does.
                while !scope.is_free(&name) || !taken.insert(name.clone()) {
                    name.push('_');
                }
                name
            };
            EnumeratorName { ident, camel }
        })
        .collect()
}

/// Names of sibling modules, no two alike.
pub(crate) fn module_names(wanted: Vec<String>) -> Vec<String> {
    names::unique(wanted, "_").into_iter().map(escape).collect()
}

/// The modules in one file, by what they are for.
#[derive(Default)]
pub(crate) struct Modules {
    /// Of [`Schema::procedure_enums`], in order.
    pub(crate) procedure_enums: Vec<String>,
    pub(crate) programs: HashMap<ProgramId, String>,
}

/// `proc` for libvirt's procedures, or a name of its own for each of several enums of them; `bounded` is taken.
pub(crate) fn modules_of(schema: &Schema, file: &File) -> Modules {
    let enums: Vec<&str> = schema
        .procedure_enums
        .iter()
        .map(|of| schema.ty(of.ty))
        .filter(|def| def.file == file.id)
        .map(|def| def.name.as_str())
        .collect();
    let programs: Vec<ProgramId> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Program(id) => Some(*id),
            _ => None,
        })
        .collect();
    let mut wanted = vec!["bounded".to_owned()];
    match enums.as_slice() {
        [_] => wanted.push("proc".to_owned()),
        several => wanted.extend(several.iter().map(|name| program_module(name))),
    }
    wanted.extend(
        programs
            .iter()
            .map(|id| program_module(&schema.programs[id.0 as usize].name)),
    );
    let mut names = module_names(wanted).into_iter().skip(1);
    Modules {
        procedure_enums: names.by_ref().take(enums.len()).collect(),
        programs: programs.into_iter().zip(names).collect(),
    }
}

/// A module of such a name would hide the type from everything beside it.
const PRIMITIVE: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// The module of a program or version.
pub(crate) fn program_module(name: &str) -> String {
    let name = snake(name);
    if PRIMITIVE.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// The items of a file, types first met in source order.
pub(crate) fn types_of<'a>(
    schema: &'a Schema,
    items: &'a [Item],
) -> impl Iterator<Item = &'a TypeDef> {
    items.iter().filter_map(|item| match item {
        Item::Type(id) => Some(schema.ty(*id)),
        _ => None,
    })
}
