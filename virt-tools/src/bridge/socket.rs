//! The socket that clients come by.

use std::fs;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

/// A socket in the file system, which is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Socket(PathBuf);

impl Socket {
    /// Listens at a path, on the runtime that this is called in. A socket that is there already and at which nobody listens
    /// is replaced: its process had no time to remove it.
    pub(super) fn bind(path: &Path) -> io::Result<(Self, UnixListener)> {
        if is_left_over(path) {
            fs::remove_file(path)?;
        }
        let named = |error: io::Error| {
            let text = format!("cannot listen at {}: {error}", path.display());
            io::Error::new(error.kind(), text)
        };
        let listener = UnixListener::bind(path).map_err(named)?;
        Ok((Self(path.to_owned()), listener))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // If somebody else has removed it, that is as good.
        let _ = fs::remove_file(&self.0);
    }
}

fn is_left_over(path: &Path) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let refuses = || match UnixStream::connect(path) {
        Ok(_) => false,
        Err(error) => error.kind() == io::ErrorKind::ConnectionRefused,
    };
    is_socket && refuses()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn replaces_a_socket_at_which_nobody_listens_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sock");
        // Left over: a listener that has gone does not remove its socket.
        drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
        let (socket, listener) = Socket::bind(&path).expect("it is replaced");
        let refused = |path: &Path| {
            let error = Socket::bind(path).expect_err("it is taken").to_string();
            let expected = format!(
                "cannot listen at {}: Address already in use",
                path.display()
            );
            assert!(error.starts_with(&expected), "{error}");
        };
        refused(&path);
        drop((socket, listener));
        assert!(!path.exists());
        fs::write(&path, "a file").expect("a file");
        refused(&path);
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "a file");
    }
}
