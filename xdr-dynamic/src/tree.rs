//! A message as a tree, where one is wanted: each value with its bytes and its path.
//!
//! The tree is flat: values stand in the order of their bytes, each with where the next one beside it is. So no depth takes
//! stack, neither to build it nor to drop it.

use std::ops::Range;
use std::sync::Arc;

use xdr_wire::{Decoder, ErrorKind, Fault, Options};

use crate::path::{Path, Segment};
use crate::program::{Field, FieldId, Form, FormId, Program};
use crate::scalar::Scalar;
use crate::visit::{Begun, Label, Visit};
use crate::walk::Walk;

/// A message that has been read.
#[derive(Debug)]
pub struct Tree<'a> {
    program: &'a Program,
    input: &'a [u8],
    options: Options,
    entries: Vec<Entry>,
}

/// A value in a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub struct Value<'t> {
    tree: &'t Tree<'t>,
    at: u32,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind<'t> {
    /// A value without parts.
    Scalar(Scalar<'t>),
    /// A struct; its parts are its fields.
    Struct,
    /// An array or a list; its parts are its elements.
    Array,
    /// An optional that is there; its one part is the value.
    Optional,
    /// A union; its parts are the discriminant, and what the arm holds unless that is `void`.
    Union,
}

/// Small, so that an array of single words takes no more than the limit of memory allows; what can be found again in the
/// program or in the bytes is not kept.
#[derive(Clone, Copy, Debug)]
struct Entry {
    shape: Shape,
    form: FormId,
    /// Which part of the value around it it is.
    part: u32,
    parent: u32,
    /// The entry behind the last part.
    next: u32,
    start: u32,
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Scalar,
    Struct,
    Array,
    Optional,
    Union,
}

impl Tree<'_> {
    /// The message.
    pub fn root(&self) -> Value<'_> {
        Value { tree: self, at: 0 }
    }

    /// All values, those around others first.
    pub fn values(&self) -> impl Iterator<Item = Value<'_>> {
        let all = 0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        all.map(|at| Value { tree: self, at })
    }

    fn entry(&self, at: u32) -> &Entry {
        &self.entries[at as usize]
    }
}

impl<'t> Value<'t> {
    fn entry(self) -> &'t Entry {
        self.tree.entry(self.at)
    }

    /// What it is.
    pub fn kind(self) -> Kind<'t> {
        match self.entry().shape {
            Shape::Scalar => Kind::Scalar(self.scalar()),
            Shape::Struct => Kind::Struct,
            Shape::Array => Kind::Array,
            Shape::Optional => Kind::Optional,
            Shape::Union => Kind::Union,
        }
    }

    /// Reads the value once more.
    fn scalar(self) -> Scalar<'t> {
        let tree = self.tree;
        let bytes = tree.input.get(self.range()).unwrap_or_default();
        // An absent optional is a level, too.
        let decoder = Decoder::new(bytes, tree.options.max_depth(1));
        let mut read = Read(Scalar::Void);
        // It has been read before.
        let _ = Walk::new(tree.program, decoder).message(self.entry().form, &mut read);
        read.0
    }

    /// The field, discriminant or arm that it is.
    fn field(self) -> Option<&'t Field> {
        let (tree, entry) = (self.tree, self.entry());
        let around = tree.entry(entry.parent);
        if self.at == 0 {
            return None;
        }
        match tree.program.form(around.form) {
            Form::Struct { fields } => Some(tree.program.field(FieldId(fields.start + entry.part))),
            Form::Union(of) => {
                let union = tree.program.union(*of);
                if entry.part == 0 {
                    return Some(&union.discriminant);
                }
                // It is the first part.
                let at = entry.parent + 1;
                let number = Value { tree, at }.scalar().number()?;
                let payload = union.select(number)?.0?;
                Some(tree.program.field(payload))
            }
            _ => None,
        }
    }

    /// Its bytes in the message, lengths, presence words and padding included.
    pub fn range(self) -> Range<usize> {
        self.entry().start as usize..self.entry().end as usize
    }

    /// Its type, as a `.x` file would declare it.
    pub fn ty(self) -> String {
        self.tree.program.ty(self.entry().form).to_string()
    }

    /// The name of the field, discriminant or arm that it is, if it is one.
    pub fn name(self) -> Option<&'t str> {
        self.field().map(|field| &*field.name)
    }

    /// Where it is, from the outermost field inwards. A discriminant goes by its name.
    pub fn path(self) -> Path {
        let tree = self.tree;
        let mut path = Vec::new();
        let mut value = self;
        while value.at > 0 {
            let Entry { parent, part, .. } = *value.entry();
            if let Some(field) = value.field() {
                path.push(Segment::Field(Arc::clone(&field.name)));
            } else if tree.entry(parent).shape == Shape::Array {
                path.push(Segment::Index(part as usize));
            }
            value = Value { tree, at: parent };
        }
        path.reverse();
        Path(path)
    }

    /// Its parts, in the order of their bytes.
    pub fn parts(self) -> impl Iterator<Item = Value<'t>> {
        let (tree, end) = (self.tree, self.entry().next);
        let mut next = self.at + 1;
        std::iter::from_fn(move || {
            let value = (next < end).then_some(Value { tree, at: next })?;
            next = value.entry().next;
            Some(value)
        })
    }

    /// The part that is a field, a discriminant or an arm of this name.
    pub fn part(self, name: &str) -> Option<Value<'t>> {
        self.parts().find(|part| part.name() == Some(name))
    }
}

