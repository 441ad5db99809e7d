//! Events for those who have registered for them.

use std::sync::atomic::{AtomicBool, Ordering};

use libvirt_remote::daemon::{
    Access, Answer, Daemon, Emitted, Fate, Hypervisor, Options, Overflow, Refusal, Request, refusal,
};
use libvirt_remote::{EventError, Feature};
use protocol_defs::events::{EventObject, KINDS, MonitorFilter, ObjectKind};
use protocol_defs::graphics::{Address, Domain, Family, GraphicsEvent, Phase, Uuid};
use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError};
use protocol_defs::qemu::{self, DomainMonitorEventMsg};
use protocol_defs::remote::{
    self, ConnectEventConnectionClosedMsg, DomainEventCallbackLifecycleMsg,
    DomainEventLifecycleMsg, DomainEventRebootMsg, NetworkEventLifecycleMsg, NonnullDomain,
    NonnullNetwork, NonnullNodeDevice,
};

use super::peer::{Peer, connection, daemon, domain, opened};

pub(crate) fn started(number: u8) -> DomainEventLifecycleMsg {
    DomainEventLifecycleMsg {
        dom: domain(number),
        event: 2,
        detail: 0,
    }
}

pub(crate) async fn register(peer: &mut Peer, event_id: i32, dom: Option<NonnullDomain>) -> i32 {
    let args = NonnullDomain::register(event_id, dom);
    let reply = peer
        .ask(remote::Call::ConnectDomainEventCallbackRegisterAny(args))
        .await;
    match reply {
        Ok(remote::Reply::ConnectDomainEventCallbackRegisterAny(ret)) => ret.callback_id,
        other => panic!("{other:?}"),
    }
}

/// What libvirtd says of a registration that there is already, but for its words.
fn already(event_id: i32) -> MessageError {
    let why = format!("events of kind {event_id} have been registered for");
    MessageError {
        message: Some(format!("invalid argument: {why}")),
        str1: Some("invalid argument: %s".to_owned()),
        str2: Some(why),
        int1: -1,
        int2: -1,
        ..MessageError::new(ErrorCode::INVALID_ARG, ErrorOrigin::NONE)
    }
}

fn total(emitted: Emitted) -> (u64, u64) {
    (emitted.sent, emitted.lost)
}

#[tokio::test]
async fn each_registration_gets_the_events_of_its_kind_and_its_domain() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let all = register(&mut peer, 0, None).await;
    let one = register(&mut peer, 0, Some(domain(1))).await;
    let reboots = register(&mut peer, 1, None).await;
    assert!(all != one && one != reboots && reboots != all);
    let emitted = daemon.emit(started(1)).expect("it is within bounds");
    assert_eq!(total(emitted), (2, 0));
    for callback_id in [all, one] {
        let msg = started(1);
        let expected = DomainEventCallbackLifecycleMsg { callback_id, msg };
        assert_eq!(
            peer.event().await,
            remote::Event::DomainEventCallbackLifecycle(expected)
        );
    }
    let emitted = daemon.emit(started(2)).expect("it is within bounds");
    assert_eq!(total(emitted), (1, 0));
    peer.event().await;
    let args = NonnullDomain::deregister(all);
    let call = remote::Call::ConnectDomainEventCallbackDeregisterAny(args);
    assert!(peer.ask(call.clone()).await.is_ok());
    let refused = peer.ask(call).await.expect_err("it is gone");
    assert_eq!(
        refused.message,
        Some(format!("no registration has the number {all}"))
    );
    assert_eq!(daemon.emit(started(2)).map(total), Ok((0, 0)));
    let dom = domain(5);
    let emitted = daemon.emit(DomainEventRebootMsg { dom });
    assert_eq!(emitted.map(total), Ok((1, 0)));
    assert!(matches!(
        peer.event().await,
        remote::Event::DomainEventCallbackReboot(msg) if msg.callback_id == reboots
    ));
}

