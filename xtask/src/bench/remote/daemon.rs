//! The daemons that both clients call.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{command, output};

/// The account of a libvirtd of one's own: there are session daemons only for others than root.
const ACCOUNT: &str = "nobody";

/// Where Debian has daemons.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/// A host of libvirt's test driver with the domain that is looked up.
const HOST: &str = "<node><domain type='test'><name>guest</name><memory>1024</memory>\
                    <os><type>hvm</type></os></domain></node>\n";

/// What libvirtd is told: one connection may have as many calls under way as are measured.
const CONF: &str = "auth_unix_rw = \"none\"\nmax_client_requests = 128\nmax_clients = 1000\n";

/// A daemon, ended with the measurement.
pub(super) struct Daemon {
    child: Child,
    /// How it is reached.
    pub(super) uri: String,
    _folder: TempDir,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// Ours, in a process of its own. It answers at once.
    pub(super) fn ours(program: &Path) -> io::Result<Self> {
        let folder = folder()?;
        let socket = folder.path().join("socket");
        let mut serve = Command::new(program);
        serve.arg("serve").arg(&socket);
        let uri = format!("test+unix:///default?socket={}", socket.display());
        Self::start(serve, folder, &socket, uri)
    }

    /// libvirt's, with its driver for tests.
    pub(super) fn libvirtd() -> io::Result<Self> {
        let folder = folder()?;
        let at = |name| folder.path().join(name);
        for name in ["config", "cache", "data", "run"] {
            fs::create_dir(at(name))?;
        }
        fs::write(at("libvirtd.conf"), CONF)?;
        fs::write(at("host.xml"), HOST)?;
        let mut libvirtd = if is_root() {
            let owner = format!("{ACCOUNT}:nogroup");
            let mut chown = command("chown", &["--recursive", &owner]);
            chown.arg(folder.path()).status()?;
            let user = format!("--reuid={ACCOUNT}");
            let rest = ["--regid=nogroup", "--clear-groups", "libvirtd"];
            command("setpriv", &[&[user.as_str()], &rest[..]].concat())
        } else {
            command("libvirtd", &[])
        };
        libvirtd
            .env_clear()
            .env("PATH", PATH)
            .env("HOME", folder.path());
        for (variable, name) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            libvirtd.env(variable, at(name));
        }
        libvirtd.arg("--config").arg(at("libvirtd.conf"));
        libvirtd.arg("--pid-file").arg(at("run/libvirtd.pid"));
        let socket = at("run/libvirt/libvirt-sock");
        let host = at("host.xml");
        let uri = format!("test+unix://{}?socket={}", host.display(), socket.display());
        Self::start(libvirtd, folder, &socket, uri)
    }

    fn start(
        mut command: Command,
        folder: TempDir,
        socket: &Path,
        uri: String,
    ) -> io::Result<Self> {
        command.current_dir(folder.path());
        command.stdin(Stdio::null()).stderr(Stdio::null());
        let mut daemon = Self {
            child: command.spawn()?,
            uri,
            _folder: folder,
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while UnixStream::connect(socket).is_err() {
            if daemon.child.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(io::Error::other("it does not listen"));
            }
            sleep(Duration::from_millis(10));
        }
        Ok(daemon)
    }
}

/// An empty folder that every account can reach.
fn folder() -> io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    Ok(folder)
}

fn is_root() -> bool {
    output(command("id", &["-u"])).as_deref() == Some("0")
}
