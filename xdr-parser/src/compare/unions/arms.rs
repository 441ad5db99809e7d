//! Labels and arms of both sides, and how they hang together.

use std::collections::{HashMap, HashSet};

use crate::compare::Places;
use crate::schema::{Field, Union, Value};
use crate::source::Location;

/// An arm that a label leads to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ArmRef {
    Case(usize),
    Default,
}

/// One side: where each label leads.
pub(super) struct Cases<'u> {
    pub(super) union: &'u Union,
    pub(super) by_label: HashMap<u32, (usize, &'u Value)>,
}

impl<'u> Cases<'u> {
    /// `label` gives a label its word: the one that it has in the new schema.
    pub(super) fn of(union: &'u Union, label: impl Fn(&Value) -> u32) -> Self {
        let mut by_label = HashMap::new();
        for (index, arm) in union.arms.iter().enumerate() {
            for value in &arm.labels {
                by_label.entry(label(value)).or_insert((index, value));
            }
        }
        Self { union, by_label }
    }

    pub(super) fn field(&self, arm: ArmRef) -> Option<&'u Field> {
        match arm {
            ArmRef::Case(index) => self.union.arms[index].field.as_ref(),
            ArmRef::Default => self.union.default.as_ref()?.field.as_ref(),
        }
    }

    pub(super) fn arm(&self, label: u32) -> Option<ArmRef> {
        match self.by_label.get(&label) {
            Some(&(index, _)) => Some(ArmRef::Case(index)),
            None => self.union.default.as_ref().map(|_| ArmRef::Default),
        }
    }

    pub(super) fn location(&self, arm: ArmRef, union: Location) -> Location {
        match (arm, &self.union.default) {
            (ArmRef::Case(index), _) => self.union.arms[index].location,
            (ArmRef::Default, Some(default)) => default.location,
            (ArmRef::Default, None) => union,
        }
    }
}

/// Labels that lead to this arm of the old side and to that of the new one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Link {
    pub(super) old: ArmRef,
    pub(super) new: ArmRef,
}

/// Both sides and how they hang together.
pub(super) struct Arms<'u> {
    pub(super) name: &'u str,
    pub(super) at: Places,
    pub(super) old: Cases<'u>,
    pub(super) new: Cases<'u>,
    /// With a label of each.
    pub(super) links: Vec<(Link, Option<Value>)>,
    /// Labels that only the new side has, with their arms.
    pub(super) added: Vec<(usize, Value)>,
    /// Labels that only the old side has, with their arms.
    pub(super) removed: Vec<(usize, Value)>,
}

impl Arms<'_> {
    pub(super) fn link(&mut self, seen: &mut HashSet<Link>, link: Link, label: Option<Value>) {
        if seen.insert(link) {
            self.links.push((link, label));
        }
    }

    pub(super) fn places(&self, link: Link) -> Places {
        Places {
            old: self.old.location(link.old, self.at.old),
            new: self.new.location(link.new, self.at.new),
        }
    }

    /// Links between arms that are one and the same: at most one for each arm, by the field's name if it can be.
    pub(super) fn continued(&self) -> HashSet<Link> {
        let mut by_old: HashMap<ArmRef, Link> = HashMap::new();
        let mut by_new: HashMap<ArmRef, Link> = HashMap::new();
        let name = |field: Option<&Field>| field.map(|field| field.name.clone());
        for by_name in [true, false] {
            for &(link, _) in &self.links {
                let is_default = |arm| arm == ArmRef::Default;
                let same = name(self.old.field(link.old)) == name(self.new.field(link.new));
                if is_default(link.old) == is_default(link.new)
                    && (same || !by_name || is_default(link.old))
                {
                    by_old.entry(link.old).or_insert(link);
                    by_new.entry(link.new).or_insert(link);
                }
            }
        }
        let mutual = |link: &Link| by_new.get(&link.new) == Some(link);
        by_old.into_values().filter(mutual).collect()
    }
}
