//! Events that virsh prints.

use libvirt_remote::Feature;
use libvirt_remote::daemon::{Access, Emitted, Options};
use protocol_defs::packet::WriteError;
use protocol_defs::qemu::DomainMonitorEventMsg;
use protocol_defs::remote::DomainEventRtcChangeMsg;

use super::kinds::{PRINTED_NEWER, PRINTED_OLDEST, emit_newer, emit_oldest};
use super::virsh::Virsh;
use super::world::{a_moment, only, serve, web};

const SYSTEM: &str = "qemu:///system";

/// The kinds that can be registered for in both ways.
const OLDEST: usize = 16;

/// All kinds.
const ALL: usize = 27;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_prints_the_events_of_all_kinds() {
    let Some(virsh) = Virsh::find() else { return };
    let daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    let mut running = virsh.start(SYSTEM, &["event", "--all", "--loop"]);
    running.until("registrations for all kinds", |_| {
        only(&daemon).is_some_and(|session| session.registrations() == ALL)
    });
    a_moment().await;
    emit_oldest(&daemon);
    emit_newer(&daemon);
    running.until("as many events", |it| {
        it.so_far().matches("event '").count() >= ALL
    });
    drop(daemon);
    let printed = running.wait();
    let expected = format!("{PRINTED_OLDEST}{PRINTED_NEWER}events received: {ALL}\n\n");
    assert_eq!(printed.stdout, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn and_in_the_old_way_those_of_the_oldest_kinds() {
    let Some(virsh) = Virsh::find() else { return };
    let mut options = Options::default();
    options
        .features
        .retain(|feature| *feature != Feature::EVENT_CALLBACK);
    let daemon = serve(&virsh, options, Access::ReadWrite);
    let mut running = virsh.start(SYSTEM, &["event", "--all", "--loop"]);
    // Of the others the daemon says that it does not know them, which virsh passes over in silence.
    running.until("registrations for the oldest kinds", |_| {
        only(&daemon).is_some_and(|session| session.registrations() == OLDEST)
    });
    a_moment().await;
    emit_oldest(&daemon);
    running.until("as many events", |it| {
        it.so_far().matches("event '").count() >= OLDEST
    });
    drop(daemon);
    let printed = running.wait();
    let expected = format!("{PRINTED_OLDEST}events received: {OLDEST}\n\n");
    assert_eq!(printed.stdout, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_one_domain_virsh_gets_no_events_of_another() {
    let Some(virsh) = Virsh::find() else { return };
    let daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    let arguments = ["event", "--domain", "web", "--event", "rtc-change"];
    let mut running = virsh.start(SYSTEM, &arguments);
    running.until("a registration", |_| {
        only(&daemon).is_some_and(|session| session.registrations() == 1)
    });
    a_moment().await;
    let mut other = web();
    other.uuid = [9; 16];
    let event = DomainEventRtcChangeMsg {
        dom: other,
        offset: 1,
    };
    assert_eq!(sent(daemon.emit(event)), 0);
    let event = DomainEventRtcChangeMsg {
        dom: web(),
        offset: 2,
    };
    assert_eq!(sent(daemon.emit(event)), 1);
    // Without `--loop` it ends with the first.
    let printed = running.wait();
    assert_eq!(
        printed.stdout,
        "event 'rtc-change' for domain 'web': 2\nevents received: 1\n\n"
    );
    assert_eq!((printed.stderr.as_str(), printed.code), ("", Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_gets_all_events_of_a_burst_in_their_order() {
    const EVENTS: i64 = 5000;
    let Some(virsh) = Virsh::find() else { return };
    let daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    let mut running = virsh.start(SYSTEM, &["event", "--event", "rtc-change", "--loop"]);
    running.until("a registration", |_| {
        only(&daemon).is_some_and(|session| session.registrations() == 1)
    });
    a_moment().await;
    for offset in 0..EVENTS {
        let event = DomainEventRtcChangeMsg { dom: web(), offset };
        assert_eq!(sent(daemon.emit(event)), 1);
    }
    let last = format!("event 'rtc-change' for domain 'web': {}\n", EVENTS - 1);
    running.until("the last event", |it| it.so_far().ends_with(&last));
    assert_eq!(daemon.stats().events_lost, 0);
    drop(daemon);
    let line = |offset| format!("event 'rtc-change' for domain 'web': {offset}\n");
    let expected: String = (0..EVENTS).map(line).collect();
    let printed = running.wait().stdout;
    assert_eq!(printed, format!("{expected}events received: {EVENTS}\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_prints_what_qemu_says_on_its_monitor() {
    let Some(virsh) = Virsh::find() else { return };
    let daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    let arguments = ["qemu-monitor-event", "--domain", "web", "--event", "STOP"];
    let mut running = virsh.start(SYSTEM, &arguments);
    running.until("a registration", |_| {
        only(&daemon).is_some_and(|session| session.registrations() == 1)
    });
    a_moment().await;
    let said = |event: &str| DomainMonitorEventMsg {
        callback_id: 0,
        dom: web(),
        event: event.to_owned(),
        seconds: 1_700_000_000,
        micros: 42,
        details: Some("{\"a\":1}".to_owned()),
    };
    assert_eq!(sent(daemon.emit(said("RESUME"))), 0);
    assert_eq!(sent(daemon.emit(said("STOP"))), 1);
    let printed = running.wait();
    assert_eq!(
        printed.stdout,
        "event STOP at 1700000000.000042 for domain 'web': {\"a\":1}\nevents received: 1\n\n"
    );
    assert_eq!((printed.stderr.as_str(), printed.code), ("", Some(0)));
}

fn sent(emitted: Result<Emitted, WriteError>) -> u64 {
    emitted.expect("it is within bounds").sent
}
