//! libvirt keeps, beside its `.x` files, listings of the C structs that rpcgen makes of them. They were written by
//! other tools than these, from the debug information of compiled code, so they are a second opinion.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use xdr_parser::schema::{Field, Length, Schema, Struct, Type, TypeKind, Union};

use crate::project::Project;
use crate::same::{ours, theirs};

#[test]
fn libvirts_files_have_the_fields_and_numbers_that_libvirt_lists() {
    if let Some(libvirt) = Project::libvirt() {
        assert_listed(&libvirt, |file| theirs(&libvirt, file));
    }
}

#[test]
fn this_projects_files_have_the_fields_and_numbers_that_libvirt_lists() {
    if let Some(libvirt) = Project::libvirt() {
        assert_listed(&libvirt, ours);
    }
}

/// Holds the schema of each of libvirt's files against its listing.
fn assert_listed(libvirt: &Project, schema: impl Fn(&str) -> Schema) {
    let mut compared = 0;
    for file in &libvirt.files {
        let stem = Path::new(file).file_stem().expect("it is a file's path");
        let listing = format!("{}-structs", stem.display());
        // The log protocol has none.
        let Ok(text) = fs::read_to_string(libvirt.folder.join(&listing)) else {
            continue;
        };
        let ours = definitions(&schema(file));
        for (name, theirs) in listed(&text) {
            assert_eq!(ours.get(&name), Some(&theirs), "{name} in {listing}");
            compared += 1;
        }
    }
    assert!(compared > 700, "only {compared} definitions were listed");
}

/// The definitions of a listing by name, each in one line, its words separated by one space.
fn listed(text: &str) -> BTreeMap<String, String> {
    let definitions = text.split("\n};").filter_map(|definition| {
        let start = definition.find("struct ").into_iter();
        let start = start.chain(definition.find("enum ")).min()?;
        let words: Vec<_> = definition[start..].split_whitespace().collect();
        Some((words[1].to_owned(), words.join(" ").replace("* ", "*")))
    });
    definitions.collect()
}

/// The schema's structs, enums and unions as such a listing has them.
fn definitions(schema: &Schema) -> BTreeMap<String, String> {
    let types = schema.types.iter().filter_map(|def| {
        let body = match &def.kind {
            TypeKind::Struct(body) => format!("struct {} {{{}", def.name, fields(schema, body)),
            TypeKind::Union(body) => format!("struct {} {{{}", def.name, union(schema, def, body)),
            TypeKind::Enum(body) => {
                let enumerators = body.enumerators.iter();
                let lines: Vec<_> = enumerators
                    .map(|e| format!(" {} = {},", e.name, e.value))
                    .collect();
                format!("enum {} {{{}", def.name, lines.concat())
            }
            _ => return None,
        };
        Some((def.name.clone(), body))
    });
    types.collect()
}

fn fields(schema: &Schema, body: &Struct) -> String {
    body.fields
        .iter()
        .map(|field| member(schema, field))
        .collect()
}

fn union(schema: &Schema, def: &xdr_parser::schema::TypeDef, body: &Union) -> String {
    let default = body.default.iter().filter_map(|arm| arm.field.as_ref());
    let arms = body.arms.iter().filter_map(|arm| arm.field.as_ref());
    let arms: String = arms
        .chain(default)
        .map(|field| member(schema, field))
        .collect();
    let discriminant = c_type(schema, &body.discriminant);
    format!(
        " {discriminant} {}; union {{{arms} }} {}_u;",
        body.discriminant_name, def.name
    )
}

/// A member as rpcgen declares it.
fn member(schema: &Schema, field: &Field) -> String {
    let name = &field.name;
    let counted =
        |element: &str| format!(" struct {{ u_int {name}_len; {element} *{name}_val; }} {name};");
    match &field.ty {
        Type::String(_) => format!(" char *{name};"),
        Type::Opaque(_) => counted("char"),
        Type::Array(element, _) => counted(&c_type(schema, element)),
        Type::FixedOpaque(Length { value, .. }) => format!(" char {name}[{value}];"),
        Type::FixedArray(element, Length { value, .. }) => {
            format!(" {} {name}[{value}];", c_type(schema, element))
        }
        Type::Optional(target) => format!(" {} *{name};", c_type(schema, target)),
        other => format!(" {} {name};", c_type(schema, other)),
    }
}

fn c_type(schema: &Schema, ty: &Type) -> String {
    match ty {
        Type::Named(id) => schema.ty(*id).name.clone(),
        Type::Int => "int".to_owned(),
        Type::UnsignedInt => "u_int".to_owned(),
        Type::Hyper => "int64_t".to_owned(),
        Type::UnsignedHyper => "uint64_t".to_owned(),
        Type::Char => "char".to_owned(),
        Type::UnsignedChar => "u_char".to_owned(),
        Type::Short => "short".to_owned(),
        Type::UnsignedShort => "u_short".to_owned(),
        Type::Double => "double".to_owned(),
        other => panic!("libvirt has no fields of {other:?}"),
    }
}
