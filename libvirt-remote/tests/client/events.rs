//! Registering for events, and what comes of it.

use std::time::Duration;

use futures_util::StreamExt;
use libvirt_remote::{Error, EventError, Options};
use protocol_defs::events::{EventKind, KINDS, MonitorFilter, ObjectKind, RemoteEvent as _};
use protocol_defs::graphics::{GraphicsEvent, Phase};
use protocol_defs::message::{Call, Message};
use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError, OwnedPacket};
use protocol_defs::qemu;
use protocol_defs::remote::{self, proc};
use tokio::time::timeout;

use crate::peer::{Peer, connection, domain, hostname};

/// Features that a daemon of libvirt 9.0.0 has.
pub(crate) const FEATURES: &[i32] = &[14, 15];

/// A viewer has connected to the screen of this domain.
fn graphics(number: u8) -> remote::DomainEventGraphicsMsg {
    let address = |service: &str| remote::DomainEventGraphicsAddress {
        family: 0,
        node: "192.0.2.7".to_owned(),
        service: service.to_owned(),
    };
    remote::DomainEventGraphicsMsg {
        dom: domain(number),
        phase: 0,
        local: address("5900"),
        remote: address("49152"),
        auth_scheme: "none".to_owned(),
        subject: Vec::new(),
    }
}

pub(crate) fn with_number(callback_id: i32, domain: u8) -> remote::Event {
    let msg = graphics(domain);
    remote::Event::DomainEventCallbackGraphics(remote::DomainEventCallbackGraphicsMsg {
        callback_id,
        msg,
    })
}

/// Takes the next registration for domain events, and gives it a number.
pub(crate) async fn register(
    peer: &mut Peer,
    callback_id: i32,
) -> (i32, Option<remote::NonnullDomain>) {
    let (packet, call) = peer.call().await;
    let remote::Call::ConnectDomainEventCallbackRegisterAny(args) = call else {
        panic!("no registration: {call:?}");
    };
    let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id };
    peer.reply(
        &packet,
        remote::Reply::ConnectDomainEventCallbackRegisterAny(ret),
    )
    .await;
    (args.event_id, args.dom)
}

/// Takes the end of a registration, and answers it.
pub(crate) async fn deregistered(peer: &mut Peer) -> i32 {
    let (packet, call) = peer.call().await;
    let remote::Call::ConnectDomainEventCallbackDeregisterAny(args) = call else {
        panic!("no end of a registration: {call:?}");
    };
    peer.reply(
        &packet,
        remote::Reply::ConnectDomainEventCallbackDeregisterAny,
    )
    .await;
    args.callback_id
}

pub(crate) fn name(event: Option<Result<GraphicsEvent, EventError>>) -> String {
    match event {
        Some(Ok(event)) => event.domain.name,
        Some(Err(error)) => error.to_string(),
        None => "the end".to_owned(),
    }
}

#[tokio::test]
async fn an_event_in_the_same_burst_as_the_answer_is_not_lost() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, ()) = tokio::join!(conn.events::<GraphicsEvent>(None), async {
        assert_eq!(register(&mut peer, 7).await, (5, None));
        peer.event(with_number(7, 1)).await;
        peer.event(with_number(8, 2)).await;
        peer.event(with_number(7, 3)).await;
    });
    let mut events = events.expect("it is registered");
    assert_eq!(name(events.next().await), "guest-1");
    assert_eq!(
        name(events.next().await),
        "guest-3",
        "2 is of another registration"
    );
    assert_eq!(conn.client().unclaimed_events(), 1);
}

#[tokio::test]
async fn events_are_those_of_the_domain_that_was_asked_for() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, ()) = tokio::join!(conn.events::<GraphicsEvent>(Some(domain(3))), async {
        assert_eq!(register(&mut peer, 0).await, (5, Some(domain(3))));
        peer.event(with_number(0, 3)).await;
    });
    let event = events.expect("it is registered").recv().await;
    let event = event.expect("an event").expect("a good one");
    assert_eq!(
        (event.domain.name.as_str(), event.phase),
        ("guest-3", Phase::Connect)
    );
}

#[tokio::test]
async fn a_registration_ends_with_its_stream() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, _) = tokio::join!(conn.events::<GraphicsEvent>(None), register(&mut peer, 7));
    drop(events.expect("it is registered"));
    assert_eq!(deregistered(&mut peer).await, 7);
    peer.event(with_number(7, 1)).await;
    let (result, ()) = tokio::join!(conn.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    result.expect("the connection goes on");
    assert_eq!(conn.client().unclaimed_events(), 1);
}

