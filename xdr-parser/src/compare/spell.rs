//! How a type, a length or a number is written in a message.

use crate::schema::{Length, Mark, Schema, Type, TypeDef, TypeKind, Value, ValueName};

/// A use of a type, as a declaration without its name would have it: `string<20>`, `remote_domain *`.
pub(super) fn ty(schema: &Schema, ty: &Type) -> String {
    match ty {
        Type::Void => "void".to_owned(),
        Type::Int => "int".to_owned(),
        Type::UnsignedInt => "unsigned int".to_owned(),
        Type::Hyper => "hyper".to_owned(),
        Type::UnsignedHyper => "unsigned hyper".to_owned(),
        Type::Float => "float".to_owned(),
        Type::Double => "double".to_owned(),
        Type::Quadruple => "quadruple".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Char => "char".to_owned(),
        Type::UnsignedChar => "unsigned char".to_owned(),
        Type::Short => "short".to_owned(),
        Type::UnsignedShort => "unsigned short".to_owned(),
        Type::FixedOpaque(size) => format!("opaque[{}]", length(schema, *size)),
        Type::Opaque(bound) => format!("opaque<{}>", length(schema, *bound)),
        Type::String(bound) => format!("string<{}>", length(schema, *bound)),
        Type::Named(id) => schema.ty(*id).name.clone(),
        Type::FixedArray(element, size) => {
            format!("{}[{}]", self::ty(schema, element), length(schema, *size))
        }
        Type::Array(element, bound) => {
            format!("{}<{}>", self::ty(schema, element), length(schema, *bound))
        }
        Type::Optional(target) => format!("{} *", self::ty(schema, target)),
    }
}

/// A length as it was written, nothing for none.
pub(super) fn length(schema: &Schema, length: Length) -> String {
    match length.name.and_then(|name| value_name(schema, name)) {
        Some(name) => name.to_owned(),
        None if length.written => length.value.to_string(),
        None => String::new(),
    }
}

/// A length for somebody who wants the number: `20`, "20 (`MAX`)".
pub(super) fn number(schema: &Schema, length: Length) -> String {
    match length.name.and_then(|name| value_name(schema, name)) {
        _ if !length.written => "without a bound".to_owned(),
        Some(name) => format!("{} (`{name}`)", length.value),
        None => length.value.to_string(),
    }
}

/// A number for somebody who wants the name, if it has one.
pub(super) fn value(schema: &Schema, value: &Value) -> String {
    if value.name == Some(ValueName::Bool) {
        let name = if value.value == 0 { "FALSE" } else { "TRUE" };
        return name.to_owned();
    }
    match value.name.and_then(|name| value_name(schema, name)) {
        Some(name) => name.to_owned(),
        None => value.value.to_string(),
    }
}

/// A type's name, with those of the types around an anonymous one: `outer.field`.
pub(super) fn path(schema: &Schema, definition: &TypeDef) -> String {
    let mut path = definition.name.clone();
    let mut parent = definition.parent;
    while let Some(id) = parent {
        let around = schema.ty(id);
        path = format!("{}.{path}", around.name);
        parent = around.parent;
    }
    path
}

/// What a definition is called by.
pub(super) fn kind(definition: &TypeDef) -> &'static str {
    match definition.kind {
        TypeKind::Struct(_) => "struct",
        TypeKind::Enum(_) => "enum",
        TypeKind::Union(_) => "union",
        TypeKind::Typedef(_) => "typedef",
    }
}

/// The same with its article.
pub(super) fn a_kind(definition: &TypeDef) -> String {
    let kind = kind(definition);
    let article = if kind == "enum" { "an" } else { "a" };
    format!("{article} {kind}")
}

/// A libvirt mark, as it is written between comment signs.
pub(super) fn mark(mark: &Mark) -> String {
    match mark {
        Mark::Insert(offset) => format!("insert@{offset}"),
        Mark::Alloc {
            offset,
            count_type,
            count_offset,
        } => format!("alloc@{offset}@{count_type}@{count_offset}"),
        Mark::Cast(cast) => format!("({cast})"),
        Mark::SkipGen => "skipgen".to_owned(),
    }
}

/// Things in backticks, or that there are none.
pub(super) fn list(things: &[String]) -> String {
    if things.is_empty() {
        return "none".to_owned();
    }
    let quoted: Vec<String> = things.iter().map(|thing| format!("`{thing}`")).collect();
    quoted.join(", ")
}

/// The name of a constant or an enumerator.
pub(super) fn value_name(schema: &Schema, name: ValueName) -> Option<&str> {
    match name {
        ValueName::Constant(id) => Some(&schema.constant(id).name),
        ValueName::Enumerator(id, index) => match &schema.ty(id).kind {
            TypeKind::Enum(definition) => {
                let enumerator = definition.enumerators.get(index as usize)?;
                Some(&enumerator.name)
            }
            _ => None,
        },
        ValueName::Bool => None,
    }
}
