//! The codec from outside: wire forms, broken rules, limits, and properties that hold for every type.

mod derived;
mod describe;
mod dispatch;
mod elements;
mod entry;
mod errors;
mod forms;
mod hand_written;
mod hostile_types;
mod limits;
mod memory;
mod narrow;
mod property;
mod relaxed;
mod stack;
mod strategies;
mod support;
mod types;
mod view;
