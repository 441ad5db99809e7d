//! Bounds that are larger than what they are sent in, or become so by being multiplied.

use crate::graph::components;
use crate::lint::{Findings, Rule, Subject};
use crate::schema::{Field, Length, Schema, Size, Type, TypeDef, TypeKind};
use crate::source::Location;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let products = Products::of(subject);
    each_use(subject.schema, &mut |name, ty, location| {
        if subject.has(location) {
            check_packet(subject, findings, name, ty, location);
            check_product(subject, findings, &products, (name, ty), location);
        }
    });
}

/// Every type that a field or a typedef has, with its name and its place.
pub(super) fn each_use(schema: &Schema, take: &mut impl FnMut(&str, &Type, Location)) {
    for definition in &schema.types {
        uses(definition, take);
    }
}

fn uses(definition: &TypeDef, take: &mut impl FnMut(&str, &Type, Location)) {
    let field = |field: &Field| take(&field.name, &field.ty, field.location);
    match &definition.kind {
        TypeKind::Struct(body) => body.fields.iter().for_each(field),
        TypeKind::Union(body) => body.payloads().flatten().for_each(field),
        TypeKind::Typedef(target) => take(&definition.name, target, definition.location),
        TypeKind::Enum(_) => {}
    }
}

fn check_packet(
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
    name: &str,
    ty: &Type,
    location: Location,
) {
    // With the word for its length, where it has one.
    let (length, least) = match ty {
        Type::FixedOpaque(length) | Type::FixedArray(_, length) => (length, 0),
        Type::String(length) | Type::Opaque(length) | Type::Array(_, length) => (length, 4),
        _ => return,
    };
    if !length.written {
        return;
    }
    let Some(limit) = subject.packet_limit() else {
        return findings.pass_over(Rule::BoundOverPacket, location);
    };
    let content = match ty {
        Type::FixedArray(element, _) | Type::Array(element, _) => {
            u64::from(length.value).saturating_mul(size(subject.schema, element).min)
        }
        _ => Size::padded(length.value.into()),
    };
    let bytes = content.saturating_add(least);
    if bytes <= limit {
        return;
    }
    findings.add(Rule::BoundOverPacket, location, || {
        let message = format!("`{name}` may take {bytes} bytes, more than a packet holds");
        Rule::BoundOverPacket
            .at(location, message)
            .label(bound(*length))
            .help(format!(
                "a packet holds {limit} bytes, with all that is in it"
            ))
    });
}

fn check_product(
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
    products: &Products,
    (name, ty): (&str, &Type),
    location: Location,
) {
    let Some(Product {
        count,
        element,
        bytes,
    }) = products.over(subject, ty)
    else {
        return;
    };
    let limit = subject.settings.product_limit;
    findings.add(Rule::NestedBounds, location, || {
        let message = format!("`{name}` may take {}", human(bytes));
        Rule::NestedBounds
            .at(location, message)
            .label(match element.fixed() {
                Some(each) => format!("{count} elements of {each} bytes"),
                None => format!(
                    "{count} elements of up to {} bytes",
                    element.max.unwrap_or(u64::MAX)
                ),
            })
            .help(format!(
                "products of bounds are limited to {}",
                human(limit)
            ))
    });
}

/// What is known of the products of bounds in types.
struct Products {
    /// For each type whether something in it has no bound or is too much itself, which is reported there.
    told: Vec<bool>,
}

/// Elements that are too much together.
struct Product {
    count: u32,
    element: Size,
    bytes: u64,
}

impl Products {
    fn of(subject: &Subject<'_>) -> Self {
        let schema = subject.schema;
        let mut products = Self {
            told: vec![false; schema.types.len()],
        };
        // What a type is made of comes before it.
        let components = components(&schema.edges());
        for member in components.members.into_iter().flatten() {
            let mut told = false;
            uses(&schema.types[member], &mut |_, ty, location| {
                told |= has_no_bound(ty)
                    || products.is_told(ty)
                    || (subject.has(location) && products.over(subject, ty).is_some());
            });
            products.told[member] = told;
        }
        products
    }

    fn is_told(&self, ty: &Type) -> bool {
        ty.definition().is_some_and(|id| self.told[id.0 as usize])
    }

    /// An array that is too much, though nothing in it is.
    fn over(&self, subject: &Subject<'_>, ty: &Type) -> Option<Product> {
        let (Type::Array(each, length) | Type::FixedArray(each, length)) = ty else {
            return None;
        };
        let schema = subject.schema;
        let is_number = match schema.peel(each) {
            Type::Named(id) => matches!(schema.ty(*id).kind, TypeKind::Enum(_)),
            Type::FixedOpaque(_)
            | Type::Opaque(_)
            | Type::String(_)
            | Type::FixedArray(..)
            | Type::Array(..)
            | Type::Optional(_) => false,
            _ => true,
        };
        if is_number || !length.written || length.value < 2 || self.is_told(each) {
            return None;
        }
        let element = size(schema, each);
        let bytes = u64::from(length.value).saturating_mul(element.max?);
        (bytes > subject.settings.product_limit).then_some(Product {
            count: length.value,
            element,
            bytes,
        })
    }
}

fn has_no_bound(ty: &Type) -> bool {
    match ty {
        Type::String(length) | Type::Opaque(length) | Type::Array(_, length) => !length.written,
        _ => false,
    }
}

fn bound(length: Length) -> String {
    format!("up to {}", length.value)
}

/// What a type used somewhere takes on the wire.
fn size(schema: &Schema, ty: &Type) -> Size {
    match ty {
        Type::Void => Size::ZERO,
        Type::Hyper | Type::UnsignedHyper | Type::Double => Size::exactly(8),
        Type::Quadruple => Size::exactly(16),
        Type::Named(id) => schema.ty(*id).size,
        Type::FixedOpaque(length) => Size::exactly(Size::padded(length.value.into())),
        Type::Opaque(length) | Type::String(length) => Size {
            min: 4,
            max: Some(Size::padded(length.value.into()).saturating_add(4)),
        },
        // Declarations have one form each, so that these are not nested.
        Type::FixedArray(element, length) => {
            let count = length.value.into();
            size(schema, element).times(count, count)
        }
        Type::Array(element, length) => {
            let elements = size(schema, element).times(0, length.value.into());
            Size::exactly(4).then(elements)
        }
        Type::Optional(target) => Size::exactly(4).then(size(schema, target).times(0, 1)),
        _ => Size::exactly(4),
    }
}

/// `64.0 GiB (68719476736 bytes)`, and the bytes alone where they are few.
fn human(bytes: u64) -> String {
    let units = [
        (6, "EiB"),
        (5, "PiB"),
        (4, "TiB"),
        (3, "GiB"),
        (2, "MiB"),
        (1, "KiB"),
    ];
    let tenths = |power: u32| u128::from(bytes) * 10 / (1_u128 << (10 * power));
    let mut units = units.into_iter();
    match units.find(|(power, _)| tenths(*power) >= 10) {
        Some((power, unit)) => {
            let tenths = tenths(power);
            format!("{}.{} {unit} ({bytes} bytes)", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn amounts_are_told_in_the_largest_unit_that_fits() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB (1024 bytes)"),
            (1 << 32, "4.0 GiB (4294967296 bytes)"),
            (3 << 19, "1.5 MiB (1572864 bytes)"),
            (u64::MAX, "15.9 EiB (18446744073709551615 bytes)"),
        ] {
            assert_eq!(human(bytes), text);
        }
    }
}
