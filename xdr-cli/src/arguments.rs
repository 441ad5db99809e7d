//! The command line, as clap reads it. What is special to a subcommand stands with it.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use anstyle::Style;
use clap::builder::{PossibleValuesParser, StyledStr, TypedValueParser};
use clap::{Args, CommandFactory, Parser, ValueEnum, ValueHint};
use serde::Deserialize;
use xdr_parser::Profile;

use crate::color::Color;
use crate::command::{Command, Outcome};
use crate::failure::Failure;

/// The protocol toolkit for XDR
///
/// Works on the `.x` files that ONC RPC services describe their protocols in: the XDR language (RFC 4506), the RPC
/// language (RFC 5531), and what libvirt, NFS, Gluster and others add to them.
#[derive(Debug, Parser)]
#[command(name = "xdr", bin_name = "xdr", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// When to colour: auto, always or never [default: auto]
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        hide_possible_values = true,
        display_order = 900
    )]
    pub(crate) color: Option<Color>,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 clean, 1 errors in the input, 2 wrong use or output that cannot be written.";

impl Arguments {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        self.command.run(self.color)
    }
}

/// Reads arguments, the first being the command's own name.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(arguments)
}

/// All subcommands and options, for completions, man pages and other documentation.
pub fn definition() -> clap::Command {
    Arguments::command()
}

/// Options of all subcommands that read `.x` files; `D` is what can be denied.
#[derive(Debug, Default, Args)]
pub(crate) struct Common<D: Args = DenyWarnings> {
    /// Look for imported files in this folder too
    ///
    /// The importing file's own folder comes first, then these in the order given, then those of `xdr.toml`.
    #[arg(short = 'I', long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) include: Vec<PathBuf>,
    /// Import this file into every file
    ///
    /// As if each began with an `#include` of it: for names that C has from headers which no line asks for, such as
    /// rpcgen's `<rpc/rpc.h>`.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) import: Vec<PathBuf>,
    /// Give a name a value; NAME alone means 1
    ///
    /// Decides `#ifdef NAME`, and stands for a constant that the file takes from a C header. VALUE is decimal, hex
    /// (`0x10`) or octal (`010`), and may be negative.
    #[arg(short = 'D', long, value_name = "NAME[=VALUE]", value_parser = define)]
    pub(crate) define: Vec<(String, i128)>,
    /// Know the constants that a family of `.x` files takes from C headers
    #[arg(long, value_name = "NAME", value_parser = profile_parser())]
    pub(crate) profile: Option<Profile>,
    /// How to print diagnostics: human, json, sarif or github [default: human]
    ///
    /// JSON is one object per line: `code`, `severity`, `message`, `file`, `line`, `column`, `spans` and `help`. The
    /// first span is the place itself, others are related; each has `file`, `byte_start`, `byte_end`, `line_start`,
    /// `column_start`, `line_end`, `column_end`, `primary` and `label`. Bytes count from 0; lines, and columns in
    /// characters, from 1. What a rule of `xdr check` finds has `rule`, and `fix` where edits mend it.
    ///
    /// SARIF is one log, version 2.1.0, as code scanning reads it. It is about `.x` files: what is wrong with a message that
    /// `xdr decode` or `xdr encode` reads is told as text. GitHub has workflow commands, which become annotations of a pull
    /// request.
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    pub(crate) message_format: Option<MessageFormat>,
    #[command(flatten)]
    pub(crate) denied: D,
}

/// What can be denied where there are no rules.
#[derive(Debug, Default, Args)]
pub(crate) struct DenyWarnings {
    /// Take `warnings` for errors
    #[arg(long, value_name = "WHAT", hide_possible_values = true)]
    deny: Option<Deny>,
}

/// Whether warnings are taken for errors.
pub(crate) trait Denies {
    fn denies_warnings(&self) -> bool;
}

impl Denies for DenyWarnings {
    fn denies_warnings(&self) -> bool {
        self.deny == Some(Deny::Warnings)
    }
}

/// What `--message-format` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageFormat {
    /// With the lines they are about, on stderr
    #[default]
    Human,
    /// One JSON object per line
    Json,
    /// A log for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
}

/// What `--deny` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Deny {
    /// All warnings
    Warnings,
}

/// A section of `--help` with worked examples: what each does, and its command line.
pub(crate) fn examples(examples: &[(&str, &str)]) -> StyledStr {
    let heading = Style::new().bold().underline();
    let mut text = format!("{heading}Examples:{heading:#}");
    for (purpose, command) in examples {
        let _ = write!(text, "\n  # {purpose}\n  {command}\n");
    }
    text.truncate(text.trim_end().len());
    text.into()
}

fn profile_parser() -> impl TypedValueParser<Value = Profile> {
    PossibleValuesParser::new(["libvirt"])
        .try_map(|name| Profile::named(&name).ok_or("no such profile"))
}

fn define(argument: &str) -> Result<(String, i128), String> {
    let (name, value) = match argument.split_once('=') {
        Some((name, value)) => (name, number(value)?),
        None => (argument, 1),
    };
    if is_name(name) {
        Ok((name.to_owned(), value))
    } else {
        Err(format!(
            "`{name}` is not a name: letters, digits and `_`, a letter or `_` first"
        ))
    }
}

/// Whether this could be a name in a `.x` file.
pub(crate) fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A number as `.x` files write them: decimal, `0x…`, octal with a leading 0, and any of them negative.
pub(crate) fn number(text: &str) -> Result<i128, String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (radix, digits) = match digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        Some(digits) => (16, digits),
        None if digits.len() > 1 && digits.starts_with('0') => (8, digits),
        None => (10, digits),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    if !is_number {
        return Err(format!(
            "`{text}` is not a number: decimal, hex (0x10) or octal (010) is"
        ));
    }
    // As many digits as to overflow an i128 are out of range anyway.
    let value = i128::from_str_radix(digits, radix).unwrap_or(i128::MAX) * sign;
    if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value) {
        Ok(value)
    } else {
        Err(format!("`{text}` is out of range: -2^63 to 2^64-1 fit"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        definition().debug_assert();
    }

    #[test]
    fn reads_numbers_as_x_files_have_them() {
        for (text, value) in [
            ("0", 0),
            ("16", 16),
            ("-1", -1),
            ("0x10", 16),
            ("0XfF", 255),
            ("-0x10", -16),
            ("010", 8),
            ("18446744073709551615", i128::from(u64::MAX)),
            ("-9223372036854775808", i128::from(i64::MIN)),
        ] {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        for text in [
            "",
            "-",
            "x",
            "0x",
            "08",
            "1_000",
            "+1",
            "--1",
            "1 ",
            "0x-1",
            "18446744073709551616",
        ] {
            assert!(number(text).is_err(), "{text}");
        }
        assert!(number(&"9".repeat(100)).is_err());
        assert!(number(&format!("-{}", "9".repeat(100))).is_err());
    }

    #[test]
    fn a_define_without_a_value_is_one() {
        assert_eq!(define("A"), Ok(("A".to_owned(), 1)));
        assert_eq!(define("A_1=-2"), Ok(("A_1".to_owned(), -2)));
        for wrong in ["", "=1", "1A=1", "A=", "A B=1", "A==1"] {
            assert!(define(wrong).is_err(), "{wrong}");
        }
    }
}
