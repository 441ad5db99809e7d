//! What must hold for any input. Each module has the oracle of the fuzz target of its name; the tests run them too, over
//! the seeds in `seeds/` and what has been found, in `regressions/`.
//!
//! ```text
//! cargo xtask fuzz --seconds 60 graphics
//! ```

mod dynamic;
mod graphics;
mod messages;
mod mutator;
mod packets;
mod source;
pub mod types;

pub use dynamic::{codec, dynamic};
pub use graphics::graphics;
pub use messages::{MESSAGE_HEAD, message_head, messages, payload_type};
pub use mutator::{mutate_graphics, mutate_messages, mutate_types};
pub use packets::packets;
pub use source::{SOURCE_HEAD, source};
pub use types::{TYPE_HEAD, chosen_type, tables, types};

/// A fuzz target: its name, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All fuzz targets, by name.
pub const TARGETS: &[Target] = &[
    ("dynamic", dynamic),
    ("graphics", graphics),
    ("messages", messages),
    ("packets", packets),
    ("source", source),
    ("types", types),
];
