//! The places of a type where a length has a bound, and messages with any length there.

use xdr_wire::Bounds;
use xdr_wire::describe::{Field, Ty};

use super::{Choices, Writer, discriminants};

/// A string, an opaque or an array with a bound, somewhere in a type.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its name in the type, such as `params<>.field`; empty if it is the type itself.
    pub name: String,
    /// The most bytes of a string or an opaque, the most elements of an array.
    pub bound: u32,
    /// Whether it is a string.
    pub is_text: bool,
    /// Bytes that each of these takes in [`message`](Self::message).
    pub each: usize,
    ty: &'static Ty,
    path: Vec<Step>,
}

/// How to get from a type to what it holds.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A field of a struct, by its index.
    Field(usize),
    /// A field of an arm of a union, by their indices.
    Arm(usize, usize),
    /// The element of an array.
    Element,
}

impl Place {
    /// A message of so many bytes or elements at this place, and as little as possible elsewhere. It is valid if the
    /// bound allows that many.
    pub fn message(&self, len: usize) -> Vec<u8> {
        let choices = &mut Choices::new(0, 0);
        let mut writer = Writer {
            choices,
            bytes: Vec::new(),
            level: 0,
        };
        writer.reach(self.ty, Bounds::NONE, &self.path, len);
        writer.bytes
    }
}

/// The bounded places of a type itself; structs and unions in it have their own.
pub fn places(ty: &'static Ty) -> Vec<Place> {
    let mut finder = Finder {
        ty,
        names: Vec::new(),
        path: Vec::new(),
        found: Vec::new(),
    };
    match ty {
        Ty::Struct(body) => finder.fields(body.fields(), Step::Field),
        Ty::Union(body) => {
            for (index, arm) in body.arms().iter().enumerate() {
                finder.fields(arm.fields(), |field| Step::Arm(index, field));
            }
        }
        other => finder.value(other, Bounds::NONE),
    }
    finder.found
}

struct Finder {
    ty: &'static Ty,
    names: Vec<&'static str>,
    path: Vec<Step>,
    found: Vec<Place>,
}

impl Finder {
    fn fields(&mut self, fields: &'static [Field], step: impl Fn(usize) -> Step) {
        for (index, field) in fields.iter().enumerate() {
            self.names.push(field.name());
            self.path.push(step(index));
            self.value(field.ty(), Bounds::NONE);
            self.path.pop();
            self.names.pop();
        }
    }

    fn value(&mut self, ty: &'static Ty, bounds: Bounds) {
        let (bound, inner) = bounds.split();
        match ty {
            Ty::String | Ty::Str => self.found(bound, 1, true),
            Ty::Opaque => self.found(bound, 1, false),
            Ty::Array(link) => {
                let least = super::message(link(), &mut Choices::new(0, 0));
                self.found(bound, least.len(), false);
                self.element(link(), inner);
            }
            Ty::List(link) => self.element(link(), bounds),
            Ty::FixedArray(_, element) | Ty::Chain(element) => self.element(element, bounds),
            Ty::Optional(link) | Ty::Link { link, .. } => self.value(link(), bounds),
            Ty::Bounded(bounds, ty) => self.value(ty, *bounds),
            _ => {}
        }
    }

    fn element(&mut self, ty: &'static Ty, bounds: Bounds) {
        self.names.push("<>");
        self.path.push(Step::Element);
        self.value(ty, bounds);
        self.path.pop();
        self.names.pop();
    }

    fn found(&mut self, bound: u32, each: usize, is_text: bool) {
        if bound != Bounds::UNBOUNDED {
            self.found.push(Place {
                name: self.names.concat(),
                bound,
                is_text,
                each,
                ty: self.ty,
                path: self.path.clone(),
            });
        }
    }
}

impl Writer<'_> {
    /// Writes a value with `len` bytes or elements at the end of the path.
    fn reach(&mut self, ty: &'static Ty, bounds: Bounds, path: &[Step], len: usize) {
        let (_, inner) = bounds.split();
        match (ty, path) {
            (Ty::Bounded(bounds, ty), _) => self.reach(ty, *bounds, path, len),
            (Ty::Link { link, .. }, _) => self.reach(link(), bounds, path, len),
            (Ty::Optional(link), _) => {
                self.len(1);
                self.reach(link(), bounds, path, len);
            }
            (Ty::Struct(ty), [Step::Field(index), rest @ ..]) => {
                self.reach_field(ty.fields(), *index, rest, len);
            }
            (Ty::Union(ty), [Step::Arm(arm, index), rest @ ..]) => {
                let arm = &ty.arms()[*arm];
                let discriminants = discriminants(ty, self.choices);
                let selects = |it: &&i64| std::ptr::eq(arm, ty.select(**it).unwrap_or(arm));
                let discriminant = discriminants.iter().find(selects).copied();
                self.bytes
                    .extend(&discriminant.unwrap_or(0).to_be_bytes()[4..]);
                self.reach_field(arm.fields(), *index, rest, len);
            }
            (Ty::Array(link), [Step::Element, rest @ ..]) => {
                self.len(1);
                self.reach(link(), inner, rest, len);
            }
            (Ty::List(link), [Step::Element, rest @ ..]) => {
                self.len(1);
                self.reach(link(), bounds, rest, len);
                self.len(0);
            }
            (Ty::Chain(element), [Step::Element, rest @ ..]) => {
                self.reach(element, bounds, rest, len);
                self.len(0);
            }
            (Ty::FixedArray(count, element), [Step::Element, rest @ ..]) => {
                self.reach(element, bounds, rest, len);
                self.elements(count.saturating_sub(1), element, bounds);
            }
            (Ty::Array(link), _) => {
                self.len(len);
                self.elements(len, link(), inner);
            }
            _ => self.opaque(&vec![b'x'; len]),
        }
    }

    fn reach_field(&mut self, fields: &'static [Field], index: usize, path: &[Step], len: usize) {
        for (at, field) in fields.iter().enumerate() {
            if at == index {
                self.reach(field.ty(), Bounds::NONE, path, len);
            } else {
                self.value(field.ty(), Bounds::NONE);
            }
        }
    }
}
