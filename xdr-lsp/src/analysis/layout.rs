//! Types in words and numbers: how they are spelled out, how many bytes they take, and where their fields are.

use std::collections::HashSet;
use std::fmt::Write as _;

use xdr_parser::schema::{
    Field, Length, Size, Struct, Type, TypeDef, TypeId, TypeKind, Union, ValueName,
};
use xdr_parser::{Location, Severity, Span};

use super::index::Kind;
use super::snapshot::Snapshot;

/// More fields than this are not listed.
const MANY: usize = 40;

/// A discriminant takes so many bytes, whatever its type (RFC 4506 §4.15).
const DISCRIMINANT: u64 = 4;

/// A longer chain of typedefs is a circle, or no help.
const LONG: usize = 16;

/// A size, and whether its most is only what a length can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes {
    size: Size,
    bounded: bool,
}

impl Bytes {
    /// `12 bytes`, `4 to 260 bytes`, `4 bytes or more, unbounded`.
    pub(super) fn spell(self) -> String {
        let unit = |bytes: u64| if bytes == 1 { "byte" } else { "bytes" };
        match (self.size.fixed(), self.size.max) {
            (Some(bytes), _) if self.bounded => format!("{bytes} {}", unit(bytes)),
            (_, Some(max)) if self.bounded => format!("{} to {max} bytes", self.size.min),
            _ => format!("{} bytes or more, unbounded", self.size.min),
        }
    }

    /// For a column of numbers.
    fn short(self) -> String {
        match (self.size.fixed(), self.size.max) {
            (Some(bytes), _) if self.bounded => bytes.to_string(),
            (_, Some(max)) if self.bounded => format!("{}..{max}", self.size.min),
            _ => format!("{}..", self.size.min),
        }
    }
}

impl Snapshot {
    /// How many bytes a type takes; nothing if that is not known.
    pub(super) fn bytes(&self, ty: &Type) -> Option<Bytes> {
        let mut seen = HashSet::new();
        let mut open = vec![ty];
        let mut bounded = true;
        while let Some(ty) = open.pop() {
            match ty {
                Type::String(length) | Type::Opaque(length) => bounded &= length.written,
                Type::Array(element, length) => {
                    bounded &= length.written;
                    open.push(element);
                }
                Type::FixedArray(element, _) | Type::Optional(element) => open.push(element),
                Type::Named(id) => {
                    if self.inspection.without_size.contains(id) {
                        return None;
                    }
                    if seen.insert(*id) {
                        let definition = self.schema().types.get(id.0 as usize)?;
                        bounded &= !definition.recursive;
                        open.extend(parts(&definition.kind));
                    }
                }
                _ => {}
            }
        }
        let size = self.schema().size(ty);
        Some(Bytes { size, bounded })
    }

    pub(super) fn bytes_of(&self, id: TypeId) -> Option<Bytes> {
        self.bytes(&Type::Named(id))
    }

    /// `string<16>`, `opaque[16]`, `name *`.
    pub(super) fn spell(&self, ty: &Type) -> String {
        let plain = match ty {
            Type::Void => "void",
            Type::Int => "int",
            Type::UnsignedInt => "unsigned int",
            Type::Hyper => "hyper",
            Type::UnsignedHyper => "unsigned hyper",
            Type::Float => "float",
            Type::Double => "double",
            Type::Quadruple => "quadruple",
            Type::Bool => "bool",
            Type::Char => "char",
            Type::UnsignedChar => "unsigned char",
            Type::Short => "short",
            Type::UnsignedShort => "unsigned short",
            Type::FixedOpaque(length) => return format!("opaque[{}]", length.value),
            Type::Opaque(length) => return format!("opaque<{}>", bound(*length)),
            Type::String(length) => return format!("string<{}>", bound(*length)),
            Type::Named(id) => match self.schema().types.get(id.0 as usize) {
                Some(definition) => &definition.name,
                None => "?",
            },
            Type::FixedArray(element, length) => {
                return format!("{}[{}]", self.spell(element), length.value);
            }
            Type::Array(element, length) => {
                return format!("{}<{}>", self.spell(element), bound(*length));
            }
            Type::Optional(target) => return format!("{} *", self.spell(target)),
            _ => "?",
        };
        plain.to_owned()
    }

    /// What typedefs a type goes through, each spelled out; nothing if it goes through none.
    pub(super) fn chain(&self, ty: &Type) -> Vec<String> {
        let mut chain = Vec::new();
        let mut next = ty.clone();
        while let Some(target) = self.target(&next) {
            if chain.len() == LONG {
                chain.push("…".to_owned());
                break;
            }
            chain.push(self.spell(&target));
            next = target;
        }
        chain
    }

