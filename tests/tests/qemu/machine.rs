//! A QEMU of one's own: no machine in it, a screen, a monitor. It listens on loopback or UNIX sockets in a temporary
//! folder, and ends with the test.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PROGRAM: &str = "qemu-system-x86_64";

/// A running QEMU.
pub(crate) struct Machine {
    folder: TempDir,
    child: Child,
}

impl Machine {
    /// Starts one with further arguments, which are made in its folder; or reports the calling test as skipped.
    #[track_caller]
    pub(crate) fn start(arguments: impl FnOnce(&TempDir) -> Vec<String>) -> Option<Self> {
        if !xdr_tests::has_program(PROGRAM) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let arguments = arguments(&folder);
        let mut machine = Self {
            child: spawn(&folder, &arguments),
            folder,
        };
        machine.wait_until_ready();
        Some(machine)
    }

    /// Starts one whose arguments not every QEMU has; if it ends at once, the calling test is reported as skipped.
    #[track_caller]
    pub(crate) fn start_if_it_can(arguments: &[&str]) -> Option<Self> {
        if !xdr_tests::has_program(PROGRAM) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let arguments: Vec<_> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let mut machine = Self {
            child: spawn(&folder, &arguments),
            folder,
        };
        match machine.is_ready() {
            Ok(()) => Some(machine),
            Err(why) => {
                // Debian has some of it in packages of their own, such as qemu-system-modules-spice from version 13 on.
                xdr_tests::skip(&format!(
                    "this QEMU does not start with {}: {why}",
                    arguments.join(" ")
                ));
                None
            }
        }
    }

    /// Ends it, as if it had crashed, and starts another at the same places.
    pub(crate) fn replace(&mut self, arguments: &[String]) {
        self.end();
        fs::remove_file(self.monitor()).expect("it has left its socket");
        self.child = spawn(&self.folder, arguments);
        self.wait_until_ready();
    }

    /// The socket of its monitor.
    pub(crate) fn monitor(&self) -> PathBuf {
        self.path("gfx.qmp")
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn wait_until_ready(&mut self) {
        if let Err(why) = self.is_ready() {
            panic!("QEMU has ended: {why}");
        }
    }

    /// The socket appears when it listens. Connecting would make this the monitor's client. If it has ended, it has said why.
    fn is_ready(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !self.monitor().exists() {
            let ended = self.child.try_wait().expect("it is a child");
            let log = || fs::read_to_string(self.path("qemu.log")).unwrap_or_default();
            if ended.is_some() {
                return Err(log());
            }
            assert!(Instant::now() < deadline, "QEMU is not ready: {}", log());
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn end(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.end();
    }
}

fn spawn(folder: &TempDir, arguments: &[String]) -> Child {
    let log = fs::File::create(folder.path().join("qemu.log")).expect("a file in it");
    let monitor = folder.path().join("gfx.qmp");
    let monitor = format!("unix:{},server=on,wait=off", monitor.display());
    let mut command = Command::new(PROGRAM);
    command.args(["-nodefaults", "-no-user-config", "-machine", "none", "-S"]);
    command.args(["-display", "none", "-qmp", &monitor]);
    command.args(arguments).current_dir(folder.path());
    command.stdin(Stdio::null());
    command.stdout(log.try_clone().expect("a file")).stderr(log);
    command.spawn().expect("QEMU starts")
}
