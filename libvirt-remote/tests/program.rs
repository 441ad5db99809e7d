//! Programs on the way to a daemon: what SSH would run on its host, and what becomes of a connection through one.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use libvirt_remote::daemon::{Daemon, Router, serve};
use libvirt_remote::uri::{Endpoint, Surroundings, Uri};
use libvirt_remote::{Connection, Error, Options, Transport};
use protocol_defs::remote::{ConnectGetHostnameRet, proc};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A program of the shell. Another process writes it: while one of this process's has it open for writing, as a child that
/// is being started may, it cannot be run.
fn program(folder: &Path, name: &str, text: &str) -> PathBuf {
    let (source, program) = (folder.join(format!("{name}.sh")), folder.join(name));
    fs::write(&source, format!("#!/bin/bash\n{text}\n")).expect("a file in it");
    let mut install = Command::new("install");
    let installed = install
        .args(["-m", "755"])
        .args([&source, &program])
        .status();
    assert!(installed.expect("install runs").success());
    program
}

fn uri(text: &str) -> Uri {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What the shell of an SSH host is given.
fn remote_command(text: &str, read_only: bool) -> String {
    match uri(text).endpoint(read_only, &Surroundings::default()) {
        Ok(Endpoint::Program { mut arguments, .. }) => arguments.pop().expect("there is a command"),
        other => panic!("{text}: {other:?}"),
    }
}

/// Runs it as the shell of a host does that has only these programs, and a home.
fn on_host(folder: &Path, command: &str) -> String {
    let mut shell = Command::new("/bin/sh");
    shell.env_clear().env("HOME", "/home/ann");
    shell.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let output = shell.arg("-c").arg(command).output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {errors}");
    String::from_utf8(output.stdout).expect("it is text")
}

/// Prints its name and its arguments.
const ECHO: &str = r#"printf '%s' "${0##*/}"; printf ' [%s]' "$@""#;

#[test]
fn the_hosts_shell_runs_the_helper_or_netcat() {
    let folder = folder();
    program(folder.path(), "virt-ssh-helper", ECHO);
    program(folder.path(), "nc", ECHO);
    for (text, read_only, ran) in [
        (
            "qemu+ssh://h/system",
            false,
            "virt-ssh-helper [--] [qemu:///system]",
        ),
        (
            "qemu+ssh://h/system",
            true,
            "virt-ssh-helper [-r] [--] [qemu:///system]",
        ),
        (
            "qemu+ssh://h/system?proxy=native&mode=legacy",
            false,
            "virt-ssh-helper [--] [qemu:///system]",
        ),
        (
            "qemu+ssh://h/system?proxy=netcat",
            false,
            "nc [-U] [/var/run/libvirt/libvirt-sock]",
        ),
        (
            "qemu+ssh://h/system?mode=legacy",
            true,
            "nc [-U] [/var/run/libvirt/libvirt-sock-ro]",
        ),
        (
            "qemu+ssh://h/session?proxy=netcat",
            false,
            "nc [-U] [/home/ann/.cache/libvirt/libvirt-sock]",
        ),
        (
            "qemu+ssh://h/system?netcat=nc&socket=/srv/it's%20$HOME%60%22",
            false,
            "nc [-U] [/srv/it's $HOME`\"]",
        ),
        (
            "test+ssh://h/it's%20$HOME%60%22;x",
            false,
            "virt-ssh-helper [--] [test:///it's%20$HOME%60%22;x]",
        ),
    ] {
        let command = remote_command(text, read_only);
        assert_eq!(on_host(folder.path(), &command), ran, "{text}");
    }
}

#[test]
fn a_host_without_the_helper_has_netcat_told_to_end_if_it_can_be() {
    let folder = folder();
    let help = r#"if [ "$1" = -h ]; then echo "-q secs  quit" >&2; exit 1; fi"#;
    program(folder.path(), "nc", &format!("{help}\n{ECHO}"));
    // Unless this host has the helper.
    let command =
        remote_command("qemu+ssh://h/system", false).replace("virt-ssh-helper", "no-helper");
    assert_eq!(
        on_host(folder.path(), &command),
        "nc [-q] [0] [-U] [/var/run/libvirt/libvirt-sock]"
    );
}

/// A daemon at a port of loopback.
async fn daemon() -> (Daemon, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let router = Router::new().always::<proc::ConnectGetHostname>(&ConnectGetHostnameRet {
        hostname: "h".repeat(1 << 20),
    });
    (serve(listener, router), port)
}

/// Hands on between its standard input and output and a port.
fn relay(port: u16) -> String {
    format!("exec 3<>/dev/tcp/127.0.0.1/{port}; cat <&3 & cat >&3; kill $!")
}

async fn open(text: &str) -> Result<Connection, Error> {
    let options = Options {
        open_timeout: Duration::from_secs(20),
        keepalive: None,
        ..Options::default()
    };
    Connection::open_with(&uri(text), options).await
}

#[tokio::test]
async fn calls_go_through_a_program() {
    let (folder, (_daemon, port)) = (folder(), daemon().await);
    let program = program(folder.path(), "relay", &relay(port));
    for transport in ["ext", "ssh"] {
        let text = format!(
            "test+{transport}://host.example/default?command={}",
            program.display()
        );
        let conn = open(&text).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(conn.client().is_private(), transport == "ssh");
        assert!(!conn.client().passes_descriptors());
        let name = conn.call::<proc::ConnectGetHostname>(&()).await;
        assert_eq!(name.expect("it is answered").hostname.len(), 1 << 20);
        conn.close().await.expect("it closes");
    }
}

#[tokio::test]
async fn a_program_that_fails_says_why() {
    let folder = folder();
    for (text, expected) in [
        (
            "echo 'banner' >&2; echo 'ssh: no host of this name' >&2; exit 255",
            "the connection has ended: banner\nssh: no host of this name",
        ),
        (
            "exit 3",
            "the connection has ended: the program ended: exit status: 3",
        ),
        (
            "echo 'a warning' >&2",
            "the connection has ended: the daemon has closed it",
        ),
        (
            // Somebody keeps the pipe open, as a shared connection of SSH's does.
            "sleep 30 >/dev/null <&- & echo 'refused' >&2; exit 1",
            "the connection has ended: refused",
        ),
        (
            "head -c 1000000 /dev/zero | tr '\\0' x >&2; echo ' the end' >&2; exit 1",
            "the end",
        ),
    ] {
        let program = program(folder.path(), "fails", text);
        let error = open(&format!(
            "test+ext:///default?command={}",
            program.display()
        ))
        .await;
        let error = error.expect_err("it fails").to_string();
        assert!(error.ends_with(expected), "{text}: {error}");
        assert!(error.len() < 3000, "{} bytes", error.len());
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_no_way_to_a_daemon() {
    let error = open("qemu+ssh://host.example/system?command=/no/such/program").await;
    assert_eq!(
        error.expect_err("there is none").to_string(),
        "cannot connect to the daemon behind /no/such/program: No such file or directory (os error 2)"
    );
}

#[tokio::test]
async fn a_program_ends_with_its_connection() {
    let (folder, (_daemon, port)) = (folder(), daemon().await);
    let id = folder.path().join("id");
    let relay = format!("echo $$ > {}; {}", id.display(), relay(port));
    let program = program(folder.path(), "relay", &relay);
    let transport = Transport::program(Command::new(program)).expect("it runs");
    let uri = uri("test:///default");
    let conn = Connection::open_over(transport, &uri, Options::default()).await;
    let conn = conn.unwrap_or_else(|error| panic!("{error}"));
    let id = fs::read_to_string(id).expect("it has written it");
    let place = PathBuf::from(format!("/proc/{}", id.trim()));
    assert!(place.exists());
    drop(conn);
    let deadline = Instant::now() + Duration::from_secs(10);
    while place.exists() {
        assert!(Instant::now() < deadline, "it is still there");
        sleep(Duration::from_millis(10)).await;
    }
}

/// It neither reads nor says anything, and does not end when it is told that no more comes.
#[tokio::test]
async fn a_program_that_hangs_is_given_up() {
    let folder = folder();
    let program = program(folder.path(), "hangs", "exec sleep 60");
    let options = Options {
        open_timeout: Duration::from_millis(200),
        ..Options::default()
    };
    let uri = uri(&format!(
        "test+ext:///default?command={}",
        program.display()
    ));
    let opened = timeout(
        Duration::from_secs(10),
        Connection::open_with(&uri, options),
    )
    .await;
    let error = opened.expect("it ends").expect_err("nobody answers");
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
}
