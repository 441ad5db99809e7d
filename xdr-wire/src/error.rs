//! What can go wrong, as values: one kind per rule, with the byte and the field.

use alloc::boxed::Box;
use core::fmt;

use crate::path::Path;

/// The rule that a message or a value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends inside a value. The offset is the end of the input.
    UnexpectedEnd,
    /// Bytes follow the value ([`Rule::Trailing`](crate::Rule::Trailing)).
    TrailingBytes {
        /// How many.
        left: usize,
    },
    /// A length is over the bound of its declaration ([`Rule::Bound`](crate::Rule::Bound)), or, when encoding, over what
    /// 32 bits can say.
    LengthOverBound {
        /// What has this length.
        form: Form,
        /// Bytes of a string or opaque, elements of an array.
        len: usize,
        /// The largest length allowed.
        bound: u32,
    },
    /// A length is over what the rest of the input can hold.
    LengthOverInput {
        /// What has this length.
        form: Form,
        /// Bytes of a string or opaque, elements of an array.
        len: u32,
        /// Bytes left after the length.
        left: usize,
    },
    /// A padding byte is not zero ([`Rule::Padding`](crate::Rule::Padding); RFC 4506, section 3).
    NonZeroPadding,
    /// A boolean is neither 0 nor 1 ([`Rule::Bool`](crate::Rule::Bool); RFC 4506, section 4.4).
    InvalidBool {
        /// The word on the wire.
        value: u32,
    },
    /// The presence word of an optional is neither 0 nor 1 ([`Rule::Bool`](crate::Rule::Bool); RFC 4506, section 4.19).
    InvalidOptional {
        /// The word on the wire.
        value: u32,
    },
    /// A closed enumeration does not declare this value ([`Rule::Enum`](crate::Rule::Enum); RFC 4506, section 4.3).
    UnknownEnum {
        /// The value on the wire.
        value: i32,
    },
    /// A union has neither an arm for this discriminant nor a default (RFC 4506, section 4.15).
    UnknownDiscriminant {
        /// The discriminant; one of type `bool` is 0 or 1.
        value: i64,
    },
    /// A variant to encode carries a discriminant that selects another arm, so it would be read back as another variant.
    MismatchedDiscriminant {
        /// The discriminant that the variant carries.
        value: i64,
    },
    /// A string is not UTF-8 ([`Rule::Utf8`](crate::Rule::Utf8)). The offset is the first malformed byte.
    InvalidUtf8,
    /// A four-byte word does not fit the smaller integer that was declared.
    OutOfRange {
        /// The integer type.
        form: Form,
        /// The value on the wire.
        value: i64,
    },
    /// A value is nested deeper than [`Limits::max_depth`](crate::Limits::max_depth).
    DepthOverLimit {
        /// The limit.
        limit: u32,
    },
    /// Values inside each other take more stack than [`Limits::max_stack`](crate::Limits::max_stack).
    StackOverLimit {
        /// The limit.
        limit: usize,
    },
    /// A value takes more memory for each byte of the input than
    /// [`Limits::max_memory_factor`](crate::Limits::max_memory_factor). The offset is that of the array, or of what is
    /// behind a pointer.
    MemoryOverLimit {
        /// The limit.
        factor: u32,
    },
    /// Arrays hold more elements without bytes than
    /// [`Limits::max_empty_elements`](crate::Limits::max_empty_elements).
    EmptyElementsOverLimit {
        /// The limit.
        limit: u32,
    },
    /// The encoded value would not fit the memory there is.
    OutOfMemory,
    /// A rule of a hand-written implementation; the text says which.
    Custom(&'static str),
}

/// What the length or range of an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// `string`.
    String,
    /// `opaque`.
    Opaque,
    /// A variable-length array.
    Array,
    /// `char`.
    Char,
    /// `unsigned char`.
    UChar,
    /// `short`.
    Short,
    /// `unsigned short`.
    UShort,
}

