//! How the generated Rust should look: options of `xdr gen` and, with the same names, keys of `[gen]` in `xdr.toml`.

use std::fmt;
use std::str::FromStr;

use clap::Args;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use xdr_build::Config;

/// How the Rust should look.
#[derive(Clone, Debug, Default, Args, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[command(
    next_help_heading = "How the Rust looks (PATH is a file's stem, a type, a field, or `file.type.field`; `.` is all)"
)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a flag on the command line"
)]
pub(crate) struct Style {
    /// Leave a prefix out of the names of types and constants; letter case does not matter
    #[arg(long, value_name = "PREFIX")]
    strip_prefix: Vec<String>,
    /// Keep the words that all enumerators of an enum begin with
    #[arg(long)]
    keep_enumerator_prefix: bool,
    /// Borrow strings and opaques from the message: `&str`, `&[u8]`
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = ".")]
    #[serde(deserialize_with = "paths")]
    borrowed: Vec<String>,
    /// Take strings for bytes, which need not be UTF-8
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = ".")]
    #[serde(deserialize_with = "paths")]
    bytes: Vec<String>,
    /// Keep numbers that an enum has no name for instead of rejecting them
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = ".")]
    #[serde(deserialize_with = "paths")]
    open_enums: Vec<String>,
    /// Let structs that others have as a field share one copy of their code: small over fast
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = ".")]
    #[serde(deserialize_with = "paths")]
    outline: Vec<String>,
    /// Make a newtype of every typedef that has a bound
    #[arg(long)]
    bounded_types: bool,
    /// Add enums of all messages, `Call`, `Reply` and `Event`, found by procedure number
    #[arg(long)]
    messages: bool,
    /// Add a table of all types, `TYPES`: codecs found by XDR name
    #[arg(long)]
    type_table: bool,
    /// Add a table, `FINGERPRINTS`, of the numbers that `xdr fingerprint` prints
    #[arg(long)]
    fingerprints: bool,
    /// Implement `Arbitrary`, of proptest and of arbitrary, with the crate xdr-testkit
    #[arg(long)]
    strategies: bool,
    /// Derive serde's Serialize and Deserialize
    #[arg(long)]
    serde: bool,
    /// Write `::alloc::string::String` and the like, for crates without std
    #[arg(long)]
    no_std: bool,
    /// Where the generated code finds the runtime; `::xdr_wire` if not said
    #[arg(long, value_name = "RUST")]
    runtime_path: Option<RustPath>,
    /// Use existing Rust in place of a type, or of a whole file
    #[arg(long, value_name = "PATH=RUST")]
    extern_path: Vec<Rule<RustPath>>,
    /// Put an attribute on types: `entry=#[derive(Hash)]`
    #[arg(long, value_name = "PATH=ATTRIBUTE")]
    type_attribute: Vec<Rule<Attribute>>,
    /// Put an attribute on fields, enumerators and arms
    #[arg(long, value_name = "PATH=ATTRIBUTE")]
    field_attribute: Vec<Rule<Attribute>>,
}

impl Style {
    /// Adds these choices to a configuration; later ones win.
    pub(super) fn apply(&self, config: &mut Config) {
        for prefix in &self.strip_prefix {
            config.strip_prefix(prefix);
        }
        if self.keep_enumerator_prefix {
            config.strip_enumerator_prefix(false);
        }
        for path in &self.borrowed {
            config.borrowed(path);
        }
        for path in &self.bytes {
            config.bytes(path);
        }
        for path in &self.open_enums {
            config.open_enum(path);
        }
        for path in &self.outline {
            config.outline(path);
        }
        if self.bounded_types {
            config.bounded_types(true);
        }
        if self.messages {
            config.messages(true);
        }
        if self.type_table {
            config.type_table(true);
        }
        if self.fingerprints {
            config.fingerprints(true);
        }
        if self.strategies {
            config.strategies(true);
        }
        if self.serde {
            config.serde(true);
        }
        if self.no_std {
            config.no_std(true);
        }
        if let Some(RustPath(path)) = &self.runtime_path {
            config.runtime_path(path);
        }
        for rule in &self.extern_path {
            config.extern_path(&rule.path, &rule.value.0);
        }
        for rule in &self.type_attribute {
            config.type_attribute(&rule.path, &rule.value.0);
        }
        for rule in &self.field_attribute {
            config.field_attribute(&rule.path, &rule.value.0);
        }
    }

