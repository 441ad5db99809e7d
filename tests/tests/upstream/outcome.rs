//! What becomes of each file on its own: a line for each, in words that its author's text has no part in.

use std::fmt::Write;
use std::path::Path;

use xdr_build::Config;
use xdr_parser::schema::{Item, Schema};
use xdr_parser::{Compilation, Diagnostic, Severity};

use crate::project::Project;

/// A line for each file, and how many of them got how far.
pub(crate) fn of(project: &Project) -> String {
    let width = project.files.iter().map(String::len).max().unwrap_or(0);
    let mut table = String::new();
    let (mut parsed, mut resolved) = (0, 0);
    for file in &project.files {
        let path = project.folder.join(file);
        let compilation =
            xdr_parser::compile(std::slice::from_ref(&path), project.config.options());
        let outcome = outcome(&compilation);
        writeln!(table, "{file:width$}  {outcome}").expect("a string takes any text");
        assert_generates(&path, &project.config, &compilation);
        parsed += usize::from(!compilation.diagnostics.iter().any(is_about_text));
        resolved += usize::from(compilation.schema.is_some());
    }
    let files = project.files.len();
    writeln!(
        table,
        "{files} files: {parsed} parse, {resolved} resolve and generate"
    )
    .expect("a string takes any text");
    table
}

fn outcome(compilation: &Compilation) -> String {
    let mut outcome = match &compilation.schema {
        Some(schema) => counts(schema),
        None => "rejected".to_owned(),
    };
    for diagnostic in &compilation.diagnostics {
        let kind = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place = diagnostic.primary.location;
        let source = compilation.sources.get(place.file);
        let source = source.expect("a diagnostic is about a file that was read");
        let at = source.line_column(place.span.start);
        let name = Path::new(&source.name).file_name().unwrap_or_default();
        let (name, code, message) = (name.display(), diagnostic.code, &diagnostic.message);
        write!(
            outcome,
            "\n    {name}:{}:{}: {kind}[{code}]: {message}",
            at.line, at.column
        )
        .expect("a string takes any text");
    }
    outcome
}

/// Whether a file could not be read or its grammar is broken.
fn is_about_text(diagnostic: &Diagnostic) -> bool {
    let code = diagnostic.code.as_str();
    code.starts_with("E01") || code.starts_with("E05")
}

fn assert_generates(path: &Path, config: &Config, compilation: &Compilation) {
    assert_eq!(
        config.generate(&[path]).is_ok(),
        compilation.schema.is_some(),
        "{}: what resolves can be generated, and nothing else",
        path.display()
    );
}

/// What the file itself defines, imports left out.
fn counts(schema: &Schema) -> String {
    let file = schema.files.iter().find(|file| file.root);
    let file = file.expect("the file that was asked for is in the schema");
    let count = |is: fn(&Item) -> bool| file.items.iter().filter(|item| is(item)).count();
    let constants = count(|item| matches!(item, Item::Constant(_)));
    let types = count(|item| matches!(item, Item::Type(_)));
    let in_enums = schema.procedure_enums.iter();
    let in_enums = in_enums.filter(|program| schema.ty(program.ty).file == file.id);
    let in_enums: usize = in_enums.map(|program| program.procedures.len()).sum();
    let programs = schema.programs.iter();
    let versions = programs
        .filter(|p| p.file == file.id)
        .flat_map(|p| &p.versions);
    let in_programs: usize = versions.map(|version| version.procedures.len()).sum();
    let procedures = in_enums + in_programs;
    format!("{constants} constants, {types} types, {procedures} procedures")
}
