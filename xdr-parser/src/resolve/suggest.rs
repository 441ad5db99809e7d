//! “Did you mean …?”

use std::cell::Cell;

/// Letters that a compilation compares at the most: a moment's work, and enough for dozens of names among thousands.
pub(crate) const WORK: usize = 1 << 26;

/// The name most like `wrong`, if one is like it: for “did you mean …?” where names come from elsewhere, as from a command
/// line.
pub fn similar_name<'n>(
    wrong: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Option<&'n str> {
    similar(wrong, names, &Cell::new(WORK))
}

/// The name most like `wrong`, if one is like it and comparing all of them does not take more than is left.
pub(crate) fn similar<'n>(
    wrong: &str,
    names: impl Iterator<Item = &'n str> + Clone,
    left: &Cell<usize>,
) -> Option<&'n str> {
    let limit = wrong.len() / 3;
    let names = names.filter(|name| name.len().abs_diff(wrong.len()) <= limit);
    let work = names.clone().map(|name| name.len() * wrong.len());
    left.set(
        left.get()
            .checked_sub(work.fold(0, usize::saturating_add))?,
    );
    names
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// How many letters must be added, dropped or changed (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let change = diagonal + usize::from(!a.eq_ignore_ascii_case(&b));
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        let names = ["remote_string", "remote_uuid", "x"];
        for (wrong, expected) in [
            ("remote_strng", Some("remote_string")),
            ("remote_uid", Some("remote_uuid")),
            ("domain", None),
            ("y", None),
        ] {
            let found = similar(wrong, names.into_iter(), &Cell::new(WORK));
            assert_eq!(found, expected, "{wrong}");
        }
    }

    #[test]
    fn nothing_is_compared_when_the_work_is_done() {
        let left = Cell::new(10);
        assert_eq!(similar("abc", ["abd"].into_iter(), &left), Some("abd"));
        assert_eq!(similar("abc", ["abd"].into_iter(), &left), None);
    }
}