impl Form {
    const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Opaque => "opaque",
            Self::Array => "array",
            Self::Char => "char",
            Self::UChar => "unsigned char",
            Self::Short => "short",
            Self::UShort => "unsigned short",
        }
    }

    const fn unit(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::Array, 1) => "element",
            (Self::Array, _) => "elements",
            (_, 1) => "byte",
            _ => "bytes",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::UnexpectedEnd => f.write_str("input ends too early"),
            Self::TrailingBytes { left } => {
                let plural = if left == 1 {
                    "byte follows"
                } else {
                    "bytes follow"
                };
                write!(f, "{left} {plural} the value")
            }
            Self::LengthOverBound { form, len, bound } => {
                let (name, unit) = (form.name(), form.unit(len as u64));
                write!(
                    f,
                    "{name} of {len} {unit} is longer than its bound of {bound}"
                )
            }
            Self::LengthOverInput { form, len, left } => {
                let (name, unit) = (form.name(), form.unit(len.into()));
                let plural = if left == 1 {
                    "byte that is"
                } else {
                    "bytes that are"
                };
                write!(
                    f,
                    "{name} of {len} {unit} is longer than the {left} {plural} left"
                )
            }
            Self::NonZeroPadding => f.write_str("padding byte is not zero"),
            Self::InvalidBool { value } => write!(f, "bool is {value}, neither 0 nor 1"),
            Self::InvalidOptional { value } => {
                write!(f, "presence of an optional is {value}, neither 0 nor 1")
            }
            Self::UnknownEnum { value } => write!(f, "enum has no value {value}"),
            Self::UnknownDiscriminant { value } => {
                write!(f, "union has no arm for discriminant {value}")
            }
            Self::MismatchedDiscriminant { value } => {
                write!(f, "discriminant {value} does not select this arm")
            }
            Self::InvalidUtf8 => f.write_str("string is not UTF-8"),
            Self::OutOfRange { form, value } => {
                write!(f, "{value} does not fit in {}", form.name())
            }
            Self::DepthOverLimit { limit } => write!(f, "nested deeper than the limit of {limit}"),
            Self::StackOverLimit { limit } => {
                write!(f, "takes more stack than the limit of {limit} bytes")
            }
            Self::MemoryOverLimit { factor } => {
                write!(
                    f,
                    "takes more memory than the limit of {factor} times the input"
                )
            }
            Self::EmptyElementsOverLimit { limit } => {
                write!(
                    f,
                    "more array elements without bytes than the limit of {limit}"
                )
            }
            Self::OutOfMemory => f.write_str("encoded value does not fit in memory"),
            Self::Custom(what) => f.write_str(what),
        }
    }
}

/// A fault with all that is known about its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Report {
    kind: ErrorKind,
    offset: usize,
    path: Path,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if !self.path.is_empty() {
            write!(f, ", at {}", self.path)?;
        }
        write!(f, " (byte {})", self.offset)
    }
}

macro_rules! error_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        // Boxed, so that the `Result` of every call is as small as its value.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(Box<Report>);

        impl $name {
            #[cold]
            pub(crate) fn new(kind: ErrorKind, offset: usize, path: Path) -> Self {
                Self(Box::new(Report { kind, offset, path }))
            }

            /// The rule that was broken.
            pub fn kind(&self) -> ErrorKind {
                self.0.kind
            }

            /// The byte, counted from the start of the message.
            pub fn offset(&self) -> usize {
                self.0.offset
            }

            /// The field, outermost first; empty where the message as a whole is meant.
            pub fn path(&self) -> &Path {
                &self.0.path
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl core::error::Error for $name {}
    };
}

error_type! {
    /// Why bytes are not a value of the expected type.
    ///
    /// ```
    /// use xdr_wire::{ErrorKind, from_bytes};
    ///
    /// let error = from_bytes::<Vec<bool>>(&[0, 0, 0, 1, 0, 0, 0, 2]).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidBool { value: 2 });
    /// assert_eq!(error.to_string(), "bool is 2, neither 0 nor 1, at [0] (byte 4)");
    /// ```
    DecodeError
}

error_type! {
    /// Why a value cannot be encoded. The offset counts the bytes that the value would have had before its fault.
    EncodeError
}
