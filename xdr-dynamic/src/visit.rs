//! What a walk tells.

use xdr_wire::{Decoder, Fault};

use crate::program::{Field, FormId};
use crate::scalar::Scalar;

/// Who is told what stands in a message, in the order of its bytes. Offsets count from the start of the message.
pub(crate) trait Visit<'a> {
    /// A value without parts, from `start` to `end`.
    fn scalar(&mut self, form: FormId, scalar: Scalar<'a>, start: usize, end: usize);
    /// A struct, an array of either kind, a list, an optional that is there, or a union: its parts follow. Words that say
    /// how many there are have been read.
    fn begin(&mut self, form: FormId, begun: Begun, start: usize, end: usize);
    /// The next field of a struct, the discriminant of a union, or its arm.
    fn field(&mut self, field: &'a Field, label: Label);
    /// The next element of an array or list; `start` and `end` are those of the word that announces it in a list.
    fn element(&mut self, index: usize, start: usize, end: usize);
    /// What was begun last is complete. `end` is what follows it; of a list the word that ends it begins at `start`.
    fn end(&mut self, start: usize, end: usize);
    /// After each of these: whether to go on.
    fn check(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Fault>;
}

/// What begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begun {
    Struct,
    Array { count: usize },
    List,
    Optional { wrapped: bool },
    Union,
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Field,
    /// `general` says that it goes by its general name.
    Discriminant {
        general: bool,
    },
    Arm {
        general: bool,
    },
}
