//! The program `virt-graphics-bridge`, between a QEMU of a few lines and a client of libvirt's protocol.

mod socket;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use libvirt_remote::Connection;
use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::remote::{
    ConnectListAllDomainsArgs, DomainEventLifecycleMsg, DomainLookupByNameArgs, proc,
};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, socket_with};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::time::timeout;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program, ended with the test.
struct Bridge(Child);

impl Bridge {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_saying(folder, arguments, Stdio::piped())
    }

    fn start_saying(folder: &Path, arguments: &[&str], stderr: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_virt-graphics-bridge"));
        command.args(arguments).env_clear().current_dir(folder);
        command.stdin(Stdio::null()).stderr(stderr);
        Self(command.spawn().expect("it starts"))
    }

    fn is_running(&mut self) -> bool {
        self.0.try_wait().expect("it is a child").is_none()
    }

    /// Sends a signal to it, waits for its end, and gives its exit code and what it has said.
    fn end(mut self, signal: Option<Signal>) -> (Option<i32>, String) {
        if let Some(signal) = signal {
            let id = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
            kill_process(id.expect("it has a number"), signal).expect("it is there");
        }
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.0.try_wait().expect("it is a child") {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            sleep(Duration::from_millis(10));
        };
        let mut said = String::new();
        if let Some(mut stderr) = self.0.stderr.take() {
            stderr.read_to_string(&mut said).expect("it says text");
        }
        (status.code(), said)
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A monitor that has let its client in.
struct Qemu(BufReader<UnixStream>);

impl Qemu {
    /// Waits for the client, and answers what it asks first.
    fn accept(listener: &UnixListener, uuid: &str) -> Self {
        let mut qemu = Self::greet(listener);
        qemu.answer("query-uuid", &json!({ "UUID": uuid }));
        qemu
    }

    /// Waits for the client, and lets it in.
    fn greet(listener: &UnixListener) -> Self {
        let (stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        stream.set_write_timeout(Some(PATIENCE)).expect("a limit");
        let mut qemu = Self(BufReader::new(stream));
        let version = json!({ "qemu": { "major": 7, "minor": 2, "micro": 0 }, "package": "" });
        qemu.say(&json!({ "QMP": { "version": version, "capabilities": [] } }));
        qemu.answer("qmp_capabilities", &json!({}));
        qemu
    }

    fn say(&mut self, line: &Value) {
        let line = format!("{line}\r\n");
        self.0
            .get_mut()
            .write_all(line.as_bytes())
            .expect("the bridge reads");
    }

    fn answer(&mut self, command: &str, value: &Value) {
        let id = self.asked(command);
        self.say(&json!({ "return": value, "id": id }));
    }

    fn refuse(&mut self, command: &str, why: &str) {
        let id = self.asked(command);
        self.say(&json!({ "error": { "class": "GenericError", "desc": why }, "id": id }));
    }

    /// The number of the command that it is asked next.
    fn asked(&mut self, command: &str) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("the bridge asks");
        let mut said: Value = serde_json::from_str(&line).expect("it is JSON");
        assert_eq!(said["execute"], command);
        said["id"].take()
    }

    fn viewer(&mut self, event: &str) {
        self.say(&json!({
            "event": event,
            "data": {
                "server": { "auth": "spice", "family": "ipv4", "port": "5901", "host": "192.0.2.1" },
                "client": { "family": "ipv4", "port": "49152", "host": "192.0.2.7" },
            },
        }));
    }
}

/// A client of the bridge, once it listens.
async fn connect(socket: &Path) -> Connection {
    let uri = format!("qemu+unix:///system?socket={}", socket.display());
    let deadline = Instant::now() + PATIENCE;
    loop {
        match Connection::open(&uri).await {
            Ok(conn) => return conn,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Connects if there is room for one who waits.
fn connect_now(path: &Path) -> rustix::io::Result<OwnedFd> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
}

async fn names(conn: &Connection) -> Vec<String> {
    let args = ConnectListAllDomainsArgs {
        need_results: 1,
        flags: 0,
    };
    let listed = conn.call::<proc::ConnectListAllDomains>(&args).await;
    let domains = listed.expect("they are listed").domains;
    domains
        .into_iter()
        .map(|dom| format!("{} {}", dom.id, dom.name))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_a_qemu_says_is_heard_by_a_client_of_libvirts_protocol() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("libvirt-sock");
    let listener = UnixListener::bind(folder.path().join("web.qmp")).expect("a socket");
    let arguments = [
        "--listen",
        "libvirt-sock",
        "--qmp",
        "db=db.qmp",
        "web=web.qmp",
    ];
    let bridge = Bridge::start(folder.path(), &arguments);
    let mut qemu = Qemu::accept(&listener, "6695eb01-f6a4-4304-98aa-97f2502e193f");
    let conn = connect(&socket).await;
    let hostname = conn.call::<proc::ConnectGetHostname>(&()).await;
    assert!(!hostname.expect("it has a name").hostname.is_empty());
    let mut events = conn
        .events::<GraphicsEvent>(None)
        .await
        .expect("registered");
    // What is not about a viewer, or says too little, is passed over.
    qemu.say(&json!({ "event": "STOP" }));
    qemu.viewer("VNC_CONNECTED");
    qemu.viewer("SPICE_CONNECTED");
    let event = events.recv().await.expect("an event").expect("a good one");
    assert_eq!(
        event.to_string(),
        "event 'graphics' for domain 'web': connect local[IPv4 192.0.2.1 5901] remote[IPv4 192.0.2.7 49152] spice"
    );
    assert_eq!(
        event.domain.uuid.to_string(),
        "6695eb01-f6a4-4304-98aa-97f2502e193f"
    );
    assert_eq!(names(&conn).await, ["2 web"]);
    let absent = DomainLookupByNameArgs {
        name: "db".to_owned(),
    };
    let absent = conn.call::<proc::DomainLookupByName>(&absent).await;
    let absent = absent.expect_err("it is not watched").to_string();
    assert!(
        absent.contains("no QEMU that is watched now is this domain"),
        "{absent}"
    );

    // Another QEMU at the same place, without a UUID.
    drop(qemu);
    let mut qemu = Qemu::accept(&listener, "00000000-0000-0000-0000-000000000000");
    qemu.viewer("SPICE_DISCONNECTED");
    let event = events.recv().await.expect("an event").expect("a good one");
    assert_eq!(event.phase.to_string(), "disconnect");
    assert_ne!(event.domain.uuid.0, [0; 16]);

    let (code, said) = bridge.end(Some(Signal::TERM));
    assert_eq!(code, Some(0));
    assert!(!socket.exists());
    let line = |text: &str| format!("virt-graphics-bridge: {text}\n");
    let mut expected = [
        line("db: cannot connect to db.qmp: No such file or directory (os error 2); trying again"),
        line("web: watched"),
        line("web: VNC_CONNECTED is dropped: it has no string `data.server.service`"),
        line("web: the monitor's connection has ended: QEMU has closed it; trying again"),
        line("web: watched again; events may have been missed"),
    ];
    // The two have no order between them.
    let mut said: Vec<_> = said.split_inclusive('\n').collect();
    said.sort_unstable();
    expected.sort_unstable();
    assert_eq!(said, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn that_a_qemu_has_gone_is_told_once_with_its_viewers() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("libvirt-sock");
    let path = folder.path().join("web.qmp");
    let listener = UnixListener::bind(&path).expect("a socket");
    let arguments = ["--listen", "libvirt-sock", "--qmp", "web=web.qmp"];
    let bridge = Bridge::start(folder.path(), &arguments);
    let qemu = Qemu::accept(&listener, "00000000-0000-0000-0000-000000000000");
    let conn = connect(&socket).await;
    let events = conn.events::<DomainEventLifecycleMsg>(None).await;
    let mut events = events.expect("registered");
    drop((qemu, listener));
    let event = timeout(PATIENCE, events.recv()).await.expect("in time");
    let event = event.expect("an event").expect("a good one");
    // Stopped, as its emulator failed.
    assert_eq!((event.event, event.detail), (5, 5));
    assert_eq!(event.dom.name, "web");
    assert_ne!(event.dom.uuid, [0; 16]);
    assert_eq!(names(&conn).await, [""; 0]);
    // That it is still not there is no news.
    let more = timeout(Duration::from_millis(500), events.recv()).await;
    assert!(more.is_err(), "{more:?}");
    assert_eq!(bridge.end(Some(Signal::TERM)).0, Some(0));
}

/// A bridge to a QEMU which tells of viewers, after what it has to say first, as long as somebody hears it.
async fn is_served(stderr: Stdio, is_read: bool, first: impl FnOnce(&mut Qemu)) {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("web.qmp")).expect("a socket");
    let arguments = ["--listen", "sock", "--qmp", "web=web.qmp"];
    let mut bridge = Bridge::start_saying(folder.path(), &arguments, stderr);
    if !is_read {
        drop(bridge.0.stderr.take());
    }
    let mut qemu = Qemu::accept(&listener, "6695eb01-f6a4-4304-98aa-97f2502e193f");
    let conn = connect(&folder.path().join("sock")).await;
    let events = conn.events::<GraphicsEvent>(None).await;
    let mut events = events.expect("registered");
    first(&mut qemu);
    qemu.viewer("SPICE_CONNECTED");
    let event = timeout(PATIENCE, events.recv()).await.expect("in time");
    let event = event.expect("an event").expect("a good one");
    assert_eq!(event.phase.to_string(), "connect");
    assert_eq!(bridge.end(Some(Signal::TERM)).0, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn goes_on_serving_when_what_it_says_goes_nowhere() {
    is_served(Stdio::piped(), false, |_| {}).await;
    let full = File::options().write(true).open("/dev/full");
    is_served(full.expect("it is there").into(), true, |_| {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn goes_on_serving_when_nobody_reads_what_it_says() {
    // Each is a line of some 80 bytes, and the pipe takes 64 KiB.
    let dropped = |qemu: &mut Qemu| (0..2000).for_each(|_| qemu.viewer("VNC_CONNECTED"));
    is_served(Stdio::piped(), true, dropped).await;
}

#[test]
fn what_a_qemu_says_of_itself_is_not_obeyed_by_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("web.qmp")).expect("a socket");
    let bridge = Bridge::start(folder.path(), &["--listen", "sock", "--qmp", "web=web.qmp"]);
    let mut qemu = Qemu::greet(&listener);
    qemu.refuse("query-uuid", "no\x1b[2J\u{202e}\nnever");
    // It has heard that when it comes again.
    drop(qemu);
    Qemu::greet(&listener);
    let (code, said) = bridge.end(Some(Signal::TERM));
    assert_eq!(code, Some(0));
    let first = said.lines().next().expect("it says something");
    assert_eq!(
        first,
        "virt-graphics-bridge: web: query-uuid: no\\u{1b}[2J\\u{202e}\\u{a}never (GenericError); trying again"
    );
}
