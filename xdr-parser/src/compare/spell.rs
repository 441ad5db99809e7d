//! How a type, a length or a number is written in a message.

use crate::schema::{Length, Schema, Type, ValueName};

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

/// The name of a constant or an enumerator.
pub(super) fn value_name(schema: &Schema, name: ValueName) -> Option<&str> {
    match name {
        ValueName::Constant(id) => Some(&schema.constant(id).name),
        ValueName::Enumerator(id, index) => match &schema.ty(id).kind {
            crate::schema::TypeKind::Enum(definition) => {
                let enumerator = definition.enumerators.get(index as usize)?;
                Some(&enumerator.name)
            }
            _ => None,
        },
        ValueName::Bool => None,
    }
}
