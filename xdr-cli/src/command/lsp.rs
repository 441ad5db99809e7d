//! `xdr lsp`: the language server.

use std::path::{Path, PathBuf};

use clap::Args;
use xdr_lsp::{Ended, Settings};

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::configuration::Configuration;
use crate::console;
use crate::failure::ERROR;
use crate::session;

/// Serve an editor
///
/// Speaks the Language Server Protocol on stdin and stdout: diagnostics while a text is written, what a name stands for
/// and how many bytes it takes, definitions, references, renaming, symbols, completion and layout. Of each file the nearest
/// `xdr.toml` counts, as it does for `xdr check`; options given here go before it.
///
/// Ends at `exit`, or when its input does. Exits 0 behind `shutdown`, or if the input ended before anybody said
/// `initialize`; else 1.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("What an editor is told to run", "xdr lsp"),
    ("For files that take constants from libvirt's headers", "xdr lsp --profile libvirt"),
    ("For files that import others from a folder", "xdr lsp -I imports"),
]))]
pub(crate) struct Lsp {
    /// Speak on stdin and stdout, which is done anyway; many editors say so
    #[arg(long)]
    stdio: bool,
    #[command(flatten)]
    common: Common,
}

impl Lsp {
    pub(crate) fn run(self) -> Outcome {
        let common = absolute(self.common);
        let configure = move |path: &Path| {
            let folder = path.parent().map(Path::to_owned).unwrap_or_default();
            let configuration = Configuration::of(&[folder]);
            let configuration = configuration.map_err(|failure| failure.to_string())?;
            let options = session::options(&common, &configuration);
            let lint = configuration.lint.settings(&options);
            Ok(Settings { options, lint })
        };
        match xdr_lsp::serve(std::io::stdin(), std::io::stdout(), Box::new(configure)) {
            Ended::Cleanly => Outcome::Clean,
            Ended::Abruptly(why) => {
                console::say(&format!("{ERROR}error:{ERROR:#} {why}"));
                Outcome::Errors
            }
        }
    }
}

/// Documents have absolute paths, and so has what they import.
fn absolute(mut common: Common) -> Common {
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    common.include = common.include.iter().map(absolute).collect();
    common.import = common.import.iter().map(absolute).collect();
    common
}