#[tokio::test]
async fn a_registration_waits_until_those_before_it_that_were_taken_back_are_gone() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, _) = tokio::join!(conn.events::<GraphicsEvent>(None), register(&mut peer, 7));
    drop(events.expect("it is registered"));
    let daemon = async {
        let (packet, call) = peer.call().await;
        let is_end = matches!(
            call,
            remote::Call::ConnectDomainEventCallbackDeregisterAny(_)
        );
        assert!(is_end, "{call:?}");
        let overtaking = timeout(Duration::from_millis(50), peer.read()).await;
        assert!(overtaking.is_err(), "libvirtd would refuse {overtaking:?}");
        let reply = remote::Reply::ConnectDomainEventCallbackDeregisterAny;
        peer.reply(&packet, reply).await;
        register(&mut peer, 8).await;
    };
    let (events, ()) = tokio::join!(conn.events::<GraphicsEvent>(None), daemon);
    events.expect("it is registered");
}

#[tokio::test]
async fn a_registration_that_nobody_waits_for_any_more_is_taken_back() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let registering = conn.events::<GraphicsEvent>(None);
    let soon = Duration::from_millis(20);
    assert!(
        timeout(soon, registering).await.is_err(),
        "nobody has answered yet"
    );
    register(&mut peer, 7).await;
    assert_eq!(deregistered(&mut peer).await, 7);
}

#[tokio::test(start_paused = true)]
async fn a_registration_that_is_answered_too_late_is_taken_back() {
    let call_timeout = Some(Duration::from_secs(3));
    let options = Options {
        call_timeout,
        ..Options::default()
    };
    let (conn, mut peer) = connection(options, FEATURES).await;
    let late = conn.events::<GraphicsEvent>(None).await;
    assert!(matches!(late, Err(Error::Timeout { .. })), "{late:?}");
    register(&mut peer, 7).await;
    assert_eq!(deregistered(&mut peer).await, 7);
    peer.event(with_number(7, 1)).await;
    while conn.client().unclaimed_events() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_registration_that_fails_says_why() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, ()) = tokio::join!(conn.events::<GraphicsEvent>(None), async {
        let (packet, _) = peer.call().await;
        let error = MessageError::new(ErrorCode::NO_SUPPORT, ErrorOrigin::TEST);
        peer.refuse(&packet, error).await;
    });
    let error = events.expect_err("it is refused");
    assert_eq!(
        error.remote().map(MessageError::error_code),
        Some(ErrorCode::NO_SUPPORT)
    );
}

#[tokio::test]
async fn a_slow_application_loses_events_and_is_told_how_many_and_where() {
    let options = Options {
        event_queue: 2,
        ..Options::default()
    };
    let (conn, mut peer) = connection(options, FEATURES).await;
    let (slow, _) = tokio::join!(conn.events::<GraphicsEvent>(None), register(&mut peer, 7));
    let fast = conn.events::<GraphicsEvent>(None).await;
    let (mut slow, mut fast) = (slow.expect("registered"), fast.expect("registered"));
    for domain in 1..=5 {
        peer.event(with_number(7, domain)).await;
        assert_eq!(name(fast.recv().await), format!("guest-{domain}"));
    }
    // Nor do answers wait for it.
    let (result, ()) = tokio::join!(conn.call::<proc::ConnectGetHostname>(&()), async {
        let (packet, _) = peer.call().await;
        peer.reply(&packet, hostname("host.example")).await;
    });
    result.expect("it is answered");
    assert_eq!((slow.lost(), fast.lost()), (3, 0));
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(name(slow.recv().await));
    }
    assert_eq!(
        found,
        [
            "guest-1",
            "guest-2",
            "3 events were lost: the queue was full"
        ]
    );
    peer.event(with_number(7, 6)).await;
    assert_eq!(name(slow.recv().await), "guest-6");
}

#[tokio::test]
async fn the_end_of_the_connection_is_the_last_item() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, _) = tokio::join!(conn.events::<GraphicsEvent>(None), register(&mut peer, 7));
    let mut events = events.expect("it is registered");
    peer.event(with_number(7, 1)).await;
    drop(peer);
    let found = [
        name(events.recv().await),
        name(events.recv().await),
        name(events.recv().await),
    ];
    let closed = "the connection has ended: the daemon has closed it";
    assert_eq!(found, ["guest-1", closed, "the end"]);
}

