//! What a new version changes, for people to read.

use std::collections::BTreeMap;
use std::fmt::Write;

use xdr_parser::compare::{self, Change, Severity};

use super::protocol::Protocol;

/// The changes of one file's own definitions; those of its imports are not among them.
pub(crate) fn of(old: &Protocol, new: &Protocol) -> Vec<Change> {
    let mut changes = compare::compare(&old.schema, &new.schema);
    changes.retain(|change| match (change.new, change.old) {
        (Some(place), _) => place.file == new.id,
        (None, place) => place.is_some_and(|place| place.file == old.id),
    });
    changes
}

/// Changes by severity, the worst first, and by file; a closing line counts them.
pub(crate) fn table(files: &[(&str, Vec<Change>)]) -> String {
    let mut groups: BTreeMap<_, Vec<&Change>> = BTreeMap::new();
    for (stem, changes) in files {
        for change in changes {
            let group = groups.entry((change.rule.severity(), *stem));
            group.or_default().push(change);
        }
    }
    let mut text = String::new();
    let mut counts = BTreeMap::new();
    for ((severity, stem), changes) in groups {
        *counts.entry(severity).or_insert(0) += changes.len();
        // A string takes any text.
        let _ = writeln!(text, "{severity}, in {stem}.x:");
        for change in changes {
            let rule = change.rule;
            let _ = writeln!(
                text,
                "  {}: {} [{}]",
                change.item,
                change.message,
                rule.id()
            );
            if severity <= Severity::OldPeersReject {
                let _ = writeln!(text, "    {}", rule.who_breaks());
            }
        }
        text.push('\n');
    }
    let total: usize = counts.values().sum();
    let counts = counts.iter();
    let counts: Vec<_> = counts.map(|(kind, n)| format!("{n} {kind}")).collect();
    let _ = match total {
        0 => writeln!(text, "changes: none"),
        _ => writeln!(text, "changes: {total} ({})", counts.join(", ")),
    };
    text
}
