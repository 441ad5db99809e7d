//! The use of a type in a field, an arm, a typedef or a procedure: the Rust type, and the bounds it comes with.

use xdr_parser::schema::{ConstantValue, Length, Schema, Type, TypeId, TypeKind, ValueName};

use super::{Context, list_node};
use crate::model::{Argument, Ty};
use crate::names::words;

/// Where a type is used.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    /// The file's index.
    pub(crate) file: usize,
    /// How many modules deep in it.
    pub(crate) depth: usize,
    /// The lifetime of what is borrowed.
    pub(crate) lifetime: &'static str,
    /// Strings are kept as bytes.
    pub(crate) bytes: bool,
    /// Strings and opaques are borrowed.
    pub(crate) borrowed: bool,
}

impl Site {
    /// At the top of a file.
    pub(crate) fn file(file: usize) -> Self {
        Self {
            file,
            depth: 0,
            lifetime: "'a",
            bytes: false,
            borrowed: false,
        }
    }
}

/// A type in use.
pub(crate) struct Use {
    pub(crate) ty: Ty,
    /// Bounds of the variable dimensions, outermost first.
    bounds: Vec<Length>,
    /// `chars` or `uchars`, if that is what the bytes are.
    chars: Option<&'static str>,
}

impl Use {
    /// Whether it says more than its Rust type does.
    pub(crate) fn is_constrained(&self) -> bool {
        self.chars.is_some() || self.bounds.iter().any(is_bound)
    }
}

fn is_bound(length: &Length) -> bool {
    length.value != u32::MAX
}

/// Fixed arrays of more bytes than this are boxed.
const LARGE_ARRAY: usize = 1024;

