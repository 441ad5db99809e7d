//! `xdr completions`: scripts that teach a shell the command's arguments.

use clap::Args;
use clap_complete::Shell;

use super::Outcome;
use crate::arguments::{self, examples};
use crate::console;
use crate::failure::Failure;

/// Print shell completions
///
/// The script goes to stdout; where it belongs is the shell's business.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("For bash", "xdr completions bash > xdr.bash"),
    ("For zsh, in a folder of $fpath", "xdr completions zsh > _xdr"),
    ("For fish", "xdr completions fish > xdr.fish"),
]))]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut arguments::definition(), "xdr", &mut script);
        console::result(&script)?;
        Ok(Outcome::Clean)
    }
}
