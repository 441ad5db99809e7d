//! Types and constants that nothing refers to, in files that have a program: others are for those that import them.

use std::collections::HashSet;

use crate::ast::{Trivia, TriviaKind, Value, ValueKind};
use crate::graph::components;
use crate::lint::walk::{self, Host, Visitor};
use crate::lint::{Findings, Rule, Subject};
use crate::schema::{
    ConstantId, EnumProcedure, File, Item, Origin, Schema, Type, TypeDef, TypeKind,
};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let names = Names::of(subject);
    let used = used_types(subject.schema, &names);
    let programs = subject.schema.procedure_enums.iter();
    let numbers = programs.flat_map(|program| [program.program, program.version]);
    let numbers: HashSet<ConstantId> = numbers.collect();
    for file in subject.schema.files.iter().filter(|file| file.root) {
        if has_program(subject.schema, file) {
            check_types(subject.schema, file, &used, findings);
            check_constants(subject.schema, file, &names, &numbers, findings);
        }
    }
}

fn has_program(schema: &Schema, file: &File) -> bool {
    let mut programs = schema.programs.iter().map(|program| program.file);
    let mut enums = schema.procedure_enums.iter();
    programs.any(|id| id == file.id) || enums.any(|program| schema.ty(program.ty).file == file.id)
}

fn check_types(schema: &Schema, file: &File, used: &[bool], findings: &mut Findings<'_>) {
    for item in &file.items {
        let Item::Type(id) = item else { continue };
        let definition = schema.ty(*id);
        let location = definition.name_location;
        if definition.parent.is_none() && !used[id.0 as usize] {
            findings.add(Rule::UnusedType, location, || {
                let message = format!("nothing uses the type `{}`", definition.name);
                Rule::UnusedType
                    .at(location, message)
                    .label("never used")
                    .help("remove it, or use it")
            });
        }
    }
}

fn check_constants(
    schema: &Schema,
    file: &File,
    names: &Names<'_>,
    numbers: &HashSet<ConstantId>,
    findings: &mut Findings<'_>,
) {
    for item in &file.items {
        let Item::Constant(id) = item else { continue };
        let constant = schema.constant(*id);
        if numbers.contains(id) || constant.origin != Origin::Source || names.has(&constant.name) {
            continue;
        }
        let location = constant.name_location;
        findings.add(Rule::UnusedConstant, location, || {
            let message = format!("nothing uses the constant `{}`", constant.name);
            Rule::UnusedConstant
                .at(location, message)
                .label("never used")
                .help("remove it, or use it")
        });
    }
}

/// For each type whether another type, a procedure or C code uses it, or one that it is in a circle with.
fn used_types(schema: &Schema, names: &Names<'_>) -> Vec<bool> {
    let edges = schema.edges();
    let components = components(&edges);
    let mut used = vec![false; components.members.len()];
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            if components.of[from] != components.of[to] {
                used[components.of[to]] = true;
            }
        }
    }
    let mut is_used = |ty: &Type| {
        if let Some(id) = ty.definition() {
            used[components.of[id.0 as usize]] = true;
        }
    };
    let versions = schema.programs.iter().flat_map(|program| &program.versions);
    for procedure in versions.flat_map(|version| &version.procedures) {
        procedure.args.iter().for_each(&mut is_used);
        is_used(&procedure.ret);
    }
    for program in &schema.procedure_enums {
        is_used(&Type::Named(program.ty));
        let messages = program.procedures.iter().flat_map(EnumProcedure::messages);
        messages.flatten().for_each(|id| is_used(&Type::Named(id)));
    }
    for definition in &schema.types {
        if names.has_type(definition) {
            is_used(&Type::Named(definition.id));
        }
    }
    components
        .of
        .iter()
        .map(|component| used[*component])
        .collect()
}

/// Names that something in the text refers to: numbers by name, and the words of `%` and `#` lines.
struct Names<'a> {
    values: HashSet<&'a str>,
    words: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(subject: &Subject<'a>) -> Self {
        let mut names = Self {
            values: HashSet::new(),
            words: HashSet::new(),
        };
        for (id, file) in subject.all {
            let source = subject.sources.get(*id);
            let text = source.map_or("", |source| source.text.as_str());
            let mut reader = Reader {
                names: &mut names,
                text,
            };
            walk::file(file, &mut reader);
        }
        names
    }

    fn has(&self, name: &str) -> bool {
        self.values.contains(name) || self.words.contains(name)
    }

    /// An enum is used where one of its enumerators is.
    fn has_type(&self, definition: &TypeDef) -> bool {
        let enumerators = match &definition.kind {
            TypeKind::Enum(body) => body.enumerators.as_slice(),
            _ => &[],
        };
        self.words.contains(definition.name.as_str())
            || enumerators.iter().any(|it| self.has(&it.name))
    }
}

struct Reader<'n, 'a> {
    names: &'n mut Names<'a>,
    text: &'a str,
}

impl<'a> Visitor<'a> for Reader<'_, 'a> {
    fn number(&mut self, value: &'a Value) {
        if let ValueKind::Name(name) = &value.kind {
            self.names.values.insert(name);
        }
    }

    fn trivia(&mut self, _: Host<'a>, trivia: &'a [Trivia]) {
        for line in trivia {
            let text = line.span.of(self.text);
            let is_line = matches!(
                line.kind,
                TriviaKind::PassThrough | TriviaKind::Directive | TriviaKind::Inactive
            );
            if !is_line {
                continue;
            }
            // A definition by `#define` is no use of what it defines; its value has been told already.
            if text
                .trim_start_matches(['#', ' ', '\t'])
                .starts_with("define")
            {
                continue;
            }
            let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let words = text.split(|letter| !is_letter(letter));
            self.names
                .words
                .extend(words.filter(|word| !word.is_empty()));
        }
    }
}
