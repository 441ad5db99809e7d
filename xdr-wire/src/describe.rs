//! Static descriptors: what a type looks like on the wire, as data.
//!
//! A descriptor is read when an error needs its field path, and by tools that work on any type. Nothing of it runs while
//! a message is encoded or decoded without fault.

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::fault::Fault;
use crate::traits::Decode;

/// A descriptor that is looked up when it is needed. Types may contain themselves; constants may not.
pub type Link = fn() -> &'static Ty;

/// The XDR form of a Rust type.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Ty {
    /// `void`: no bytes (RFC 4506, section 4.16).
    Void,
    /// `int` (section 4.1).
    Int,
    /// `unsigned int` (section 4.2).
    UInt,
    /// `hyper` (section 4.5).
    Hyper,
    /// `unsigned hyper` (section 4.5).
    UHyper,
    /// `float` (section 4.6).
    Float,
    /// `double` (section 4.7).
    Double,
    /// `quadruple` (section 4.8).
    Quadruple,
    /// `bool` (section 4.4).
    Bool,
    /// `char`: four bytes, −128 to 255.
    Char,
    /// `unsigned char`: four bytes, 0 to 255.
    UChar,
    /// `short`: four bytes.
    Short,
    /// `unsigned short`: four bytes.
    UShort,
    /// `string` held by an owner, which can replace what is not UTF-8 (section 4.11).
    String,
    /// `string` borrowed from the input, which cannot (section 4.11).
    Str,
    /// `opaque<>` (section 4.10).
    Opaque,
    /// `opaque[n]` (section 4.9).
    FixedOpaque(usize),
    /// `T x[n]` (section 4.12).
    FixedArray(usize, &'static Ty),
    /// `T x<>` (section 4.13).
    Array(Link),
    /// `T *x` (section 4.19).
    Optional(Link),
    /// A list of optional links, `struct T { …; T *next; }`, reached by a `T *`.
    List(Link),
    /// The same list by value: at least its head.
    Chain(&'static Ty),
    /// A struct, or the fields of a tuple (section 4.14).
    Struct(&'static StructTy),
    /// An enumeration (section 4.3).
    Enum(&'static EnumTy),
    /// A discriminated union (section 4.15).
    Union(&'static UnionTy),
    /// A type under the bounds of a declaration.
    Bounded(Bounds, &'static Ty),
    /// A type behind an indirection that has no form of its own on the wire.
    Link {
        /// A lower bound of the bytes of the type.
        min: usize,
        /// Bytes of stack that reading the type takes of [`Limits::max_stack`](crate::Limits::max_stack).
        stack: usize,
        /// Bytes of the Rust type, which arrays and lists multiply.
        size: usize,
        /// Bytes on the heap of what the pointer points to; 0 if the type is no box.
        heap: usize,
        /// The type.
        link: Link,
    },
    /// A hand-written implementation.
    Custom(&'static CustomTy),
}

/// A struct.
#[derive(Clone, Copy, Debug)]
pub struct StructTy {
    name: &'static str,
    fields: &'static [Field],
    min: usize,
}

/// A field of a struct or of an arm.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    name: &'static str,
    ty: &'static Ty,
}

/// An enumeration.
#[derive(Clone, Copy, Debug)]
pub struct EnumTy {
    name: &'static str,
    enumerators: &'static [Enumerator],
    open: bool,
}

/// One value of an enumeration.
#[derive(Clone, Copy, Debug)]
pub struct Enumerator {
    name: &'static str,
    value: i32,
}

/// A discriminated union.
#[derive(Clone, Copy, Debug)]
pub struct UnionTy {
    name: &'static str,
    discriminant: &'static Ty,
    arms: &'static [Arm],
}

/// An arm of a union.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    name: &'static str,
    labels: Option<&'static [i64]>,
    fields: &'static [Field],
}

/// A type whose bytes only its own code can read.
#[derive(Clone, Copy, Debug)]
pub struct CustomTy {
    /// The name of the type.
    pub name: &'static str,
    /// Fewest bytes of a value, as [`Decode::MIN`].
    pub min: usize,
    /// Reads a value and drops it.
    pub skip: fn(&mut Decoder<'_>, Bounds) -> Result<(), Fault>,
}

impl Ty {
    /// A lower bound of the bytes that a value takes on the wire.
    pub const fn min_len(&self) -> usize {
        match *self {
            Self::Void => 0,
            Self::Int | Self::UInt | Self::Float | Self::Bool | Self::Enum(_)
            | Self::Char | Self::UChar | Self::Short | Self::UShort
            | Self::String | Self::Str | Self::Opaque | Self::Array(_) | Self::Optional(_) | Self::List(_)
            // Only the discriminant: a union may hold itself, and then its constants must not depend on its arms.
            | Self::Union(_) => 4,
            Self::Hyper | Self::UHyper | Self::Double => 8,
            Self::Quadruple => 16,
            Self::FixedOpaque(n) => n.saturating_add(n.wrapping_neg() & 3),
            Self::FixedArray(n, element) => element.min_len().saturating_mul(n),
            Self::Chain(head) => head.min_len().saturating_add(4),
            Self::Struct(ty) => ty.min,
            Self::Bounded(_, ty) => ty.min_len(),
            Self::Link { min, .. } => min,
            Self::Custom(ty) => ty.min,
        }
    }

    /// Whether a value may have levels of nesting: optionals, arrays, lists and unions, itself or in its parts.
    pub(crate) const fn nests(&self) -> bool {
        match *self {
            Self::FixedArray(_, ty) | Self::Bounded(_, ty) => ty.nests(),
            Self::Struct(ty) => any_nests(ty.fields),
            Self::Array(_)
            | Self::Optional(_)
            | Self::List(_)
            | Self::Chain(_)
            | Self::Union(_)
            | Self::Link { .. }
            | Self::Custom(_) => true,
            // Each by its name: a form that is added here has to say which it is.
            Self::Void
            | Self::Int
            | Self::UInt
            | Self::Hyper
            | Self::UHyper
            | Self::Float
            | Self::Double
            | Self::Quadruple
            | Self::Bool
            | Self::Char
            | Self::UChar
            | Self::Short
            | Self::UShort
            | Self::String
            | Self::Str
            | Self::Opaque
            | Self::FixedOpaque(_)
            | Self::Enum(_) => false,
        }
    }

    /// Whether an arm of this union may have levels of nesting beside that of the union.
    #[doc(hidden)]
    pub const fn arms_nest(&self) -> bool {
        let Self::Union(ty) = self else {
            return true;
        };
        let mut rest = ty.arms;
        while let [arm, tail @ ..] = rest {
            if any_nests(arm.fields) {
                return true;
            }
            rest = tail;
        }
        false
    }
}

/// The descriptor of a `T` in a vector, which is read on the stack before it is moved to the heap.
pub(crate) const fn element<'de, T: Decode<'de>>() -> &'static Ty {
    const {
        &Ty::Link {
            min: T::MIN,
            stack: T::STACK,
            size: size_of::<T>(),
            heap: 0,
            link: || T::TYPE,
        }
    }
}

impl StructTy {
    /// A struct of these fields, in wire order.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            name,
            fields,
            min: sum_of_min(fields),
        }
    }

    /// The name of the type.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The fields in wire order.
    pub const fn fields(&self) -> &'static [Field] {
        self.fields
    }
}

impl Field {
    /// A field.
    pub const fn new(name: &'static str, ty: &'static Ty) -> Self {
        Self { name, ty }
    }

    /// The XDR name; empty for the only field of a newtype, which has no place of its own in a path.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The type, with the bounds of the declaration.
    pub const fn ty(&self) -> &'static Ty {
        self.ty
    }
}

