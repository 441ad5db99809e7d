//! What a watch tells of viewers.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use libvirt_remote::qmp::{Error, Monitor, Notice, Options, Watch, WatchOptions};
use protocol_defs::graphics::{Domain, GraphicsEvent};
use serde_json::Value;
use tokio::time::timeout;
use xdr_tests::viewer::Viewer;

use crate::machine::Machine;

const UUID: &str = "6695eb01-f6a4-4304-98aa-97f2502e193f";

/// QEMU counts ports of screens from here.
const FIRST_PORT: u16 = 5900;

/// What a QEMU with a name and a screen is started with.
fn named(screen: &str) -> Vec<String> {
    let words = ["-name", "gfx", "-uuid", UUID, "-vnc", screen];
    words.map(str::to_owned).into()
}

/// A port that nobody has now and QEMU can name, and the screen at it.
fn screen(address: IpAddr) -> Option<(u16, String)> {
    loop {
        let port = TcpListener::bind((address, 0))
            .ok()?
            .local_addr()
            .ok()?
            .port();
        if port >= FIRST_PORT {
            let host = match address {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            };
            return Some((port, format!("{host}:{}", port - FIRST_PORT)));
        }
    }
}

/// A machine with a screen at a port of loopback.
#[track_caller]
pub(crate) fn machine() -> Option<(u16, Machine)> {
    let (port, screen) = screen(Ipv4Addr::LOCALHOST.into()).expect("there is loopback");
    Machine::start(|_| named(&screen)).map(|machine| (port, machine))
}

async fn next(watch: &mut Watch) -> Notice {
    let told = timeout(Duration::from_mins(1), watch.next()).await;
    told.expect("there is something to tell")
}

async fn connected(watch: &mut Watch) -> (Domain, bool) {
    match next(watch).await {
        Notice::Connected { domain, again, .. } => (domain, again),
        other => panic!("not connected: {other:?}"),
    }
}

async fn graphics(watch: &mut Watch) -> GraphicsEvent {
    loop {
        match next(watch).await {
            Notice::Graphics(event) => return event,
            Notice::Other(_) => {}
            other => panic!("no event: {other:?}"),
        }
    }
}

/// The three events of a visit, in lines.
async fn visit(watch: &mut Watch) -> String {
    let mut lines = String::new();
    for _ in 0..3 {
        let _ = writeln!(lines, "{}", graphics(watch).await);
    }
    lines
}

/// What the events of a visit should be.
pub(crate) fn expected(local: &str, remote: &str) -> String {
    ["connect", "initialize", "disconnect"]
        .map(|phase| {
            format!(
                "event 'graphics' for domain 'gfx': {phase} local[{local}] remote[{remote}] none\n"
            )
        })
        .concat()
}

#[tokio::test]
async fn a_viewer_comes_looks_and_goes() {
    let Some((port, machine)) = machine() else {
        return;
    };
    let mut watch = Watch::new(machine.monitor(), WatchOptions::default());
    let (domain, again) = connected(&mut watch).await;
    assert_eq!((domain.name.as_str(), again), ("gfx", false));
    assert_eq!(domain.uuid.to_string(), UUID);
    for _ in 0..2 {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("QEMU listens");
        let from = stream.local_addr().expect("an address").port();
        let mut viewer = Viewer::connect(stream);
        viewer.view();
        let monitor = watch.monitor().expect("it is connected");
        let vnc = monitor.query_vnc().await.expect("QEMU answers");
        let client = vnc.clients.first().expect("somebody is there");
        assert_eq!(client.service, from.to_string());
        drop(viewer);
        assert_eq!(
            visit(&mut watch).await,
            expected(
                &format!("IPv4 127.0.0.1 {port}"),
                &format!("IPv4 127.0.0.1 {from}")
            )
        );
    }
}

#[tokio::test]
async fn a_viewer_may_come_over_ipv6() {
    let Some((port, screen)) = screen(Ipv6Addr::LOCALHOST.into()) else {
        xdr_tests::skip("there is no IPv6 here");
        return;
    };
    let Some(machine) = Machine::start(|_| named(&screen)) else {
        return;
    };
    let mut watch = Watch::new(machine.monitor(), WatchOptions::default());
    connected(&mut watch).await;
    let stream = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).expect("QEMU listens");
    let from = stream.local_addr().expect("an address").port();
    Viewer::connect(stream).view();
    let expected = expected(&format!("IPv6 ::1 {port}"), &format!("IPv6 ::1 {from}"));
    assert_eq!(visit(&mut watch).await, expected);
}

#[tokio::test]
async fn a_viewer_at_a_unix_socket_has_no_address() {
    let machine = Machine::start(|folder| {
        let path = folder.path().join("gfx.vnc");
        named(&format!("unix:{}", path.display()))
    });
    let Some(machine) = machine else {
        return;
    };
    let mut watch = Watch::new(machine.monitor(), WatchOptions::default());
    connected(&mut watch).await;
    let path = machine.path("gfx.vnc");
    Viewer::connect(UnixStream::connect(&path).expect("QEMU listens")).view();
    let expected = expected(&format!("unix  {}", path.display()), "unix  ");
    assert_eq!(visit(&mut watch).await, expected);
}

#[tokio::test]
async fn a_qemu_that_ends_is_watched_again_when_another_is_there() {
    let Some((port, mut machine)) = machine() else {
        return;
    };
    let mut watch = Watch::new(machine.monitor(), WatchOptions::default());
    assert!(!connected(&mut watch).await.1);
    machine.replace(&named(&format!("127.0.0.1:{}", port - FIRST_PORT)));
    let mut failures = 0;
    let again = loop {
        match next(&mut watch).await {
            Notice::Failed { .. } => failures += 1,
            Notice::Connected { again, .. } => break again,
            other => panic!("nothing else has happened: {other:?}"),
        }
    };
    assert!(again && failures >= 1);
    Viewer::connect(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("QEMU listens"));
    assert_eq!(graphics(&mut watch).await.phase.to_string(), "connect");
}

#[tokio::test]
async fn a_monitor_has_one_client() {
    let Some((_, machine)) = machine() else {
        return;
    };
    let first = Monitor::connect(&machine.monitor(), Options::default()).await;
    let mut first = first.unwrap_or_else(|error| panic!("{error}"));
    let options = Options {
        timeout: Duration::from_millis(500),
        ..Options::default()
    };
    let second = Monitor::connect(&machine.monitor(), options).await;
    assert!(matches!(second, Err(Error::Timeout { .. })), "{second:?}");
    assert_eq!(
        first.query_name().await.expect("answered").as_deref(),
        Some("gfx")
    );
}

#[tokio::test]
async fn what_qemu_cannot_do_is_an_error_and_what_it_says_at_length_is_read() {
    let Some((_, machine)) = machine() else {
        return;
    };
    let monitor = Monitor::connect(&machine.monitor(), Options::default()).await;
    let mut monitor = monitor.unwrap_or_else(|error| panic!("{error}"));
    assert!(monitor.version().numbers[0] >= 4, "{}", monitor.version());
    let error = monitor.execute::<Value>("no-such-command", None).await;
    let error = error.expect_err("there is none").to_string();
    assert!(error.ends_with("(CommandNotFound)"), "{error}");
    // Some 200 kB in one line.
    let schema = monitor
        .execute::<Vec<Value>>("query-qmp-schema", None)
        .await;
    assert!(schema.expect("answered").len() > 500);
    let name = monitor.query_name().await;
    assert_eq!(name.expect("answered").as_deref(), Some("gfx"));
}
