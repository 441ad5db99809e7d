//! What a subcommand that reads `.x` files runs with: command line over `xdr.toml` over defaults.

use xdr_build::Diagnostics;
use xdr_parser::Options;

use crate::arguments::{Common, Deny, MessageFormat};
use crate::color::{self, Color};
use crate::command::Outcome;
use crate::command::breaking::Settings as Breaking;
use crate::command::r#gen::Style;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::input::Inputs;
use crate::report::{Reporter, Stream};

/// What a subcommand runs with.
#[derive(Debug)]
pub(crate) struct Session {
    /// What the parser is told.
    pub(crate) options: Options,
    /// What `xdr.toml` says to `xdr gen`.
    pub(crate) generation: Style,
    /// What `xdr.toml` says to `xdr breaking`.
    pub(crate) breaking: Breaking,
    reporter: Reporter,
}

impl Session {
    /// Settles the options. `result` is where the command's own result goes, if it has one; JSON diagnostics must not
    /// come between.
    pub(crate) fn new(
        common: &Common,
        color: Option<Color>,
        inputs: &Inputs,
        result: Option<Stream>,
    ) -> Result<Self, Failure> {
        let configuration = Configuration::of(&inputs.folders())?;
        if color.is_none() {
            color::decide(configuration.color);
        }
        let mut options = Options::default();
        options.defines.extend(configuration.defines());
        options.defines.extend(common.define.iter().cloned());
        options.include.clone_from(&common.include);
        options
            .include
            .extend(configuration.include.iter().cloned());
        options.imports.clone_from(&common.import);
        options.imports.extend(configuration.import.iter().cloned());
        options.profile = common.profile.or(configuration.profile());
        let format = common.message_format.or(configuration.message_format);
        let reporter = Reporter {
            format: format.unwrap_or_default(),
            json: if result == Some(Stream::Stdout) {
                Stream::Stderr
            } else {
                Stream::Stdout
            },
            deny_warnings: common.deny.or(configuration.deny) == Some(Deny::Warnings),
        };
        Ok(Self {
            options,
            generation: configuration.generation,
            breaking: configuration.breaking,
            reporter,
        })
    }

    /// Shows what was found; [`Outcome::Errors`] if that is more than warnings.
    pub(crate) fn report(&self, diagnostics: &mut Diagnostics) -> Result<Outcome, Failure> {
        self.reporter.report(diagnostics)
    }

    /// How diagnostics are printed.
    pub(crate) fn format(&self) -> MessageFormat {
        self.reporter.format
    }

    /// Whether somebody reads along who wants to know more than what is wrong.
    pub(crate) fn is_human(&self) -> bool {
        self.reporter.format == MessageFormat::Human
    }
}