/// Keeps the one value that it is told.
struct Read<'a>(Scalar<'a>);

impl<'a> Visit<'a> for Read<'a> {
    fn scalar(&mut self, _: FormId, scalar: Scalar<'a>, _: usize, _: usize) {
        self.0 = scalar;
    }

    fn begin(&mut self, _: FormId, _: Begun, _: usize, _: usize) {}
    fn field(&mut self, _: &'a Field, _: Label) {}
    fn element(&mut self, _: usize, _: usize, _: usize) {}
    fn end(&mut self, _: usize, _: usize) {}

    fn check(&mut self, _: &mut Decoder<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// Builds a tree of what a walk tells.
pub(crate) struct Builder<'a> {
    tree: Tree<'a>,
    /// Entries whose parts are being read, and how many of them have been.
    open: Vec<(u32, u32)>,
    /// Entries that the limit of memory allows.
    most: usize,
}

/// Bytes that a tree may take whatever the length of its message.
const BASE: usize = 4096;

impl<'a> Builder<'a> {
    pub(crate) fn new(program: &'a Program, input: &'a [u8], options: Options) -> Self {
        let factor = usize::try_from(options.limits().max_memory_factor).unwrap_or(usize::MAX);
        let bytes = input.len().saturating_mul(factor).saturating_add(BASE);
        Self {
            tree: Tree {
                program,
                input,
                options,
                entries: Vec::new(),
            },
            open: Vec::new(),
            most: bytes / size_of::<Entry>(),
        }
    }

    pub(crate) fn finish(self) -> Tree<'a> {
        self.tree
    }

    fn push(&mut self, shape: Shape, form: FormId, start: usize, end: usize) {
        let at = self.count();
        let (parent, part) = match self.open.last_mut() {
            Some((parent, parts)) => {
                *parts = parts.saturating_add(1);
                (*parent, *parts - 1)
            }
            None => (0, 0),
        };
        // One too many is refused by the check that follows.
        let entries = &mut self.tree.entries;
        if entries.len() <= self.most {
            if entries.len() == entries.capacity() {
                // Twice as many, but no more than are allowed.
                let more = entries.len().max(16).min(self.most + 1 - entries.len());
                entries.reserve_exact(more);
            }
            entries.push(Entry {
                shape,
                form,
                part,
                parent,
                next: at.saturating_add(1),
                start: word(start),
                end: word(end),
            });
        }
    }

    fn count(&self) -> u32 {
        word(self.tree.entries.len())
    }
}

impl<'a> Visit<'a> for Builder<'a> {
    fn scalar(&mut self, form: FormId, _: Scalar<'a>, start: usize, end: usize) {
        self.push(Shape::Scalar, form, start, end);
    }

    fn begin(&mut self, form: FormId, begun: Begun, start: usize, end: usize) {
        let shape = match begun {
            Begun::Struct => Shape::Struct,
            Begun::Array { .. } | Begun::List => Shape::Array,
            Begun::Optional { .. } => Shape::Optional,
            Begun::Union => Shape::Union,
        };
        let at = self.count();
        self.push(shape, form, start, end);
        self.open.push((at, 0));
    }

    fn field(&mut self, _: &'a Field, _: Label) {}
    fn element(&mut self, _: usize, _: usize, _: usize) {}

    fn end(&mut self, _: usize, end: usize) {
        let next = self.count();
        if let Some((at, _)) = self.open.pop()
            && let Some(entry) = self.tree.entries.get_mut(at as usize)
        {
            entry.next = next;
            entry.end = word(end);
        }
    }

    fn check(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Fault> {
        if self.tree.entries.len() > self.most {
            let factor = decoder.options().limits().max_memory_factor;
            return Err(decoder.fail(ErrorKind::MemoryOverLimit { factor }));
        }
        if self.count() == u32::MAX || word(decoder.offset()) == u32::MAX {
            return Err(decoder.fail(ErrorKind::Custom("message is too long for a tree")));
        }
        Ok(())
    }
}

/// What the check refuses is cut off.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
