//! “Did you mean …?”

/// The name most like `wrong`, if one is like it.
pub(super) fn similar<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = wrong.len() / 3;
    names
        .filter(|name| name.len().abs_diff(wrong.len()) <= limit)
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
        assert_eq!(
            similar("remote_strng", names.into_iter()),
            Some("remote_string")
        );
        assert_eq!(
            similar("remote_uid", names.into_iter()),
            Some("remote_uuid")
        );
        assert_eq!(similar("domain", names.into_iter()), None);
        assert_eq!(similar("y", names.into_iter()), None);
    }
}