#[tokio::test]
async fn events_that_nobody_wanted_are_still_counted_when_the_connection_has_ended() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, _) = tokio::join!(conn.events::<GraphicsEvent>(None), register(&mut peer, 7));
    let mut events = events.expect("it is registered");
    peer.event(with_number(8, 1)).await;
    drop(peer);
    let closed = events.recv().await.expect("the end is an item");
    assert!(matches!(closed, Err(EventError::Closed(_))), "{closed:?}");
    assert_eq!(conn.client().unclaimed_events(), 1);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_said_to_be_so_and_others_follow() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, _) = tokio::join!(conn.events::<GraphicsEvent>(None), register(&mut peer, 7));
    let mut events = events.expect("it is registered");
    let payload = 7_i32.to_be_bytes().to_vec();
    peer.event(remote::Event::Unknown {
        procedure: 323,
        payload,
    })
    .await;
    peer.event(with_number(7, 1)).await;
    let unreadable = name(events.recv().await);
    assert!(
        unreadable.starts_with("event that cannot be read: payload of "),
        "{unreadable}"
    );
    assert_eq!(name(events.recv().await), "guest-1");
}

#[tokio::test]
async fn several_kinds_go_into_one_stream_and_unknown_ones_are_unknown() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let newer = EventKind::unknown(ObjectKind::Domain, 99);
    let lifecycle = *EventKind::find(ObjectKind::Domain, 0).expect("it is known");
    let kinds = [lifecycle, newer];
    let (events, ()) = tokio::join!(conn.domain_events(&kinds, None), async {
        assert_eq!(register(&mut peer, 1).await.0, 0);
        assert_eq!(register(&mut peer, 2).await.0, 99);
    });
    let mut events = events.expect("it is registered");
    let msg = remote::DomainEventLifecycleMsg {
        dom: domain(4),
        event: 2,
        detail: 0,
    };
    let known =
        remote::Event::DomainEventCallbackLifecycle(remote::DomainEventCallbackLifecycleMsg {
            callback_id: 1,
            msg,
        });
    let unknown = |number: i32| remote::Event::Unknown {
        procedure: 4000,
        payload: number.to_be_bytes().to_vec(),
    };
    for event in [known.clone(), unknown(3), unknown(1), unknown(2)] {
        peer.event(event).await;
    }
    for expected in [known, unknown(2)] {
        let event = events.recv().await.expect("an event").expect("a good one");
        assert_eq!(event, expected);
    }
    drop(events);
    let ends = [deregistered(&mut peer).await, deregistered(&mut peer).await];
    assert_eq!(ends, [1, 2]);
}

#[tokio::test]
async fn all_kinds_are_registered_for_by_their_objects() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let registering = async {
        let pool = conn
            .events::<remote::StoragePoolEventRefreshMsg>(None)
            .await;
        let network = conn.events::<remote::NetworkEventLifecycleMsg>(None).await;
        let device = conn.events::<remote::NodeDeviceEventUpdateMsg>(None).await;
        let secret = conn
            .events::<remote::SecretEventValueChangedMsg>(None)
            .await;
        (pool, network, device, secret)
    };
    let answer = async {
        let callback_id = 7;
        for _ in 0..4 {
            let (packet, call) = peer.call().await;
            let reply = match call {
                remote::Call::ConnectStoragePoolEventRegisterAny(args) => {
                    assert_eq!(args.event_id, 1);
                    let ret = remote::ConnectStoragePoolEventRegisterAnyRet { callback_id };
                    remote::Reply::ConnectStoragePoolEventRegisterAny(ret)
                }
                remote::Call::ConnectNetworkEventRegisterAny(args) => {
                    assert_eq!(args.event_id, 0);
                    let ret = remote::ConnectNetworkEventRegisterAnyRet { callback_id };
                    remote::Reply::ConnectNetworkEventRegisterAny(ret)
                }
                remote::Call::ConnectNodeDeviceEventRegisterAny(args) => {
                    assert_eq!(args.event_id, 1);
                    let ret = remote::ConnectNodeDeviceEventRegisterAnyRet { callback_id };
                    remote::Reply::ConnectNodeDeviceEventRegisterAny(ret)
                }
                remote::Call::ConnectSecretEventRegisterAny(args) => {
                    assert_eq!(args.event_id, 1);
                    let ret = remote::ConnectSecretEventRegisterAnyRet { callback_id };
                    remote::Reply::ConnectSecretEventRegisterAny(ret)
                }
                other => panic!("no registration: {other:?}"),
            };
            peer.reply(&packet, reply).await;
        }
        // The same number, as the daemon's drivers count by themselves.
        let secret = remote::NonnullSecret {
            uuid: [9; 16],
            usage_type: 0,
            usage_id: String::new(),
        };
        let event = remote::SecretEventValueChangedMsg {
            callback_id,
            secret,
        };
        peer.event(remote::Event::SecretEventValueChanged(event))
            .await;
        let dev = remote::NonnullNodeDevice {
            name: "pci_0000_00_00_0".to_owned(),
        };
        let event = remote::NodeDeviceEventUpdateMsg { callback_id, dev };
        peer.event(remote::Event::NodeDeviceEventUpdate(event))
            .await;
    };
    let ((pool, network, device, secret), ()) = tokio::join!(registering, answer);
    let event = secret.expect("registered").recv().await.expect("an event");
    assert_eq!(event.expect("a good one").secret.uuid, [9; 16]);
    let event = device.expect("registered").recv().await.expect("an event");
    assert_eq!(event.expect("a good one").dev.name, "pci_0000_00_00_0");
    let (mut pool, mut network) = (pool.expect("registered"), network.expect("registered"));
    let soon = Duration::from_millis(20);
    assert!(
        timeout(soon, pool.recv()).await.is_err(),
        "nothing of a pool"
    );
    assert!(
        timeout(soon, network.recv()).await.is_err(),
        "nothing of a network"
    );
}