impl Context<'_> {
    pub(crate) fn use_of(&self, site: Site, ty: &Type) -> Use {
        let mut used = Use {
            ty: Ty::Unit,
            bounds: Vec::new(),
            chars: None,
        };
        used.ty = self.build(site, ty, &mut used).0;
        used
    }

    /// The Rust type, and the generated type in it that is neither boxed nor in a vector yet.
    fn build<'t>(
        &'t self,
        mut site: Site,
        mut ty: &'t Type,
        used: &mut Use,
    ) -> (Ty, Option<TypeId>) {
        // Typedefs nest without limit, so names are followed in a loop; only real dimensions recurse.
        while let Type::Named(id) = ty {
            let def = self.schema.ty(*id);
            match &def.kind {
                TypeKind::Typedef(target)
                    if self.names.foreign(*id).is_none() && !self.keeps_name[id.0 as usize] =>
                {
                    site.bytes |= self.names.is_covered(&self.style.bytes, def, None);
                    site.borrowed |= self.names.is_covered(&self.style.borrowed, def, None);
                    ty = target;
                }
                _ => return (self.named(site, *id, used), Some(self.leaf(*id))),
            }
        }
        let plain = match ty {
            Type::Int => Ty::Plain("i32"),
            Type::UnsignedInt => Ty::Plain("u32"),
            Type::Hyper => Ty::Plain("i64"),
            Type::UnsignedHyper => Ty::Plain("u64"),
            Type::Short => Ty::Plain("i16"),
            Type::UnsignedShort => Ty::Plain("u16"),
            Type::Float => Ty::Plain("f32"),
            Type::Double => Ty::Plain("f64"),
            Type::Bool => Ty::Plain("bool"),
            Type::Quadruple => Ty::Runtime("Quadruple"),
            Type::Char => {
                used.chars = Some("chars");
                Ty::Plain("u8")
            }
            Type::UnsignedChar => {
                used.chars = Some("uchars");
                Ty::Plain("u8")
            }
            Type::FixedOpaque(len) => self.array(Ty::Plain("u8"), None, len.value),
            Type::String(len) if !site.bytes => {
                used.bounds.push(*len);
                if site.borrowed {
                    Ty::Str(site.lifetime)
                } else {
                    Ty::String
                }
            }
            Type::Opaque(len) | Type::String(len) => {
                used.bounds.push(*len);
                if site.borrowed {
                    Ty::Slice(site.lifetime)
                } else {
                    Ty::Vec(Box::new(Ty::Plain("u8")))
                }
            }
            Type::FixedArray(inner, len) => {
                let (inner, leaf) = self.build(site, inner, used);
                return match self.array(inner, leaf, len.value) {
                    boxed @ Ty::Box(_) => (boxed, None),
                    array => (array, leaf),
                };
            }
            Type::Array(inner, len) => {
                used.bounds.push(*len);
                Ty::Vec(Box::new(self.build(site, inner, used).0))
            }
            Type::Optional(inner) => return self.optional(site, inner, used),
            // `void`, and forms that a later schema may have.
            _ => Ty::Unit,
        };
        (plain, None)
    }

    /// An array, boxed if it is large: values are moved by way of the stack, and some are nested.
    fn array(&self, element: Ty, leaf: Option<TypeId>, len: u32) -> Ty {
        let size = self.size(&element, leaf).saturating_mul(len as usize);
        let array = Ty::Array(Box::new(element), len);
        if size > LARGE_ARRAY {
            Ty::Box(Box::new(array))
        } else {
            array
        }
    }

    /// Roughly the bytes of a value in memory; `leaf` is the generated type in it that is not behind a pointer.
    fn size(&self, ty: &Ty, leaf: Option<TypeId>) -> usize {
        match ty {
            Ty::Unit => 0,
            Ty::Plain("u8" | "bool") => 1,
            Ty::Plain("i16" | "u16") => 2,
            Ty::Plain("i32" | "u32" | "f32") => 4,
            Ty::Plain(_) | Ty::Box(_) => 8,
            Ty::Str(_) | Ty::Slice(_) | Ty::Runtime(_) => 16,
            Ty::Array(element, len) => self.size(element, leaf).saturating_mul(*len as usize),
            Ty::Option(inner) => self.size(inner, leaf).saturating_add(8),
            Ty::Path(..) => leaf.map_or(24, |leaf| self.shapes.facts(leaf).size),
            // A chain: its head, and a vector.
            Ty::RuntimeOf(..) => {
                leaf.map_or(24, |leaf| self.shapes.facts(leaf).size.saturating_add(24))
            }
            _ => 24,
        }
    }

    fn optional(&self, site: Site, inner: &Type, used: &mut Use) -> (Ty, Option<TypeId>) {
        if let Some(node) = list_node(self.schema, &self.names, inner) {
            return (Ty::RuntimeOf("List", Box::new(self.path(site, node))), None);
        }
        let (inner, leaf) = self.build(site, inner, used);
        if self.shapes.boxes_optional(leaf, self.size(&inner, leaf)) {
            (Ty::Option(Box::new(Ty::Box(Box::new(inner)))), None)
        } else {
            (Ty::Option(Box::new(inner)), leaf)
        }
    }

    fn named(&self, site: Site, id: TypeId, used: &mut Use) -> Ty {
        let def = self.schema.ty(id);
        if let (TypeKind::Typedef(target), Some(_)) = (&def.kind, self.names.foreign(id)) {
            // The bounds hold for the type that stands in for the typedef, if it has dimensions.
            self.build(site, target, used);
            used.chars = None;
        }
        let path = self.path(site, id);
        match &def.kind {
            TypeKind::Struct(body) if body.list && self.names.foreign(id).is_none() => {
                Ty::RuntimeOf("Chain", Box::new(path))
            }
            _ => path,
        }
    }

    /// The struct, enum or union behind a name.
    fn leaf(&self, id: TypeId) -> TypeId {
        match self.schema.peel(&Type::Named(id)) {
            Type::Named(leaf) => *leaf,
            _ => id,
        }
    }

    /// A generated type by its path, without `Chain` around a list's node.
    pub(crate) fn path(&self, site: Site, id: TypeId) -> Ty {
        let path = match self.names.foreign(id) {
            Some(path) => path.to_owned(),
            None => self.local_path(
                site,
                self.names.file(self.schema.ty(id).file),
                self.names.ty(id),
            ),
        };
        let lifetime = self.shapes.facts(id).borrows.then_some(site.lifetime);
        Ty::Path(path, lifetime)
    }

    /// The path of something at the top of a file.
    pub(crate) fn local_path(&self, site: Site, file: usize, name: &str) -> String {
        let mut path = String::new();
        let target = &self.names.files[file];
        if file == site.file {
            path.push_str(&"super::".repeat(site.depth));
        } else if let Some(foreign) = &target.foreign {
            path.push_str(foreign);
            path.push_str("::");
        } else {
            path.push_str(&"super::".repeat(site.depth + 1));
            path.push_str(&target.module);
            path.push_str("::");
        }
        path.push_str(name);
        path
    }

    /// `max`, `item_max`, `chars`: what the use says beside its type.
    pub(crate) fn arguments(&self, site: Site, used: &Use) -> Vec<Argument> {
        let mut arguments: Vec<Argument> = used.chars.map(Argument::Word).into_iter().collect();
        let bounded = used
            .bounds
            .iter()
            .rposition(is_bound)
            .map_or(0, |last| last + 1);
        let bound = |length: &Length| {
            if is_bound(length) {
                self.length(site, length)
            } else {
                "u32::MAX".to_owned()
            }
        };
        match &used.bounds[..bounded] {
            [] => {}
            [max] => arguments.push(Argument::Value("max", bound(max))),
            [max, item_max] if is_bound(max) => {
                arguments.push(Argument::Value("max", bound(max)));
                arguments.push(Argument::Value("item_max", bound(item_max)));
            }
            [_, item_max] => arguments.push(Argument::Value("item_max", bound(item_max))),
            more => arguments.push(Argument::List("max", more.iter().map(bound).collect())),
        }
        arguments
    }

    /// A length as it was written, by name or as a number.
    fn length(&self, site: Site, length: &Length) -> String {
        match length.name {
            Some(name) => self.value_name(site, name),
            None => None,
        }
        .unwrap_or_else(|| decimal(length.value.into()))
    }

    /// The Rust path of a named number, where the name is worth keeping.
    pub(crate) fn value_name(&self, site: Site, name: ValueName) -> Option<String> {
        match name {
            ValueName::Constant(id) => {
                let is_number = matches!(self.schema.constant(id).value, ConstantValue::Int(_));
                is_number.then(|| {
                    self.local_path(site, self.names.constant_file(id), self.names.constant(id))
                })
            }
            // The enum may be open, and then it is no number in Rust.
            ValueName::Enumerator(id, index) if !self.is_open(id) => {
                Some(self.enumerator_path(site, id, index))
            }
            _ => None,
        }
    }

    /// `Color::Red`, from here.
    pub(crate) fn enumerator_path(&self, site: Site, id: TypeId, index: u32) -> String {
        let mut path = match self.path(site, id) {
            Ty::Path(path, _) => path,
            _ => String::new(),
        };
        path.push_str("::");
        path.push_str(&self.names.enumerator(id, index).ident);
        path
    }

    pub(crate) fn is_open(&self, id: TypeId) -> bool {
        self.names
            .is_covered(&self.style.open, self.schema.ty(id), None)
    }

    /// The name of a constant as words, for the variant of a label that is one.
    pub(crate) fn constant_words(&self, name: ValueName) -> Option<Vec<&str>> {
        match name {
            ValueName::Constant(id) => Some(words(&self.schema.constant(id).name)),
            ValueName::Enumerator(id, index) => match &self.schema.ty(id).kind {
                TypeKind::Enum(body) => body
                    .enumerators
                    .get(index as usize)
                    .map(|found| words(&found.name)),
                _ => None,
            },
            ValueName::Bool => None,
        }
    }
}

