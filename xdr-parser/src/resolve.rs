//! Step 4: ASTs → [`Schema`].
//!
//! A list of passes, each over everything: all independent mistakes are found before the first stop. A name
//! whose definition is itself in error is not reported again where it is used.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use smol_str::SmolStr;

use crate::Compilation;
use crate::ast;
use crate::diagnostic::{Diagnostic, Severity};
use crate::inspect::{Import, InspectedFile, Inspection};
use crate::load::{Loaded, Unit};
use crate::options::Options;
use crate::schema::{
    Constant, ConstantId, File, Program, Schema, Type, TypeDef, TypeId, TypeKind, Value, ValueName,
};
use crate::source::{Location, Sources, Span};

mod check;
pub(crate) mod context;
mod declare;
pub(crate) mod docs;
pub(crate) mod forms;
mod gaps;
pub(crate) mod libvirt;
mod programs;
mod sizes;
pub(crate) mod suggest;
mod types;
mod values;

pub(crate) use sizes::size;
pub use suggest::similar_name as similar;

/// Resolves loaded files.
pub(crate) fn resolve(loaded: Loaded, options: &Options) -> Compilation {
    let Loaded {
        units,
        sources,
        diagnostics,
        watched,
        ..
    } = loaded;
    let mut resolver = Resolver::new(&units, &sources, options);
    let (schema, diagnostics) = resolver.run(diagnostics);
    drop(resolver);
    Compilation {
        schema: (!failed(&diagnostics)).then_some(schema),
        asts: units.into_iter().map(|unit| (unit.id, unit.ast)).collect(),
        diagnostics,
        sources,
        watched,
    }
}

/// Resolves loaded files and keeps what is known in spite of errors.
pub(crate) fn inspect(loaded: Loaded, options: &Options) -> Inspection {
    let Loaded {
        units,
        sources,
        diagnostics,
        watched,
        ..
    } = loaded;
    let mut resolver = Resolver::new(&units, &sources, options);
    let (schema, diagnostics) = resolver.run(diagnostics);
    let gaps = resolver.gaps(schema);
    drop(resolver);
    let ids: Vec<_> = units.iter().map(|unit| unit.id).collect();
    let file = |unit: Unit| InspectedFile {
        id: unit.id,
        path: unit.path.unwrap_or_default(),
        ast: unit.ast,
        imports: unit.imports.iter().map(|&import| ids[import]).collect(),
        lines: unit
            .found
            .iter()
            .map(|&(span, file)| Import {
                span,
                file: ids[file],
            })
            .collect(),
    };
    Inspection {
        complete: !failed(&diagnostics),
        schema: gaps.schema,
        without_value: gaps.without_value,
        without_size: gaps.without_size,
        diagnostics,
        files: units.into_iter().map(file).collect(),
        sources,
        watched,
    }
}

