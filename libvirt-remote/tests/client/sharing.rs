//! Streams that want the same share a registration: libvirtd takes no second one.

use std::time::Duration;

use libvirt_remote::{Error, Options};
use protocol_defs::events::{EventKind, EventObject as _};
use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError, OwnedPacket};
use protocol_defs::remote::{self, DomainEventRebootMsg, NonnullDomain};
use tokio::time::timeout;

use crate::events::{FEATURES, deregistered, name, register, with_number};
use crate::peer::{Peer, connection, domain, forged};

/// How long is waited for what should not come.
const SOON: Duration = Duration::from_millis(50);

async fn says_nothing(peer: &mut Peer) {
    let said = timeout(SOON, peer.read()).await;
    assert!(said.is_err(), "{said:?}");
}

/// Takes the end of a registration, and does not answer yet.
async fn leaving(peer: &mut Peer) -> OwnedPacket {
    let (packet, call) = peer.call().await;
    let is_end = matches!(
        call,
        remote::Call::ConnectDomainEventCallbackDeregisterAny(_)
    );
    assert!(is_end, "{call:?}");
    packet
}

#[tokio::test]
async fn streams_that_are_equal_have_one_registration_which_ends_with_the_last() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let registering = async {
        let one = conn.events::<GraphicsEvent>(None);
        let two = conn.events::<GraphicsEvent>(None);
        tokio::join!(one, two)
    };
    let ((one, two), _) = tokio::join!(registering, register(&mut peer, 7));
    let (mut one, mut two) = (one.expect("registered"), two.expect("registered"));
    peer.event(with_number(7, 1)).await;
    assert_eq!(name(one.recv().await), "guest-1");
    assert_eq!(name(two.recv().await), "guest-1");
    drop(one);
    says_nothing(&mut peer).await;
    peer.event(with_number(7, 2)).await;
    assert_eq!(name(two.recv().await), "guest-2");
    drop(two);
    assert_eq!(deregistered(&mut peer).await, 7);
    assert_eq!(conn.client().unclaimed_events(), 0);
}

#[tokio::test]
async fn a_domain_all_domains_and_another_domain_are_three_registrations() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let mut all = Vec::new();
    for (number, dom) in [(1, None), (2, Some(domain(1))), (3, Some(domain(2)))] {
        let registering = conn.events::<GraphicsEvent>(dom.clone());
        let (events, asked) = tokio::join!(registering, register(&mut peer, number));
        assert_eq!(asked, (5, dom));
        all.push(events.expect("registered"));
    }
    drop(all);
    let mut ends = [0; 3];
    for end in &mut ends {
        *end = deregistered(&mut peer).await;
    }
    assert_eq!(ends, [1, 2, 3]);
}

/// A daemon goes by the UUID: the number changes whenever the domain is started.
#[tokio::test]
async fn a_domain_is_the_same_before_and_after_its_start() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let before = NonnullDomain {
        id: -1,
        ..domain(3)
    };
    let before = conn.events::<GraphicsEvent>(Some(before));
    let (before, _) = tokio::join!(before, register(&mut peer, 7));
    let mut before = before.expect("registered");
    let after = timeout(SOON, conn.events::<GraphicsEvent>(Some(domain(3)))).await;
    let mut after = after.expect("nothing is called").expect("registered");
    peer.event(with_number(7, 3)).await;
    assert_eq!(name(before.recv().await), "guest-3");
    assert_eq!(name(after.recv().await), "guest-3");
}

#[tokio::test]
async fn who_waits_for_a_registration_that_is_refused_asks_as_well() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let registering = async {
        let one = conn.events::<GraphicsEvent>(None);
        let two = conn.events::<GraphicsEvent>(None);
        tokio::join!(one, two)
    };
    let ((one, two), ()) = tokio::join!(registering, async {
        let (packet, _) = peer.call().await;
        let error = MessageError::new(ErrorCode::NO_MEMORY, ErrorOrigin::RPC);
        peer.refuse(&packet, error).await;
        register(&mut peer, 7).await;
    });
    one.expect_err("it is refused");
    let mut two = two.expect("registered");
    peer.event(with_number(7, 1)).await;
    assert_eq!(name(two.recv().await), "guest-1");
}

