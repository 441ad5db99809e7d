//! Charts as SVG. They are written by hand: two forms of them are needed, a plotting library has neither bars in groups
//! nor colours that follow the reader's light or dark page, and every `cargo xtask` would wait for it to be built.

pub(crate) mod bars;
pub(crate) mod lines;
mod svg;