    /// What the typedef says that a type names, directly or as what it is an array or an optional of.
    fn target(&self, ty: &Type) -> Option<Type> {
        let wrapped = |target: Type, wrap: fn(Box<Type>, Length) -> Type, length| {
            Some(wrap(Box::new(target), length))
        };
        match ty {
            Type::Named(id) => match &self.schema().types.get(id.0 as usize)?.kind {
                TypeKind::Typedef(Type::Void) => None,
                TypeKind::Typedef(target) => Some(target.clone()),
                _ => None,
            },
            Type::Optional(target) => Some(Type::Optional(Box::new(self.target(target)?))),
            Type::Array(element, length) => wrapped(self.target(element)?, Type::Array, *length),
            Type::FixedArray(element, length) => {
                wrapped(self.target(element)?, Type::FixedArray, *length)
            }
            _ => None,
        }
    }

    /// The bounds and lengths in a type, through typedefs, outermost first; each with what it counts.
    pub(super) fn lengths(&self, ty: &Type) -> Vec<(Length, &'static str)> {
        let mut lengths = Vec::new();
        let mut next = Some(ty);
        for _ in 0..LONG {
            next = match next {
                Some(Type::String(length) | Type::Opaque(length)) => {
                    lengths.push((*length, "at most so many bytes"));
                    None
                }
                Some(Type::FixedOpaque(length)) => {
                    lengths.push((*length, "so many bytes"));
                    None
                }
                Some(Type::Array(element, length)) => {
                    lengths.push((*length, "at most so many elements"));
                    Some(element)
                }
                Some(Type::FixedArray(element, length)) => {
                    lengths.push((*length, "so many elements"));
                    Some(element)
                }
                Some(Type::Optional(target)) => Some(target),
                Some(Type::Named(id)) => match self.schema().types.get(id.0 as usize) {
                    Some(TypeDef {
                        kind: TypeKind::Typedef(target),
                        ..
                    }) => Some(target),
                    _ => None,
                },
                _ => None,
            };
        }
        lengths
    }

    /// The name that a length was written as.
    pub(super) fn value_name(&self, name: ValueName) -> Option<&str> {
        match name {
            ValueName::Constant(id) => {
                let constant = self.schema().constants.get(id.0 as usize)?;
                Some(&constant.name)
            }
            ValueName::Enumerator(id, index) => {
                match &self.schema().types.get(id.0 as usize)?.kind {
                    TypeKind::Enum(body) => {
                        let enumerator = body.enumerators.get(index as usize)?;
                        Some(&enumerator.name)
                    }
                    _ => None,
                }
            }
            ValueName::Bool => None,
        }
    }

    /// Where the fields of a struct are, or the arms of a union, as a block of text; nothing for other types.
    pub(super) fn layout(&self, definition: &TypeDef) -> Option<String> {
        match &definition.kind {
            TypeKind::Struct(body) => Some(self.fields(definition, body)),
            TypeKind::Union(body) => Some(self.arms(body, self.is_whole(definition.id))),
            _ => None,
        }
    }

    fn is_whole(&self, id: TypeId) -> bool {
        !self.inspection.without_size.contains(&id)
    }

    /// Where a struct has a mistake: a field may be missing there, and what it reads on with may be where it is noticed.
    fn mistake(&self, definition: &TypeDef, body: &Struct) -> Option<u32> {
        if self.is_whole(definition.id) {
            return None;
        }
        let place = definition.location;
        let errors = self.inspection.diagnostics.iter().filter_map(|found| {
            let Location { file, span } = found.primary.location;
            let inside = file == place.file
                && place.span.start <= span.start
                && span.start <= place.span.end;
            (inside && found.severity == Severity::Error).then_some(span.start)
        });
        // What is wrong may be said elsewhere, at a constant for example.
        let name = definition.name_location;
        let number = self.number_at(name.file, name.span);
        let names = self.index.names(name.file);
        let written = names
            .zip(number)
            .into_iter()
            .flat_map(|(names, number)| names.inside(Some(number)));
        let missing = written.filter_map(|(_, field)| {
            let is_field = |known: &Field| known.location.span == field.whole;
            let is_missing = field.kind == Kind::Field && !body.fields.iter().any(is_field);
            is_missing.then_some(field.whole.start)
        });
        errors.chain(missing).min()
    }

    fn fields(&self, definition: &TypeDef, body: &Struct) -> String {
        let whole = self.is_whole(definition.id);
        let mistake = self.mistake(definition, body);
        let mut rows = Rows::default();
        let mut offset = Some(0_u64);
        let mut depends = None;
        for field in &body.fields {
            if mistake.is_some_and(|mistake| mistake < field.location.span.end) {
                offset = None;
            }
            let bytes = self.bytes(&field.ty);
            rows.add(offset, bytes, self.row(field));
            let fixed = bytes.and_then(|bytes| bytes.size.fixed());
            if let (Some(_), None) = (offset, fixed) {
                depends = Some(field.name.as_str());
            }
            offset = offset
                .zip(fixed)
                .and_then(|(at, bytes)| at.checked_add(bytes));
        }
        let last = body.fields.last().map(|field| field.name.as_str());
        let note = match depends {
            _ if !whole => {
                "Some of it is not known: there are mistakes in it, or in what it holds.".to_owned()
            }
            Some(name) if last != Some(name) => {
                format!("From there on, places depend on `{name}`.")
            }
            _ => String::new(),
        };
        rows.finish(&note)
    }

