//! What it prints where its output is no terminal.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, ExitStatus};
use std::thread::sleep;
use std::time::Duration;

use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::packet::MessageError;
use rustix::process::Signal;
use serde::Deserialize;
use virt_tools::demo;

use crate::daemon::{Daemon, events};
use crate::program::Program;

const DEMO: &str =
    "virt-watch: no URI, so this is a demonstration with made-up names; try qemu:///system\n";

/// How long a daemon lives that is not to hang up.
const LONG: Duration = Duration::from_mins(10);

/// A line of `--json`, read.
#[derive(Deserialize)]
struct Line {
    host: String,
    #[serde(flatten)]
    event: GraphicsEvent,
}

#[test]
fn json_lines_of_the_demonstration_are_exactly_these() {
    let mut program = Program::start(&["--json"]);
    assert_eq!(
        program.line(),
        "{\"host\":\"demo.example\",\"domain\":\"web\",\"uuid\":\"6695eb01-f6a4-4304-98aa-97f2502e193f\",\"id\":3,\
         \"phase\":\"connect\",\"local\":{\"family\":\"ipv4\",\"node\":\"192.0.2.1\",\"service\":\"5900\"},\
         \"remote\":{\"family\":\"ipv4\",\"node\":\"192.0.2.7\",\"service\":\"49152\"},\
         \"auth_scheme\":\"vencrypt+x509+sasl\",\"subject\":[]}\n"
    );
    assert_eq!(
        program.line(),
        "{\"host\":\"demo.example\",\"domain\":\"web\",\"uuid\":\"6695eb01-f6a4-4304-98aa-97f2502e193f\",\"id\":3,\
         \"phase\":\"initialize\",\"local\":{\"family\":\"ipv4\",\"node\":\"192.0.2.1\",\"service\":\"5900\"},\
         \"remote\":{\"family\":\"ipv4\",\"node\":\"192.0.2.7\",\"service\":\"49152\"},\
         \"auth_scheme\":\"vencrypt+x509+sasl\",\
         \"subject\":[{\"type\":\"x509dname\",\"name\":\"CN=ann.example,O=Example Org\"},\
         {\"type\":\"saslUsername\",\"name\":\"ann@demo.example\"}]}\n"
    );
    // The rest of the story, and its beginning again.
    let story = demo::story();
    for scene in story.iter().skip(2).chain(&story[..1]) {
        let line: Line = serde_json::from_str(&program.line()).expect("it is JSON");
        assert_eq!(line.host, "demo.example");
        assert_eq!(line.event, scene.event);
    }
    program.signal(Signal::INT);
    let (status, stderr) = program.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), DEMO));
}

#[test]
fn plain_lines_are_virshs_behind_the_host() {
    let mut program = Program::start(&[]);
    let address = "local[IPv4 192.0.2.1 5900] remote[IPv4 192.0.2.7 49152] vencrypt+x509+sasl";
    for expected in [
        &format!("demo.example: event 'graphics' for domain 'web': connect {address}\n"),
        &format!("demo.example: event 'graphics' for domain 'web': initialize {address}\n"),
        "\tx509dname=CN=ann.example,O=Example Org\n",
        "\tsaslUsername=ann@demo.example\n",
    ] {
        assert_eq!(program.line(), expected);
    }
    program.signal(Signal::TERM);
    assert_eq!(program.end().0.code(), Some(0));
}

#[test]
fn several_hosts_are_watched_at_once() {
    let daemons = ["a.example", "b.example"].map(|host| Daemon::telling(host, events(2), LONG));
    let uris = daemons.each_ref().map(Daemon::uri);
    let mut program = Program::start(&["--json", &uris[0], &uris[1]]);
    let mut hosts = BTreeSet::new();
    // Of the one host there may be some before the other is there.
    for _ in 0..100 {
        let line: Line = serde_json::from_str(&program.line()).expect("it is JSON");
        hosts.insert(line.host);
        if hosts.len() == 2 {
            break;
        }
    }
    assert_eq!(
        hosts.into_iter().collect::<Vec<_>>(),
        ["a.example", "b.example"]
    );
    program.signal(Signal::INT);
    let (status, stderr) = program.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_daemon_that_is_not_there_is_said_to_be_absent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("libvirt-sock");
    let uri = format!("test+unix:///default?socket={}", path.display());
    let (status, stderr) = Program::start(&["--json", &uri]).end();
    assert_eq!(status.code(), Some(1));
    let expected = format!(
        "virt-watch: {uri}: cannot connect to {}: No such file or directory (os error 2)\n  \
         help: is the daemon running there?\n",
        path.display()
    );
    assert_eq!(stderr, expected);
}

#[test]
fn one_that_is_absent_does_not_keep_others_from_being_watched() {
    let daemon = Daemon::telling("a.example", events(1), LONG);
    let mut program = Program::start(&["--json", "nonsense", &daemon.uri()]);
    assert!(program.line().starts_with("{\"host\":\"a.example\","));
    program.signal(Signal::INT);
    let (status, stderr) = program.end();
    assert_eq!(status.code(), Some(0));
    assert_eq!(
        stderr,
        "virt-watch: nonsense: the URI does not begin with a driver, as `qemu:///`\n"
    );
}

