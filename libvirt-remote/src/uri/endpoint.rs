//! [`Uri`] → where to connect to.

use std::path::{Path, PathBuf};

use super::{Mode, Transport, Uri, UriError};
use crate::surroundings::variable;

/// libvirtd's port for TCP, and for TLS.
const TCP_PORT: u16 = 16509;
const TLS_PORT: u16 = 16514;

/// Where the daemon is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// At a UNIX socket.
    Unix(PathBuf),
    /// At a TCP port.
    Tcp {
        /// A name or an address.
        host: String,
        /// The port.
        port: u16,
    },
    /// At a TCP port, in TLS.
    Tls {
        /// A name or an address, for which the daemon has a certificate.
        host: String,
        /// The port.
        port: u16,
    },
    /// At the other end of a program, which hands on what it reads and prints what the daemon says.
    Program {
        /// Its name or path.
        program: String,
        /// What it is given.
        arguments: Vec<String>,
    },
}

/// What the place of a UNIX socket depends on beside the URI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether the user is root, who has no session daemons.
    pub is_root: bool,
    /// The folder of the session's sockets, if there can be one.
    pub session: Option<PathBuf>,
    /// The folder of the system's sockets.
    pub system: PathBuf,
}

impl Surroundings {
    /// Those of this process.
    pub fn here() -> Self {
        Self {
            is_root: rustix::process::geteuid().is_root(),
            session: variable("XDG_RUNTIME_DIR")
                .or_else(|| Some(variable("HOME")?.join(".cache")))
                .map(|folder| folder.join("libvirt")),
            system: PathBuf::from("/var/run/libvirt"),
        }
    }
}

impl Uri {
    /// Where the daemon is; of a UNIX socket, where it should be, whether or not it is there.
    ///
    /// A session is that of `/session`, and of any path of the test driver; root has none and gets the system's
    /// daemon, as in libvirt. Sessions have no socket for reading only.
    ///
    /// # Errors
    /// [`UriError::NoSession`], [`UriError::NoCommand`]; [`UriError::Parameter`] for one that SSH has no use for.
    pub fn endpoint(
        &self,
        read_only: bool,
        surroundings: &Surroundings,
    ) -> Result<Endpoint, UriError> {
        let host = || self.host.clone().unwrap_or_else(|| "localhost".to_owned());
        Ok(match self.transport() {
            Transport::Unix => Endpoint::Unix(match self.parameter("socket") {
                Some(socket) => PathBuf::from(socket),
                None => self.socket(read_only, surroundings)?,
            }),
            Transport::Tcp => Endpoint::Tcp {
                host: host(),
                port: self.port.unwrap_or(TCP_PORT),
            },
            Transport::Tls => Endpoint::Tls {
                host: host(),
                port: self.port.unwrap_or(TLS_PORT),
            },
            Transport::Ssh => self.ssh(read_only)?,
            Transport::Ext => self.ext()?,
        })
    }

    fn socket(&self, read_only: bool, surroundings: &Surroundings) -> Result<PathBuf, UriError> {
        let has_session = self.path == "/session" || self.driver == "test";
        let (folder, suffix) = if has_session && !surroundings.is_root {
            let folder = surroundings.session.as_deref();
            (folder.ok_or(UriError::NoSession)?, "sock")
        } else if read_only {
            (surroundings.system.as_path(), "sock-ro")
        } else {
            (surroundings.system.as_path(), "sock")
        };
        let legacy = folder.join(format!("libvirt-{suffix}"));
        let direct = folder.join(format!("virt{}d-{suffix}", self.driver));
        Ok(match self.mode {
            // A daemon that is to find the driver itself is the one that has them all.
            _ if self.driver == "remote" => legacy,
            Mode::Legacy => legacy,
            Mode::Direct => direct,
            Mode::Auto => first_there(direct, legacy),
        })
    }
}

/// The socket that is there. If none is, what a connection fails at is the newer daemons'.
fn first_there(direct: PathBuf, legacy: PathBuf) -> PathBuf {
    let is_there = |path: &Path| path.exists();
    if !is_there(&direct) && is_there(&legacy) {
        legacy
    } else {
        direct
    }
}
