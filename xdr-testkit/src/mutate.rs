//! Changes of one field of a valid message, each with what must come of it.
//!
//! A fuzzer that changes bytes seldom gets past the first length word. These changes know where every field is: they
//! reach bounds and pass them by one, say more or less than there is, and leave all other fields as they were.
//!
//! ```
//! use xdr_testkit::mutate::{Expected, mutations};
//! use xdr_wire::{Decode, Encode, from_bytes, to_vec};
//!
//! #[derive(Encode, Decode)]
//! struct Seat {
//!     row: u32,
//!     #[xdr(max = 4)]
//!     guest: String,
//! }
//!
//! let seat = to_vec(&Seat { row: 7, guest: "Ada".to_owned() })?;
//! let over = mutations(<Seat as Encode>::TYPE, &seat)
//!     .find(|it| it.expected() == Expected::MustReject)
//!     .expect("a text may be too long");
//! let error = from_bytes::<Seat>(&over.bytes).map(drop).unwrap_err();
//! assert_eq!(error.path().to_string(), over.path);
//! # Ok::<(), xdr_wire::EncodeError>(())
//! ```

mod edits;
mod numbers;

use std::fmt;
use std::ops::Range;

use xdr_wire::describe::Ty;

use crate::leaves::{Leaf, display, leaves};
use crate::random::Choices;
use edits::Edit;

/// A message of which one field was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mutation {
    /// The message.
    pub bytes: Vec<u8>,
    /// The field, as the path of an error names it; empty for the message as a whole.
    pub path: String,
    /// Where the change begins.
    pub offset: usize,
    /// What was done to the field.
    pub fault: Mutated,
    expected: Expected,
}

/// What must come of a changed message, with default options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// It is valid; its bytes come back, but for a `char` of 128 to 255, which comes back negative. Only a limit may stand
    /// against what was added: of the levels, the memory or the elements without bytes.
    MustAccept,
    /// It is an error, at this field. One that was [cut off](Mutated::CutOff) may be missed sooner, by an array around it
    /// that announces more than there is left.
    MustReject,
    /// It depends on what the bytes that follow mean now.
    Either,
}

/// What is done to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mutated {
    /// Another length or count, before the same bytes.
    Length {
        /// It.
        len: u32,
    },
    /// Another length or count, and as many bytes or elements.
    Resized {
        /// It.
        len: u32,
    },
    /// Another number, flag or enumerator of the same type.
    Value {
        /// It; of a floating-point number the bits.
        value: i128,
    },
    /// Other bytes, of the same length.
    Bytes,
    /// A word that the smaller integer or character cannot be.
    OutOfRange {
        /// It.
        value: i64,
    },
    /// A `bool` that is neither 0 nor 1.
    Bool {
        /// What it is instead.
        value: u32,
    },
    /// A number that the enumeration does not declare.
    Enum {
        /// It.
        value: i32,
    },
    /// Another discriminant, before the same bytes.
    Discriminant {
        /// It.
        value: i64,
    },
    /// Another discriminant, and the least of what its arm has.
    Arm {
        /// The discriminant.
        value: i64,
    },
    /// The presence word of an optional or a list, before the same bytes.
    Presence {
        /// It.
        value: u32,
    },
    /// An optional without its value, a list or an array without one of its elements.
    Removed,
    /// The least value in an optional, or as one more element of a list.
    Added,
    /// An element of an array or a list twice.
    Doubled,
    /// Padding that is not zero.
    Padding,
    /// Text that is not UTF-8.
    Utf8,
    /// The message ends before the field, or within it.
    CutOff,
    /// Bytes after the end.
    Trailing {
        /// How many.
        len: usize,
    },
}

/// All changes of a valid message, field by field. There are none if the message is not valid by the default options, or
/// if there is a [`Ty::Custom`] in the type.
pub fn mutations<'a>(
    ty: &'static Ty,
    message: &'a [u8],
) -> impl Iterator<Item = Mutation> + use<'a> {
    let fields = fields(ty, message).into_iter().flatten();
    fields.flat_map(move |field| {
        let path = field.path();
        let edits = field.edits(message).into_iter();
        edits.map(move |edit| edit.apply(message, &path))
    })
}

