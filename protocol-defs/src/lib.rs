//! protocol-defs.
