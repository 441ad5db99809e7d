//! In which order changes are told: as one reads the new file, what is gone where it stood.

use super::Change;
use crate::source::Location;

/// Places that mean the same on both sides.
#[derive(Default)]
pub(super) struct Order {
    matched: Vec<(Location, Location)>,
}

impl Order {
    /// Notes that what stood at `old` stands at `new`.
    pub(super) fn matched(&mut self, old: Location, new: Location) {
        self.matched.push((old, new));
    }

    /// Sorts by place in the new sources. What has none comes behind the last thing that stood before it in the old ones.
    pub(super) fn sort(mut self, mut changes: Vec<Change>) -> Vec<Change> {
        self.matched.sort_unstable();
        changes.sort_by_cached_key(|change| {
            let gone = change.old.filter(|_| change.new.is_none());
            let place = change.new.or_else(|| self.before(gone?));
            (place, gone)
        });
        changes
    }

    /// The new place of what stood last before `old` in its file and is still there.
    fn before(&self, old: Location) -> Option<Location> {
        let following = self.matched.partition_point(|(matched, _)| *matched < old);
        let (matched, new) = self.matched[..following].last()?;
        (matched.file == old.file).then_some(*new)
    }
}
