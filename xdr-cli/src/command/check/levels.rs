//! `--allow`, `--warn` and `--deny`, in the order in which they are given.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use xdr_parser::lint::{Level, NoSuchRule, Rule, Selector, Settings};

use crate::arguments::Denies;

/// What `--deny` takes beside rules: all warnings, whatever they are about.
const WARNINGS: &str = "warnings";

/// What is said about rules on the command line, the last of which counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    said: Vec<(Selector, Level)>,
    denies_warnings: bool,
}

impl Levels {
    pub(super) fn apply(&self, settings: &mut Settings) {
        for (selector, level) in &self.said {
            settings.set(*selector, *level);
        }
    }
}

impl Denies for Levels {
    fn denies_warnings(&self) -> bool {
        self.denies_warnings
    }
}

/// The options; clap's derive has no way to ask for the order of several.
impl Args for Levels {
    fn augment_args(command: Command) -> Command {
        let help = [
            "Say nothing of what a rule finds; RULE may be a code, a category, or `all`",
            "Warn of what a rule finds",
            "Take what a rule finds for an error; `warnings` are all warnings",
        ];
        let levels = [Level::Allow, Level::Warn, Level::Deny];
        let arguments = levels.into_iter().zip(help).map(|(level, help)| {
            Arg::new(level.name())
                .long(level.name())
                .value_name("RULE")
                .help(help)
                .action(ArgAction::Append)
                .value_delimiter(',')
                .hide_possible_values(true)
                .value_parser(Names(level))
        });
        command.args(arguments)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Reads a rule, or nothing for all warnings. What is unknown is answered with the name most like it, not with all thirty.
#[derive(Clone, Copy)]
struct Names(Level);

impl TypedValueParser for Names {
    type Value = Option<Selector>;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let name = value.to_string_lossy();
        if name == WARNINGS && self.0 == Level::Deny {
            return Ok(None);
        }
        let selector = name.parse().map(Some);
        selector.map_err(|error: NoSuchRule| {
            let message = format!("--{}: {error}", self.0.name());
            let mut command = command.clone();
            command.error(ErrorKind::ValueValidation, message)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let warnings = (self.0 == Level::Deny).then_some(WARNINGS);
        let names = Selector::names().chain(warnings);
        Some(Box::new(names.map(PossibleValue::new)))
    }
}

/// Reads one rule, by its id or its code.
#[derive(Clone, Copy)]
pub(super) struct OneRule;

impl TypedValueParser for OneRule {
    type Value = Rule;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Rule, clap::Error> {
        let name = value.to_string_lossy();
        let problem = match name.parse() {
            Ok(Selector::Rule(rule)) => return Ok(rule),
            Ok(_) => format!("`{name}` is more than one rule; `--rules` lists them"),
            Err(error) => NoSuchRule::to_string(&error),
        };
        let option = argument.and_then(Arg::get_long).unwrap_or_default();
        let mut command = command.clone();
        Err(command.error(ErrorKind::ValueValidation, format!("--{option}: {problem}")))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let ids = Rule::ALL.iter().map(|rule| rule.id());
        Some(Box::new(ids.map(PossibleValue::new)))
    }
}

impl FromArgMatches for Levels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut levels = Self::default();
        levels.update_from_arg_matches(matches)?;
        Ok(levels)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let mut said = Vec::new();
        for level in [Level::Allow, Level::Warn, Level::Deny] {
            let indices = matches.indices_of(level.name()).into_iter().flatten();
            let values = matches.get_many::<Option<Selector>>(level.name());
            for (index, value) in indices.zip(values.into_iter().flatten()) {
                match value {
                    Some(selector) => said.push((index, *selector, level)),
                    None => self.denies_warnings = true,
                }
            }
        }
        said.sort_by_key(|(index, ..)| *index);
        let said = said.into_iter();
        self.said
            .extend(said.map(|(_, selector, level)| (selector, level)));
        Ok(())
    }
}
