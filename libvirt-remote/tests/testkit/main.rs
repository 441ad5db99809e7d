//! The kit for tests, and with it what this crate's client makes of a daemon that does things wrong.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod streams;

use std::time::Duration;

use libvirt_remote::daemon::{Fate, Router, Session, refusal};
use libvirt_remote::testkit::{FakeDaemon, Fault, When};
use libvirt_remote::{CloseReason, Connection, Error, EventError, Options};
use protocol_defs::message::Call;
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{
    self, ConnectNumOfDomainsRet, DomainEventLifecycleMsg, DomainLookupByIdArgs,
    DomainLookupByIdRet, NonnullDomain, proc,
};
use tokio::time::{Instant, sleep};

type Number = proc::ConnectNumOfDomains;
type Lookup = proc::DomainLookupById;
type Next = proc::ConnectGetHostname;

fn fake() -> FakeDaemon {
    let router = Router::new()
        .always::<Number>(&ConnectNumOfDomainsRet { num: 2 })
        .on_sync::<Lookup>(|_, args| {
            Ok(DomainLookupByIdRet {
                dom: domain(args.id),
            })
        });
    FakeDaemon::new(router)
}

fn domain(id: i32) -> NonnullDomain {
    NonnullDomain {
        name: format!("guest-{id}"),
        uuid: [3; 16],
        id,
    }
}

async fn connect(fake: &FakeDaemon) -> Connection {
    let options = Options {
        call_timeout: Some(Duration::from_secs(1)),
        keepalive: None,
        ..Options::default()
    };
    let uri = "test:///default".parse().expect("it is a URI");
    let opened = fake.connect_with(&uri, options).await;
    opened.unwrap_or_else(|error| panic!("{error}"))
}

async fn number(conn: &Connection) -> Result<i32, Error> {
    conn.call::<Number>(&()).await.map(|ret| ret.num)
}

