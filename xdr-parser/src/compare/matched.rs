//! Things with a name and a number: which are on both sides, and which on one.

use std::collections::{HashMap, HashSet, VecDeque};

/// Programs, versions or procedures, each once, in the order of their side.
pub(super) struct Matched<'s, T> {
    pub(super) both: Vec<(&'s T, &'s T)>,
    pub(super) added: Vec<&'s T>,
    pub(super) removed: Vec<&'s T>,
}

impl<'s, T> Matched<'s, T> {
    /// Things of one name are one thing; of those whose names are on one side only, two of one number are if `same`
    /// says so.
    pub(super) fn of(
        old: &'s [T],
        new: &'s [T],
        key: impl Fn(&'s T) -> (&'s str, u32),
        same: impl Fn(&T, &T) -> bool,
    ) -> Self {
        let names: HashSet<&str> = new.iter().map(|found| key(found).0).collect();
        let mut by_name: HashMap<&str, VecDeque<usize>> = HashMap::new();
        let mut by_number: HashMap<u32, usize> = HashMap::new();
        for (index, found) in old.iter().enumerate() {
            let (name, number) = key(found);
            by_name.entry(name).or_default().push_back(index);
            if !names.contains(name) {
                by_number.entry(number).or_insert(index);
            }
        }
        let mut is_kept = vec![false; old.len()];
        let mut matched = Self {
            both: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
        };
        for now in new {
            let (name, number) = key(now);
            let before = match by_name.get_mut(name) {
                Some(waiting) => waiting.pop_front(),
                None => by_number
                    .get(&number)
                    .copied()
                    .filter(|&index| !is_kept[index] && same(&old[index], now)),
            };
            match before {
                Some(index) => {
                    is_kept[index] = true;
                    matched.both.push((&old[index], now));
                }
                None => matched.added.push(now),
            }
        }
        let gone = old.iter().zip(is_kept).filter(|(_, kept)| !kept);
        matched.removed = gone.map(|(found, _)| found).collect();
        matched
    }
}
