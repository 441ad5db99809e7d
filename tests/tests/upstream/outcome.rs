//! What becomes of each file on its own.

use std::fmt::Write;
use std::path::Path;

use xdr_build::Config;
use xdr_parser::Severity;
use xdr_parser::schema::{Item, Schema};

use crate::files::Project;

#[test]
fn every_file_of_libvirt_has_the_outcome_that_is_written_down() {
    if let Some(libvirt) = Project::libvirt() {
        insta::assert_snapshot!("libvirt", outcomes(&libvirt));
    }
}

#[test]
fn every_file_of_rpcsvc_proto_has_the_outcome_that_is_written_down() {
    if let Some(rpcsvc) = Project::rpcsvc() {
        insta::assert_snapshot!("rpcsvc", outcomes(&rpcsvc));
    }
}

fn outcomes(project: &Project) -> String {
    let mut table = String::new();
    for file in project.files {
        let path = project.folder.join(file);
        let outcome = outcome(&path, &project.config);
        writeln!(table, "{file:28} {outcome}").expect("a string takes any text");
    }
    table
}

fn outcome(path: &Path, config: &Config) -> String {
    let compilation = xdr_parser::compile(&[path.to_owned()], config.options());
    let mut outcome = match &compilation.schema {
        Some(schema) => counts(schema),
        None => "rejected".to_owned(),
    };
    for diagnostic in &compilation.diagnostics {
        let kind = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        outcome.extend(["\n    ", kind, ": ", &diagnostic.message]);
    }
    let generated = config.generate(&[path]);
    assert_eq!(
        generated.is_ok(),
        compilation.schema.is_some(),
        "{}: what resolves can be generated, and nothing else",
        path.display()
    );
    outcome
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
