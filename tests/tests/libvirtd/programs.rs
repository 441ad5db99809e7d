//! Programs on the way to a daemon: that libvirt's client gives SSH the same arguments, and that libvirt's helper on the
//! other side gets there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libvirt_remote::Connection;
use libvirt_remote::uri::{Endpoint, Surroundings, Uri};
use protocol_defs::remote::proc;

use crate::daemon::{Daemon, become_account, command, errors, give_away, has};

/// A program of the shell that everybody may run. Another process writes it: one that this process has open for writing,
/// or a child of it that is being started, cannot be run.
fn program(folder: &Path, name: &str, text: &str) -> PathBuf {
    let (source, program) = (folder.join(format!("{name}.sh")), folder.join(name));
    fs::write(&source, format!("#!/bin/sh\n{text}\n")).expect("a file in it");
    let mut install = Command::new("install");
    let installed = install
        .args(["-m", "755"])
        .args([&source, &program])
        .status();
    assert!(installed.expect("install runs").success());
    give_away(folder);
    program
}

#[test]
fn ssh_gets_the_arguments_that_libvirts_client_gives_it() {
    if !has("virsh") {
        return xdr_tests::skip("there is no virsh here");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let said = folder.path().join("said");
    // The last one, the command for the host, is a text of ours.
    let text = format!(
        "for it; do printf '%s\\0' \"$it\"; done > {}; exit 1",
        said.display()
    );
    let ssh = program(folder.path(), "ssh", &text);
    for place in [
        "host.example/system?",
        "/system?",
        "ann@host.example:2222/system?no_verify=1&no_tty=1&keyfile=/keys/a%20b&",
        "[2001:db8::7]/session?proxy=native&",
        "host.example/system?proxy=netcat&netcat=/opt/nc&socket=/srv/sock&",
        "-oProxyCommand=x/system?mode=legacy&",
    ] {
        let text = format!("qemu+ssh://{place}command={}", ssh.display());
        let mut virsh = command("virsh", folder.path());
        let output = virsh
            .args(["-c", &text, "uri"])
            .output()
            .expect("virsh runs");
        let printed = fs::read_to_string(&said);
        let printed = printed.unwrap_or_else(|_| panic!("{text}: {}", errors(&output)));
        fs::remove_file(&said).expect("it is there");
        let words: Vec<_> = printed.split_terminator('\0').collect();
        let (_, words) = words.split_last().expect("there is a command");
        let uri: Uri = text
            .parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let Ok(Endpoint::Program { mut arguments, .. }) =
            uri.endpoint(false, &Surroundings::default())
        else {
            panic!("{text} is no program");
        };
        arguments.pop().expect("there is a command");
        assert_eq!(arguments, words, "{text}");
    }
}

/// A program instead of SSH, for which this host is every host: it runs the command in the daemon's surroundings.
fn ssh(daemon: &Daemon) -> PathBuf {
    let run = daemon.path("run");
    let text = format!(
        "for it; do :; done; XDG_RUNTIME_DIR={run}; export XDG_RUNTIME_DIR; exec {become} sh -c \"$it\"",
        run = run.display(),
        become = become_account().join(" "),
    );
    program(&daemon.path("cache"), "ssh", &text)
}

#[tokio::test]
async fn libvirts_helper_leads_to_its_daemon() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    if !has("virt-ssh-helper") {
        return xdr_tests::skip("there is no virt-ssh-helper here");
    }
    // Of the drivers with sessions that the helper knows, the one that is there.
    let uri = daemon.virsh("qemu:///session", &["uri"]).output();
    if errors(&uri.expect("virsh runs")).contains("no connection driver") {
        return xdr_tests::skip("libvirtd has no driver for QEMU");
    }
    let text = format!(
        "qemu+ssh://host.example/session?command={}",
        ssh(&daemon).display()
    );
    let conn = Connection::open(&text).await;
    let conn = conn.unwrap_or_else(|error| panic!("{error}"));
    let hostname = conn.call::<proc::ConnectGetHostname>(&()).await;
    assert_eq!(
        hostname.expect("an answer").hostname,
        daemon.virsh_says("qemu:///session", &["hostname"]).trim()
    );
    conn.close().await.expect("it closes");
}
