//! In which order changes are told: as one reads the new file, what is gone where it stood.

use super::{Change, Places};
use crate::source::{Location, Span};

/// Places that mean the same on both sides.
#[derive(Default)]
pub(super) struct Order {
    matched: Vec<(Location, Location)>,
}

impl Order {
    /// Notes that what stood at the one place stands at the other.
    pub(super) fn matched(&mut self, at: Places) {
        self.matched.push((at.old, at.new));
    }

    /// Notes that a definition's whole ends at the one place and at the other, so that what is gone behind it comes behind
    /// all that has changed in it.
    pub(super) fn matched_end(&mut self, old: Location, new: Location) {
        let end = |whole: Location| Location {
            span: Span::new(whole.span.end, whole.span.end),
            ..whole
        };
        self.matched.push((end(old), end(new)));
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

    /// The new place of what stood last before `old` in its file and is still there; at the start of the file, if
    /// nothing is.
    fn before(&self, old: Location) -> Option<Location> {
        let following = self.matched.partition_point(|(matched, _)| *matched < old);
        let (before, after) = self.matched.split_at(following);
        let is_near = |matched: &&(Location, Location)| matched.0.file == old.file;
        if let Some((_, new)) = before.last().filter(is_near) {
            return Some(*new);
        }
        let (_, new) = after.first().filter(is_near)?;
        Some(Location {
            file: new.file,
            span: Span::default(),
        })
    }
}
