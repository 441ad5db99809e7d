//! Messages of any `.x` file without generated code: bytes to JSON, and JSON to bytes.
//!
//! A [`Codec`] is made of a [`Schema`](xdr_parser::Schema) and the name of a type. It is as strict as generated code, since
//! it stands on the same [`xdr_wire::Decoder`] and [`xdr_wire::Encoder`]: every [`Rule`](xdr_wire::Rule) holds, each can be
//! relaxed by name, and errors have the same kind, byte, field and text.
//!
//! # JSON
//!
//! | XDR | JSON |
//! | --- | --- |
//! | `int`, `unsigned int`, `short`, `char` and their kin | a number |
//! | `hyper`, `unsigned hyper` | a decimal string; a number is accepted |
//! | `float`, `double` | a number, `"NaN"`, `"Infinity"`, `"-Infinity"`; of other NaNs the bits: `{"bits":"7ff8…"}` |
//! | `quadruple`, `opaque` | lower-case hex digits in a string |
//! | `bool` | `true`, `false` |
//! | an enumeration | the enumerator's name in a string; a number if it has none and that is allowed |
//! | `string` | a string; `{"bytes":"hex"}` if it is not UTF-8 and that is allowed |
//! | an array, a list by pointers | an array |
//! | an optional | `null` or the value; the value in an array of one if it could be `null` itself |
//! | a struct | an object |
//! | a union | an object: the discriminant under its name, the arm under its own, nothing for `void`; `"discriminant"` and `"arm"` in their place where an arm has the discriminant's name |
//! | `void` | `null` |
//!
//! It loses nothing: the JSON of a message becomes the bytes of the message.
//!
//! # Limits
//!
//! No input makes it panic or overflow the stack: it keeps a stack of its own. JSON is written while the bytes are read, so
//! that memory is constant beside what is written; JSON that is read takes some 24 bytes for each of its values.

#![forbid(unsafe_code)]

mod annotate;
mod codec;
mod compile;
mod encode;
mod error;
mod json;
mod path;
mod program;
mod scalar;
mod tree;
mod visit;
mod walk;

pub use annotate::{Part, Role};
pub use codec::{Codec, UnknownType, WriteError};
pub use error::{DecodeError, EncodeError, EncodeErrorKind};
pub use json::Style;
pub use path::{Path, Segment};
pub use scalar::Scalar;
pub use tree::{Kind, Tree, Value};
