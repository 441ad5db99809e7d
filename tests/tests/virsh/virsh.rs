//! Runs virsh with nothing of this machine's configuration.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No run takes a tenth of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder for the socket and for what virsh prints.
pub(crate) struct Virsh {
    folder: TempDir,
}

/// A virsh that runs. It ends with this.
pub(crate) struct Running {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

/// What virsh has printed, and how it has ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Printed {
    /// This, and nothing wrong.
    pub(crate) fn only(stdout: &str) -> Self {
        Self {
            stdout: stdout.to_owned(),
            stderr: String::new(),
            code: Some(0),
        }
    }

    /// Something wrong. virsh then prints an empty line, as it does behind everything.
    pub(crate) fn failed(stderr: &str) -> Self {
        Self {
            stdout: "\n".to_owned(),
            stderr: stderr.to_owned(),
            code: Some(1),
        }
    }
}

impl Virsh {
    /// If it is here; otherwise the calling test is reported as skipped.
    #[track_caller]
    pub(crate) fn find() -> Option<Self> {
        xdr_tests::has_program("virsh").then(|| Self {
            folder: tempfile::tempdir().expect("there is room for temporary files"),
        })
    }

    /// Where the daemon is to listen.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("libvirt-sock")
    }

    /// A driver of the daemon, as `qemu:///system`.
    pub(crate) fn uri(&self, driver: &str) -> String {
        let (scheme, path) = driver.split_once("://").expect("it is a URI");
        format!("{scheme}+unix://{path}?socket={}", self.socket().display())
    }

    /// Begins to run it.
    pub(crate) fn start(&self, driver: &str, arguments: &[&str]) -> Running {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let stdout = self.folder.path().join(format!("{run}.stdout"));
        let stderr = self.folder.path().join(format!("{run}.stderr"));
        let file = |path| File::create(path).expect("a file");
        let child = Command::new("virsh")
            .args(["-c", &self.uri(driver)])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            // Of a user's runtime directory nothing is found, and nothing made.
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            // No daemon but the test's.
            .env("LIBVIRT_AUTOSTART", "0")
            .stdin(Stdio::null())
            .stdout(file(&stdout))
            .stderr(file(&stderr))
            .spawn()
            .expect("virsh starts");
        Running {
            child,
            stdout,
            stderr,
        }
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, driver: &str, arguments: &[&str]) -> Printed {
        self.start(driver, arguments).wait()
    }
}

impl Running {
    /// What it has printed so far.
    pub(crate) fn so_far(&self) -> String {
        fs::read_to_string(&self.stdout).unwrap_or_default()
    }

    /// Waits until it has ended.
    pub(crate) fn wait(mut self) -> Printed {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is a child") {
                break status;
            }
            assert!(
                Instant::now() < deadline,
                "virsh does not end; it has printed {:?} and {:?}",
                self.so_far(),
                fs::read_to_string(&self.stderr)
            );
            sleep(Duration::from_millis(10));
        };
        Printed {
            stdout: self.so_far(),
            stderr: fs::read_to_string(&self.stderr).expect("virsh prints text"),
            code: status.code(),
        }
    }

    /// Waits until something is as it should be.
    pub(crate) fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is(self) {
            let ended = self.child.try_wait().expect("it is a child");
            let errors = || fs::read_to_string(&self.stderr).unwrap_or_default();
            assert!(
                ended.is_none(),
                "virsh has ended before {what}: {}",
                errors()
            );
            assert!(
                Instant::now() < deadline,
                "{what} takes too long: {}",
                errors()
            );
            sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
