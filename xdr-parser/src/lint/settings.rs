//! Which rules are on, and the limits that they hold texts to.

use std::fmt;
use std::str::FromStr;

use super::findings::LISTED;
use super::rules::{Category, Rule};

/// What becomes of what a rule finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum Level {
    /// Nothing is said: the rule is off.
    Allow,
    /// It is a warning.
    Warn,
    /// It is an error.
    Deny,
}

impl Level {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// One rule or several, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selector {
    /// `all`
    All,
    /// A category: `bounds`.
    Category(Category),
    /// A rule: `unbounded-string`, or by its code `W0701`.
    Rule(Rule),
}

impl Selector {
    /// What goes by this name.
    pub fn named(name: &str) -> Option<Self> {
        let category = || {
            let mut categories = Category::ALL.iter().copied();
            categories.find(|category| category.name() == name)
        };
        let coded = || {
            let mut rules = Rule::ALL.iter().copied();
            rules.find(|rule| rule.code().as_str() == name)
        };
        let all = (name == "all").then_some(Self::All);
        all.or_else(|| Rule::named(name).or_else(coded).map(Self::Rule))
            .or_else(|| category().map(Self::Category))
    }

    /// Whether it is one of them.
    pub fn includes(self, rule: Rule) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => rule.category() == category,
            Self::Rule(selected) => rule == selected,
        }
    }

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Category(category) => category.name(),
            Self::Rule(rule) => rule.id(),
        }
    }

    /// Every name that there is; rules are also known by their codes.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        let categories = Category::ALL.iter().map(|category| category.name());
        let rules = Rule::ALL.iter().map(|rule| rule.id());
        std::iter::once("all").chain(categories).chain(rules)
    }
}

impl FromStr for Selector {
    type Err = NoSuchRule;

    fn from_str(name: &str) -> Result<Self, NoSuchRule> {
        Self::named(name).ok_or_else(|| NoSuchRule::of(name))
    }
}

/// Neither a rule nor a category has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoSuchRule {
    /// What was written.
    pub name: String,
    /// The name most like it, if one is like it.
    pub similar: Option<&'static str>,
}

impl NoSuchRule {
    pub(super) fn of(name: &str) -> Self {
        /// Nothing longer is a slip of the pen.
        const LONGEST: usize = 64;
        let similar = (name.len() <= LONGEST)
            .then(|| crate::similar(name, Selector::names()))
            .flatten();
        Self {
            name: name.to_owned(),
            similar,
        }
    }
}

impl fmt::Display for NoSuchRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no rule or category `{}`", self.name)?;
        match self.similar {
            Some(similar) => write!(f, "; did you mean `{similar}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for NoSuchRule {}

/// Which rules are on, and the limits that they hold texts to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    levels: [Level; Rule::ALL.len()],
    /// How many bytes a packet of the protocol holds, its header not counted. Without it [`Rule::BoundOverPacket`] finds something in libvirt's
    /// programs only, of which the limit is known.
    pub packet_limit: Option<u64>,
    /// How many bytes bounds within bounds may multiply to before [`Rule::NestedBounds`] speaks.
    pub product_limit: u64,
    /// How many findings of one rule are listed; the last of them says how many there are more.
    pub listed: usize,
}

impl Default for Settings {
    /// Every rule at its own level; products of bounds up to 4 GiB; [`LISTED`] findings of each.
    fn default() -> Self {
        let mut levels = [Level::Allow; Rule::ALL.len()];
        for (level, rule) in levels.iter_mut().zip(Rule::ALL) {
            *level = rule.default_level();
        }
        Self {
            levels,
            packet_limit: None,
            product_limit: 1 << 32,
            listed: LISTED,
        }
    }
}

impl Settings {
    /// The level of a rule.
    pub fn level(&self, rule: Rule) -> Level {
        self.levels[rule as usize]
    }

    /// Whether anything is said of what the rule finds.
    pub fn is_on(&self, rule: Rule) -> bool {
        self.level(rule) != Level::Allow
    }

    /// Sets the level of one rule or several; what is said last counts.
    pub fn set(&mut self, selector: Selector, level: Level) {
        for (own, rule) in self.levels.iter_mut().zip(Rule::ALL) {
            if selector.includes(*rule) {
                *own = level;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_last_counts() {
        let mut settings = Settings::default();
        settings.set(Selector::All, Level::Deny);
        settings.set(Selector::Category(Category::Bounds), Level::Allow);
        settings.set(Selector::Rule(Rule::UnboundedString), Level::Warn);
        assert_eq!(settings.level(Rule::CharArray), Level::Deny);
        assert_eq!(settings.level(Rule::UnboundedArray), Level::Allow);
        assert_eq!(settings.level(Rule::UnboundedString), Level::Warn);
    }

    #[test]
    fn every_name_selects_something_and_no_name_is_used_twice() {
        let mut names: Vec<&str> = Selector::names().collect();
        for name in &names {
            let selector: Selector = name.parse().expect("it is a name");
            assert_eq!(selector.name(), *name);
            assert!(Rule::ALL.iter().any(|rule| selector.includes(*rule)));
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_rule_is_known_by_its_code_as_well() {
        for rule in Rule::ALL {
            let selector = Selector::named(rule.code().as_str());
            assert_eq!(selector, Some(Selector::Rule(*rule)));
        }
        assert_eq!(Selector::named("E0101"), None);
    }

    #[test]
    fn an_unknown_name_is_told_with_one_like_it() {
        let error = "unbounded-strin".parse::<Selector>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no rule or category `unbounded-strin`; did you mean `unbounded-string`?"
        );
        assert!("x".repeat(100_000).parse::<Selector>().is_err());
    }
}
