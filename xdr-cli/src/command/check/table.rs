//! What `xdr.toml` says of rules.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use xdr_parser::lint::{LIBVIRT_PACKET_LIMIT, Level, Selector, Settings};
use xdr_parser::{Options, Profile};

/// The table `[lint]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Lint {
    allow: Vec<Named>,
    warn: Vec<Named>,
    deny: Vec<Named>,
    packet_limit: Option<u64>,
    product_limit: Option<u64>,
}

impl Lint {
    /// What it comes to where no flags say otherwise: for `xdr check`, and for whatever else shows findings.
    pub(crate) fn settings(&self, options: &Options) -> Settings {
        let mut settings = Settings::default();
        if options.profile == Some(Profile::Libvirt) {
            settings.packet_limit = Some(LIBVIRT_PACKET_LIMIT);
        }
        self.apply(&mut settings);
        settings
    }

    /// What is said of a rule goes before what is said of its category, and that before what is said of all, since keys of
    /// a table have no order; of two that say as much the stricter one counts.
    fn apply(&self, settings: &mut Settings) {
        let said = [
            (&self.allow, Level::Allow),
            (&self.warn, Level::Warn),
            (&self.deny, Level::Deny),
        ];
        for breadth in 0..3 {
            for (names, level) in said {
                for Named(selector) in names {
                    if self::breadth(*selector) == breadth {
                        settings.set(*selector, level);
                    }
                }
            }
        }
        settings.packet_limit = self.packet_limit.or(settings.packet_limit);
        settings.product_limit = self.product_limit.unwrap_or(settings.product_limit);
    }
}

/// The broadest first.
const fn breadth(selector: Selector) -> u8 {
    match selector {
        Selector::All => 0,
        Selector::Category(_) => 1,
        Selector::Rule(_) => 2,
    }
}

#[derive(Debug)]
struct Named(Selector);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        if name == "warnings" {
            let hint = "all warnings are denied by `deny = \"warnings\"` above all tables";
            return Err(D::Error::custom(hint));
        }
        name.parse().map(Self).map_err(D::Error::custom)
    }
}
