//! What QEMU says on its monitor, and the end of a driver's own connection, as libvirtd lets a client register for them.

use std::time::Duration;

use libvirt_remote::{Connection, Events};
use protocol_defs::events::MonitorFilter;
use protocol_defs::packet::{ErrorCode, MessageError};
use protocol_defs::qemu::DomainMonitorEventMsg;
use protocol_defs::remote::ConnectEventConnectionClosedMsg;
use tokio::time::timeout;

use crate::daemon::Daemon;
use crate::screens::{DRIVER, Host};

/// The names of events until this one has come.
async fn until(events: &mut Events<DomainMonitorEventMsg>, last: &str) -> Vec<String> {
    let mut names = Vec::new();
    while names.last().is_none_or(|name| name != last) {
        let event = timeout(Duration::from_mins(1), events.recv()).await;
        let event = event.unwrap_or_else(|_| panic!("{last} comes behind {names:?}"));
        let event = event.expect("an event").expect("a good one");
        assert_eq!(event.dom.name, "guest");
        assert!(event.seconds > 0, "{event:?}");
        names.push(event.event);
    }
    names
}

fn named(event: &str, flags: u32) -> MonitorFilter {
    MonitorFilter {
        event: Some(event.to_owned()),
        flags,
        ..MonitorFilter::default()
    }
}

#[tokio::test]
async fn what_qemu_says_is_heard_by_name_by_pattern_and_by_all_who_want_all() {
    let Some(host) = Host::start(|_| String::new()) else {
        return;
    };
    host.guest("guest", "port='-1' autoport='yes' listen='127.0.0.1'");
    let conn = Connection::open(&host.daemon.uri(DRIVER)).await;
    let conn = conn.unwrap_or_else(|error| panic!("{error}"));
    let register = async |filter| {
        let events = conn.events::<DomainMonitorEventMsg>(filter).await;
        events.unwrap_or_else(|error| panic!("{error}"))
    };
    let (mut all, again) = (register(None).await, register(None).await);
    let mut stop = register(Some(named("STOP", 0))).await;
    let mut any_case = register(Some(named("stop", MonitorFilter::ANY_CASE))).await;
    let mut pattern = register(Some(named("^(RES|ST)[A-Z]+$", MonitorFilter::PATTERN))).await;
    drop(again);
    for command in ["resume", "suspend"] {
        host.daemon.virsh_says(DRIVER, &[command, "guest"]);
    }
    let heard = until(&mut all, "STOP").await;
    assert!(heard.iter().any(|name| name == "RESUME"), "{heard:?}");
    assert_eq!(until(&mut stop, "STOP").await, ["STOP"]);
    assert_eq!(until(&mut any_case, "STOP").await, ["STOP"]);
    assert_eq!(until(&mut pattern, "STOP").await, ["RESUME", "STOP"]);
    assert_eq!(conn.client().unclaimed_events(), 0);
}

#[tokio::test]
async fn a_driver_without_a_monitor_says_so() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let events = conn.events::<DomainMonitorEventMsg>(None).await;
    let error = events.expect_err("the test driver has no QEMU");
    let code = error.remote().map(MessageError::error_code);
    assert_eq!(code, Some(ErrorCode::NO_SUPPORT));
}

/// No driver that is here has a connection to lose. libvirtd lets clients register all the same.
#[tokio::test]
async fn the_end_of_a_drivers_connection_can_be_registered_for_and_taken_back() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    for _ in 0..3 {
        let one = conn.events::<ConnectEventConnectionClosedMsg>(None);
        let two = conn.events::<ConnectEventConnectionClosedMsg>(None);
        let (one, two) = tokio::join!(one, two);
        one.expect("registered");
        two.expect("registered");
    }
}
