//! A libvirtd of one's own: a session daemon whose configuration, sockets and state are in a temporary folder. It listens
//! on loopback and UNIX sockets, and ends with the test.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use libvirt_remote::Connection;
use rustix::process::Uid;
use rustix::thread::set_thread_res_uid;
use tempfile::TempDir;

/// libvirt has session daemons only for others than root.
const ACCOUNT: &str = "nobody";

/// Where Debian has daemons.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/// A running daemon.
pub(crate) struct Daemon {
    folder: TempDir,
    child: Child,
    /// Its TCP port on loopback.
    pub(crate) port: u16,
    /// That for TLS, if it has one.
    tls_port: Option<u16>,
}

impl Daemon {
    /// Starts one that lets everybody in, or reports the calling test as skipped.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(|_| {
            let settings = [
                ("listen_tls", "0"),
                ("auth_tcp", "\"none\""),
                ("auth_unix_rw", "\"none\""),
            ];
            settings
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into()
        })
    }

    /// Starts one with settings that are made in its folder.
    #[track_caller]
    pub(crate) fn start_with(
        settings: impl FnOnce(&Path) -> Vec<(String, String)>,
    ) -> Option<Self> {
        if !has("libvirtd") || !has("virsh") {
            xdr_tests::skip("there is no libvirtd here, or no virsh");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["config/libvirt", "cache", "data", "run"] {
            fs::create_dir_all(folder.path().join(name)).expect("a folder in it");
        }
        let port = free_port();
        let settings = settings(folder.path());
        let tls_port = settings.iter().find(|(name, _)| name == "tls_port");
        let tls_port = tls_port.and_then(|(_, value)| value.trim_matches('"').parse().ok());
        let mut conf =
            format!("listen_tcp = 1\nlisten_addr = \"127.0.0.1\"\ntcp_port = \"{port}\"\n");
        for (name, value) in settings {
            let _ = writeln!(conf, "{name} = {value}");
        }
        let conf_path = folder.path().join("libvirtd.conf");
        fs::write(&conf_path, conf).expect("a file in it");
        give_away(folder.path());
        let child = spawn(folder.path());
        let mut daemon = Self {
            folder,
            child,
            port,
            tls_port,
        };
        daemon.wait_until_ready();
        Some(daemon)
    }

    /// Ends it, as if it had crashed, and starts it again.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.child = spawn(self.folder.path());
        self.wait_until_ready();
    }

    /// It listens at its UNIX socket before it does at the ports.
    fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + Duration::from_mins(1);
        let socket = self.socket();
        let listens = |port: u16| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
        while UnixStream::connect(&socket).is_err()
            || !listens(self.port)
            || self.tls_port.is_some_and(|port| !listens(port))
        {
            let ended = self.child.try_wait().expect("it is a child");
            let log = || fs::read_to_string(self.path("libvirtd.log")).unwrap_or_default();
            assert!(ended.is_none(), "libvirtd has ended: {}", log());
            assert!(
                Instant::now() < deadline,
                "libvirtd is not ready: {}",
                log()
            );
            sleep(Duration::from_millis(50));
        }
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn socket(&self) -> PathBuf {
        self.path("run/libvirt/libvirt-sock")
    }

    /// A driver of it by its UNIX socket, as `test:///default`.
    pub(crate) fn uri(&self, driver: &str) -> String {
        let (scheme, path) = driver.split_once("://").expect("it is a URI");
        format!("{scheme}+unix://{path}?socket={}", self.socket().display())
    }

    /// The test driver, opened.
    pub(crate) async fn open(&self) -> Connection {
        let conn = Connection::open(&self.uri("test:///default")).await;
        conn.unwrap_or_else(|error| panic!("{error}"))
    }

    /// virsh at a driver of it, to be run.
    pub(crate) fn virsh(&self, driver: &str, arguments: &[&str]) -> Command {
        let mut command = command("virsh", self.folder.path());
        command
            .args(["-q", "-c", &self.uri(driver)])
            .args(arguments);
        command
    }

    /// What virsh prints.
    pub(crate) fn virsh_says(&self, driver: &str, arguments: &[&str]) -> String {
        let output = self.virsh(driver, arguments).output().expect("virsh runs");
        assert!(
            output.status.success(),
            "virsh {arguments:?}: {}",
            errors(&output)
        );
        String::from_utf8(output.stdout).expect("virsh prints text")
    }

    /// Does something as the daemon's user: for whom a connection is, is settled when it is made.
    pub(crate) fn as_its_user<T>(&self, action: impl FnOnce() -> T) -> T {
        if !is_root() {
            return action();
        }
        let owner = fs::metadata(self.path("run")).expect("it is there").uid();
        let become_user = |uid| set_thread_res_uid(None, Some(Uid::from_raw(uid)), None);
        become_user(owner).expect("root may");
        let done = action();
        become_user(0).expect("it was root");
        done
    }

    /// Ends it, as if it had crashed.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is a child");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts libvirtd with what is in the folder.
fn spawn(folder: &Path) -> Child {
    let log = File::create(folder.join("libvirtd.log")).expect("a file in it");
    let mut command = command("libvirtd", folder);
    command.arg("--listen").arg("--config");
    command.arg(folder.join("libvirtd.conf"));
    command
        .arg("--pid-file")
        .arg(folder.join("run/libvirtd.pid"));
    command.stdout(log.try_clone().expect("a file")).stderr(log);
    command.spawn().expect("libvirtd starts")
}

/// What a command said about what went wrong.
pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A command in the folder, as the daemon's account.
pub(crate) fn command(program: &str, folder: &Path) -> Command {
    let mut words = become_account();
    words.push(program.to_owned());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command.env_clear().envs([
        ("PATH", PATH),
        ("LC_ALL", "C.UTF-8"),
        // No daemon but this one.
        ("LIBVIRT_AUTOSTART", "0"),
    ]);
    command.env("HOME", folder);
    command.env("SASL_CONF_PATH", folder.join("sasl"));
    for (variable, name) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_RUNTIME_DIR", "run"),
    ] {
        command.env(variable, folder.join(name));
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// What to put before a command so that the daemon's account runs it; nothing for who is no root.
pub(crate) fn become_account() -> Vec<String> {
    let words: &[&str] = if is_root() {
        &[
            "setpriv",
            "--reuid",
            ACCOUNT,
            "--regid",
            "nogroup",
            "--clear-groups",
        ]
    } else {
        &[]
    };
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Hands the folder over to the daemon's account.
pub(crate) fn give_away(folder: &Path) {
    if is_root() {
        let owner = format!("{ACCOUNT}:nogroup");
        let mut chown = Command::new("chown");
        let status = chown.args(["-R", &owner]).arg(folder).status();
        assert!(
            status.expect("chown runs").success(),
            "the folder is handed over"
        );
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id runs");
    output.stdout.trim_ascii() == b"0"
}

/// Whether there is a program of this name.
pub(crate) fn has(program: &str) -> bool {
    PATH.split(':')
        .any(|folder| Path::new(folder).join(program).exists())
}

/// A port on loopback that nobody has now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}