/// Why the connection ends when this happens to an answer.
async fn ended(fault: Fault) -> String {
    let fake = fake();
    let conn = connect(&fake).await;
    fake.inject(When::called::<Number>(), fault);
    match number(&conn).await {
        Err(Error::Closed(closed)) => closed.reason().to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn calls_are_remembered_with_their_types() {
    let fake = fake();
    let conn = connect(&fake).await;
    for id in [4, 5] {
        let args = DomainLookupByIdArgs { id };
        let found = conn.call::<Lookup>(&args).await;
        assert_eq!(found.map(|ret| ret.dom).ok(), Some(domain(id)));
    }
    assert!(fake.wait_for_calls::<Lookup>(2).await);
    let args = |id| DomainLookupByIdArgs { id };
    assert_eq!(fake.called::<Lookup>(), [args(4), args(5)]);
    let calls = fake.calls();
    assert_eq!(calls.first(), Some(&Call::Remote(remote::Call::AuthList)));
    let last = remote::Call::DomainLookupById(args(5));
    assert_eq!(calls.last(), Some(&Call::Remote(last)));
}

#[tokio::test]
async fn the_next_answers_can_be_said_beforehand() {
    let fake = fake();
    let conn = connect(&fake).await;
    for num in [7, 8] {
        let said = fake.answer_next::<Number>(&ConnectNumOfDomainsRet { num });
        assert_eq!(said, Ok(()));
    }
    for expected in [7, 8, 2] {
        assert_eq!(number(&conn).await.ok(), Some(expected));
    }
}

#[tokio::test]
async fn faults_are_for_the_calls_that_are_said() {
    let fake = fake();
    let conn = connect(&fake).await;
    let error = refusal(ErrorCode::OPERATION_FAILED, ErrorOrigin::TEST, "not now");
    let when = When::called::<Number>().skip(1).times(2);
    fake.inject(when, Fault::Refuse(error.clone()));
    let mut answers = Vec::new();
    for _ in 0..4 {
        // Another procedure is none of those.
        assert!(conn.call::<proc::ConnectGetHostname>(&()).await.is_ok());
        answers.push(number(&conn).await.map_err(|error| error.remote().cloned()));
    }
    let refused = Err(Some(*error.clone()));
    assert_eq!(answers, [Ok(2), refused.clone(), refused, Ok(2)]);
    fake.inject(When::any().always(), Fault::Refuse(error));
    for _ in 0..10 {
        assert!(number(&conn).await.is_err());
    }
    fake.heal();
    assert_eq!(number(&conn).await.ok(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_late_comes_late_and_one_that_is_lost_does_not_come() {
    let fake = fake();
    let conn = connect(&fake).await;
    let start = Instant::now();
    let delay = Fault::Delay(Duration::from_millis(700));
    fake.inject(When::called::<Number>(), delay);
    assert_eq!(number(&conn).await.ok(), Some(2));
    assert_eq!(start.elapsed(), Duration::from_millis(700));
    fake.inject(When::called::<Number>(), Fault::Lose);
    let lost = number(&conn).await;
    assert!(matches!(lost, Err(Error::Timeout { .. })), "{lost:?}");
    assert_eq!(number(&conn).await.ok(), Some(2), "the connection goes on");
}

#[tokio::test]
async fn a_payload_that_is_too_short_costs_its_call_only() {
    let fake = fake();
    let conn = connect(&fake).await;
    fake.inject(When::called::<Number>(), Fault::Truncate(1));
    let truncated = number(&conn).await;
    assert!(
        matches!(truncated, Err(Error::Result { .. })),
        "{truncated:?}"
    );
    assert_eq!(number(&conn).await.ok(), Some(2));
}

#[tokio::test]
async fn answers_that_come_in_another_order_go_to_their_calls() {
    let fake = fake();
    let conn = connect(&fake).await;
    fake.inject(When::called::<Lookup>(), Fault::Reorder(3));
    let lookup = async |id| {
        let found = conn.call::<Lookup>(&DomainLookupByIdArgs { id }).await;
        found.map(|ret| ret.dom.id).ok()
    };
    let found = tokio::join!(lookup(1), lookup(2), lookup(3), lookup(4));
    assert_eq!(found, (Some(1), Some(2), Some(3), Some(4)));
}

#[tokio::test]
async fn what_cannot_be_an_answer_ends_the_connection_with_the_reason() {
    let cut_off = ended(Fault::CutOff(10)).await;
    assert_eq!(
        cut_off,
        "the daemon has closed it after 10 bytes of a packet"
    );
    assert_eq!(ended(Fault::CutOff(0)).await, "the daemon has closed it");
    let short = ended(Fault::Garbage(vec![0; 20])).await;
    assert!(short.contains("shorter than its header"), "{short}");
    let long = ended(Fault::Garbage(vec![0xff; 20])).await;
    assert!(long.contains("longer than"), "{long}");
}

#[tokio::test]
async fn no_garbage_is_more_than_an_end() {
    for seed in 0..300 {
        let fake = fake();
        let conn = connect(&fake).await;
        let garbage = Fault::garbage(seed, 64);
        assert_eq!(garbage, Fault::garbage(seed, 64));
        fake.inject(When::called::<Number>(), garbage);
        // A length word that is a small number would have the client wait for the rest.
        fake.inject(When::called::<Next>(), Fault::CutOff(0));
        let (garbled, next) = tokio::join!(number(&conn), conn.call::<Next>(&()));
        assert!(matches!(next, Err(Error::Closed(_))), "{next:?}");
        assert!(matches!(garbled, Err(Error::Closed(_))), "{garbled:?}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_twice_is_one_too_many() {
    let fake = fake();
    let conn = connect(&fake).await;
    fake.inject(When::called::<Number>(), Fault::Double);
    assert_eq!(number(&conn).await.ok(), Some(2));
    let closed = number(&conn).await;
    match closed {
        Err(Error::Closed(closed)) => {
            assert!(matches!(closed.reason(), CloseReason::Unexpected { .. }));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn events_have_a_fate_too() {
    let fake = fake();
    let conn = connect(&fake).await;
    let events = conn.events::<DomainEventLifecycleMsg>(None).await;
    let mut events = events.unwrap_or_else(|error| panic!("{error}"));
    assert!(fake.wait_for_registrations(1).await);
    let event = |detail| DomainEventLifecycleMsg {
        dom: domain(1),
        event: 2,
        detail,
    };
    let fates = [
        (0, Fate::Arrives),
        (1, Fate::Lost),
        (2, Fate::Truncated(2)),
        (3, Fate::Doubled),
        (4, Fate::CutOff(30)),
    ];
    for (detail, fate) in fates {
        let emitted = fake.emit_fated(event(detail), &fate);
        assert!(emitted.is_ok(), "{emitted:?}");
    }
    let mut got = Vec::new();
    while let Some(next) = events.recv().await {
        got.push(match next {
            Ok(event) => Ok(event.detail),
            Err(EventError::Unreadable(_)) => Err("unreadable"),
            Err(EventError::Closed(_)) => Err("closed"),
            Err(other) => panic!("{other}"),
        });
    }
    assert_eq!(got, [Ok(0), Err("unreadable"), Ok(3), Ok(3), Err("closed")]);
}

#[tokio::test]
async fn a_client_without_a_driver_can_be_tested_too() {
    let fake = fake();
    let error = refusal(ErrorCode::NO_CONNECT, ErrorOrigin::TEST, "no such driver");
    fake.inject(When::called::<proc::ConnectOpen>(), Fault::Refuse(error));
    let refused = fake.connect().await.map(drop);
    let refused = refused.expect_err("the driver cannot be opened");
    assert_eq!(refused.to_string(), "no such driver (code 5, domain 12)");
    assert!(fake.connect().await.is_ok());
}

/// The two have to meet within a microsecond or so, which they do in a few of a thousand attempts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_that_is_given_up_while_its_answer_comes_leaves_nothing() {
    type Register = proc::ConnectDomainEventCallbackRegisterAny;
    let fake = fake();
    let after = Duration::from_millis(1);
    let options = Options {
        call_timeout: Some(after),
        ..Options::default()
    };
    let uri = "test:///default".parse().expect("it is a URI");
    let conn = loop {
        // It may be too slow for that, too.
        if let Ok(conn) = fake.connect_with(&uri, options.clone()).await {
            break conn;
        }
    };
    fake.inject(When::called::<Register>().always(), Fault::Delay(after));
    for _ in 0..1000 {
        // One or the other.
        drop(conn.events::<DomainEventLifecycleMsg>(None).await);
    }
    let left = || {
        let sessions = fake.sessions();
        sessions.iter().map(Session::registrations).sum::<usize>()
    };
    let deadline = Instant::now() + Duration::from_secs(10);
    while left() > 0 {
        assert!(Instant::now() < deadline, "{} are left", left());
        sleep(after).await;
    }
}
