//! The derives: forms, rules, errors.

mod types;