#[test]
fn a_daemon_that_refuses_is_quoted() {
    // The daemon's words, with what a terminal would obey.
    let error = MessageError {
        code: 45,
        domain: 7,
        message: Some("authentication failed: \x1b[31mno".to_owned()),
        level: 2,
        ..MessageError::default()
    };
    let daemon = Daemon::refusing(error);
    let (status, stderr) = Program::start(&[&daemon.uri()]).end();
    assert_eq!(status.code(), Some(1));
    let expected = format!(
        "virt-watch: {}: authentication failed: \\u{{1b}}[31mno (code 45, domain 7)\n",
        daemon.uri()
    );
    assert_eq!(stderr, expected);
}

#[test]
fn a_host_that_is_lost_is_watched_again() {
    let daemon = Daemon::telling("a.example", events(1), Duration::from_millis(300));
    let mut program = Program::start(&["--json", &daemon.uri()]);
    // In one connection there is time for six lines at most.
    for _ in 0..7 {
        assert!(program.line().starts_with("{\"host\":\"a.example\","));
    }
    program.signal(Signal::INT);
    let (status, stderr) = program.end();
    assert_eq!(status.code(), Some(0));
    let start = format!("virt-watch: {}: ", daemon.uri());
    let mut lines = stderr.lines();
    assert_eq!(
        lines.next().and_then(|line| line.strip_prefix(&start)),
        Some("the connection has ended: the daemon has closed it; trying again")
    );
    assert_eq!(
        lines.next().and_then(|line| line.strip_prefix(&start)),
        Some("watched again; events may have been missed")
    );
}

#[test]
fn it_ends_when_nobody_reads_any_more() {
    let mut program = Program::start(&["--json"]);
    program.line();
    program.hang_up();
    let (status, stderr) = program.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), DEMO));
}

#[test]
fn a_signal_is_heard_while_nobody_reads() {
    // An event that fills the pipe, and the next one waits.
    let mut event = events(1).remove(0);
    event.domain.name = "x".repeat(200_000);
    let daemon = Daemon::telling("a.example", vec![event], LONG);
    let program = Program::start(&["--json", &daemon.uri()]);
    sleep(Duration::from_millis(500));
    program.signal(Signal::INT);
    assert_eq!(program.end().0.code(), Some(0));
}

#[test]
fn arguments_that_it_does_not_have_are_told() {
    let (status, stderr) = Program::start(&["--jsno"]).end();
    assert_eq!(status.code(), Some(2));
    assert!(stderr.contains("--json"), "{stderr}");
}

#[test]
fn goes_on_watching_when_what_it_says_goes_nowhere() {
    let daemon = Daemon::telling("a.example", events(1), LONG);
    let mut program = Program::start_saying_nothing(&["--json", "nonsense", &daemon.uri()]);
    // A second line shows that it has survived the first.
    for _ in 0..2 {
        assert!(program.line().starts_with("{\"host\":\"a.example\","));
    }
    program.signal(Signal::INT);
    assert_eq!(program.end().0.code(), Some(0));
}

#[test]
fn it_ends_when_nobody_reads_any_more_though_nothing_happens() {
    // One event, and no further one before the test is over.
    let daemon = Daemon::telling_once("a.example", events(1).remove(0));
    let mut program = Program::start(&["--json", &daemon.uri()]);
    program.line();
    program.hang_up();
    let (status, stderr) = program.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn an_empty_uri_is_the_default_one() {
    let daemon = Daemon::telling("a.example", events(1), LONG);
    let mut program = Program::start_in(&[("LIBVIRT_DEFAULT_URI", &daemon.uri())], &["--json", ""]);
    assert!(program.line().starts_with("{\"host\":\"a.example\","));
    program.signal(Signal::INT);
    let (status, stderr) = program.end();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
    // Nobody has asked for it here.
    let mut program = Program::start_in(&[("LIBVIRT_DEFAULT_URI", &daemon.uri())], &["--json"]);
    assert!(program.line().starts_with("{\"host\":\"demo.example\","));
}

#[test]
fn a_password_that_does_not_come_keeps_no_signal_from_being_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo runs").success());
    let file = path.to_str().expect("it is text");
    let program = Program::start(&["--password-file", file, "test:///default"]);
    // Whoever writes there waits until somebody reads.
    let writer = File::options().write(true).open(&path);
    let writer = writer.expect("it can be opened");
    program.signal(Signal::INT);
    assert_eq!(program.end(), (ExitStatus::default(), String::new()));
    drop(writer);
}

#[test]
fn what_is_wrong_with_the_default_uri_is_said_of_it() {
    let program = Program::start_in(&[("LIBVIRT_DEFAULT_URI", "nonsense")], &[""]);
    let (status, said) = program.end();
    assert_eq!(status.code(), Some(1));
    assert_eq!(
        said,
        "virt-watch: the default URI: the URI does not begin with a driver, as `qemu:///`\n"
    );
}

#[test]
fn ctrl_c_that_ends_ssh_as_well_is_no_failure() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ssh");
    // It tells that it is there by a file, and waits.
    let text = format!("#!/bin/sh\n> \"{}.$$\"\nexec sleep 60\n", path.display());
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("it is ours");
    let uri = format!("test+ssh://h/default?command={}", path.display());
    // Both end at once, so that one order of what is heard of it is a matter of luck.
    for count in 2..12 {
        let program = Program::start_leading(&["--json", &uri]);
        while fs::read_dir(folder.path()).expect("a folder").count() < count {
            sleep(Duration::from_millis(10));
        }
        program.signal_all(Signal::INT);
        assert_eq!(program.end(), (ExitStatus::default(), String::new()));
    }
}