fn failed(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The definition of a type, as written.
#[derive(Clone, Copy)]
enum Body<'a> {
    Typedef(&'a ast::Declaration),
    Struct(&'a ast::StructBody),
    Enum(&'a ast::EnumBody),
    Union(&'a ast::UnionBody),
}

/// A type on its way: its index is its [`TypeId`].
#[derive(Clone, Copy)]
struct Draft<'a> {
    unit: usize,
    body: Body<'a>,
}

/// A constant on its way: its index is its [`ConstantId`].
#[derive(Clone, Copy)]
struct ConstantDraft<'a> {
    unit: usize,
    /// Nothing for an external, which has its value from the start.
    value: Option<&'a ast::Value>,
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
enum Known {
    /// Nothing yet.
    Todo,
    /// It is being worked out.
    Doing,
    /// A number, and the name that it was written as.
    Int(i128, Option<ValueName>),
    /// A string.
    Text(Arc<str>),
    /// There is none, and that has been reported.
    Failed,
}

/// A case label and where it stands.
#[derive(Clone, Copy)]
struct Label {
    union: usize,
    value: Value,
    span: Span,
}

struct Resolver<'a> {
    units: &'a [Unit],
    sources: &'a Sources,
    options: &'a Options,
    diagnostics: Vec<Diagnostic>,
    files: Vec<File>,
    constants: Vec<Constant>,
    types: Vec<TypeDef>,
    programs: Vec<Program>,
    constant_drafts: Vec<ConstantDraft<'a>>,
    drafts: Vec<Draft<'a>>,
    known_constants: Vec<Known>,
    /// For each type that is an enum, its enumerators; empty for the others.
    known_enumerators: Vec<Vec<Known>>,
    /// For each unit, itself and all that it imports.
    visible: Vec<Vec<usize>>,
    type_names: Vec<HashMap<SmolStr, TypeId>>,
    value_names: Vec<HashMap<SmolStr, ValueName>>,
    /// For each unit, what its programs, versions and procedures are numbered; the first of a name counts.
    numbers: Vec<HashMap<&'a str, &'a ast::Value>>,
    /// Types defined on the spot, by unit and where their body begins.
    nested: HashMap<(usize, u32), TypeId>,
    /// What each union is switched on, known even if its arms are in error.
    discriminants: Vec<(usize, Type)>,
    /// All case labels, union by union.
    labels: Vec<Label>,
    /// Unknown names that have been reported, by unit.
    reported: HashSet<(usize, String)>,
    /// What is known of types that are in error, by their index.
    in_part: Vec<(usize, TypeKind)>,
    /// What looking for similar names may still cost.
    suggesting: Cell<usize>,
}

impl<'a> Resolver<'a> {
    fn new(units: &'a [Unit], sources: &'a Sources, options: &'a Options) -> Self {
        Self {
            units,
            sources,
            options,
            diagnostics: Vec::new(),
            files: Vec::new(),
            constants: Vec::new(),
            types: Vec::new(),
            programs: Vec::new(),
            constant_drafts: Vec::new(),
            drafts: Vec::new(),
            known_constants: Vec::new(),
            known_enumerators: Vec::new(),
            visible: visible(units),
            type_names: vec![HashMap::new(); units.len()],
            value_names: vec![HashMap::new(); units.len()],
            numbers: vec![HashMap::new(); units.len()],
            nested: HashMap::new(),
            discriminants: Vec::new(),
            labels: Vec::new(),
            reported: HashSet::new(),
            in_part: Vec::new(),
            suggesting: Cell::new(suggest::WORK),
        }
    }

    /// All passes, and what they make of it. The schema counts only if none of them found an error.
    fn run(&mut self, loaded: Vec<Diagnostic>) -> (Schema, Vec<Diagnostic>) {
        let count = loaded.len();
        self.diagnostics = loaded;
        self.declare();
        self.evaluate();
        self.resolve_types();
        self.resolve_programs();
        self.check_types();
        self.measure();
        let procedure_enums = self.find_procedure_enums();
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        // What is missing in a part of a definition has been reported as what it is: a mistake in the text.
        let mut found = diagnostics.split_off(count);
        self.without_parts(&mut found);
        diagnostics.append(&mut found);
        diagnostics.sort_by_key(|diagnostic| diagnostic.primary.location);
        let asts = self.units.iter().map(|unit| (unit.id, &unit.ast));
        context::add(&mut diagnostics, asts);
        let schema = Schema {
            files: std::mem::take(&mut self.files),
            constants: std::mem::take(&mut self.constants),
            types: std::mem::take(&mut self.types),
            programs: std::mem::take(&mut self.programs),
            procedure_enums,
        };
        (schema, diagnostics)
    }

    fn location(&self, unit: usize, span: Span) -> Location {
        Location {
            file: self.units[unit].id,
            span,
        }
    }

    fn text(&self, unit: usize) -> &'a str {
        let source = self.sources.get(self.units[unit].id);
        source.map_or("", |source| &source.text)
    }

    /// The type of this name that `unit` sees; its own come first.
    fn find_type(&self, unit: usize, name: &str) -> Option<TypeId> {
        let mut units = self.visible[unit].iter();
        units.find_map(|&unit| self.type_names[unit].get(name).copied())
    }

    /// The number of this name that `unit` sees; its own come first.
    fn find_value(&self, unit: usize, name: &str) -> Option<ValueName> {
        let mut units = self.visible[unit].iter();
        units.find_map(|&unit| self.value_names[unit].get(name).copied())
    }

    /// Whether a name is yet to be reported as unknown. One that stands in a definition which could not be read may
    /// be defined there, and that has been reported.
    fn is_news(&mut self, unit: usize, name: &str) -> bool {
        let mut visible = self.visible[unit].iter();
        let unread = visible.any(|&unit| self.units[unit].unread.contains(name));
        !unread && self.reported.insert((unit, name.to_owned()))
    }

    fn known(&self, name: ValueName) -> Known {
        match name {
            ValueName::Constant(ConstantId(id)) => self.known_constants[id as usize].clone(),
            ValueName::Enumerator(TypeId(id), index) => {
                self.known_enumerators[id as usize][index as usize].clone()
            }
            ValueName::Bool => Known::Failed,
        }
    }
}

/// For each unit, itself and what it imports, near ones first.
fn visible(units: &[Unit]) -> Vec<Vec<usize>> {
    // For each unit the one from which it was last seen: cheaper than a set for each.
    let mut seen_from = vec![None; units.len()];
    let closure = |start: usize| {
        let mut seen = vec![start];
        seen_from[start] = Some(start);
        let mut next = 0;
        while next < seen.len() {
            for &import in &units[seen[next]].imports {
                if seen_from[import].replace(start) != Some(start) {
                    seen.push(import);
                }
            }
            next += 1;
        }
        seen
    };
    (0..units.len()).map(closure).collect()
}

/// Ids are 32 bits because source texts are shorter than 4 GiB.
fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
