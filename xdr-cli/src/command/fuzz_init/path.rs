//! One path as seen from another.

use std::path::{Component, Path, PathBuf};

/// How to get from a folder to a path, with `/` between names whatever the machine. The two need not exist yet; where no
/// way leads from one to the other, as between two drives, the path itself, from the root.
pub(super) fn between(folder: &Path, path: &Path) -> String {
    let (from, to) = (resolved(folder), resolved(path));
    let mut from = from.components().peekable();
    let mut rest = to.components().peekable();
    let mut shared = false;
    while from.peek().is_some() && from.peek() == rest.peek() {
        shared = true;
        from.next();
        rest.next();
    }
    if !shared {
        return slashed(&to);
    }
    let up: PathBuf = from.map(|_| Component::ParentDir).collect();
    let way: PathBuf = up.components().chain(rest).collect();
    if way.as_os_str().is_empty() {
        return ".".to_owned();
    }
    slashed(&way)
}

fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// From the root, as much of it as exists without links and `..`.
fn resolved(path: &Path) -> PathBuf {
    // Without a current folder there is nothing better than the path as it is.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    let mut there = path.as_path();
    loop {
        if let Ok(mut whole) = there.canonicalize() {
            for part in missing.iter().rev() {
                match part {
                    Component::ParentDir => {
                        whole.pop();
                    }
                    part => whole.push(part),
                }
            }
            return whole;
        }
        let (Some(parent), Some(last)) = (there.parent(), there.components().next_back()) else {
            return path;
        };
        missing.push(last);
        there = parent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_up_as_far_as_both_have_in_common() {
        for (folder, path, way) in [
            ("fuzz", "a.x", "../a.x"),
            ("fuzz", "proto/a.x", "../proto/a.x"),
            ("a/b/../c", "a/d", "../d"),
            ("fuzz", "fuzz", "."),
            (".", "a.x", "a.x"),
            ("/not/there", "/not/here/a.x", "../here/a.x"),
        ] {
            assert_eq!(between(Path::new(folder), Path::new(path)), way);
        }
    }
}