#[tokio::test]
async fn a_kind_of_events_of_an_object_is_registered_for_once_as_at_libvirtd() {
    let daemon = daemon(Options::default());
    let (mut peer, session) = opened(&daemon).await;
    let numbered = |event_id, dom| {
        let args = NonnullDomain::register(event_id, dom);
        remote::Call::ConnectDomainEventCallbackRegisterAny(args)
    };
    let restarted = NonnullDomain {
        name: "renamed".to_owned(),
        id: 99,
        ..domain(1)
    };
    let all = register(&mut peer, 0, None).await;
    register(&mut peer, 0, Some(domain(1))).await;
    register(&mut peer, 0, Some(domain(2))).await;
    register(&mut peer, 1, None).await;
    for again in [None, Some(domain(1)), Some(restarted)] {
        let refused = peer.ask(numbered(0, again)).await;
        assert_eq!(refused.expect_err("there is one"), already(0));
    }
    let any = remote::ConnectDomainEventRegisterAnyArgs { event_id: 0 };
    let legacy = remote::Call::ConnectDomainEventRegisterAny(any);
    for call in [&legacy, &remote::Call::ConnectDomainEventRegister] {
        let refused = peer.ask(call.clone()).await;
        assert_eq!(refused.expect_err("it is for all domains, too"), already(0));
    }
    assert_eq!(session.registrations(), 4);
    let args = NonnullDomain::deregister(all);
    let deregister = remote::Call::ConnectDomainEventCallbackDeregisterAny(args);
    assert!(peer.ask(deregister).await.is_ok());
    assert!(peer.ask(legacy).await.is_ok(), "there is none any more");
    let refused = peer.ask(numbered(0, None)).await;
    assert_eq!(refused.expect_err("there is one again"), already(0));
    for args in [0, 1].map(|event_id| NonnullNodeDevice::register(event_id, None)) {
        let call = remote::Call::ConnectNodeDeviceEventRegisterAny(args.clone());
        assert!(peer.ask(call.clone()).await.is_ok(), "of other objects");
        let refused = peer.ask(call).await;
        assert_eq!(refused.expect_err("there is one"), already(args.event_id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_registrations_that_come_at_once_are_one() {
    let daemon = daemon(Options::default());
    let (mut peer, session) = opened(&daemon).await;
    for event_id in 0..27 {
        let args = NonnullDomain::register(event_id, None);
        let call = remote::Call::ConnectDomainEventCallbackRegisterAny(args);
        for _ in 0..4 {
            peer.call(call.clone()).await;
        }
        let mut good = 0;
        for _ in 0..4 {
            match peer.answer().await.1 {
                Ok(_) => good += 1,
                Err(refused) => assert_eq!(refused, already(event_id)),
            }
        }
        assert_eq!(good, 1);
    }
    assert_eq!(session.registrations(), 27);
}

/// Refuses what it has let in, the first time.
struct Fickle {
    has_refused: AtomicBool,
}

impl Hypervisor for Fickle {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        let is_registration = request.info().name.contains("CALLBACK_REGISTER");
        let answer = request.basics()?;
        if is_registration && !self.has_refused.swap(true, Ordering::SeqCst) {
            drop(answer);
            return Err(refusal(ErrorCode::NO_MEMORY, ErrorOrigin::RPC, "not now"));
        }
        Ok(answer)
    }
}

#[tokio::test]
async fn a_registration_that_is_refused_after_all_is_none() {
    let has_refused = AtomicBool::new(false);
    let daemon = Daemon::new(Fickle { has_refused }, Options::default());
    let (mut peer, session) = opened(&daemon).await;
    let args = NonnullDomain::register(0, None);
    let call = remote::Call::ConnectDomainEventCallbackRegisterAny(args);
    let refused = peer.ask(call).await.expect_err("it is fickle");
    assert_eq!(refused.error_code(), ErrorCode::NO_MEMORY);
    assert_eq!(session.registrations(), 0);
    register(&mut peer, 0, None).await;
    assert_eq!(session.registrations(), 1);
}

#[tokio::test]
async fn who_registers_without_a_number_gets_messages_without_one() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let any = remote::ConnectDomainEventRegisterAnyArgs { event_id: 0 };
    let register = remote::Call::ConnectDomainEventRegisterAny(any);
    assert!(peer.ask(register.clone()).await.is_ok());
    let twice = peer.ask(register).await.expect_err("there is one already");
    assert_eq!(twice, already(0));
    assert_eq!(daemon.emit(started(1)).map(total), Ok((1, 0)));
    let expected = remote::Event::DomainEventLifecycle(started(1));
    assert_eq!(peer.event().await, expected);
    let any = remote::ConnectDomainEventDeregisterAnyArgs { event_id: 0 };
    let deregister = remote::Call::ConnectDomainEventDeregisterAny(any);
    assert!(peer.ask(deregister.clone()).await.is_ok());
    assert!(peer.ask(deregister).await.is_err());
    // And in the way before that, which is for one kind only.
    assert!(
        peer.ask(remote::Call::ConnectDomainEventRegister)
            .await
            .is_ok()
    );
    assert_eq!(daemon.emit(started(2)).map(total), Ok((1, 0)));
    let expected = remote::Event::DomainEventLifecycle(started(2));
    assert_eq!(peer.event().await, expected);
    assert!(
        peer.ask(remote::Call::ConnectDomainEventDeregister)
            .await
            .is_ok()
    );
    assert_eq!(daemon.emit(started(2)).map(total), Ok((0, 0)));
}

/// As at libvirtd, where both ways of registering share a list.
#[tokio::test]
async fn who_deregisters_without_a_number_ends_the_first_registration_of_the_kind() {
    let daemon = daemon(Options::default());
    let (mut peer, session) = opened(&daemon).await;
    let deregister = |event_id| {
        let any = remote::ConnectDomainEventDeregisterAnyArgs { event_id };
        remote::Call::ConnectDomainEventDeregisterAny(any)
    };
    let reboot = || DomainEventRebootMsg { dom: domain(2) };
    register(&mut peer, 1, Some(domain(2))).await;
    register(&mut peer, 1, None).await;
    assert_eq!(daemon.emit(reboot()).map(total), Ok((2, 0)));
    peer.event().await;
    peer.event().await;
    for left in [1, 0] {
        assert!(peer.ask(deregister(1)).await.is_ok());
        assert_eq!(daemon.emit(reboot()).map(total), Ok((left, 0)));
        for _ in 0..left {
            peer.event().await;
        }
    }
    assert!(peer.ask(deregister(1)).await.is_err(), "there is none");
    // The life cycle has a call of its own.
    register(&mut peer, 0, None).await;
    let lifecycle = remote::Call::ConnectDomainEventDeregister;
    assert!(peer.ask(lifecycle.clone()).await.is_ok());
    assert!(peer.ask(lifecycle).await.is_err(), "there is none");
    // Kinds that are newer than this way are not known in it, nor are other objects.
    register(&mut peer, 20, None).await;
    let args = NonnullNodeDevice::register(1, None);
    let call = remote::Call::ConnectNodeDeviceEventRegisterAny(args);
    assert!(peer.ask(call).await.is_ok());
    for event_id in [20, 1, -1] {
        assert!(peer.ask(deregister(event_id)).await.is_err(), "{event_id}");
    }
    assert_eq!(session.registrations(), 2);
}

#[tokio::test]
async fn kinds_that_nobody_knows_cannot_be_registered_for() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let domains = KINDS
        .iter()
        .filter(|kind| kind.object == ObjectKind::Domain);
    for kind in domains {
        let callback_id = register(&mut peer, kind.id, None).await;
        let args = NonnullDomain::deregister(callback_id);
        let deregister = remote::Call::ConnectDomainEventCallbackDeregisterAny(args);
        assert!(peer.ask(deregister).await.is_ok());
        let args = remote::ConnectDomainEventRegisterAnyArgs { event_id: kind.id };
        let reply = peer
            .ask(remote::Call::ConnectDomainEventRegisterAny(args))
            .await;
        assert_eq!(reply.is_ok(), kind.legacy.is_some(), "{}", kind.name);
    }
    for id in [-1, 27, i32::MAX] {
        let args = NonnullDomain::register(id, None);
        let call = remote::Call::ConnectDomainEventCallbackRegisterAny(args);
        let refused = peer.ask(call).await.expect_err("it is no kind");
        assert_eq!(
            refused.message,
            Some(format!("no kind of these events has the number {id}"))
        );
    }
}

#[tokio::test]
async fn events_of_other_objects_than_domains_are_sent_too() {
    let daemon = daemon(Options::default());
    let conn = connection(&daemon, Access::ReadWrite).await;
    let net = NonnullNetwork {
        name: "lan".to_owned(),
        uuid: [3; 16],
    };
    let events = conn.events::<NetworkEventLifecycleMsg>(Some(net.clone()));
    let mut events = events.await.expect("it registers");
    let event = |net: &NonnullNetwork| NetworkEventLifecycleMsg {
        callback_id: 99,
        net: net.clone(),
        event: 2,
        detail: 0,
    };
    let other = NonnullNetwork {
        uuid: [4; 16],
        ..net.clone()
    };
    assert_eq!(daemon.emit(event(&other)).map(total), Ok((0, 0)));
    assert_eq!(daemon.emit(event(&net)).map(total), Ok((1, 0)));
    let got = events.recv().await.expect("the connection goes on");
    assert_eq!(got.expect("it can be read").net, net);
}

#[tokio::test]
async fn this_crates_client_gets_events_in_either_way() {
    for with_numbers in [true, false] {
        let mut options = Options::default();
        if !with_numbers {
            options
                .features
                .retain(|feature| *feature != Feature::EVENT_CALLBACK);
        }
        let daemon = daemon(options);
        let conn = connection(&daemon, Access::ReadWrite).await;
        let mut events = conn
            .events::<GraphicsEvent>(None)
            .await
            .expect("it registers");
        let address = |service: &str| Address {
            family: Family::Ipv4,
            node: "192.0.2.7".to_owned(),
            service: service.to_owned(),
        };
        let event = GraphicsEvent {
            domain: Domain {
                name: "web".to_owned(),
                uuid: Uuid([7; 16]),
                id: 7,
            },
            phase: Phase::Connect,
            local: address("5900"),
            remote: address("49152"),
            auth_scheme: "none".to_owned(),
            subject: Vec::new(),
        };
        assert_eq!(daemon.emit(event.clone()).map(total), Ok((1, 0)));
        let got = events.recv().await.expect("the connection goes on");
        assert_eq!(got.expect("it can be read"), event);
        assert_eq!(conn.client().unclaimed_events(), 0);
    }
}

#[tokio::test]
async fn the_end_of_the_drivers_connection_is_told_to_those_who_want_to_know() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let (_other, _) = opened(&daemon).await;
    let register = remote::Call::ConnectRegisterCloseCallback;
    assert!(peer.ask(register).await.is_ok());
    let emitted = daemon.connection_closed(1).map(total);
    assert_eq!(emitted, Ok((1, 0)));
    let msg = ConnectEventConnectionClosedMsg { reason: 1 };
    assert_eq!(
        peer.event().await,
        remote::Event::ConnectEventConnectionClosed(msg)
    );
    let unregister = remote::Call::ConnectUnregisterCloseCallback;
    assert!(peer.ask(unregister).await.is_ok());
    assert_eq!(daemon.connection_closed(1).map(total), Ok((0, 0)));
}

