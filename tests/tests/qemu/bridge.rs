//! `virt-graphics-bridge` between a real QEMU and a real virsh.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use xdr_tests::viewer::Viewer;

use crate::events::{expected, machine};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program that is ended with the test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Ends it by Ctrl-C, and gives its exit code.
    pub(crate) fn interrupt(&mut self) -> Option<i32> {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill runs").success(), "it is there");
        let mut code = None;
        wait("its end", || {
            let status = self.0.try_wait().expect("it is a child");
            code = status.and_then(|status| status.code());
            status.is_some()
        });
        code
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn wait(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < deadline, "{what} takes too long");
        sleep(Duration::from_millis(20));
    }
}

/// virsh at the bridge, with nothing of this machine's configuration.
fn virsh(folder: &Path, arguments: &[&str]) -> Command {
    let socket = folder.join("libvirt-sock");
    let uri = format!("qemu+unix:///system?socket={}", socket.display());
    let mut command = Command::new("virsh");
    command.args(["-q", "-c", &uri]).args(arguments).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for variable in ["HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"] {
        command.env(variable, folder);
    }
    command.envs([("LC_ALL", "C.UTF-8"), ("LIBVIRT_AUTOSTART", "0")]);
    command.stdin(Stdio::null());
    command
}

#[test]
fn virsh_sees_who_comes_to_the_screen_of_a_plain_qemu() {
    if !xdr_tests::has_program("virsh") {
        return;
    }
    let Some((port, machine)) = machine() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let monitor = format!("plain={}", machine.monitor().display());
    let said = File::create(folder.path().join("said")).expect("a file");
    let mut bridge = Command::new(xdr_tests::program("virt-tools", "virt-graphics-bridge"));
    bridge.args(["--listen", "libvirt-sock", "--qmp", &monitor]);
    bridge.current_dir(folder.path()).stderr(said);
    let mut bridge = Running(bridge.spawn().expect("it starts"));
    wait("the bridge", || {
        fs::read_to_string(folder.path().join("said"))
            .is_ok_and(|said| said.contains(": watched\n"))
    });

    let listed = virsh(folder.path(), &["list", "--name"])
        .output()
        .expect("virsh runs");
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "plain\n");
    let state = virsh(folder.path(), &["domstate", "plain"])
        .output()
        .expect("virsh runs");
    assert_eq!(String::from_utf8_lossy(&state.stdout), "running\n");

    let printed = folder.path().join("printed");
    let mut events = virsh(folder.path(), &["event", "--all", "--loop"]);
    events.stdout(File::create(&printed).expect("a file"));
    let mut events = Running(events.spawn().expect("virsh starts"));
    // It registers for all kinds one after the other, and says nothing when it has.
    sleep(Duration::from_secs(2));
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("QEMU listens");
    let from = stream.local_addr().expect("an address").port();
    Viewer::connect(stream).view();
    let so_far = || fs::read_to_string(&printed).expect("it is text");
    wait("the last event", || so_far().contains(": disconnect "));
    assert_eq!(events.interrupt(), Some(0));
    let visit = expected(
        &format!("IPv4 127.0.0.1 {port}"),
        &format!("IPv4 127.0.0.1 {from}"),
    );
    let visit = visit.replace("'gfx'", "'plain'");
    assert_eq!(
        so_far(),
        format!("{visit}event loop interrupted\nevents received: 3\n")
    );

    assert_eq!(bridge.interrupt(), Some(0));
    assert!(!folder.path().join("libvirt-sock").exists());
}
