//! Bytes of machine code, as `nm` knows them.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::{command, output};

/// Bytes of functions by what they are for, as their names tell. Other functions are those of the standard library, which any
/// program has.
pub(super) fn code(
    file: &Path,
    kinds: &[(&str, &'static str)],
) -> Result<BTreeMap<&'static str, u64>, String> {
    let path = file.to_string_lossy();
    let nm = command("nm", &["--print-size", "--demangle", &path]);
    let lines = output(nm).ok_or("`nm` of binutils cannot read what was built")?;
    let mut sizes = BTreeMap::new();
    let mut seen = HashSet::new();
    let archive = file.extension().is_some();
    for line in lines.lines() {
        let mut words = line.splitn(4, ' ');
        let (Some(place), Some(size), Some("t" | "T" | "w" | "W"), Some(name)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Ok(size) = u64::from_str_radix(size, 16) else {
            continue;
        };
        // Functions that were merged have several names. In an archive each has a section of its own.
        if !archive && !seen.insert(place.to_owned()) {
            continue;
        }
        if let Some(kind) = kind(name, kinds) {
            *sizes.entry(kind).or_insert(0) += size;
        }
    }
    Ok(sizes)
}

fn kind(name: &str, kinds: &[(&str, &'static str)]) -> Option<&'static str> {
    let (_, kind) = kinds.iter().find(|(part, _)| name.contains(part))?;
    Some(kind)
}
