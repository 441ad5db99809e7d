//! How much a client may have at a time, and how many clients there may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use libvirt_remote::Connection;
use libvirt_remote::daemon::{Access, Daemon, Options, Router, serve};
use protocol_defs::remote::{
    self, ConnectGetMaxVcpusRet, DomainEventLifecycleMsg, DomainLookupByIdArgs,
    DomainLookupByIdRet, proc,
};
use tokio::net::UnixListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::peer::{domain, lookup, opened, peer};

/// A daemon whose ordinary calls wait until they are let go.
struct Gate {
    running: AtomicUsize,
    open: Semaphore,
}

fn gate(options: Options) -> (Daemon, Arc<Gate>) {
    let gate = Arc::new(Gate {
        running: AtomicUsize::new(0),
        open: Semaphore::new(0),
    });
    let router = Router::with_state(Arc::clone(&gate))
        // Of low priority by the protocol's annotations.
        .on::<proc::DomainCreate>(|cx, _| async move {
            cx.state().running.fetch_add(1, Ordering::SeqCst);
            if let Ok(permit) = cx.state().open.acquire().await {
                permit.forget();
            }
            cx.state().running.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        })
        .on_sync::<proc::DomainLookupById>(|_, args| {
            let dom = domain(u8::try_from(args.id).unwrap_or_default());
            Ok(DomainLookupByIdRet { dom })
        })
        .always::<proc::ConnectGetMaxVcpus>(&ConnectGetMaxVcpusRet { max_vcpus: 1 });
    (Daemon::new(router, options), gate)
}

fn create() -> remote::Call {
    remote::Call::DomainCreate(remote::DomainCreateArgs { dom: domain(1) })
}

