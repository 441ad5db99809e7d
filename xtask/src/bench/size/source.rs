//! libvirt's file in a form that every generator reads.

use std::fmt::Write as _;
use std::path::Path;

use xdr_parser::schema::{ConstantValue, Item, TypeDef, TypeKind, ValueName};
use xdr_parser::{Options, Profile, Schema, compile};

/// The same types in plain RFC 4506: `%` lines and comments are gone, constants that C's headers have are defined, what was
/// set to another name is set to its number, as are labels of unions over integers, and characters are integers.
pub(super) fn plain(file: &Path) -> Result<String, String> {
    let mut options = Options::default();
    options.profile = Some(Profile::Libvirt);
    let schema = compile(&[file.to_owned()], &options).schema;
    let schema = schema.ok_or_else(|| format!("{}: is not what it was", file.display()))?;
    let mut text = String::new();
    for constant in &schema.constants {
        if let ConstantValue::Int(value) = &constant.value {
            let _ = writeln!(text, "const {} = {value};", constant.name);
        }
    }
    for item in schema.files.iter().flat_map(|file| &file.items) {
        if let Item::Type(id) = item {
            let _ = writeln!(text, "\n{}", definition(&schema, schema.ty(*id)));
        }
    }
    Ok(text)
}

/// xdrgen reads characters, but its runtime has no form for them. That of integers is as long.
const CHARACTERS: [(&str, &str); 2] = [
    ("    char ", "    int "),
    ("    unsigned char ", "    unsigned int "),
];

/// A definition with integers for characters, and with the labels of a union over an integer as numbers: xdrgen does not look
/// names up there.
fn definition(schema: &Schema, def: &TypeDef) -> String {
    let mut text = def.xdr.clone();
    for (from, to) in CHARACTERS {
        text = text.replace(from, to);
    }
    if let TypeKind::Union(union) = &def.kind {
        for label in union.arms.iter().flat_map(|arm| &arm.labels) {
            if let Some(ValueName::Constant(id)) = label.name {
                let name = format!("case {}:", schema.constant(id).name);
                text = text.replace(&name, &format!("case {}:", label.value));
            }
        }
    }
    text
}