#[tokio::test]
async fn the_end_of_the_drivers_connection_is_an_event_whose_registration_has_no_number() {
    type Closed = remote::ConnectEventConnectionClosedMsg;
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let registering =
        async { tokio::join!(conn.events::<Closed>(None), conn.events::<Closed>(None)) };
    let ((one, two), ()) = tokio::join!(registering, async {
        let (packet, call) = peer.call().await;
        assert_eq!(call, remote::Call::ConnectRegisterCloseCallback);
        let reply = remote::Reply::ConnectRegisterCloseCallback;
        peer.reply(&packet, reply).await;
    });
    let (mut one, mut two) = (one.expect("registered"), two.expect("registered"));
    let msg = Closed { reason: 2 };
    peer.event(remote::Event::ConnectEventConnectionClosed(msg))
        .await;
    for events in [&mut one, &mut two] {
        let event = events.recv().await.expect("an event").expect("a good one");
        assert_eq!(event, msg);
    }
    drop((one, two));
    let (_, call) = peer.call().await;
    assert_eq!(call, remote::Call::ConnectUnregisterCloseCallback);
}

/// The next call, which is to be one of QEMU's program.
async fn qemu_call(peer: &mut Peer) -> (OwnedPacket, qemu::Call) {
    let packet = peer.read().await.expect("a call");
    match Message::decode(&packet.borrowed()) {
        Ok(Message::Call(Call::Qemu(call))) => (packet, call),
        other => panic!("no call of QEMU's program: {other:?}"),
    }
}

#[tokio::test]
async fn what_qemu_says_on_its_monitor_is_an_event_of_another_program() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let filter = MonitorFilter {
        domain: Some(domain(3)),
        event: Some("RTC".to_owned()),
        flags: MonitorFilter::PATTERN,
    };
    let registering = conn.events::<qemu::DomainMonitorEventMsg>(Some(filter));
    let (events, ()) = tokio::join!(registering, async {
        let (packet, call) = qemu_call(&mut peer).await;
        let args = qemu::ConnectDomainMonitorEventRegisterArgs {
            dom: Some(domain(3)),
            event: Some("RTC".to_owned()),
            flags: 1,
        };
        assert_eq!(call, qemu::Call::ConnectDomainMonitorEventRegister(args));
        let ret = qemu::ConnectDomainMonitorEventRegisterRet { callback_id: 7 };
        let reply = qemu::Reply::ConnectDomainMonitorEventRegister(ret);
        let reply = Message::Reply(reply.into());
        peer.say(&reply, packet.header.serial).await;
    });
    let mut events = events.expect("registered");
    let event = |callback_id| qemu::DomainMonitorEventMsg {
        callback_id,
        dom: domain(3),
        event: "RTC_CHANGE".to_owned(),
        seconds: 1_700_000_000,
        micros: 5,
        details: None,
    };
    for number in [8, 7] {
        let event = qemu::Event::DomainMonitorEvent(event(number));
        peer.say(&Message::Event(event.into()), 0).await;
    }
    // One of a domain has the same number, as the daemon's drivers count by themselves.
    peer.event(with_number(7, 3)).await;
    let got = events.recv().await.expect("an event").expect("a good one");
    assert_eq!(got, event(7));
    drop(events);
    let (_, call) = qemu_call(&mut peer).await;
    let args = qemu::ConnectDomainMonitorEventDeregisterArgs { callback_id: 7 };
    assert_eq!(call, qemu::Call::ConnectDomainMonitorEventDeregister(args));
    assert_eq!(conn.client().unclaimed_events(), 2);
}

