//! XDR (RFC 4506) on the wire: strict, bounded, without panics, `no_std`.
//!
//! ```
//! # #[cfg(feature = "derive")] {
//! use xdr_wire::{Decode, Encode, from_bytes, to_vec};
//!
//! #[derive(Debug, PartialEq, Encode, Decode)]
//! struct Identity {
//!     #[xdr(max = 20)]
//!     scheme: String,
//!     name: Option<String>,
//! }
//!
//! let identity = Identity { scheme: "x509".to_owned(), name: None };
//! let wire = to_vec(&identity)?;
//! assert_eq!(wire, [0, 0, 0, 4, b'x', b'5', b'0', b'9', 0, 0, 0, 0]);
//! assert_eq!(from_bytes::<Identity>(&wire)?, identity);
//!
//! let error = from_bytes::<Identity>(&[0, 0, 0, 21]).unwrap_err();
//! assert_eq!(error.to_string(), "string of 21 bytes is longer than its bound of 20, at scheme (byte 0)");
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Rust | XDR |
//! | --- | --- |
//! | `i32`, `u32`, `i64`, `u64` | `int`, `unsigned int`, `hyper`, `unsigned hyper` |
//! | `f32`, `f64`, [`Quadruple`] | `float`, `double`, `quadruple` |
//! | `i16`, `u16` | `short`, `unsigned short`: four bytes, range checked |
//! | `bool` | `bool` |
//! | `String`, `&str` | `string` |
//! | `Vec<u8>`, `&[u8]`, `[u8; N]` | `opaque<>`, `opaque<>`, `opaque[N]` |
//! | `Vec<T>`, `[T; N]` | `T x<>`, `T x[N]` |
//! | `Option<T>` | `T *x` |
//! | [`List<T>`], [`Chain<T>`] | a linked list by pointer, by value |
//! | `Box<T>`, `&T` | as `T` |
//! | tuples up to eight, `()` | values in sequence, `void` |
//! | structs and enums with the derives | structs, enumerations, unions: see [`attributes`] |
//!
//! `u8` and `i8` have no form of their own, so an array of bytes is always opaque and a `char x<>`, which takes four
//! bytes per character, cannot be had by accident.
//!
//! What a message may demand is limited by default, see [`Limits`]; each rule of the format can be relaxed by name, see
//! [`Rule`]. Memory is allocated for what the input holds, never for what it claims to hold.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod bounds;
mod bulk;
mod chars;
mod decoder;
mod dispatch;
mod elements;
mod encoder;
mod entry;
mod error;
mod fault;
mod impls;
mod list;
mod message;
mod options;
mod parts;
mod path;
mod procedure;
mod traits;
mod view;
mod walker;

pub mod describe;

#[cfg_attr(feature = "derive", doc = include_str!("attributes.md"))]
#[cfg_attr(
    not(feature = "derive"),
    doc = "The attributes of the derives, documented with the feature `derive`."
)]
pub mod attributes {}

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use bounds::Bounds;
pub use decoder::{Decoder, skip};
pub use dispatch::{Message, MessageError, Payload, ProcedureInfo};
pub use elements::{Elements, elements, elements_with};
pub use encoder::Encoder;
pub use entry::{RoundTripError, TypeEntry};
pub use error::{DecodeError, EncodeError, ErrorKind, Form};
pub use fault::Fault;
pub use impls::Quadruple;
pub use list::{Chain, List};
pub use message::{
    encode_into, encode_into_with, from_bytes, from_bytes_with, from_prefix, from_prefix_with,
    to_vec, to_vec_with,
};
pub use options::{Limits, Options, Rule, UnknownRule};
pub use path::{Path, Segment};
pub use procedure::{Priority, Procedure, ProcedureKind, StreamDirection};
pub use traits::{Decode, Depth, Encode};
pub use view::{Number, NumberView, Numbers};
#[cfg(feature = "derive")]
pub use xdr_derive::{Decode, Encode};