/// One of [`mutations`] at random, each field as likely as another.
pub fn mutate(ty: &'static Ty, message: &[u8], choices: &mut Choices) -> Option<Mutation> {
    let mut fields = fields(ty, message)?;
    let field = fields.swap_remove(choices.below(fields.len()));
    let mut edits = field.edits(message);
    let any = choices.below(edits.len());
    let edit = (any < edits.len()).then(|| edits.swap_remove(any))?;
    Some(edit.apply(message, &field.path()))
}

/// What one path names.
enum Subject<'a> {
    Leaf(Leaf<'a>),
    /// The message as a whole.
    Message,
}

/// The leaves, and the message itself last.
fn fields<'a>(ty: &'static Ty, message: &'a [u8]) -> Option<Vec<Subject<'a>>> {
    let (leaves, end) = leaves(message, ty).ok()?;
    let can_change = |leaf: &Leaf<'_>| !leaf.bytes.is_empty();
    let leaves = leaves.into_iter().filter(can_change).map(Subject::Leaf);
    (end == message.len()).then(|| leaves.chain([Subject::Message]).collect())
}

impl Subject<'_> {
    fn path(&self) -> String {
        match self {
            Self::Leaf(leaf) => display(&leaf.path),
            Self::Message => String::new(),
        }
    }

    fn edits(&self, message: &[u8]) -> Vec<Edit> {
        match self {
            Self::Leaf(leaf) => edits::of_leaf(leaf, message),
            Self::Message => edits::of_message(message),
        }
    }
}

impl Edit {
    fn apply(self, message: &[u8], path: &str) -> Mutation {
        let Range { start, end } = self.replaced;
        let (before, after) = (message.get(..start), message.get(end..));
        let parts = [
            before.unwrap_or_default(),
            &self.by,
            after.unwrap_or_default(),
        ];
        Mutation {
            bytes: parts.concat(),
            path: path.to_owned(),
            offset: start,
            fault: self.fault,
            expected: self.expected,
        }
    }
}

impl Mutation {
    /// What must come of it.
    pub fn expected(&self) -> Expected {
        self.expected
    }
}

/// One line: `msg.name (byte 12): length 4294967295 before the same bytes, must be rejected`.
impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = match &*self.path {
            "" => "message",
            path => path,
        };
        let Self {
            offset,
            fault,
            expected,
            ..
        } = self;
        write!(f, "{path} (byte {offset}): {fault}, {expected}")
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MustAccept => "must be accepted",
            Self::MustReject => "must be rejected",
            Self::Either => "may be either",
        })
    }
}

impl fmt::Display for Mutated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { len } => write!(f, "length {len} before the same bytes"),
            Self::Resized { len } => write!(f, "made {len} long"),
            Self::Value { value } => write!(f, "set to {value}"),
            Self::Bytes => f.write_str("other bytes"),
            Self::OutOfRange { value } => write!(f, "set to {value}, which is out of range"),
            Self::Bool { value } => write!(f, "set to {value}, which is no bool"),
            Self::Enum { value } => write!(f, "set to {value}, which is not declared"),
            Self::Discriminant { value } => write!(f, "discriminant {value} before the same bytes"),
            Self::Arm { value } => write!(f, "discriminant {value} with its arm"),
            Self::Presence { value } => write!(f, "presence {value} before the same bytes"),
            Self::Removed => f.write_str("a value removed"),
            Self::Added => f.write_str("a value added"),
            Self::Doubled => f.write_str("an element twice"),
            Self::Padding => f.write_str("padding that is not zero"),
            Self::Utf8 => f.write_str("text that is not UTF-8"),
            Self::CutOff => f.write_str("cut off"),
            Self::Trailing { len } => write!(f, "followed by {len} bytes"),
        }
    }
}
