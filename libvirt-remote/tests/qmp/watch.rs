//! A QEMU whose monitor comes and goes.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use libvirt_remote::qmp::{Error, Notice, Watch, WatchOptions};
use protocol_defs::graphics::Domain;
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::time::{Instant, timeout};

use crate::peer::{Peer, pair};

const UUID: &str = "6695eb01-f6a4-4304-98aa-97f2502e193f";

/// A QEMU whose monitor is there as often as there are connections.
fn watch(connections: Vec<DuplexStream>, options: WatchOptions) -> Watch {
    let mut connections = VecDeque::from(connections);
    Watch::over("gfx.qmp".to_owned(), options, move || {
        let connection = connections.pop_front();
        async move { connection.ok_or_else(|| io::ErrorKind::ConnectionRefused.into()) }
    })
}

/// Lets the client in, and answers what a watch asks.
async fn let_in(peer: &mut Peer, name: Option<Value>) {
    peer.let_in().await;
    peer.expect("query-uuid", &json!({ "UUID": UUID })).await;
    if let Some(name) = name {
        peer.expect("query-name", &name).await;
    }
}

fn viewer(phase: &str) -> String {
    json!({
        "event": format!("VNC_{phase}"),
        "data": {
            "server": { "family": "ipv4", "service": "5900", "host": "192.0.2.1" },
            "client": { "family": "ipv4", "service": "49152", "host": "192.0.2.7" },
        },
    })
    .to_string()
}

async fn connected(watch: &mut Watch) -> (Domain, bool) {
    match watch.next().await {
        Notice::Connected { domain, again, .. } => (domain, again),
        other => panic!("not connected: {other:?}"),
    }
}

async fn failed(watch: &mut Watch) -> (String, Duration) {
    match watch.next().await {
        Notice::Failed { error, delay } => (error.to_string(), delay),
        other => panic!("not failed: {other:?}"),
    }
}

#[tokio::test]
async fn events_are_told_as_what_they_are() {
    let (near, mut peer) = pair();
    let mut watch = watch(vec![near], WatchOptions::default());
    let qemu = let_in(&mut peer, Some(json!({ "name": "gfx" })));
    let ((domain, again), ()) = tokio::join!(connected(&mut watch), qemu);
    assert_eq!(domain.name, "gfx");
    assert_eq!(domain.uuid.to_string(), UUID);
    assert_eq!(domain.id, 1);
    assert!(!again);
    peer.say(&viewer("CONNECTED")).await;
    peer.event("STOP").await;
    peer.event("VNC_DISCONNECTED").await;
    let Notice::Graphics(event) = watch.next().await else {
        panic!("somebody has come");
    };
    assert_eq!(
        event.to_string(),
        "event 'graphics' for domain 'gfx': connect local[IPv4 192.0.2.1 5900] remote[IPv4 192.0.2.7 49152] "
    );
    assert!(matches!(watch.next().await, Notice::Other(event) if event.name == "STOP"));
    assert!(matches!(watch.next().await, Notice::Dropped(dropped) if dropped.missing == "server"));
}

#[tokio::test]
async fn a_domain_is_called_as_asked_or_as_qemu_says_or_by_its_uuid() {
    let named = WatchOptions {
        name: Some("mine".to_owned()),
        id: 9,
        ..WatchOptions::default()
    };
    for (options, said, expected) in [
        (named, None, ("mine", 9)),
        (
            WatchOptions::default(),
            Some(json!({ "name": "gfx" })),
            ("gfx", 1),
        ),
        (WatchOptions::default(), Some(json!({})), (UUID, 1)),
        (
            WatchOptions::default(),
            Some(json!({ "name": "" })),
            (UUID, 1),
        ),
    ] {
        let (near, mut peer) = pair();
        let mut watch = watch(vec![near], options);
        let ((domain, _), ()) = tokio::join!(connected(&mut watch), let_in(&mut peer, said));
        assert_eq!((domain.name.as_str(), domain.id), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_end_it_connects_again_and_says_so() {
    let (first, mut peer) = pair();
    let (second, mut next) = pair();
    let mut watch = watch(vec![first, second], WatchOptions::default());
    let named = || Some(json!({ "name": "gfx" }));
    tokio::join!(connected(&mut watch), let_in(&mut peer, named()));
    assert!(watch.monitor().is_some());
    drop(peer);
    let (error, wait) = failed(&mut watch).await;
    assert_eq!(
        error,
        "the monitor's connection has ended: QEMU has closed it"
    );
    assert_eq!(wait, Duration::from_millis(100));
    assert!(watch.monitor().is_none());
    let start = Instant::now();
    let ((_, again), ()) = tokio::join!(connected(&mut watch), let_in(&mut next, named()));
    assert!(again);
    assert_eq!(start.elapsed(), wait);
}

#[tokio::test(start_paused = true)]
async fn each_wait_is_twice_as_long_up_to_a_limit() {
    let options = WatchOptions {
        longest_delay: Duration::from_secs(1),
        ..WatchOptions::default()
    };
    let mut watch = watch(Vec::new(), options);
    let mut waits = Vec::new();
    let start = Instant::now();
    for _ in 0..7 {
        let (error, wait) = failed(&mut watch).await;
        assert_eq!(error, "cannot connect to gfx.qmp: connection refused");
        waits.push(wait.as_millis());
    }
    assert_eq!(waits, [100, 200, 400, 800, 1000, 1000, 1000]);
    assert_eq!(start.elapsed().as_millis(), 3500);
}

#[tokio::test(start_paused = true)]
async fn only_a_connection_that_has_lasted_makes_the_next_wait_short() {
    let (short, mut hasty) = pair();
    let (long, mut patient) = pair();
    let options = WatchOptions {
        name: Some("gfx".to_owned()),
        ..WatchOptions::default()
    };
    let mut watch = watch(vec![short, long], options);
    tokio::join!(connected(&mut watch), let_in(&mut hasty, None));
    drop(hasty);
    assert_eq!(failed(&mut watch).await.1, Duration::from_millis(100));
    tokio::join!(connected(&mut watch), let_in(&mut patient, None));
    tokio::time::sleep(Duration::from_secs(10)).await;
    drop(patient);
    assert_eq!(failed(&mut watch).await.1, Duration::from_millis(100));
    assert_eq!(failed(&mut watch).await.1, Duration::from_millis(200));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_goes_on_where_it_was() {
    let mut watch = watch(Vec::new(), WatchOptions::default());
    assert_eq!(failed(&mut watch).await.1, Duration::from_millis(100));
    let start = Instant::now();
    for _ in 0..9 {
        let moment = Duration::from_millis(10);
        assert!(timeout(moment, watch.next()).await.is_err());
    }
    failed(&mut watch).await;
    assert_eq!(start.elapsed(), Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_monitor_is_tried_again_as_well() {
    let (near, mut peer) = pair();
    peer.say("SSH-2.0-x").await;
    let mut watch = watch(vec![near], WatchOptions::default());
    let (error, _) = failed(&mut watch).await;
    assert!(error.contains("line 1 is no message of QMP"), "{error}");
    let Notice::Failed { error, .. } = watch.next().await else {
        panic!("there is no other");
    };
    assert!(matches!(error, Error::Connect { .. }));
}