impl EnumTy {
    /// An enumeration; `open` if other values have a place too.
    pub const fn new(name: &'static str, enumerators: &'static [Enumerator], open: bool) -> Self {
        Self {
            name,
            enumerators,
            open,
        }
    }

    /// The name of the type.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The declared values in source order.
    pub const fn enumerators(&self) -> &'static [Enumerator] {
        self.enumerators
    }

    /// Whether values that are not declared are accepted.
    pub const fn is_open(&self) -> bool {
        self.open
    }
}

impl Enumerator {
    /// A value and its name.
    pub const fn new(name: &'static str, value: i32) -> Self {
        Self { name, value }
    }

    /// The XDR name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The value on the wire.
    pub const fn value(&self) -> i32 {
        self.value
    }
}

impl UnionTy {
    /// A union over `discriminant`, which is [`Ty::Int`], [`Ty::UInt`], [`Ty::Bool`] or [`Ty::Enum`].
    pub const fn new(name: &'static str, discriminant: &'static Ty, arms: &'static [Arm]) -> Self {
        Self {
            name,
            discriminant,
            arms,
        }
    }

    /// The name of the type.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The type of the discriminant.
    pub const fn discriminant(&self) -> &'static Ty {
        self.discriminant
    }

    /// The arms in source order.
    pub const fn arms(&self) -> &'static [Arm] {
        self.arms
    }

    /// The arm that a discriminant selects: the one with its label, else the default.
    pub fn select(&self, discriminant: i64) -> Option<&'static Arm> {
        let labelled = |arm: &&Arm| {
            arm.labels
                .is_some_and(|labels| labels.contains(&discriminant))
        };
        self.arms
            .iter()
            .find(labelled)
            .or_else(|| self.arms.iter().find(|arm| arm.is_default()))
    }
}

impl Arm {
    /// An arm; `labels` is `None` for the default.
    pub const fn new(
        name: &'static str,
        labels: Option<&'static [i64]>,
        fields: &'static [Field],
    ) -> Self {
        Self {
            name,
            labels,
            fields,
        }
    }

    /// The XDR name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The discriminants that select this arm; none for the default.
    pub const fn labels(&self) -> &'static [i64] {
        match self.labels {
            Some(labels) => labels,
            None => &[],
        }
    }

    /// Whether this arm takes every discriminant that no label names.
    pub const fn is_default(&self) -> bool {
        self.labels.is_none()
    }

    /// What follows the discriminant.
    pub const fn fields(&self) -> &'static [Field] {
        self.fields
    }
}

const fn any_nests(fields: &[Field]) -> bool {
    let mut rest = fields;
    while let [field, tail @ ..] = rest {
        if field.ty.nests() {
            return true;
        }
        rest = tail;
    }
    false
}

const fn sum_of_min(fields: &[Field]) -> usize {
    let mut sum = 0usize;
    let mut rest = fields;
    while let [field, tail @ ..] = rest {
        sum = sum.saturating_add(field.ty.min_len());
        rest = tail;
    }
    sum
}
