//! The program `virt-watch` at a real daemon. The test driver has no screens; what is seen is that it gets in, stays, and
//! ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::daemon::{Daemon, errors};

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
        let mut command = command(uri);
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
