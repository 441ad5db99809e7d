//! The socket that clients come by.
//!
//! Whether a socket that is there is left over can only be tried, and between the trial and its removal another bridge could
//! have put its own there. A lock beside it is held by who does that, and for as long as the socket is there.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, socket_with};

/// Clients that wait to be let in.
const BACKLOG: i32 = 128;

/// A socket in the file system, which is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Socket {
    path: PathBuf,
    /// Which file it is: somebody else may put another there.
    file: FileId,
    /// Until the end.
    _lock: Lock,
}

impl Socket {
    /// Listens at a path, with a mode for the socket's file, which it has before anybody can connect. A socket that is there
    /// already and at which nobody listens is replaced: its process had no time to remove it. Nothing of it blocks for
    /// longer than the file system takes, and the listener does not block either.
    pub(super) fn bind(path: &Path, mode: u32) -> io::Result<(Self, UnixListener)> {
        let named = |error: io::Error| {
            let text = format!("cannot listen at {}: {error}", path.display());
            io::Error::new(error.kind(), text)
        };
        Self::try_bind(path, mode).map_err(named)
    }

    fn try_bind(path: &Path, mode: u32) -> io::Result<(Self, UnixListener)> {
        let lock = Lock::take(path)?;
        let address = SocketAddrUnix::new(path)?;
        remove_left_over(path, &address)?;
        let listener = stream()?;
        rustix::net::bind(&listener, &address)?;
        let socket = Self {
            path: path.to_owned(),
            file: FileId::at(path)?,
            _lock: lock,
        };
        fs::set_permissions(path, Permissions::from_mode(mode))?;
        rustix::net::listen(&listener, BACKLOG)?;
        Ok((socket, listener.into()))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if FileId::at(&self.path).is_ok_and(|file| file == self.file) {
            // If somebody else has removed it, that is as good.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A file with `.lock` behind the name, locked. Like the lock, it is gone when this is dropped.
#[derive(Debug)]
struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    fn take(socket: &Path) -> io::Result<Self> {
        let mut path = socket.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        loop {
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let file = rustix::fs::open(&path, flags, Mode::RUSR | Mode::WUSR)?;
            let file = File::from(file);
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let text = format!("another bridge holds {}", path.display());
                    return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Who held it before may have removed it just now, and a third one made another.
            let is_there = FileId::at(&path)
                .is_ok_and(|there| FileId::of(&file).is_ok_and(|own| own == there));
            if is_there {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // It is still locked, so that it is this one.
        let _ = fs::remove_file(&self.path);
    }
}

/// What tells a file from all others that are there at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    number: u64,
}

impl FileId {
    fn at(path: &Path) -> io::Result<Self> {
        fs::symlink_metadata(path).map(|file| Self::from(&file))
    }

    fn of(file: &File) -> io::Result<Self> {
        file.metadata().map(|file| Self::from(&file))
    }
}

impl From<&fs::Metadata> for FileId {
    fn from(file: &fs::Metadata) -> Self {
        Self {
            device: file.dev(),
            number: file.ino(),
        }
    }
}

/// A socket that never blocks.
fn stream() -> rustix::io::Result<OwnedFd> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
}

/// Makes room, if what is there is a socket at which nobody listens.
fn remove_left_over(path: &Path, address: &SocketAddrUnix) -> io::Result<()> {
    if !fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket()) {
        return Ok(());
    }
    match rustix::net::connect(&stream()?, address) {
        Err(Errno::CONNREFUSED) => fs::remove_file(path),
        // Those who wait for a listener may be as many as can.
        Ok(()) | Err(Errno::AGAIN) => {
            let text = "somebody listens there";
            Err(io::Error::new(io::ErrorKind::AddrInUse, text))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};
    use std::thread;

    use super::*;

    #[test]
    fn of_many_that_replace_a_socket_at_once_one_does() {
        const MANY: usize = 8;
        for _ in 0..50 {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("sock");
            // Left over: a listener that has gone does not remove its socket.
            drop(UnixListener::bind(&path).expect("a socket"));
            let start = Arc::new(Barrier::new(MANY));
            let threads = [(); MANY].map(|()| {
                let (path, start) = (path.clone(), Arc::clone(&start));
                thread::spawn(move || {
                    start.wait();
                    let bound = Socket::bind(&path, 0o600);
                    // None gives up its own before all have tried.
                    start.wait();
                    bound.map(drop)
                })
            });
            let bound = threads.map(|thread| thread.join().expect("it has an end"));
            assert_eq!(bound.iter().filter(|bound| bound.is_ok()).count(), 1);
            assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
        }
    }
}
