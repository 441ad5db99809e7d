//! The XDR form of Rust's own types.

mod arrays;
mod indirect;
mod integers;
mod opaque;
mod text;
mod tuples;

pub(crate) use arrays::{array_of, boxed_array};
pub use integers::Quadruple;
