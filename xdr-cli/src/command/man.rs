//! `xdr man`: manual pages.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::Outcome;
use crate::arguments::{self, examples};
use crate::console;
use crate::failure::Failure;
use crate::output;

/// Write manual pages
///
/// One page for the command and one for each subcommand: xdr.1, xdr-check.1 and so on. Without a folder, the page of
/// the command goes to stdout.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Write all pages", "xdr man --out-dir man1"),
    ("Write the main one to a file", "xdr man > xdr.1"),
]))]
pub(crate) struct Man {
    /// The folder to write to; made if need be
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out_dir: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        let mut command = arguments::definition().disable_help_subcommand(true);
        command.build();
        match self.out_dir {
            Some(folder) => {
                output::create_folder(&folder)?;
                write(&command, &folder)?;
            }
            None => console::result(&page(&clap_mangen::Man::new(command))?)?,
        }
        Ok(Outcome::Clean)
    }
}

/// Writes a command's page, then those of its subcommands.
fn write(command: &clap::Command, folder: &Path) -> Result<(), Failure> {
    let man = clap_mangen::Man::new(command.clone());
    output::write(&folder.join(man.get_filename()), &page(&man)?)?;
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .try_for_each(|command| write(command, folder))
}

fn page(man: &clap_mangen::Man) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    man.render(&mut page).map_err(Failure::Stdout)?;
    Ok(page)
}
