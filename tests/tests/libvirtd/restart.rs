//! A daemon that dies and comes back while it is used in every way at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use libvirt_remote::{Connection, Error, EventError, Events, Options, ReconnectOptions};
use protocol_defs::remote::{self, proc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::daemon::Daemon;

/// Tasks that call all the time, on one connection.
const CALLERS: u32 = 24;

/// How often the daemon dies.
const DEATHS: usize = 3;

/// What the callers have seen, all of them together.
#[derive(Default)]
struct Tally {
    is_over: AtomicBool,
    answered: AtomicU32,
    lost: AtomicU32,
}

impl Tally {
    /// Calls that have come to an end.
    fn ended(&self) -> u32 {
        self.answered.load(Ordering::Relaxed) + self.lost.load(Ordering::Relaxed)
    }
}

/// Calls until all is over. Every call ends, with its own answer or with the connection.
async fn call(conn: Connection, caller: u32, tally: Arc<Tally>) {
    let mut number = 0_u32;
    while !tally.is_over.load(Ordering::Relaxed) {
        number += 1;
        let name = format!("net-{caller}-{number}");
        let args = remote::NetworkLookupByNameArgs { name: name.clone() };
        let answer = conn.call::<proc::NetworkLookupByName>(&args);
        let answer = timeout(Duration::from_secs(30), answer).await;
        match answer.unwrap_or_else(|_| panic!("{name} is not answered")) {
            Err(Error::Remote(error)) => {
                let text = error.to_string();
                assert!(text.contains(&name), "the answer to another call: {text}");
                tally.answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(Error::Closed(_)) => {
                tally.lost.fetch_add(1, Ordering::Relaxed);
                conn.ready().await.expect("it comes back");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// Suspends and resumes the domain, until all is over.
async fn live(conn: Connection, tally: Arc<Tally>) {
    while !tally.is_over.load(Ordering::Relaxed) {
        // Whatever becomes of it: the daemon may be away, and a new one has a domain that runs.
        let args = remote::DomainLookupByNameArgs {
            name: "test".to_owned(),
        };
        if let Ok(found) = conn.call::<proc::DomainLookupByName>(&args).await {
            let dom = found.dom;
            let args = remote::DomainSuspendArgs { dom: dom.clone() };
            let _ = conn.call::<proc::DomainSuspend>(&args).await;
            let args = remote::DomainResumeArgs { dom };
            let _ = conn.call::<proc::DomainResume>(&args).await;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Takes events until the gap, if there is to be one, and one event behind it.
async fn until_event(events: &mut Events<remote::DomainEventLifecycleMsg>, gaps: usize) {
    let mut gaps_seen = 0;
    loop {
        let item = timeout(Duration::from_secs(30), events.recv()).await;
        match item.expect("something comes").expect("it goes on") {
            Ok(event) if gaps_seen == gaps => return assert_eq!(event.dom.name, "test"),
            Ok(_) => {}
            Err(EventError::Reconnected) => gaps_seen += 1,
            Err(error) => panic!("{error}"),
        }
        assert!(gaps_seen <= gaps, "a gap where there was none");
    }
}

/// Waits until so many more calls have ended than had.
async fn until_called(tally: &Tally, more: u32) {
    let wanted = tally.ended() + more;
    let deadline = Instant::now() + Duration::from_secs(30);
    while tally.ended() < wanted {
        assert!(Instant::now() < deadline, "the callers have stopped");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_dies_under_load_is_found_again_and_no_call_hangs() {
    let Some(mut daemon) = Daemon::start() else {
        return;
    };
    let uri = daemon.uri("test:///default").parse().expect("it is a URI");
    let options = Options {
        reconnect: Some(ReconnectOptions::default()),
        // Events wait while the callers are looked at.
        event_queue: 1 << 20,
        ..Options::default()
    };
    let conn = Connection::open_with(&uri, options).await;
    let conn = conn.unwrap_or_else(|error| panic!("{error}"));
    let events = conn.events::<remote::DomainEventLifecycleMsg>(None).await;
    let mut events = events.expect("registered");

    let tally = Arc::new(Tally::default());
    let mut tasks = JoinSet::new();
    for caller in 0..CALLERS {
        tasks.spawn(call(conn.clone(), caller, Arc::clone(&tally)));
    }
    tasks.spawn(live(conn.clone(), Arc::clone(&tally)));
    until_event(&mut events, 0).await;
    let start = Instant::now();
    for _ in 0..DEATHS {
        until_called(&tally, 200).await;
        let lost = tally.lost.load(Ordering::Relaxed);
        // The callers go on meanwhile, on the other thread.
        tokio::task::block_in_place(|| daemon.restart());
        until_event(&mut events, 1).await;
        until_called(&tally, 200).await;
        let lost = tally.lost.load(Ordering::Relaxed) - lost;
        assert!(lost > 0, "some of the calls were on their way");
    }
    tally.is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = tasks.join_next().await {
        ended.expect("every call has ended as it should");
    }
    let (answered, lost) = (
        tally.answered.load(Ordering::Relaxed),
        tally.lost.load(Ordering::Relaxed),
    );
    eprintln!(
        "{answered} calls answered, {lost} lost with {DEATHS} daemons: {:?}",
        start.elapsed()
    );
    assert_eq!(events.lost(), 0);
    conn.close().await.expect("it closes");
}
