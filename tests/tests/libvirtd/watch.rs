//! The program `virt-watch` at a real daemon. The test driver has no screens; what is seen is that it gets in, stays, and
//! ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::daemon::{Daemon, errors};
use crate::ways_in::{PASSWORD, USER, with_sasl};

/// The program, ended with the test.
struct Watch {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

fn command(uri: &str) -> Command {
    let mut command = Command::new(xdr_tests::program("virt-tools", "virt-watch"));
    command.args(["--json", uri]).stdin(Stdio::null());
    command
}

impl Watch {
    fn start(uri: &str) -> Self {
        Self::start_command(command(uri))
    }

    fn start_command(mut command: Command) -> Self {
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let stderr = child.stderr.take().expect("it is piped");
        let stderr = BufReader::new(stderr);
        Self { child, stderr }
    }

    /// What it says next of what goes wrong.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).expect("it says text");
        line
    }

    /// Ends it by Ctrl-C.
    fn interrupt(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill runs").success(), "it is there");
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            if let Some(status) = self.child.try_wait().expect("it is a child") {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not end");
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_outlives_its_daemon_and_ends_when_it_is_asked_to() {
    let Some(mut daemon) = Daemon::start() else {
        return;
    };
    let uri = daemon.uri("test:///default");
    let mut watch = Watch::start(&uri);
    // It has to be there when the daemon goes.
    sleep(Duration::from_secs(2));
    daemon.kill();
    let start = format!("virt-watch: {uri}: ");
    let line = watch.line();
    assert!(line.starts_with(&start), "{line}");
    assert!(line.ends_with("; trying again\n"), "{line}");
    daemon.restart();
    assert_eq!(
        watch.line(),
        format!("{start}watched again; events may have been missed\n")
    );
    assert_eq!(watch.interrupt(), Some(0));
}

#[test]
fn a_driver_that_the_daemon_does_not_have_is_told_in_its_words() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let uri = daemon.uri("nonsense:///system");
    let output = command(&uri).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let said = errors(&output);
    let expected =
        format!("virt-watch: {uri}: no connection driver available for nonsense:///system");
    assert!(said.starts_with(&expected), "{said}");
}

#[test]
fn it_gets_in_by_sasl_with_a_password_from_a_file_or_from_auth_conf() {
    let Some(daemon) = with_sasl() else {
        return;
    };
    let socket = daemon.uri("test:///default");
    let (_, query) = socket.split_once('?').expect("it names the socket");
    let user = USER.replace('@', "%40");
    let named = format!("test+unix://{user}@/default?{query}");
    let file = |name: &str, text: &str| {
        fs::write(daemon.path(name), text).expect("a file");
        daemon.path(name)
    };
    let password = file("password", &format!("{PASSWORD}\n"));
    let auth = format!(
        "[auth-libvirt-localhost]\ncredentials=lab\n[credentials-lab]\nauthname={USER}\npassword={PASSWORD}\n"
    );
    let auth = file("auth.conf", &auth);
    let mut by_file = command(&named);
    by_file.arg("--password-file").arg(&password);
    let mut by_conf = command(&socket);
    by_conf.env("LIBVIRT_AUTH_FILE", &auth);
    for command in [by_file, by_conf] {
        let mut watch = Watch::start_command(command);
        // A host that cannot be watched ends it.
        sleep(Duration::from_secs(2));
        assert!(
            watch.child.try_wait().expect("it is a child").is_none(),
            "{}",
            watch.line()
        );
        assert_eq!(watch.interrupt(), Some(0));
    }
    let output = command(&named).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("the daemon asks for a user and a password\n  help: "),
        "{said}"
    );
}
