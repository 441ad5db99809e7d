//! When to colour. `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and whether there is a terminal are anstream's business.

use std::ffi::OsString;

use clap::ValueEnum;
use serde::Deserialize;

/// What `--color` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE=1` colours pipes and files too
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Makes the choice for everything that this process prints, clap's help and errors included.
pub(crate) fn decide(color: Option<Color>) {
    let choice = match color {
        None => return,
        Some(Color::Auto) => anstream::ColorChoice::Auto,
        Some(Color::Always) => anstream::ColorChoice::Always,
        Some(Color::Never) => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// What `--color` says, read off the bare arguments: clap prints help and errors before it hands out its own result.
pub(crate) fn asked_for(arguments: &[OsString]) -> Option<Color> {
    let mut arguments = arguments
        .iter()
        .skip(1)
        .map(|argument| argument.to_string_lossy());
    let mut asked = None;
    while let Some(argument) = arguments.next() {
        let value = match argument.as_ref() {
            "--" => break,
            "--color" => arguments.next(),
            _ => argument
                .strip_prefix("--color=")
                .map(|value| value.to_owned().into()),
        };
        asked = value
            .and_then(|value| Color::from_str(&value, false).ok())
            .or(asked);
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_last_color_before_two_dashes() {
        let asked = |line: &str| {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            asked_for(&arguments)
        };
        assert_eq!(asked("xdr check a.x"), None);
        assert_eq!(asked("xdr --color never check a.x"), Some(Color::Never));
        assert_eq!(asked("xdr check --color=always a.x"), Some(Color::Always));
        assert_eq!(
            asked("xdr --color always check --color auto a.x"),
            Some(Color::Auto)
        );
        assert_eq!(asked("xdr check --color purple a.x"), None);
        assert_eq!(asked("xdr check -- --color=always"), None);
        assert_eq!(
            asked("--color=always"),
            None,
            "the command's own name is no argument"
        );
    }
}
