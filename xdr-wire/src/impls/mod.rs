//! The XDR form of Rust's own types.

mod arrays;
mod indirect;
mod integers;
mod opaque;
mod text;
mod tuples;

pub(crate) use arrays::array_of;
pub use integers::Quadruple;
