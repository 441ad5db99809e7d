//! Real `.x` files, unmodified: parsed, resolved, generated, compiled. They are fetched or installed, never kept here.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod crates;
mod files;
mod formatting;
mod lint;
mod outcome;
mod project;
mod same;
mod speed;
mod structs;
