//! Structs: fields are told apart by name, so that one put in between is one change, and none of those behind it.

use std::collections::{HashMap, HashSet};

use super::{Comparison, Places, Rule, spell};
use crate::schema::Field;

/// What has become of each field.
#[derive(Default)]
struct Edit<'f> {
    /// Fields of both sides, in the new order.
    kept: Vec<Kept<'f>>,
    added: Vec<&'f Field>,
    removed: Vec<&'f Field>,
}

struct Kept<'f> {
    old: &'f Field,
    new: &'f Field,
    /// The places, counted from 1, of one that others have passed.
    moved: Option<(usize, usize)>,
}

impl Comparison<'_> {
    pub(super) fn fields(&mut self, name: &str, old: &[Field], new: &[Field]) {
        let edit = self.edit(old, new);
        for kept in edit.kept {
            let (before, now) = (kept.old, kept.new);
            let item = format!("{name}.{}", now.name);
            let at = Places {
                old: before.location,
                new: now.location,
            };
            self.order.matched(at);
            if before.name != now.name {
                let message = format!("the field `{}` is now `{}`", before.name, now.name);
                self.changed(Rule::FieldRenamed, &item, message, at);
            }
            if let Some((was, is)) = kept.moved {
                let message = format!("the field moved from place {was} to place {is}");
                self.changed(Rule::FieldMoved, &item, message, at);
            }
            self.usage(&item, &before.ty, &now.ty, at);
            self.marks(&item, &before.marks, &now.marks, at);
        }
        for field in edit.added {
            let item = format!("{name}.{}", field.name);
            let message = format!(
                "the field `{}` of type `{}` is new",
                field.name,
                spell::ty(self.new, &field.ty)
            );
            self.added(Rule::FieldAdded, &item, message, field.location);
        }
        for field in edit.removed {
            let item = format!("{name}.{}", field.name);
            let message = format!(
                "the field `{}` of type `{}` is gone",
                field.name,
                spell::ty(self.old, &field.ty)
            );
            self.removed(Rule::FieldRemoved, &item, message, field.location);
        }
    }

    /// The least edit: as many fields as can be keep their order, the others of the same name have moved. What
    /// is left between two fields that stay may have been renamed.
    fn edit<'f>(&self, old: &'f [Field], new: &'f [Field]) -> Edit<'f> {
        let places: HashMap<&str, usize> = names(old).zip(0..).collect();
        let now: HashSet<&str> = names(new).collect();
        let shared: Vec<usize> = names(new)
            .filter_map(|name| places.get(name).copied())
            .collect();
        let stays: HashSet<usize> = longest_increasing(&shared).into_iter().collect();
        let mut edit = Edit::default();
        let mut gap: (Vec<&Field>, Vec<&Field>) = Default::default();
        let mut next = 0;
        for (place, field) in new.iter().enumerate() {
            match places.get(field.name.as_str()) {
                None => gap.1.push(field),
                Some(was) => {
                    if stays.contains(was) {
                        gap.0.extend(gone(&old[next..*was], &now));
                        next = was + 1;
                        self.close_gap(&mut gap, &mut edit);
                    }
                    edit.kept.push(Kept {
                        old: &old[*was],
                        new: field,
                        moved: (!stays.contains(was)).then_some((was + 1, place + 1)),
                    });
                }
            }
        }
        gap.0.extend(gone(&old[next..], &now));
        self.close_gap(&mut gap, &mut edit);
        edit
    }

    /// Fields of the same bytes at the same place, counted from either end of the gap, are renamed.
    fn close_gap<'f>(&self, gap: &mut (Vec<&'f Field>, Vec<&'f Field>), edit: &mut Edit<'f>) {
        let (old, new) = std::mem::take(gap);
        let alike = |(old, new): &(&'f Field, &'f Field)| self.are_alike(&old.ty, &new.ty);
        let from_start = old.iter().copied().zip(new.iter().copied());
        let head: Vec<_> = from_start.take_while(alike).collect();
        let (old_rest, new_rest) = (&old[head.len()..], &new[head.len()..]);
        let from_end = old_rest
            .iter()
            .copied()
            .rev()
            .zip(new_rest.iter().copied().rev());
        let tail: Vec<_> = from_end.take_while(alike).collect();
        edit.removed
            .extend(&old_rest[..old_rest.len() - tail.len()]);
        edit.added.extend(&new_rest[..new_rest.len() - tail.len()]);
        let renamed = head.into_iter().chain(tail);
        edit.kept.extend(renamed.map(|(old, new)| Kept {
            old,
            new,
            moved: None,
        }));
    }
}

fn names(fields: &[Field]) -> impl Iterator<Item = &str> {
    fields.iter().map(|field| field.name.as_str())
}

/// The fields whose names are no longer there.
fn gone<'f>(fields: &'f [Field], now: &HashSet<&str>) -> impl Iterator<Item = &'f Field> {
    fields
        .iter()
        .filter(|field| !now.contains(field.name.as_str()))
}

/// A longest increasing part of numbers that are all different: patience sorting.
fn longest_increasing(numbers: &[usize]) -> Vec<usize> {
    // The indices at which the best runs of each length end, and for each number the one before it in its run.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (index, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|&end| numbers[end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let last = ends.last().copied();
    std::iter::successors(last, |&index| before[index])
        .map(|index| numbers[index])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_can_be_stay_in_order() {
        for (numbers, expected) in [
            (&[][..], &[][..]),
            (&[0, 1, 2], &[2, 1, 0]),
            (&[3, 0, 1, 2], &[2, 1, 0]),
            (&[1, 2, 3, 0], &[3, 2, 1]),
            (&[5, 1, 4, 2, 3, 0], &[3, 2, 1]),
        ] {
            assert_eq!(longest_increasing(numbers), expected, "{numbers:?}");
        }
    }
}
