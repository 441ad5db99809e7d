//! `xdr.toml`: what the command line says, said once for a folder and all below it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Visitor};
use xdr_parser::Profile;

use crate::arguments::{self, Deny, MessageFormat};
use crate::color::Color;
use crate::command::breaking::Settings as Breaking;
use crate::command::check::Lint;
use crate::command::r#gen::Style;
use crate::failure::Failure;

const FILE_NAME: &str = "xdr.toml";

/// What an `xdr.toml` says. Keys are named as the options are; those of `xdr gen` stand in a table of that name,
/// those of rules in `[lint]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Configuration {
    /// Relative to the folder of the file.
    pub(crate) include: Vec<PathBuf>,
    /// Relative to the folder of the file.
    pub(crate) import: Vec<PathBuf>,
    define: BTreeMap<Name, Number>,
    profile: Option<ProfileName>,
    pub(crate) message_format: Option<MessageFormat>,
    pub(crate) color: Option<Color>,
    pub(crate) deny: Option<Deny>,
    pub(crate) breaking: Breaking,
    pub(crate) lint: Lint,
    #[serde(rename = "gen")]
    pub(crate) generation: Style,
}

impl Configuration {
    /// The `xdr.toml` nearest to these folders, upward from each; all must have the same.
    pub(crate) fn of(folders: &[PathBuf]) -> Result<Self, Failure> {
        let mut nearest: Vec<Option<PathBuf>> = folders.iter().map(|folder| find(folder)).collect();
        nearest.dedup();
        match nearest.as_slice() {
            [] | [None] => Ok(Self::default()),
            [Some(path)] => Self::read(path),
            [one, other, ..] => {
                let name = |path: &Option<PathBuf>| match path {
                    Some(path) => format!("`{}`", path.display()),
                    None => "no xdr.toml at all".to_owned(),
                };
                let message = format!(
                    "{} and {} apply to different inputs",
                    name(one),
                    name(other)
                );
                Err(Failure::usage(message, "run the command once for each"))
            }
        }
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        let failure = |problem: String| Failure::Configuration {
            path: path.to_owned(),
            problem,
        };
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => failure("the text is not UTF-8".to_owned()),
            _ => failure(error.to_string()),
        })?;
        // The error shows the line.
        let mut configuration: Self = toml::from_str(&text)
            .map_err(|error| failure(error.to_string().trim_end().to_owned()))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for path in configuration
            .include
            .iter_mut()
            .chain(&mut configuration.import)
        {
            *path = folder.join(&*path);
        }
        Ok(configuration)
    }

    pub(crate) fn defines(&self) -> impl Iterator<Item = (String, i128)> {
        self.define
            .iter()
            .map(|(Name(name), Number(value))| (name.clone(), *value))
    }

    pub(crate) fn profile(&self) -> Option<Profile> {
        self.profile.as_ref().map(|ProfileName(profile)| *profile)
    }
}

/// The file nearest to a folder, upward; its path is relative where the folder's is and the file is not above.
fn find(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let here = folder.join(FILE_NAME);
    if here.is_file() {
        return Some(std::path::absolute(&here).unwrap_or(here));
    }
    let absolute = folder.canonicalize().ok()?;
    absolute
        .ancestors()
        .map(|folder| folder.join(FILE_NAME))
        .find(|path| path.is_file())
}

/// A key of `[define]`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if arguments::is_name(&name) {
            Ok(Self(name))
        } else {
            Err(format!("`{name}` cannot be the name of a constant"))
        }
    }
}

/// A value in `[define]`: an integer, or a string as `-D` takes it, since TOML's integers end at 2⁶³−1.
#[derive(Debug)]
struct Number(i128);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;

        impl Visitor<'_> for Numbers {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer")
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value.into()))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Number, E> {
                arguments::number(text).map(Number).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Numbers)
    }
}

#[derive(Debug)]
struct ProfileName(Profile);

impl<'de> Deserialize<'de> for ProfileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let profile = Profile::named(&name);
        profile
            .map(Self)
            .ok_or_else(|| D::Error::unknown_variant(&name, &["libvirt"]))
    }
}