/// By type, whether fields name it even though it is a typedef: they spell out strings, arrays and optionals, but one
/// for a number or for another type is worth its name.
pub(crate) fn typedefs_that_keep_their_name(schema: &Schema) -> Vec<bool> {
    let mut known: Vec<Option<bool>> = vec![None; schema.types.len()];
    let mut chain = Vec::new();
    for def in &schema.types {
        let mut id = def.id;
        let keeps = loop {
            if let Some(keeps) = known[id.0 as usize] {
                break keeps;
            }
            chain.push(id);
            match &schema.ty(id).kind {
                TypeKind::Typedef(Type::Named(target)) => id = *target,
                TypeKind::Typedef(target) => break is_number(target),
                _ => break true,
            }
        };
        for id in chain.drain(..) {
            known[id.0 as usize] = Some(keeps);
        }
    }
    known.into_iter().map(|keeps| keeps == Some(true)).collect()
}

fn is_number(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Int
            | Type::UnsignedInt
            | Type::Hyper
            | Type::UnsignedHyper
            | Type::Short
            | Type::UnsignedShort
            | Type::Float
            | Type::Double
            | Type::Bool
            | Type::Quadruple
    )
}

/// A number in Rust, digits in groups of three from five digits on.
pub(crate) fn decimal(value: i128) -> String {
    let digits = value.unsigned_abs().to_string();
    let sign = if value < 0 { "-" } else { "" };
    format!(
        "{sign}{}",
        if digits.len() < 5 {
            digits
        } else {
            grouped(&digits, 3)
        }
    )
}

/// A number in Rust, in hex with digits in groups of four.
pub(crate) fn hex(value: u128) -> String {
    let digits = format!("{value:x}");
    format!(
        "0x{}",
        if digits.len() < 5 {
            digits
        } else {
            grouped(&digits, 4)
        }
    )
}

fn grouped(digits: &str, size: usize) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / size);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(size) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{decimal, hex};

    #[test]
    fn groups_digits() {
        assert_eq!(decimal(4_194_304), "4_194_304");
        assert_eq!(decimal(1024), "1024");
        assert_eq!(decimal(-10_000), "-10_000");
        assert_eq!(hex(0x2000_8086), "0x2000_8086");
        assert_eq!(hex(0xffff), "0xffff");
    }
}
