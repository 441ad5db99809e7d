//! The command that generates a file anew, as its header and `--check` name it.

use std::borrow::Cow;
use std::path::Path;

use super::Gen;

/// How a command names files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paths {
    /// As they were given: to be run here and now.
    Given,
    /// Without what is special to this machine: two people who run the same command get the same header.
    Portable,
}

/// The command line of this generation. Options from `xdr.toml` are not in it, nor those that do not change the Rust.
pub(super) fn command(generation: &Gen, paths: Paths) -> String {
    let show = |path: &Path| match paths {
        Paths::Given => path.display().to_string(),
        Paths::Portable => portable(path),
    };
    let common = &generation.common;
    let mut words = vec!["xdr".to_owned(), "gen".to_owned()];
    words.extend(generation.files.iter().map(|file| show(file)));
    if let Some(profile) = &common.profile {
        words.push(format!(
            "--profile={}",
            format!("{profile:?}").to_lowercase()
        ));
    }
    for folder in &common.include {
        words.extend(["-I".to_owned(), show(folder)]);
    }
    for (name, value) in &common.define {
        words.extend(["-D".to_owned(), format!("{name}={value}")]);
    }
    words.extend(generation.style.words());
    if let Some(file) = &generation.output {
        words.extend(["-o".to_owned(), show(file)]);
    }
    if let Some(folder) = &generation.out_dir {
        words.extend(["--out-dir".to_owned(), show(folder)]);
    }
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// A path below the current folder from there on, of any other absolute path the last part.
fn portable(path: &Path) -> String {
    if path.is_relative() {
        return path.display().to_string();
    }
    let here = std::env::current_dir().unwrap_or_default();
    let short = match path.strip_prefix(&here) {
        // Below the root is everything.
        Ok(below) if !below.as_os_str().is_empty() && here.parent().is_some() => below,
        _ => Path::new(path.file_name().unwrap_or(path.as_os_str())),
    };
    short.display().to_string()
}

/// As a POSIX shell reads one word.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_a_shell_would_read() {
        assert_eq!(quoted("proto/a-b_c.x"), "proto/a-b_c.x");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(".=#[derive(Hash)]"), "'.=#[derive(Hash)]'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn shows_no_folders_of_this_machine() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(portable(Path::new("proto/a.x")), "proto/a.x");
        assert_eq!(portable(&here.join("proto/a.x")), "proto/a.x");
        assert_eq!(portable(Path::new("/nowhere/else/a.x")), "a.x");
        assert_eq!(portable(Path::new("/")), "/");
    }
}