async fn legacy_call(peer: &mut Peer) -> (OwnedPacket, remote::Call) {
    let (packet, call) = peer.call().await;
    let reply = match call {
        remote::Call::ConnectDomainEventRegisterAny(_) => {
            remote::Reply::ConnectDomainEventRegisterAny
        }
        remote::Call::ConnectDomainEventDeregisterAny(_) => {
            remote::Reply::ConnectDomainEventDeregisterAny
        }
        ref other => panic!("not the old way: {other:?}"),
    };
    peer.reply(&packet, reply).await;
    (packet, call)
}

#[tokio::test]
async fn an_old_daemon_gets_one_registration_for_all_streams_of_a_kind() {
    let (conn, mut peer) = connection(Options::default(), &[]).await;
    let registering = async {
        let all = conn.events::<GraphicsEvent>(None);
        let one = conn.events::<GraphicsEvent>(Some(domain(2)));
        tokio::join!(all, one)
    };
    let ((all, one), (_, call)) = tokio::join!(registering, legacy_call(&mut peer));
    let args = remote::ConnectDomainEventRegisterAnyArgs { event_id: 5 };
    assert_eq!(call, remote::Call::ConnectDomainEventRegisterAny(args));
    let (mut all, mut one) = (all.expect("registered"), one.expect("registered"));
    peer.event(remote::Event::DomainEventGraphics(graphics(1)))
        .await;
    peer.event(remote::Event::DomainEventGraphics(graphics(2)))
        .await;
    assert_eq!(name(all.recv().await), "guest-1");
    assert_eq!(name(all.recv().await), "guest-2");
    assert_eq!(name(one.recv().await), "guest-2", "1 is another domain");
    drop(all);
    peer.event(remote::Event::DomainEventGraphics(graphics(2)))
        .await;
    assert_eq!(
        name(one.recv().await),
        "guest-2",
        "the other stream goes on"
    );
    drop(one);
    let args = remote::ConnectDomainEventDeregisterAnyArgs { event_id: 5 };
    let (_, call) = legacy_call(&mut peer).await;
    assert_eq!(call, remote::Call::ConnectDomainEventDeregisterAny(args));
}

#[tokio::test]
async fn an_old_daemons_events_of_other_domains_are_in_no_stream_of_one() {
    let (conn, mut peer) = connection(Options::default(), &[]).await;
    let kinds = [
        remote::DomainEventRebootMsg::KIND,
        remote::DomainEventGraphicsMsg::KIND,
    ];
    let registering = conn.domain_events(&kinds, Some(domain(2)));
    let (events, ()) = tokio::join!(registering, async {
        legacy_call(&mut peer).await;
        legacy_call(&mut peer).await;
        for number in [1, 2] {
            let dom = domain(number);
            let rebooted = remote::DomainEventRebootMsg { dom };
            peer.event(remote::Event::DomainEventReboot(rebooted)).await;
            peer.event(remote::Event::DomainEventGraphics(graphics(number)))
                .await;
        }
    });
    let mut events = events.expect("registered");
    for _ in 0..2 {
        let event = events.recv().await.expect("an event").expect("a good one");
        let domain = event.domain().expect("one of a domain");
        assert_eq!(domain.name, "guest-2");
    }
}

#[tokio::test]
async fn an_old_daemon_does_not_have_the_newer_kinds() {
    let (conn, _peer) = connection(Options::default(), &[]).await;
    let events = conn
        .events::<remote::DomainEventMemoryFailureMsg>(None)
        .await;
    let error = events.expect_err("it is not there");
    assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the daemon is too old for memory-failure"
    );
    let old = KINDS.iter().filter(|kind| kind.legacy.is_some());
    assert_eq!(old.count(), 16);
}
