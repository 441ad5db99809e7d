//! What `xdr.toml` says to `xdr breaking`.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use xdr_parser::compare::Rule;

/// The table `[breaking]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Breaking {
    allow: Vec<RuleName>,
}

impl Breaking {
    /// Whether nothing is to be said of changes of this kind.
    pub(crate) fn allows(&self, rule: Rule) -> bool {
        self.allow.iter().any(|RuleName(allowed)| *allowed == rule)
    }
}

#[derive(Debug)]
struct RuleName(Rule);

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let rule = Rule::named(&id);
        rule.map(Self)
            .ok_or_else(|| D::Error::custom(format!("there is no rule `{id}`")))
    }
}
