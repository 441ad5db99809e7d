//! Generates readable Rust from XDR (`.x`) files, from a build script or by hand.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), xdr_build::Error> {
//!     xdr_build::Config::new().compile(&["proto/calendar.x"])
//! }
//! ```
//!
//! ```ignore
//! // src/lib.rs
//! pub mod calendar {
//!     include!(concat!(env!("OUT_DIR"), "/calendar.rs"));
//! }
//! ```
//!
//! Each `.x` file becomes one Rust file of short types with `#[derive(xdr_wire::Encode, xdr_wire::Decode)]`; what XDR
//! says beyond Rust's types stands in attributes. Files that import others are generated together with them and
//! expect to be modules side by side. Generated code is the same in the editions 2021 and 2024.
#![forbid(unsafe_code)]

mod config;
mod diagnostics;
mod docs;
mod emit;
mod error;
mod lower;
mod model;
mod names;
mod output;
mod rules;

pub use config::Config;
pub use diagnostics::{Diagnostics, Finding, Weight};
pub use error::Error;
pub use output::GeneratedFile;
pub use xdr_parser::Profile;
