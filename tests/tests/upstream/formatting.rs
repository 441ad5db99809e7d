//! Real files in canonical layout say what they said before, comments included.

use std::fs;

use xdr_build::Profile;
use xdr_parser::compare::compare;
use xdr_parser::schema::{Docs, Schema, TypeKind};
use xdr_parser::{Diagnostic, FileId, Options, Severity, compile_text, format, parse};

use crate::files::ALL;

const FILE: FileId = FileId(0);

#[test]
fn every_real_file_says_the_same_in_canonical_layout() {
    let mut count = 0;
    for line in ALL {
        let project = match line.find() {
            Ok(project) => project,
            Err(why) => {
                xdr_tests::skip(&why);
                continue;
            }
        };
        for file in &project.files {
            let path = project.folder.join(file);
            let text = String::from_utf8(fs::read(&path).expect("it is there"));
            let Ok(text) = text else { continue };
            count += usize::from(says_the_same(&text, project.config.options()));
        }
    }
    println!("{count} files");
}

/// Whether the file can be parsed; if so, it is held to the promise.
fn says_the_same(text: &str, options: &Options) -> bool {
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    let before = parse(FILE, text, options);
    let Ok(formatted) = format(FILE, text, options) else {
        assert!(before.diagnostics.iter().any(is_error));
        return false;
    };
    let after = parse(FILE, &formatted, options);
    assert_eq!(after.file.bare(), before.file.bare(), "{formatted}");
    assert_eq!(format(FILE, &formatted, options).as_ref(), Ok(&formatted));
    true
}

/// libvirt's comments are part of what the schema says.
#[test]
fn libvirts_protocols_mean_the_same_in_canonical_layout() {
    let Some(libvirt) = crate::project::Project::libvirt() else {
        return;
    };
    for file in &libvirt.files {
        let path = libvirt.folder.join(file);
        let text = fs::read_to_string(&path).expect("it is there");
        let mut options = Options::default();
        options.profile = Some(Profile::Libvirt);
        options.include = libvirt.config.options().include.clone();
        let formatted = format(FILE, &text, &options).expect("it can be parsed");
        let schema = |text: &str| {
            let compilation = compile_text(file, text, path.parent(), &options);
            compilation.schema.expect("it resolves")
        };
        let (old, new) = (schema(&text), schema(&formatted));
        assert_eq!(compare(&old, &new), [], "{file}");
        assert_eq!(docs(&new), docs(&old), "{file}");
    }
}

/// All comments that documentation is made of, their words.
fn docs(schema: &Schema) -> Vec<String> {
    let words = |docs: &Docs| docs.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut all: Vec<String> = schema.constants.iter().map(|it| words(&it.docs)).collect();
    for ty in &schema.types {
        all.push(words(&ty.docs));
        match &ty.kind {
            TypeKind::Struct(it) => all.extend(it.fields.iter().map(|field| words(&field.docs))),
            TypeKind::Enum(it) => all.extend(it.enumerators.iter().map(|it| words(&it.docs))),
            TypeKind::Union(it) => all.extend(it.arms.iter().map(|arm| words(&arm.docs))),
            _ => {}
        }
    }
    all
}
