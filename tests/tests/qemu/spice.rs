//! `virt-graphics-bridge` and a viewer by SPICE, of which QEMU tells in other words than of one by VNC.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use libvirt_remote::{Connection, Events};
use protocol_defs::graphics::GraphicsEvent;
use tokio::time::timeout;

use crate::bridge::{Running, wait};
use crate::machine::Machine;

const PATIENCE: Duration = Duration::from_mins(1);

/// A viewer's first channel, as far as QEMU has to be told of it (SPICE protocol, "link").
struct Viewer(TcpStream);

impl Viewer {
    /// Begins a connection.
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("QEMU listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        Self(stream)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().expect("an address").port()
    }

    /// Asks for the main channel, and is let in without a password. The folder is for the key by which it is not sent.
    fn view(&mut self, folder: &Path) {
        // Version 2.2, and 18 bytes: of no session, channel 1, number 0, without capabilities, which would be behind.
        self.write(b"REDQ");
        self.write_numbers(&[2, 2, 18, 0]);
        self.write(&[1, 0]);
        self.write_numbers(&[0, 0, 18]);
        assert_eq!(self.read(4), b"REDQ");
        let header = self.read(12);
        let length = number(&header[8..]);
        let reply = self.read(length);
        assert_eq!(number(&reply), 0, "QEMU refuses");
        let ticket = encrypted(folder, &reply[4..166]);
        self.write(&ticket);
        assert_eq!(number(&self.read(4)), 0, "QEMU does not let it in");
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("QEMU reads");
    }

    fn write_numbers(&mut self, numbers: &[u32]) {
        for number in numbers {
            self.write(&number.to_le_bytes());
        }
    }

    fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).expect("QEMU answers");
        bytes
    }
}

fn number(bytes: &[u8]) -> usize {
    let first = bytes.first_chunk().expect("there are four bytes");
    usize::try_from(u32::from_le_bytes(*first)).expect("it is small")
}

/// The empty password, which ends with a zero, for who has the other half of a key (RSA, OAEP).
fn encrypted(folder: &Path, key: &[u8]) -> Vec<u8> {
    fs::write(folder.join("key.der"), key).expect("a file");
    let mut openssl = Command::new("openssl");
    openssl.args(["pkeyutl", "-encrypt", "-pubin", "-keyform", "DER"]);
    openssl.args(["-inkey", "key.der", "-pkeyopt", "rsa_padding_mode:oaep"]);
    openssl.current_dir(folder);
    openssl.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = openssl.spawn().expect("openssl starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(&[0]).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it is a child");
    assert!(output.status.success());
    output.stdout
}

async fn next(events: &mut Events<GraphicsEvent>) -> String {
    let told = timeout(PATIENCE, events.recv()).await;
    let told = told.expect("in time").expect("there are more");
    told.expect("it can be read").to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_viewer_by_spice_comes_looks_and_goes() {
    if !xdr_tests::has_program("openssl") {
        return;
    }
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    let port = port.expect("there is loopback").port();
    let screen = format!("addr=127.0.0.1,port={port},disable-ticketing=on");
    let Some(machine) = Machine::start_if_it_can(&["-name", "gfx", "-spice", &screen]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let monitor = format!("gfx={}", machine.monitor().display());
    let mut bridge = Command::new(xdr_tests::program("virt-tools", "virt-graphics-bridge"));
    bridge.args(["--listen", "sock", "--qmp", &monitor]);
    bridge.current_dir(folder.path()).stderr(Stdio::null());
    let mut bridge = Running(bridge.spawn().expect("it starts"));
    let socket = folder.path().join("sock");
    wait("the bridge", || socket.exists());
    let uri = format!("qemu+unix:///system?socket={}", socket.display());
    let conn = Connection::open(&uri).await.expect("it listens");
    let events = conn.events::<GraphicsEvent>(None).await;
    let mut events = events.expect("registered");

    let mut viewer = Viewer::connect(port);
    let line = |phase: &str, from: u16, scheme: &str| {
        format!(
            "event 'graphics' for domain 'gfx': {phase} local[IPv4 127.0.0.1 {port}] remote[IPv4 127.0.0.1 {from}] {scheme}"
        )
    };
    let from = viewer.port();
    // How a viewer authenticates QEMU says only once he has.
    assert_eq!(next(&mut events).await, line("connect", from, ""));
    viewer.view(folder.path());
    assert_eq!(next(&mut events).await, line("initialize", from, "none"));
    drop(viewer);
    assert_eq!(next(&mut events).await, line("disconnect", from, ""));
    // One who goes before he is let in.
    let from = {
        let viewer = Viewer::connect(port);
        assert_eq!(next(&mut events).await, line("connect", viewer.port(), ""));
        viewer.port()
    };
    assert_eq!(next(&mut events).await, line("disconnect", from, ""));
    assert_eq!(bridge.interrupt(), Some(0));
}
