//! The subcommands: one file each, with its arguments, its examples and what it does.

use clap::Subcommand;

use crate::color::Color;
use crate::failure::Failure;

pub(crate) mod breaking;
pub(crate) mod check;
mod completions;
mod decode;
mod dump;
mod encode;
mod fingerprint;
mod fmt;
mod fuzz_init;
pub(crate) mod r#gen;
mod lsp;
mod man;
mod message;

/// What the input turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Fine, or with nothing but warnings.
    Clean,
    /// Wrong, or not what `--check` expects.
    Errors,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Box<check::Check>),
    Gen(Box<r#gen::Gen>),
    Fmt(fmt::Fmt),
    Breaking(breaking::Breaking),
    Fingerprint(fingerprint::Print),
    Dump(dump::Dump),
    Decode(decode::Decode),
    Encode(encode::Encode),
    FuzzInit(fuzz_init::FuzzInit),
    Lsp(lsp::Lsp),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Runs it. `color` is what the command line says, which goes before what `xdr.toml` says.
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        match self {
            Self::Check(check) => check.run(color),
            Self::Gen(generate) => generate.run(color),
            Self::Fmt(fmt) => fmt.run(color),
            Self::Breaking(breaking) => breaking.run(color),
            Self::Fingerprint(print) => print.run(color),
            Self::Dump(dump) => dump.run(color),
            Self::Decode(decode) => decode.run(color),
            Self::Encode(encode) => encode.run(color),
            Self::FuzzInit(init) => init.run(color),
            Self::Lsp(lsp) => Ok(lsp.run()),
            Self::Completions(completions) => completions.run(),
            Self::Man(man) => man.run(),
        }
    }
}
