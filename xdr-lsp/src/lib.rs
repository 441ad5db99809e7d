//! What an editor wants to know of `.x` files, and the server that tells it.
//!
//! [`analysis`] is a workspace of open texts over the files on disk. It answers in bytes and paths, knows nothing of the
//! protocol, and does one thing at a time. [`serve`] is the server over it: messages in, messages out.

#![forbid(unsafe_code)]

use std::path::Path;

use xdr_parser::{Options, lint};

pub mod analysis;
mod server;

pub use server::{Ended, serve};

/// What a file is compiled with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the parser is told.
    pub options: Options,
    /// Which rules are tried, once there is no error.
    pub lint: lint::Settings,
}

/// Says what a file is compiled with, or why that cannot be said: its `xdr.toml` has a mistake, for example. It is asked
/// anew at every compilation.
pub type Configure = Box<dyn Fn(&Path) -> Result<Settings, String> + Send>;
