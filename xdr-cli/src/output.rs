//! Files that a command writes: only if they change, and never half of one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It has this text now.
    Anew,
    /// It had it before; its time of change is as it was.
    Unchanged,
}

/// Makes `path` hold `text`, and the folders around it exist.
///
/// A regular file is replaced in one step, so that no reader sees half of it. Anything else (a device, a pipe, a link) is
/// written in place.
pub(crate) fn write(path: &Path, text: &[u8]) -> Result<Written, Failure> {
    let failure = |error| Failure::Output {
        path: path.to_owned(),
        error,
    };
    match kind(path) {
        Kind::Missing => {
            if let Some(folder) = path.parent() {
                create_folder(folder)?;
            }
            replace(path, text).map_err(failure)?;
        }
        Kind::Regular => {
            // One that cannot be read may still be written.
            if fs::read(path).is_ok_and(|old| old == text) {
                return Ok(Written::Unchanged);
            }
            replace(path, text).map_err(failure)?;
        }
        Kind::Other => match fs::write(path, text) {
            // The reader of a pipe has had enough, which is fine.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(failure(error)),
            _ => {}
        },
    }
    Ok(Written::Anew)
}

/// Makes a folder and those around it.
pub(crate) fn create_folder(folder: &Path) -> Result<(), Failure> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(|error| Failure::Folder {
        path: folder.to_owned(),
        error,
    })
}

/// What stands at a path, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    Missing,
    /// A regular file.
    Regular,
    /// Something that is written in place.
    Other,
}

/// What stands at a path.
pub(crate) fn kind(path: &Path) -> Kind {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Kind::Regular,
        Ok(_) => Kind::Other,
        Err(_) => Kind::Missing,
    }
}

/// Whether a path is this process's own stdout, which must go on where it is instead of being opened from its start.
pub(crate) fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
        .iter()
        .any(|name| path == Path::new(name))
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    match write_beside(path, &beside, text) {
        Ok(()) => Ok(()),
        Err(error) => {
            // Gone already if it could not be made in the first place.
            let _ = fs::remove_file(&beside);
            match error.kind() {
                // A file may be writable in a folder that is not.
                io::ErrorKind::PermissionDenied => fs::write(path, text),
                _ => Err(error),
            }
        }
    }
}

fn write_beside(path: &Path, beside: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = File::create(beside)?;
    file.write_all(text)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    drop(file);
    fs::rename(beside, path)
}

/// A name in the same folder that nobody else has.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}
