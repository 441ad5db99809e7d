//! `xdr check`: is it valid?

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::failure::Failure;
use crate::input::Inputs;
use crate::session::Session;

/// Report all mistakes in .x files
///
/// Reads the files and all that they import, and reports every mistake at once. Diagnostics go to stderr, as a
/// compiler's do; with `--message-format json` they go to stdout, one object per line.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Report all mistakes in two files", "xdr check calendar.x mount.x"),
    ("Let warnings fail a script too", "xdr check --deny warnings calendar.x"),
    ("Give the names from C headers that a file needs their values", "xdr check -D NAME_MAX=255 -D PATH_MAX=0x400 inode.x"),
    ("Know those of libvirt", "xdr check --profile libvirt secret.x"),
    ("Look for imports elsewhere", "xdr check -I imports inode-list.x"),
    ("Check what another program prints", "cat calendar.x | xdr check -"),
    ("One JSON object per mistake, for other programs", "xdr check --message-format json calendar.x"),
]))]
pub(crate) struct Check {
    /// The files; `-` is the standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Check {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let inputs = Inputs::new(self.files)?;
        let session = Session::new(&self.common, color, &inputs, None)?;
        let mut compiled = inputs.compile(&session.options);
        session.report(&mut compiled.diagnostics)
    }
}