#[tokio::test]
async fn a_stream_that_is_dropped_before_an_equal_one_is_registered_is_gone_first() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (first, _) = tokio::join!(conn.events::<GraphicsEvent>(None), register(&mut peer, 7));
    let first = first.expect("registered");
    let registering = async {
        // The second waits for its turn behind another.
        let other = conn.events::<DomainEventRebootMsg>(None);
        let second = conn.events::<GraphicsEvent>(None);
        tokio::join!(other, second)
    };
    let daemon = async {
        let (other, _) = peer.call().await;
        drop(first);
        let end = leaving(&mut peer).await;
        let callback_id = 8;
        let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id };
        let reply = remote::Reply::ConnectDomainEventCallbackRegisterAny(ret);
        peer.reply(&other, reply).await;
        says_nothing(&mut peer).await;
        let reply = remote::Reply::ConnectDomainEventCallbackDeregisterAny;
        peer.reply(&end, reply).await;
        register(&mut peer, 9).await;
        peer.event(with_number(9, 1)).await;
    };
    let ((other, second), ()) = tokio::join!(registering, daemon);
    other.expect("registered");
    assert_eq!(name(second.expect("registered").recv().await), "guest-1");
}

#[tokio::test]
async fn a_registration_waits_until_an_equal_one_that_was_given_up_is_taken_back() {
    let options = Options {
        call_timeout: Some(Duration::from_millis(500)),
        ..Options::default()
    };
    let (conn, mut peer) = connection(options, FEATURES).await;
    let late = conn.events::<GraphicsEvent>(None).await;
    assert!(matches!(late, Err(Error::Timeout { .. })), "{late:?}");
    let daemon = async {
        let (given_up, _) = peer.call().await;
        says_nothing(&mut peer).await;
        let callback_id = 7;
        let ret = remote::ConnectDomainEventCallbackRegisterAnyRet { callback_id };
        let reply = remote::Reply::ConnectDomainEventCallbackRegisterAny(ret);
        peer.reply(&given_up, reply).await;
        let end = leaving(&mut peer).await;
        says_nothing(&mut peer).await;
        let reply = remote::Reply::ConnectDomainEventCallbackDeregisterAny;
        peer.reply(&end, reply).await;
        register(&mut peer, 8).await;
    };
    let (events, ()) = tokio::join!(conn.events::<GraphicsEvent>(None), daemon);
    events.expect("registered");
}

#[tokio::test]
async fn a_kind_that_is_named_twice_is_registered_for_once_and_told_once() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let graphics = *EventKind::find(NonnullDomain::KIND, 5).expect("it is known");
    let kinds = [graphics, graphics];
    let (events, _) = tokio::join!(conn.domain_events(&kinds, None), register(&mut peer, 7));
    let mut events = events.expect("registered");
    for number in 1..=2 {
        peer.event(with_number(7, number)).await;
        let event = events.recv().await.expect("an event").expect("a good one");
        assert_eq!(event, with_number(7, number));
    }
}

#[tokio::test]
async fn an_answer_without_a_number_is_no_registration() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let (events, ()) = tokio::join!(conn.events::<GraphicsEvent>(None), async {
        let (packet, _) = peer.call().await;
        peer.bytes(&forged(&packet, |_| {})).await;
    });
    assert!(matches!(events, Err(Error::Result { .. })), "{events:?}");
}

#[tokio::test]
async fn a_registration_that_is_given_up_keeps_neither_others_nor_the_connection() {
    let (conn, mut peer) = connection(Options::default(), FEATURES).await;
    let registering = timeout(SOON, conn.events::<GraphicsEvent>(None));
    let (given_up, _) = tokio::join!(registering, peer.call());
    given_up.expect_err("the daemon does not answer");
    let registering = conn.events::<DomainEventRebootMsg>(None);
    let both = async { tokio::join!(registering, register(&mut peer, 8)) };
    let both = timeout(Duration::from_secs(5), both).await;
    let (events, _) = both.expect("it does not wait for the other");
    drop((events.expect("registered"), conn));
    leaving(&mut peer).await;
    let ended = timeout(Duration::from_secs(5), peer.end()).await;
    ended.expect("nobody has the connection");
}
