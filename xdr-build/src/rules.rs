//! Rules that name what they apply to by an XDR path.

use std::collections::HashMap;

/// Values by path.
///
/// The path of a thing is its file's stem, its type's name, its field's name, as many of them as it has. A rule's path
/// covers what it names and everything in it. With a leading dot it counts from the root (`.`, `.file`, `.file.type`,
/// `.file.type.field`); without one it may begin anywhere (`type`, `type.field`, `field`).
#[derive(Clone, Debug)]
pub(crate) struct Rules<T> {
    by_path: HashMap<String, Vec<T>>,
}

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Self {
            by_path: HashMap::new(),
        }
    }
}

impl<T> Rules<T> {
    pub(crate) fn add(&mut self, path: impl Into<String>, value: T) {
        self.by_path.entry(path.into()).or_default().push(value);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// The values of all rules that cover the thing, the most general first.
    pub(crate) fn covering(&self, thing: &[&str]) -> Vec<&T> {
        if self.by_path.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<&T> = self.by_path.get(".").into_iter().flatten().collect();
        let mut path = String::new();
        for end in 1..=thing.len() {
            for start in 0..end {
                path.clear();
                if start == 0 {
                    path.push('.');
                }
                for (at, name) in thing[start..end].iter().enumerate() {
                    if at > 0 {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                found.extend(self.by_path.get(path.as_str()).into_iter().flatten());
                if start == 0 {
                    found.extend(self.by_path.get(&path[1..]).into_iter().flatten());
                }
            }
        }
        found
    }

    /// The values of rules that name exactly this thing, not something around it.
    pub(crate) fn naming(&self, thing: &[&str]) -> Option<&T> {
        if self.by_path.is_empty() {
            return None;
        }
        (0..thing.len())
            .map(|start| thing[start..].join("."))
            .chain([format!(".{}", thing.join("."))])
            .find_map(|path| self.by_path.get(&path)?.last())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_what_is_named_and_what_is_in_it() {
        let thing = ["file", "type", "field"];
        for path in [
            ".",
            ".file",
            ".file.type",
            ".file.type.field",
            "file",
            "type",
            "field",
            "file.type",
            "type.field",
            "file.type.field",
        ] {
            let mut rules = Rules::default();
            rules.add(path, ());
            assert!(!rules.covering(&thing).is_empty(), "{path}");
        }
        for path in [
            ".type",
            ".field",
            "file.field",
            "",
            "typ",
            ".file.type.field.more",
        ] {
            let mut rules = Rules::default();
            rules.add(path, ());
            assert!(rules.covering(&thing).is_empty(), "{path}");
        }
    }

    #[test]
    fn lists_the_general_before_the_special() {
        let mut rules = Rules::default();
        rules.add("type.field", 3);
        rules.add(".", 1);
        rules.add(".file.type", 2);
        assert_eq!(rules.covering(&["file", "type", "field"]), [&1, &2, &3]);
    }

    #[test]
    fn names_only_the_thing_itself() {
        let mut rules = Rules::default();
        rules.add("file", 1);
        assert_eq!(rules.naming(&["file"]), Some(&1));
        assert_eq!(rules.naming(&["file", "type"]), None);
        rules.add(".file.type", 2);
        assert_eq!(rules.naming(&["file", "type"]), Some(&2));
    }
}
