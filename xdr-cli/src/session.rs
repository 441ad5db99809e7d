//! What a subcommand that reads `.x` files runs with: command line over `xdr.toml` over defaults.

use clap::Args;
use xdr_build::Diagnostics;
use xdr_parser::{Options, Sources};

use crate::arguments::{Common, Denies, Deny, MessageFormat};
use crate::color::{self, Color};
use crate::command::Outcome;
use crate::command::breaking::Settings as Breaking;
use crate::command::check::Lint;
use crate::command::r#gen::Style;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::input::Inputs;
use crate::report::{Finding, Reporter, Stream};

/// What a subcommand runs with.
#[derive(Debug)]
pub(crate) struct Session {
    /// What the parser is told.
    pub(crate) options: Options,
    /// What `xdr.toml` says to `xdr gen`.
    pub(crate) generation: Style,
    /// What `xdr.toml` says to `xdr breaking`.
    pub(crate) breaking: Breaking,
    /// What `xdr.toml` says of rules to `xdr check`.
    pub(crate) lint: Lint,
    reporter: Reporter,
}

impl Session {
    /// Settles the options. `result` is where the command's own result goes, if it has one; JSON diagnostics must not
    /// come between.
    pub(crate) fn new<D: Args + Denies>(
        common: &Common<D>,
        color: Option<Color>,
        inputs: &Inputs,
        result: Option<Stream>,
    ) -> Result<Self, Failure> {
        let configuration = Configuration::of(&inputs.folders())?;
        if color.is_none() {
            color::decide(configuration.color);
        }
        let options = options(common, &configuration);
        let format = common.message_format.or(configuration.message_format);
        let stream = if result == Some(Stream::Stdout) {
            Stream::Stderr
        } else {
            Stream::Stdout
        };
        let deny = common.denied.denies_warnings() || configuration.deny == Some(Deny::Warnings);
        let reporter = Reporter::new(format.unwrap_or_default(), stream, deny);
        Ok(Self {
            options,
            generation: configuration.generation,
            breaking: configuration.breaking,
            lint: configuration.lint,
            reporter,
        })
    }

    /// Shows what was found, which is all there is to show; [`Outcome::Errors`] if that is more than warnings.
    pub(crate) fn report(&self, diagnostics: &mut Diagnostics) -> Result<Outcome, Failure> {
        let outcome = self.report_part(diagnostics)?;
        self.finish()?;
        Ok(outcome)
    }

    /// Shows some of what was found; [`Session::finish`] is called when there is no more.
    pub(crate) fn report_part(&self, diagnostics: &mut Diagnostics) -> Result<Outcome, Failure> {
        self.reporter.report(diagnostics)
    }

    /// Shows things other than diagnostics, in a format for programs; [`Session::finish`] is called when there is no more.
    pub(crate) fn report_findings(
        &self,
        sources: &Sources,
        findings: &[Finding<'_>],
    ) -> Result<(), Failure> {
        self.reporter.findings(sources, findings)
    }

    /// Prints what is printed only when it is complete.
    pub(crate) fn finish(&self) -> Result<(), Failure> {
        self.reporter.finish()
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

/// What the parser is told: what the command line says, then what `xdr.toml` does.
pub(crate) fn options<D: Args>(common: &Common<D>, configuration: &Configuration) -> Options {
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
    options
}