#[tokio::test(start_paused = true)]
async fn so_many_calls_run_others_wait_and_urgent_ones_do_not() {
    let options = Options {
        max_calls: 3,
        ..Options::default()
    };
    let (daemon, gate) = gate(options);
    let (mut peer, _) = opened(&daemon).await;
    for _ in 0..10 {
        peer.call(create()).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(gate.running.load(Ordering::SeqCst), 3);
    let (call, reply) = lookup(1);
    assert_eq!(peer.ask(call).await, Ok(reply), "it is urgent");
    gate.open.add_permits(2);
    for _ in 0..2 {
        assert_eq!(peer.answer().await.1, Ok(remote::Reply::DomainCreate));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(gate.running.load(Ordering::SeqCst), 3);
    gate.open.add_permits(8);
    for _ in 0..8 {
        assert_eq!(peer.answer().await.1, Ok(remote::Reply::DomainCreate));
    }
}

#[tokio::test(start_paused = true)]
async fn calls_with_long_arguments_run_beside_each_other_within_bounds() {
    let options = Options {
        queue_bytes: 2 << 20,
        ..Options::default()
    };
    let (daemon, gate) = gate(options);
    let (mut near, _) = super::peer::peer_with(&daemon, Access::ReadWrite, 64 << 20);
    near.open(0).await;
    let long = || {
        let mut dom = domain(1);
        dom.name = "x".repeat(1 << 20);
        remote::Call::DomainCreate(remote::DomainCreateArgs { dom })
    };
    for _ in 0..6 {
        near.call(long()).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let running = || gate.running.load(Ordering::SeqCst);
    assert_eq!(running(), 2, "each is a little longer than 1 MiB");
    gate.open.add_permits(3);
    for _ in 0..3 {
        assert_eq!(near.answer().await.1, Ok(remote::Reply::DomainCreate));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(running(), 2);
    // Short ones do not wait for that.
    near.call(create()).await;
    let (call, reply) = lookup(1);
    assert_eq!(near.ask(call).await, Ok(reply));
    assert_eq!(running(), 3);
    gate.open.add_permits(10);
    for _ in 0..4 {
        assert_eq!(near.answer().await.1, Ok(remote::Reply::DomainCreate));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_with_too_many_calls_is_not_read_until_some_are_answered() {
    let options = Options {
        max_calls: 1,
        max_waiting: 4,
        ..Options::default()
    };
    let (daemon, gate) = gate(options);
    let (mut near, _) = super::peer::peer_with(&daemon, Access::ReadWrite, 256);
    near.open(0).await;
    let mut sent = 0;
    while timeout(Duration::from_secs(1), near.call(create()))
        .await
        .is_ok()
    {
        sent += 1;
        assert!(sent < 100, "the daemon reads on");
    }
    // One of them has been written in part: the client cannot go on from there.
    gate.open.add_permits(sent);
    for _ in 0..sent {
        assert_eq!(near.answer().await.1, Ok(remote::Reply::DomainCreate));
    }
}

#[tokio::test(start_paused = true)]
async fn calls_of_a_client_that_takes_no_answers_do_not_begin() {
    let begun = Arc::new(AtomicUsize::new(0));
    let router =
        Router::with_state(Arc::clone(&begun)).on_sync::<proc::DomainGetXmlDesc>(|cx, _| {
            cx.state().fetch_add(1, Ordering::SeqCst);
            let xml = "x".repeat(10_000);
            Ok(remote::DomainGetXmlDescRet { xml })
        });
    let options = Options {
        max_calls: 3,
        queue_bytes: 20_000,
        ..Options::default()
    };
    let daemon = Daemon::new(router, options);
    let (mut near, _) = super::peer::peer_with(&daemon, Access::ReadWrite, 4096);
    near.open(0).await;
    let args = remote::DomainGetXmlDescArgs {
        dom: domain(1),
        flags: 0,
    };
    for _ in 0..40 {
        near.call(remote::Call::DomainGetXmlDesc(args.clone()))
            .await;
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    // What the queue holds, and those that ran when it was full.
    let waits = begun.load(Ordering::SeqCst);
    assert!((2..=6).contains(&waits), "{waits}");
    for _ in 0..40 {
        assert!(near.answer().await.1.is_ok());
    }
    assert_eq!(begun.load(Ordering::SeqCst), 40);
}

#[tokio::test]
async fn clients_that_are_too_many_wait_for_others_to_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    let options = Options {
        max_clients: 2,
        ..Options::default()
    };
    let (daemon, _gate) = gate(options);
    daemon.listen(
        UnixListener::bind(&path).expect("a socket"),
        Access::ReadWrite,
    );
    let uri = format!("test+unix:///default?socket={}", path.display());
    let first = Connection::open(&uri).await.expect("it is let in");
    let _second = Connection::open(&uri).await.expect("it is let in");
    let third = tokio::spawn(async move { Connection::open(&uri).await.map(drop) });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!third.is_finished());
    assert_eq!(daemon.stats().sessions, 2);
    first.close().await.expect("it can be closed");
    let third = third.await.expect("it does not panic");
    third.expect("it is let in");
}

#[tokio::test]
async fn a_client_that_has_gone_keeps_its_place_for_as_long_as_its_calls_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    let options = Options {
        max_clients: 1,
        ..Options::default()
    };
    let (daemon, gate) = gate(options);
    let listener = UnixListener::bind(&path).expect("a socket");
    daemon.listen(listener, Access::ReadWrite);
    let uri = format!("test+unix:///default?socket={}", path.display());
    let gone = Connection::open(&uri).await.expect("it is let in");
    let args = remote::DomainCreateArgs { dom: domain(1) };
    let call = gone.call::<proc::DomainCreate>(&args);
    let called = timeout(Duration::from_millis(100), call).await;
    assert!(called.is_err(), "it runs");
    drop(gone);
    while daemon.stats().sessions > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Otherwise who comes and goes would have any number of calls run.
    let next = timeout(Duration::from_millis(200), Connection::open(&uri)).await;
    assert!(next.is_err(), "it waits");
    assert_eq!(gate.running.load(Ordering::SeqCst), 1);
    gate.open.add_permits(1);
    Connection::open(&uri).await.expect("it is let in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_clients_call_at_once_and_all_get_the_events() {
    const CLIENTS: usize = 300;
    const CALLS: u8 = 20;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    let router = Router::new().on::<proc::DomainLookupById>(|_, args| async move {
        tokio::task::yield_now().await;
        let dom = domain(u8::try_from(args.id).unwrap_or_default());
        Ok(DomainLookupByIdRet { dom })
    });
    let daemon = serve(listener, router);
    let uri = format!("test+unix:///default?socket={}", path.display());
    let registered = Arc::new(Semaphore::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (uri, registered) = (uri.clone(), Arc::clone(&registered));
            tokio::spawn(async move {
                let conn = Connection::open(&uri).await.expect("it is let in");
                let events = conn.events::<DomainEventLifecycleMsg>(None).await;
                let mut events = events.expect("it registers");
                registered.add_permits(1);
                for number in 0..CALLS {
                    let id = i32::from(number);
                    let args = DomainLookupByIdArgs { id };
                    let ret = conn.call::<proc::DomainLookupById>(&args).await;
                    assert_eq!(ret.expect("it is answered").dom, domain(number));
                }
                for number in 0..100 {
                    let event = events.recv().await.expect("the connection goes on");
                    assert_eq!(event.expect("it can be read").detail, number);
                }
                conn.close().await.expect("it can be closed");
            })
        })
        .collect();
    let all = u32::try_from(CLIENTS).expect("they are few");
    let permits = registered.acquire_many(all).await;
    permits.expect("nobody closes it").forget();
    assert_eq!(daemon.stats().sessions, CLIENTS);
    for detail in 0..100 {
        let event = DomainEventLifecycleMsg {
            dom: domain(1),
            event: 2,
            detail,
        };
        let emitted = daemon.emit(event).expect("it is within bounds");
        assert_eq!((emitted.sent, emitted.lost), (300, 0));
    }
    for client in clients {
        client.await.expect("it gets what it waits for");
    }
    let stats = daemon.stats();
    assert_eq!((stats.accepted, stats.events_sent), (300, 30_000));
    assert_eq!((stats.malformed, stats.refused), (0, 0));
    assert!(daemon.shutdown(Duration::from_secs(10)).await);
}

#[tokio::test]
async fn one_that_is_disconnected_leaves_the_others() {
    let (daemon, _gate) = gate(Options::default());
    let (mut one, session) = peer(&daemon, Access::ReadWrite);
    let (mut other, _) = opened(&daemon).await;
    session.disconnect();
    one.end().await;
    assert!(session.is_closed());
    let (call, reply) = lookup(1);
    assert_eq!(other.ask(call).await, Ok(reply));
}
