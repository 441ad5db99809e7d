//! Events, and what virsh prints of the same.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Duration;

use libvirt_remote::{Connection, EventError, Events, Options, ReconnectOptions};
use protocol_defs::events::{KINDS, ObjectKind};
use protocol_defs::remote::{self, proc};
use tokio::time::{sleep, timeout};

use crate::daemon::Daemon;

#[test]
fn kinds_are_called_as_virsh_calls_them_and_have_its_numbers() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    for (object, command) in [
        (ObjectKind::Domain, "event"),
        (ObjectKind::Network, "net-event"),
        (ObjectKind::StoragePool, "pool-event"),
        (ObjectKind::NodeDevice, "nodedev-event"),
        (ObjectKind::Secret, "secret-event"),
    ] {
        let listed = daemon.virsh_says("test:///default", &[command, "--list"]);
        let kinds = KINDS.iter().filter(|kind| kind.object == object);
        let names: Vec<_> = kinds.map(|kind| kind.name).collect();
        assert_eq!(listed.lines().collect::<Vec<_>>(), names, "{command}");
    }
}

/// Suspends, resumes, ends and starts the domain, and waits a little before each.
async fn live(conn: &Connection) {
    let args = remote::DomainLookupByNameArgs {
        name: "test".to_owned(),
    };
    let found = conn.call::<proc::DomainLookupByName>(&args).await;
    let dom = found.expect("the test driver has it").dom;
    let pause = || sleep(Duration::from_millis(50));
    pause().await;
    let args = remote::DomainSuspendArgs { dom: dom.clone() };
    conn.call::<proc::DomainSuspend>(&args)
        .await
        .expect("it suspends");
    pause().await;
    let args = remote::DomainResumeArgs { dom: dom.clone() };
    conn.call::<proc::DomainResume>(&args)
        .await
        .expect("it resumes");
    pause().await;
    let args = remote::DomainDestroyArgs { dom: dom.clone() };
    conn.call::<proc::DomainDestroy>(&args)
        .await
        .expect("it ends");
    pause().await;
    let args = remote::DomainCreateArgs { dom };
    conn.call::<proc::DomainCreate>(&args)
        .await
        .expect("it starts");
}

/// virsh's words for the lifecycle (`virDomainEventType` and its details), as far as a domain lives here.
fn in_words(event: &remote::DomainEventLifecycleMsg) -> String {
    let words = match (event.event, event.detail) {
        (2, 0) => "Started Booted",
        (3, 0) => "Suspended Paused",
        (4, 0) => "Resumed Unpaused",
        (5, 1) => "Stopped Destroyed",
        other => panic!("not what a domain does here: {other:?}"),
    };
    format!("event 'lifecycle' for domain '{}': {words}", event.dom.name)
}

#[tokio::test]
async fn a_domains_life_is_the_one_that_virsh_sees() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let arguments = ["event", "--event", "lifecycle", "--loop", "--timeout", "60"];
    let mut virsh = daemon.virsh("test:///default", &arguments);
    let mut virsh = virsh.stdout(Stdio::piped()).spawn().expect("virsh runs");
    let conn = daemon.open().await;
    let mut all = conn
        .events::<remote::DomainEventLifecycleMsg>(None)
        .await
        .expect("registered");
    let args = remote::DomainLookupByNameArgs {
        name: "test".to_owned(),
    };
    let found = conn
        .call::<proc::DomainLookupByName>(&args)
        .await
        .expect("it is there")
        .dom;
    let one = conn
        .events::<remote::DomainEventLifecycleMsg>(Some(found.clone()))
        .await;
    let mut one = one.expect("registered");
    let other = remote::NonnullDomain {
        uuid: [7; 16],
        ..found
    };
    let none = conn
        .events::<remote::DomainEventLifecycleMsg>(Some(other))
        .await;
    // virsh has to be there, too.
    sleep(Duration::from_millis(500)).await;
    live(&conn).await;

    let mut seen = Vec::new();
    for _ in 0..4 {
        let event = all.recv().await.expect("an event").expect("a good one");
        seen.push(in_words(&event));
        let event = one.recv().await.expect("an event").expect("a good one");
        assert_eq!(seen.last(), Some(&in_words(&event)));
    }
    let stdout = BufReader::new(virsh.stdout.take().expect("it is piped"));
    let printed: Vec<_> = stdout
        .lines()
        .take(4)
        .map(|line| line.expect("a line"))
        .collect();
    virsh.kill().expect("it runs");
    virsh.wait().expect("it is a child");
    assert_eq!(seen, printed);
    let Ok(mut none) = none else {
        // Some versions refuse a domain that does not exist.
        return;
    };
    let soon = Duration::from_millis(100);
    assert!(
        timeout(soon, none.recv()).await.is_err(),
        "no event of another domain"
    );
}

