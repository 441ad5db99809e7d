//! What tests and fuzzers of XDR types need. All of it works on the static descriptor of a type, so it works for types
//! that are derived and for types that are generated.

pub mod fuzz;
pub mod leaves;
pub mod mutate;
pub mod oracle;
pub mod random;