    fn row(&self, field: &Field) -> String {
        let named = match &field.ty {
            Type::FixedOpaque(length) => format!("opaque {}[{}]", field.name, length.value),
            Type::Opaque(length) => format!("opaque {}<{}>", field.name, bound(*length)),
            Type::String(length) => format!("string {}<{}>", field.name, bound(*length)),
            Type::FixedArray(element, length) => {
                format!("{} {}[{}]", self.spell(element), field.name, length.value)
            }
            Type::Array(element, length) => {
                format!("{} {}<{}>", self.spell(element), field.name, bound(*length))
            }
            Type::Optional(target) => format!("{} *{}", self.spell(target), field.name),
            other => format!("{} {}", self.spell(other), field.name),
        };
        let chain = self.chain(&field.ty);
        match chain.last() {
            Some(last) => format!("{named} = {last}"),
            None => named,
        }
    }

    fn arms(&self, body: &Union, whole: bool) -> String {
        let mut rows = Rows::default();
        let discriminant = format!(
            "{} {}",
            self.spell(&body.discriminant),
            body.discriminant_name
        );
        rows.add(Some(0), self.bytes(&body.discriminant), discriminant);
        let payload = |field: Option<&Field>| match field {
            Some(field) => (self.bytes(&field.ty), self.row(field)),
            None => (self.bytes(&Type::Void), "void".to_owned()),
        };
        for arm in &body.arms {
            let (bytes, text) = payload(arm.field.as_ref());
            let labels = arm.labels.iter().map(|label| {
                let name = match label.name {
                    Some(ValueName::Bool) => Some(if label.value == 0 { "FALSE" } else { "TRUE" }),
                    name => name.and_then(|name| self.value_name(name)),
                };
                name.map_or_else(|| label.value.to_string(), str::to_owned)
            });
            let labels: Vec<String> = labels.collect();
            rows.add(
                Some(DISCRIMINANT),
                bytes,
                format!("{}: {text}", labels.join(", ")),
            );
        }
        if let Some(default) = &body.default {
            let (bytes, text) = payload(default.field.as_ref());
            rows.add(Some(DISCRIMINANT), bytes, format!("default: {text}"));
        }
        let note = if whole {
            ""
        } else {
            "Some of it is not known: there are mistakes in it, or in what it holds."
        };
        rows.finish(note)
    }

    /// The place of a field in its struct, if all before it are of fixed length, or of an arm's payload in its union.
    pub(super) fn offset_of(&self, definition: &TypeDef, field: Span) -> Option<u64> {
        if !self.is_whole(definition.id) {
            return None;
        }
        let body = match &definition.kind {
            TypeKind::Struct(body) => body,
            TypeKind::Union(body) => {
                let mut payloads = body.payloads().flatten();
                let is_payload = payloads.any(|payload| payload.location.span == field);
                return is_payload.then_some(DISCRIMINANT);
            }
            _ => return None,
        };
        let mut offset = 0_u64;
        for other in &body.fields {
            if other.location.span == field {
                return Some(offset);
            }
            offset = offset.checked_add(self.bytes(&other.ty)?.size.fixed()?)?;
        }
        None
    }
}

/// Types that a definition is made of.
fn parts(kind: &TypeKind) -> Vec<&Type> {
    match kind {
        TypeKind::Struct(body) => body.fields.iter().map(|field| &field.ty).collect(),
        TypeKind::Union(body) => body.payloads().flatten().map(|field| &field.ty).collect(),
        TypeKind::Typedef(target) => vec![target],
        _ => Vec::new(),
    }
}

fn bound(length: Length) -> String {
    if length.written {
        length.value.to_string()
    } else {
        String::new()
    }
}

/// Lines of offset, size and text.
#[derive(Default)]
struct Rows {
    rows: Vec<(String, String, String)>,
    more: usize,
}

impl Rows {
    fn add(&mut self, offset: Option<u64>, bytes: Option<Bytes>, text: String) {
        if self.rows.len() == MANY {
            self.more += 1;
            return;
        }
        let offset = offset.map_or_else(|| "…".to_owned(), |offset| offset.to_string());
        let bytes = bytes.map_or_else(|| "?".to_owned(), Bytes::short);
        self.rows.push((offset, bytes, text));
    }

    fn finish(self, note: &str) -> String {
        let width = |column: fn(&(String, String, String)) -> &String, heading: &str| {
            let widths = self.rows.iter().map(|row| column(row).chars().count());
            widths.max().unwrap_or(0).max(heading.len())
        };
        let (offsets, sizes) = (width(|row| &row.0, "at"), width(|row| &row.1, "bytes"));
        let mut text = format!("```text\n{:>offsets$}  {:<sizes$}  field\n", "at", "bytes");
        for (offset, size, field) in &self.rows {
            let _ = writeln!(text, "{offset:>offsets$}  {size:<sizes$}  {field}");
        }
        if self.more > 0 {
            let _ = writeln!(text, "{:>offsets$}  {} more", "…", self.more);
        }
        text.push_str("```");
        if !note.is_empty() {
            text.push_str("\n\n");
            text.push_str(note);
        }
        text
    }
}
