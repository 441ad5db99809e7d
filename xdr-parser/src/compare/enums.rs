//! Enums: a number without its name, a name without its number, and other names for what there was.

use std::collections::{HashMap, HashSet};

use super::pairs::Pairs;
use super::{Comparison, Places, Rule};
use crate::schema::{Enumerator, Schema, TypeId, TypeKind};

/// What has become of the enumerators of enums that are on both sides: each by its enum and its index in it.
pub(super) struct Enumerators {
    /// New numbers of old ones, where they differ.
    pub(super) renumbered: HashMap<(TypeId, u32), i32>,
    /// Old ones whose names are gone.
    gone: HashSet<(TypeId, u32)>,
    /// New ones whose names were not there.
    fresh: HashSet<(TypeId, u32)>,
}

impl Enumerators {
    pub(super) fn of(old: &Schema, new: &Schema, pairs: &Pairs) -> Self {
        let mut found = Self {
            renumbered: HashMap::new(),
            gone: HashSet::new(),
            fresh: HashSet::new(),
        };
        for definition in &old.types {
            let partner = pairs.types.new_of(definition.id).map(|id| new.ty(id));
            if let Some(partner) = partner
                && let TypeKind::Enum(before) = &definition.kind
                && let TypeKind::Enum(now) = &partner.kind
            {
                let (before, now) = (&before.enumerators, &now.enumerators);
                found.add((definition.id, before), (partner.id, now));
            }
        }
        found
    }

    fn add(&mut self, old: (TypeId, &[Enumerator]), new: (TypeId, &[Enumerator])) {
        let (was, is) = (by_name(old.1), by_name(new.1));
        for (index, enumerator) in (0..).zip(old.1) {
            match is.get(enumerator.name.as_str()) {
                None => {
                    self.gone.insert((old.0, index));
                }
                Some(now) if now.value != enumerator.value => {
                    self.renumbered.insert((old.0, index), now.value);
                }
                Some(_) => {}
            }
        }
        for (index, enumerator) in (0..).zip(new.1) {
            if !was.contains_key(enumerator.name.as_str()) {
                self.fresh.insert((new.0, index));
            }
        }
    }

    /// Whether two that have one number may be one that has another name now.
    pub(super) fn are_renamed(&self, old: (TypeId, u32), new: (TypeId, u32)) -> bool {
        self.gone.contains(&old) && self.fresh.contains(&new)
    }
}

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