    /// The options that say this, each one word.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut flag = |is_set: bool, name: &str| words.extend(is_set.then(|| name.to_owned()));
        flag(self.keep_enumerator_prefix, "--keep-enumerator-prefix");
        flag(self.bounded_types, "--bounded-types");
        flag(self.messages, "--messages");
        flag(self.type_table, "--type-table");
        flag(self.fingerprints, "--fingerprints");
        flag(self.strategies, "--strategies");
        flag(self.serde, "--serde");
        flag(self.no_std, "--no-std");
        words.extend(
            self.strip_prefix
                .iter()
                .map(|prefix| format!("--strip-prefix={prefix}")),
        );
        for (name, paths) in [
            ("--borrowed", &self.borrowed),
            ("--bytes", &self.bytes),
            ("--open-enums", &self.open_enums),
            ("--outline", &self.outline),
        ] {
            words.extend(paths.iter().map(|path| match path.as_str() {
                "." => name.to_owned(),
                path => format!("{name}={path}"),
            }));
        }
        words.extend(
            self.runtime_path
                .iter()
                .map(|path| format!("--runtime-path={}", path.0)),
        );
        words.extend(
            self.extern_path
                .iter()
                .map(|rule| format!("--extern-path={}={}", rule.path, rule.value.0)),
        );
        for (name, rules) in [
            ("--type-attribute", &self.type_attribute),
            ("--field-attribute", &self.field_attribute),
        ] {
            words.extend(
                rules
                    .iter()
                    .map(|rule| format!("{name}={}={}", rule.path, rule.value.0)),
            );
        }
        words
    }
}

/// `PATH=VALUE`
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule<T> {
    path: String,
    value: T,
}

impl<T: FromStr<Err = String>> FromStr for Rule<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((path, value)) if !path.is_empty() => Ok(Self {
                path: path.to_owned(),
                value: value.parse()?,
            }),
            _ => Err("a path and what it gets are needed, with `=` between".to_owned()),
        }
    }
}

/// `::a::b`, `crate::c`
#[derive(Clone, Debug, PartialEq, Eq)]
struct RustPath(String);

impl FromStr for RustPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_identifier = |part: &str| {
            !part.starts_with(|c: char| c.is_ascii_digit())
                && !part.is_empty()
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        if text
            .strip_prefix("::")
            .unwrap_or(text)
            .split("::")
            .all(is_identifier)
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "`{text}` is not a path in Rust, as `::a::b` and `crate::c` are"
            ))
        }
    }
}

/// `#[…]`
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attribute(String);

impl FromStr for Attribute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("#[") && text.ends_with(']') {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "`{text}` is not an attribute, as `#[derive(Hash)]` is"
            ))
        }
    }
}

macro_rules! deserialize_as_on_the_command_line {
    ($([$($generics:tt)*] $name:ty),*) => {$(
        impl<'de, $($generics)*> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
deserialize_as_on_the_command_line!([] RustPath, [] Attribute, [T: FromStr<Err = String>] Rule<T>);

/// A list of paths, or `true` for everything.
fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Paths;

    impl<'de> Visitor<'de> for Paths {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true, false or a list of paths")
        }

        fn visit_bool<E>(self, all: bool) -> Result<Vec<String>, E> {
            Ok(if all {
                vec![".".to_owned()]
            } else {
                Vec::new()
            })
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
            let mut paths = Vec::new();
            while let Some(path) = list.next_element()? {
                paths.push(path);
            }
            Ok(paths)
        }
    }

    deserializer.deserialize_any(Paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_a_path_and_a_value() {
        let rule: Rule<Attribute> = "a.b=#[serde(rename = \"c\")]".parse().unwrap();
        assert_eq!(
            (rule.path.as_str(), rule.value.0.as_str()),
            ("a.b", "#[serde(rename = \"c\")]")
        );
        for wrong in ["", "a", "=#[x]", "a=x", "a=#[x"] {
            assert!(wrong.parse::<Rule<Attribute>>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rust_path_is_identifiers_and_colons() {
        for path in ["::xdr_wire", "crate::a::B", "a"] {
            assert!(path.parse::<RustPath>().is_ok(), "{path}");
        }
        for wrong in ["", "::", "a b", "a::", "a:b", "1a", "a;", "a::<b>"] {
            assert!(wrong.parse::<RustPath>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_file_says_what_the_options_say() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            style: Style,
        }

        let style: Style = toml::from_str(
            r#"
                strip-prefix = ["nfs_"]
                keep-enumerator-prefix = true
                borrowed = true
                bytes = ["path", "dir.name"]
                open-enums = false
                outline = ["page"]
                bounded-types = true
                messages = true
                type-table = true
                fingerprints = true
                strategies = true
                serde = true
                no-std = true
                runtime-path = "crate::wire"
                extern-path = ["mount=crate::mount"]
                type-attribute = [".=#[derive(Hash)]"]
                field-attribute = ["a.b=#[serde(skip)]"]
            "#,
        )
        .unwrap();
        let words = style.words();
        assert_eq!(
            words.join(" "),
            "--keep-enumerator-prefix --bounded-types --messages --type-table --fingerprints --strategies --serde --no-std --strip-prefix=nfs_ --borrowed --bytes=path \
             --bytes=dir.name --outline=page --runtime-path=crate::wire --extern-path=mount=crate::mount \
             --type-attribute=.=#[derive(Hash)] --field-attribute=a.b=#[serde(skip)]"
        );
        let line = std::iter::once("xdr".to_owned()).chain(words.clone());
        let read: Line = clap::Parser::try_parse_from(line).unwrap();
        assert_eq!(read.style.words(), words);
    }
}
