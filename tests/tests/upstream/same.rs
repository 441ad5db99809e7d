//! What this project says about libvirt's protocol in its own words, against what libvirt says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use xdr_parser::schema::{ConstantValue, Schema};

use crate::project::Project;

#[test]
fn this_projects_remote_protocol_says_what_libvirts_says() {
    let Some(libvirt) = Project::libvirt() else {
        return;
    };
    let schema = |path: PathBuf| {
        let compilation = xdr_parser::compile(&[path], libvirt.config.options());
        compilation.schema.expect("both files resolve")
    };
    let theirs = schema(libvirt.folder.join("remote/remote_protocol.x"));
    let ours = schema(xdr_tests::remote_protocol());
    assert_same("type", &types(&ours), &types(&theirs));
    assert_same("constant", &constants(&ours), &constants(&theirs));
    assert_same("procedure", &procedures(&ours), &procedures(&theirs));
}

/// By name, so that a difference is shown as the one definition that differs.
fn assert_same(what: &str, ours: &BTreeMap<String, String>, theirs: &BTreeMap<String, String>) {
    for (name, text) in theirs {
        assert_eq!(ours.get(name), Some(text), "{what} {name}");
    }
    let more: Vec<_> = ours
        .keys()
        .filter(|name| !theirs.contains_key(*name))
        .collect();
    assert!(more.is_empty(), "libvirt has no {what} {more:?}");
}

/// Definitions in canonical layout, with what libvirt's generator reads in their comments.
fn types(schema: &Schema) -> BTreeMap<String, String> {
    let types = schema.types.iter();
    types
        .map(|def| {
            let fields = match &def.kind {
                xdr_parser::schema::TypeKind::Struct(body) => body.fields.as_slice(),
                _ => &[],
            };
            let marks: Vec<_> = fields.iter().map(|field| &field.marks).collect();
            let text = format!("{}\n{:?}\n{marks:?}", def.xdr, def.marks);
            (def.name.clone(), text)
        })
        .collect()
}

fn constants(schema: &Schema) -> BTreeMap<String, String> {
    let constants = schema.constants.iter();
    constants
        .map(|constant| {
            let value = match &constant.value {
                ConstantValue::Int(value) => value.to_string(),
                ConstantValue::String(value) => value.to_string(),
            };
            (constant.name.clone(), value)
        })
        .collect()
}

fn procedures(schema: &Schema) -> BTreeMap<String, String> {
    let procedures = schema.procedure_enums.iter().flat_map(|p| &p.procedures);
    procedures
        .map(|procedure| {
            let name = |id: Option<_>| id.map(|id| &schema.ty(id).name);
            let text = format!(
                "{} args {:?} ret {:?} msg {:?}\n{:?}",
                procedure.number,
                name(procedure.args),
                name(procedure.ret),
                name(procedure.msg),
                procedure.annotations
            );
            (procedure.name.clone(), text)
        })
        .collect()
}
