//! Fills a folder completely or not at all, also when it is interrupted, or done twice at the same time.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::command;

/// Its presence means that the folder has all that it should have.
const COMPLETE: &str = ".complete";

pub(crate) fn is_complete(folder: &Path) -> bool {
    folder.join(COMPLETE).exists()
}

/// Takes the members that match one of `patterns` out of a tar archive, without the first folder of their paths.
pub(crate) fn unpack(archive: &Path, patterns: &[&str], whole: &Path) -> Result<(), String> {
    fill(whole, |part| {
        let status = command("tar", &["--extract", "--strip-components=1", "--wildcards"])
            .args(["--file".as_ref(), archive.as_os_str()])
            .args(["--directory".as_ref(), part.as_os_str()])
            .args(patterns)
            .status()?;
        if status.success() {
            return Ok(());
        }
        let name = archive.file_name().unwrap_or_default().display();
        Err(io::Error::other(format!("{name}: tar: {status}")))
    })
}

/// Copies the files of `source`, not of folders in it, that have this extension.
pub(crate) fn copy(source: &Path, extension: &str, whole: &Path) -> Result<(), String> {
    fill(whole, |part| {
        let mut copied = 0;
        for entry in fs::read_dir(source)? {
            let path = entry?.path();
            if let (Some(name), true) = (
                path.file_name(),
                path.extension() == Some(OsStr::new(extension)),
            ) {
                fs::copy(&path, part.join(name))?;
                copied += 1;
            }
        }
        match copied {
            0 => Err(io::Error::other(format!("it has no .{extension} files"))),
            _ => Ok(()),
        }
    })
}

/// Has a folder filled under another name, and gives it its own when that is done.
fn fill(whole: &Path, work: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), String> {
    let part = PathBuf::from(format!("{}.{}.part", whole.display(), std::process::id()));
    let filled = (|| {
        remove(&part)?;
        fs::create_dir_all(&part)?;
        work(&part)?;
        fs::write(part.join(COMPLETE), "")?;
        if is_complete(whole) {
            // Another process was faster.
            return remove(&part);
        }
        remove(whole)?;
        fs::rename(&part, whole)
    })();
    filled.map_err(|error| {
        // The message is about what went wrong, not about this.
        let _ = remove(&part);
        error.to_string()
    })
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = crate::root().join("target").join("fetch-tests").join(name);
        remove(&folder).expect("target can be written");
        fs::create_dir_all(&folder).expect("target can be written");
        folder
    }

    #[test]
    fn a_folder_that_could_not_be_filled_is_not_there() {
        let scratch = scratch("failed");
        let whole = scratch.join("project-1");
        let filled = fill(&whole, |part| {
            fs::write(part.join("a.x"), "const A = 1;")?;
            Err(io::Error::other("the mirror went away"))
        });
        assert_eq!(filled, Err("the mirror went away".to_owned()));
        assert!(!whole.exists());
        let left: Vec<_> = fs::read_dir(&scratch).expect("it is there").collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn a_folder_without_its_mark_is_filled_anew() {
        let whole = scratch("anew").join("project-1");
        fs::create_dir_all(&whole).expect("target can be written");
        fs::write(whole.join("half.x"), "struct half {").expect("target can be written");
        let filled = fill(&whole, |part| fs::write(part.join("a.x"), "const A = 1;"));
        assert_eq!(filled, Ok(()));
        assert!(is_complete(&whole) && whole.join("a.x").exists());
        assert!(!whole.join("half.x").exists());
    }

    #[test]
    fn copies_files_with_the_extension_and_misses_them_if_there_are_none() {
        let scratch = scratch("copy");
        let source = scratch.join("source");
        fs::create_dir_all(&source).expect("target can be written");
        fs::write(source.join("lib.rs"), "").expect("target can be written");
        let whole = scratch.join("project-1");
        assert_eq!(
            copy(&source, "x", &whole),
            Err("it has no .x files".to_owned())
        );
        fs::write(source.join("a.x"), "const A = 1;").expect("target can be written");
        assert_eq!(copy(&source, "x", &whole), Ok(()));
        assert!(whole.join("a.x").exists() && !whole.join("lib.rs").exists());
    }
}
