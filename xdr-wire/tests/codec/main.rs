//! The codec from outside: wire forms, broken rules, limits, and properties that hold for every type.

mod derived;
mod errors;
mod forms;
mod limits;
mod property;
mod relaxed;
mod strategies;
mod support;
mod types;