#[tokio::test]
async fn a_stream_that_is_dropped_gets_no_more_and_others_do() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    for _ in 0..3 {
        let dropped = conn.events::<remote::DomainEventLifecycleMsg>(None).await;
        drop(dropped.expect("registered"));
    }
    let mut events = conn
        .events::<remote::DomainEventLifecycleMsg>(None)
        .await
        .expect("registered");
    live(&conn).await;
    for _ in 0..4 {
        events.recv().await.expect("an event").expect("a good one");
    }
    assert_eq!(
        conn.client().unclaimed_events(),
        0,
        "the daemon sends each event once"
    );
}

/// A kind of events that two streams of one connection want.
type Life = remote::DomainEventLifecycleMsg;

async fn lifes(events: &mut Events<Life>) -> Vec<String> {
    let mut seen = Vec::new();
    for _ in 0..4 {
        let event = timeout(Duration::from_secs(10), events.recv()).await;
        let event = event.expect("it comes").expect("an event");
        seen.push(in_words(&event.expect("a good one")));
    }
    seen
}

#[tokio::test]
async fn equal_streams_of_a_connection_have_the_same_events_and_go_on_alone() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let (one, two) = tokio::join!(conn.events::<Life>(None), conn.events::<Life>(None));
    let (mut one, mut two) = (one.expect("registered"), two.expect("registered"));
    live(&conn).await;
    assert_eq!(lifes(&mut one).await, lifes(&mut two).await);
    drop(one);
    live(&conn).await;
    lifes(&mut two).await;
    // The last one is taken back while the next is registered for.
    for _ in 0..20 {
        drop(two);
        two = conn.events::<Life>(None).await.expect("registered");
    }
    live(&conn).await;
    lifes(&mut two).await;
    assert_eq!(conn.client().unclaimed_events(), 0);
}

#[tokio::test]
async fn streams_of_a_domain_and_of_all_do_not_end_each_other() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let args = remote::DomainLookupByNameArgs {
        name: "test".to_owned(),
    };
    let found = conn.call::<proc::DomainLookupByName>(&args).await;
    let dom = found.expect("it is there").dom;
    // What it is before its start.
    let same = remote::NonnullDomain {
        id: -1,
        ..dom.clone()
    };
    let all = conn.events::<Life>(None).await.expect("registered");
    let mut one = conn.events::<Life>(Some(dom)).await.expect("registered");
    let mut again = conn.events::<Life>(Some(same)).await.expect("registered");
    drop(all);
    live(&conn).await;
    assert_eq!(lifes(&mut one).await, lifes(&mut again).await);
    drop(one);
    let mut all = conn.events::<Life>(None).await.expect("registered");
    live(&conn).await;
    assert_eq!(lifes(&mut all).await, lifes(&mut again).await);
}

#[tokio::test]
async fn all_kinds_of_domain_events_go_into_one_stream() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let domains = KINDS
        .iter()
        .filter(|kind| kind.object == ObjectKind::Domain);
    let kinds: Vec<_> = domains.copied().collect();
    let mut events = conn.domain_events(&kinds, None).await.expect("registered");
    live(&conn).await;
    let mut lifecycle = 0;
    while lifecycle < 4 {
        let event = timeout(Duration::from_secs(10), events.recv())
            .await
            .expect("it comes");
        let event = event.expect("an event").expect("a good one");
        lifecycle += i32::from(matches!(
            event,
            remote::Event::DomainEventCallbackLifecycle(_)
        ));
    }
}

#[tokio::test]
async fn a_daemon_that_is_started_again_is_found_again() {
    let Some(mut daemon) = Daemon::start() else {
        return;
    };
    let uri = daemon.uri("test:///default").parse().expect("it is a URI");
    let reconnect = Some(ReconnectOptions::default());
    let options = Options {
        reconnect,
        ..Options::default()
    };
    let conn = Connection::open_with(&uri, options)
        .await
        .expect("it opens");
    let events = conn.events::<remote::DomainEventLifecycleMsg>(None).await;
    let mut events = events.expect("registered");
    live(&conn).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        let event = events.recv().await.expect("an event").expect("a good one");
        seen.push(in_words(&event));
    }
    daemon.restart();
    let gap = events.recv().await.expect("it goes on");
    assert!(matches!(gap, Err(EventError::Reconnected)), "{gap:?}");
    conn.ready().await.expect("it is there again");
    live(&conn).await;
    for before in seen {
        let event = events.recv().await.expect("an event").expect("a good one");
        assert_eq!(in_words(&event), before);
    }
}

#[tokio::test]
async fn networks_and_pools_have_lives_as_well() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let mut networks = conn
        .events::<remote::NetworkEventLifecycleMsg>(None)
        .await
        .expect("registered");
    let mut pools = conn
        .events::<remote::StoragePoolEventRefreshMsg>(None)
        .await
        .expect("registered");
    daemon.virsh_says("test:///default", &["net-destroy", "default"]);
    daemon.virsh_says("test:///default", &["pool-refresh", "default-pool"]);
    let event = networks
        .recv()
        .await
        .expect("an event")
        .expect("a good one");
    // `VIR_NETWORK_EVENT_STOPPED`.
    assert_eq!((event.net.name.as_str(), event.event), ("default", 3));
    let event = pools.recv().await.expect("an event").expect("a good one");
    assert_eq!(event.pool.name, "default-pool");
}