/// libvirtd's drivers for QEMU and for tests look at neither.
#[tokio::test]
async fn the_end_of_the_drivers_connection_may_be_registered_for_twice_and_is_told_once() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    for _ in 0..2 {
        let register = remote::Call::ConnectRegisterCloseCallback;
        assert!(peer.ask(register).await.is_ok());
    }
    assert_eq!(daemon.connection_closed(1).map(total), Ok((1, 0)));
    peer.event().await;
    for _ in 0..2 {
        let unregister = remote::Call::ConnectUnregisterCloseCallback;
        assert!(peer.ask(unregister).await.is_ok());
        assert_eq!(daemon.connection_closed(1).map(total), Ok((0, 0)));
    }
}

fn said(event: &str, number: u8) -> DomainMonitorEventMsg {
    DomainMonitorEventMsg {
        callback_id: 99,
        dom: domain(number),
        event: event.to_owned(),
        seconds: 1_700_000_000,
        micros: 0,
        details: Some("{}".to_owned()),
    }
}

fn filter(event: Option<&str>, flags: u32) -> MonitorFilter {
    MonitorFilter {
        event: event.map(str::to_owned),
        flags,
        ..MonitorFilter::default()
    }
}

#[tokio::test]
async fn what_qemu_says_goes_to_those_whose_filter_it_passes() {
    let daemon = daemon(Options::default());
    let conn = connection(&daemon, Access::ReadWrite).await;
    let of_two = MonitorFilter {
        domain: Some(domain(2)),
        ..filter(None, 0)
    };
    let mut streams = Vec::new();
    for filter in [
        None,
        Some(of_two),
        Some(filter(Some("STOP"), 0)),
        Some(filter(Some("stop"), MonitorFilter::ANY_CASE)),
        Some(filter(Some("stop"), 0)),
    ] {
        let events = conn.events::<DomainMonitorEventMsg>(filter).await;
        streams.push(events.expect("it registers"));
    }
    assert_eq!(daemon.emit(said("STOP", 1)).map(total), Ok((3, 0)));
    assert_eq!(daemon.emit(said("RESUME", 2)).map(total), Ok((2, 0)));
    let expected: [&[&str]; 5] = [&["STOP", "RESUME"], &["RESUME"], &["STOP"], &["STOP"], &[]];
    for (events, expected) in streams.iter_mut().zip(expected) {
        for name in expected {
            let got = events.recv().await.expect("the connection goes on");
            assert_eq!(got.expect("it can be read").event, *name);
        }
    }
    drop(streams);
    let mut left = daemon.sessions();
    let left = left.pop().expect("it is there");
    while left.registrations() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn filters_that_are_not_known_and_whole_monitors_twice_are_refused() {
    let daemon = daemon(Options::default());
    let conn = connection(&daemon, Access::ReadWrite).await;
    for (filter, code) in [
        (
            filter(Some("ST.P"), MonitorFilter::PATTERN),
            ErrorCode::ARGUMENT_UNSUPPORTED,
        ),
        (filter(None, 4), ErrorCode::INVALID_ARG),
    ] {
        let events = conn.events::<DomainMonitorEventMsg>(Some(filter)).await;
        let error = events.expect_err("it is refused");
        assert_eq!(error.remote().map(MessageError::error_code), Some(code));
    }
    let register = async |event: Option<&str>| {
        let args = MonitorFilter::register(0, Some(filter(event, 0)));
        conn.call::<qemu::proc::ConnectDomainMonitorEventRegister>(&args)
            .await
    };
    register(None).await.expect("it registers");
    let refused = register(None).await.expect_err("there is one");
    assert_eq!(refused.remote(), Some(&already(0)));
    // As at libvirtd, with a name of an event each is another one.
    let one = register(Some("STOP")).await.expect("it registers");
    let two = register(Some("STOP")).await.expect("it registers");
    assert_ne!(one.callback_id, two.callback_id);
    let reader = connection(&daemon, Access::ReadOnly).await;
    let refused = reader.events::<DomainMonitorEventMsg>(None).await;
    refused.expect_err("who only reads may not");
}

#[tokio::test]
async fn this_crates_client_hears_of_the_end_of_the_drivers_connection() {
    let daemon = daemon(Options::default());
    let conn = connection(&daemon, Access::ReadOnly).await;
    let events = conn.events::<ConnectEventConnectionClosedMsg>(None);
    let mut events = events.await.expect("it registers");
    let msg = ConnectEventConnectionClosedMsg { reason: 3 };
    assert_eq!(daemon.emit(msg).map(total), Ok((1, 0)));
    let got = events.recv().await.expect("the connection goes on");
    assert_eq!(got.expect("it can be read"), msg);
    drop(events);
    let again = conn.events::<ConnectEventConnectionClosedMsg>(None);
    again.await.expect("it was taken back");
}

#[tokio::test]
async fn events_begin_behind_the_answer_to_their_registration() {
    let daemon = daemon(Options::default());
    let (mut peer, session) = opened(&daemon).await;
    let emitting = {
        let daemon = daemon.handle().clone();
        tokio::spawn(async move {
            for number in 0..=255 {
                let _ = daemon.emit(started(number));
                tokio::task::yield_now().await;
            }
        })
    };
    let args = NonnullDomain::register(0, None);
    peer.call(remote::Call::ConnectDomainEventCallbackRegisterAny(args))
        .await;
    let (_, answer) = peer.answer().await;
    assert!(answer.is_ok(), "the answer is first: {answer:?}");
    emitting.await.expect("it ends");
    assert_eq!(session.events_lost(), 0);
}

#[tokio::test]
async fn a_client_that_takes_no_events_loses_those_that_its_queue_does_not_hold() {
    let options = Options {
        queue_bytes: 10_000,
        ..Options::default()
    };
    let daemon = daemon(options);
    let (mut slow, session) = opened(&daemon).await;
    register(&mut slow, 0, None).await;
    let conn = connection(&daemon, Access::ReadWrite).await;
    let mut events = conn
        .events::<DomainEventLifecycleMsg>(None)
        .await
        .expect("it registers");
    let (mut sent, mut lost) = (0, 0);
    for _ in 0..10_000 {
        let emitted = session.emit(started(1)).expect("it is within bounds");
        sent += emitted.sent;
        lost += emitted.lost;
    }
    assert_eq!(sent + lost, 10_000);
    assert!(lost > 9_000, "{lost}");
    assert_eq!(session.events_lost(), lost);
    assert_eq!(daemon.stats().events_lost, lost);
    // The others have lost nothing, and it gets all that was not lost.
    let one = daemon.emit(started(2)).expect("it is within bounds");
    let got = events.recv().await.expect("the connection goes on");
    assert_eq!(got.expect("it can be read"), started(2));
    for _ in 0..sent + one.sent - 1 {
        slow.event().await;
    }
    assert!(slow.ask(remote::Call::ConnectGetHostname).await.is_ok());
}

#[tokio::test]
async fn or_it_is_disconnected_where_the_options_say_so() {
    let options = Options {
        queue_bytes: 10_000,
        overflow: Overflow::Disconnect,
        ..Options::default()
    };
    let daemon = daemon(options);
    let conn = connection(&daemon, Access::ReadWrite).await;
    let mut events = conn
        .events::<DomainEventLifecycleMsg>(None)
        .await
        .expect("it registers");
    let emitted = (0..1000).map(|_| daemon.emit(started(1)).expect("it is within bounds"));
    let lost: u64 = emitted.map(|emitted| emitted.lost).sum();
    assert_eq!(lost, 1, "nothing is sent to it after that");
    loop {
        match events.recv().await {
            Some(Ok(_)) => {}
            Some(Err(EventError::Closed(_))) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(daemon.stats().sessions, 0);
}

#[tokio::test]
async fn a_client_registers_so_often_and_no_more() {
    let options = Options {
        max_registrations: 10,
        ..Options::default()
    };
    let daemon = daemon(options);
    let (mut peer, session) = opened(&daemon).await;
    for id in 0..10 {
        register(&mut peer, id, None).await;
    }
    assert_eq!(session.registrations(), 10);
    let args = NonnullDomain::register(10, None);
    let call = remote::Call::ConnectDomainEventCallbackRegisterAny(args);
    let refused = peer.ask(call).await.expect_err("it has ten");
    assert_eq!(
        refused.message.as_deref(),
        Some("a client registers for events 10 times at most")
    );
}

#[tokio::test]
async fn what_a_client_registers_for_has_so_many_bytes_and_no_more() {
    let daemon = daemon(Options::default());
    let (mut peer, session) = opened(&daemon).await;
    let named = |first: char| {
        let name = format!("{first}{}", "x".repeat(100_000));
        let args = NonnullNodeDevice::register(0, Some(NonnullNodeDevice { name }));
        remote::Call::ConnectNodeDeviceEventRegisterAny(args)
    };
    let mut refused = 0;
    for first in 'a'..='z' {
        if let Err(error) = peer.ask(named(first)).await {
            assert_eq!(error.error_code(), ErrorCode::OPERATION_DENIED);
            refused += 1;
        }
    }
    assert_eq!((session.registrations(), refused), (10, 16), "of 1 MiB");
    register(&mut peer, 0, None).await;
    let deregister = NonnullNodeDevice::deregister(0);
    let deregister = remote::Call::ConnectNodeDeviceEventDeregisterAny(deregister);
    assert!(peer.ask(deregister).await.is_ok());
    assert!(peer.ask(named('z')).await.is_ok(), "there is room again");
}

#[tokio::test]
async fn events_that_meet_a_fate_are_counted_as_others_are() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    register(&mut peer, 0, None).await;
    let emitted = daemon.emit_fated(started(1), &Fate::Doubled).map(total);
    assert_eq!(emitted, Ok((1, 0)));
    peer.event().await;
    peer.event().await;
    assert_eq!(daemon.stats().events_sent, 1);
}
