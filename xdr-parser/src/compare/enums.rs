//! Enums: a number without its name, a name without its number, and other names for what there was.

use std::collections::{HashMap, HashSet};

use super::{Comparison, Places, Rule};
use crate::schema::Enumerator;

impl Comparison<'_> {
    pub(super) fn enumerators(&mut self, name: &str, old: &[Enumerator], new: &[Enumerator]) {
        let by_name: HashMap<&str, &Enumerator> = by_name(old);
        let mut kept: HashSet<i32> = kept_numbers(&by_name, new);
        let mut renamed = gone_by_number(old, new);
        let mut replaced = HashSet::new();
        for now in new {
            let item = format!("{name}.{}", now.name);
            if let Some(before) = by_name.get(now.name.as_str()) {
                let at = places(before, now);
                self.order.matched(at);
                if before.value != now.value {
                    let message = format!("number changed from {} to {}", before.value, now.value);
                    self.changed(Rule::EnumeratorRenumbered, &item, message, at);
                }
            } else if let Some(before) = renamed.remove(&now.value) {
                replaced.insert(before.name.as_str());
                kept.insert(now.value);
                let at = places(before, now);
                self.order.matched(at);
                let message = format!(
                    "{} is now called `{}` instead of `{}`",
                    now.value, now.name, before.name
                );
                self.changed(Rule::EnumeratorRenamed, &item, message, at);
            } else {
                let (rule, message) = if kept.contains(&now.value) {
                    let message = format!("`{}` is another name of {}", now.name, now.value);
                    (Rule::EnumeratorAliasAdded, message)
                } else {
                    let message = format!("`{}` = {} is new", now.name, now.value);
                    (Rule::EnumeratorAdded, message)
                };
                self.added(rule, &item, message, now.location);
            }
        }
        let names: HashSet<&str> = new.iter().map(|found| found.name.as_str()).collect();
        for before in old {
            let is_here = |name: &str| names.contains(name) || replaced.contains(name);
            if is_here(&before.name) {
                continue;
            }
            let item = format!("{name}.{}", before.name);
            let message = format!("`{}` = {} is gone", before.name, before.value);
            let rule = if kept.contains(&before.value) {
                Rule::EnumeratorAliasRemoved
            } else {
                Rule::EnumeratorRemoved
            };
            self.removed(rule, &item, message, before.location);
        }
    }
}

/// Numbers that mean the same on both sides.
fn kept_numbers(old: &HashMap<&str, &Enumerator>, new: &[Enumerator]) -> HashSet<i32> {
    let new = new.iter();
    let kept = new.filter(|now| {
        let before = old.get(now.name.as_str());
        before.is_some_and(|before| before.value == now.value)
    });
    kept.map(|now| now.value).collect()
}

/// For each number the first of its names, if that is gone.
fn gone_by_number<'e>(old: &'e [Enumerator], new: &[Enumerator]) -> HashMap<i32, &'e Enumerator> {
    let names: HashSet<&str> = new.iter().map(|found| found.name.as_str()).collect();
    let mut gone = HashMap::new();
    for enumerator in old {
        if !names.contains(enumerator.name.as_str()) {
            gone.entry(enumerator.value).or_insert(enumerator);
        }
    }
    gone
}

fn by_name(enumerators: &[Enumerator]) -> HashMap<&str, &Enumerator> {
    let names = enumerators.iter();
    names.map(|found| (found.name.as_str(), found)).collect()
}

fn places(old: &Enumerator, new: &Enumerator) -> Places {
    Places {
        old: old.location,
        new: new.location,
    }
}
