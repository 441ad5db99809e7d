//! Calls, and what virsh makes of the same.

use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use libvirt_remote::{CloseReason, Connection, Error, KeepaliveOptions, Options};
use protocol_defs::graphics::Uuid;
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{self, proc};
use tokio::time::{sleep, timeout};

use crate::daemon::{Daemon, errors};

async fn lookup(conn: &Connection, name: &str) -> Result<remote::NonnullDomain, Error> {
    let args = remote::DomainLookupByNameArgs {
        name: name.to_owned(),
    };
    Ok(conn.call::<proc::DomainLookupByName>(&args).await?.dom)
}

#[tokio::test]
async fn says_what_virsh_says() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let virsh = |arguments: &[&str]| daemon.virsh_says("test:///default", arguments);

    let uri = conn
        .call::<proc::ConnectGetUri>(&())
        .await
        .expect("an answer")
        .uri;
    // virsh says how it got there instead.
    assert_eq!(uri, "test:///default");
    let hostname = conn
        .call::<proc::ConnectGetHostname>(&())
        .await
        .expect("an answer");
    assert_eq!(hostname.hostname, virsh(&["hostname"]).trim());
    let args = remote::ConnectListAllDomainsArgs {
        need_results: 1,
        flags: 0,
    };
    let all = conn
        .call::<proc::ConnectListAllDomains>(&args)
        .await
        .expect("an answer");
    let names: Vec<_> = all.domains.iter().map(|dom| dom.name.as_str()).collect();
    assert_eq!(names.join("\n"), virsh(&["list", "--all", "--name"]).trim());

    let dom = lookup(&conn, "test").await.expect("the test driver has it");
    assert_eq!(
        Uuid(dom.uuid).to_string(),
        virsh(&["domuuid", "test"]).trim()
    );
    let args = remote::DomainGetXmlDescArgs {
        dom: dom.clone(),
        flags: 0,
    };
    let xml = conn
        .call::<proc::DomainGetXmlDesc>(&args)
        .await
        .expect("an answer")
        .xml;
    assert_eq!(xml.trim(), virsh(&["dumpxml", "test"]).trim());
    let args = remote::DomainGetStateArgs { dom, flags: 0 };
    let state = conn
        .call::<proc::DomainGetState>(&args)
        .await
        .expect("an answer");
    assert_eq!(
        (state.state, virsh(&["domstate", "test"]).trim()),
        (1, "running")
    );
    let capabilities = conn
        .call::<proc::ConnectGetCapabilities>(&())
        .await
        .expect("an answer");
    assert_eq!(
        capabilities.capabilities.trim(),
        virsh(&["capabilities"]).trim()
    );
    conn.close().await.expect("it closes");
}

#[tokio::test]
async fn an_error_is_the_one_that_virsh_prints() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let error = lookup(&conn, "no-such-guest")
        .await
        .expect_err("there is none");
    let said = error.remote().expect("the daemon's error");
    assert_eq!(
        (said.error_code(), said.origin()),
        (ErrorCode::NO_DOMAIN, ErrorOrigin::TEST)
    );
    let mut virsh = daemon.virsh(
        "test:///default",
        &["snapshot-list", "test", "--from", "none"],
    );
    let printed = errors(&virsh.output().expect("virsh runs"));
    let args = remote::DomainSnapshotLookupByNameArgs {
        dom: lookup(&conn, "test").await.expect("it is there"),
        name: "none".to_owned(),
        flags: 0,
    };
    let error = conn.call::<proc::DomainSnapshotLookupByName>(&args).await;
    let error = error.expect_err("there is none");
    let said = error.remote().expect("the daemon's error");
    assert_eq!(said.error_code(), ErrorCode::NO_DOMAIN_SNAPSHOT);
    let message = said.message.as_deref().expect("a text");
    assert!(printed.contains(message), "{message} is not in {printed}");
    let absent = Connection::open(&daemon.uri("test:///no-such-file")).await;
    absent
        .expect_err("there is no such file")
        .remote()
        .expect("the daemon's error");
}

#[tokio::test]
async fn tcp_is_another_way_to_the_same() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let uri = format!("test+tcp://127.0.0.1:{}/default", daemon.port);
    let conn = Connection::open(&uri)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        lookup(&conn, "test").await.expect("it is there").name,
        "test"
    );
    assert!(!conn.client().passes_descriptors());
    let args = remote::DomainFdAssociateArgs {
        dom: lookup(&conn, "test").await.expect("it is there"),
        name: "group".to_owned(),
        flags: 0,
    };
    let fds = vec![
        std::fs::File::open("/dev/null")
            .expect("it is there")
            .into(),
    ];
    let refused = conn
        .call_with_descriptors::<proc::DomainFdAssociate>(&args, fds)
        .await;
    assert!(matches!(refused, Err(Error::NoDescriptors)), "{refused:?}");
    conn.close().await.expect("it closes");
}

#[tokio::test]
async fn who_only_reads_may_not_change_anything() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let uri = daemon.uri("test:///default").parse().expect("it is a URI");
    let options = Options {
        read_only: true,
        ..Options::default()
    };
    let conn = Connection::open_with(&uri, options).await;
    let conn = conn.unwrap_or_else(|error| panic!("{error}"));
    let dom = lookup(&conn, "test").await.expect("it may look");
    let args = remote::DomainSuspendArgs { dom };
    let error = conn
        .call::<proc::DomainSuspend>(&args)
        .await
        .expect_err("it may not");
    let said = error.remote().expect("the daemon's error");
    assert_eq!(said.error_code(), ErrorCode::OPERATION_DENIED);
}

#[tokio::test]
async fn descriptors_go_along_and_the_connection_goes_on() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let dom = lookup(&conn, "test").await.expect("it is there");
    for count in [1_usize, 3, 32] {
        let file = || {
            std::fs::File::open("/dev/null")
                .expect("it is there")
                .into()
        };
        let fds = std::iter::repeat_with(file).take(count).collect();
        let args = remote::DomainFdAssociateArgs {
            dom: dom.clone(),
            name: "group".to_owned(),
            flags: 0,
        };
        // The daemon takes them all, and then finds that the test driver has no use for them.
        let call = conn.call_with_descriptors::<proc::DomainFdAssociate>(&args, fds);
        let next = conn.call::<proc::ConnectGetHostname>(&());
        let (refused, next) = tokio::join!(call, next);
        let error = refused.expect_err("the test driver has no use for it");
        let said = error.remote().unwrap_or_else(|| panic!("{error}"));
        assert_eq!(said.error_code(), ErrorCode::NO_SUPPORT, "{said}");
        next.expect("what is behind the descriptors is read as it should be");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_are_in_flight_and_each_has_its_answer() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let dom = lookup(&conn, "test").await.expect("it is there");
    let uuid = remote::DomainLookupByUuidArgs { uuid: dom.uuid };
    let start = Instant::now();
    let calls = (0..50).map(|caller| {
        let (conn, dom, uuid) = (conn.clone(), dom.clone(), uuid);
        tokio::spawn(async move {
            for call in 0..40 {
                if (caller + call) % 3 == 0 {
                    let found = conn.call::<proc::DomainLookupByUuid>(&uuid).await?;
                    assert_eq!(found.dom, dom);
                } else if (caller + call) % 3 == 1 {
                    let args = remote::DomainSnapshotLookupByNameArgs {
                        dom: dom.clone(),
                        name: format!("of-{caller}-{call}"),
                        flags: 0,
                    };
                    let error = conn.call::<proc::DomainSnapshotLookupByName>(&args).await;
                    let error = error.expect_err("there is none");
                    assert!(error.to_string().contains(&args.name), "{error}");
                } else {
                    let args = remote::DomainGetInfoArgs { dom: dom.clone() };
                    assert_eq!(conn.call::<proc::DomainGetInfo>(&args).await?.state, 1);
                }
            }
            Ok::<_, Error>(())
        })
    });
    for call in join_all(calls).await {
        call.expect("it ends").expect("it is answered");
    }
    eprintln!("2000 calls, 50 at once: {:?}", start.elapsed());
}

#[tokio::test]
async fn a_daemon_that_dies_fails_what_waits() {
    let Some(mut daemon) = Daemon::start() else {
        return;
    };
    let conn = daemon.open().await;
    let mut events = conn
        .events::<remote::DomainEventLifecycleMsg>(None)
        .await
        .expect("registered");
    let calls = (0..100).map(|_| conn.call::<proc::ConnectGetCapabilities>(&()));
    let calls = try_join_all(calls);
    tokio::pin!(calls);
    assert!(
        timeout(Duration::from_millis(1), &mut calls).await.is_err(),
        "it takes longer"
    );
    daemon.kill();
    let ended = timeout(Duration::from_secs(20), calls)
        .await
        .expect("nobody waits for ever");
    let Err(Error::Closed(closed)) = ended else {
        panic!("{ended:?}");
    };
    let is_known = matches!(
        closed.reason(),
        CloseReason::ByPeer | CloseReason::CutOff { .. } | CloseReason::Io(_)
    );
    assert!(is_known, "{closed}");
    let last = events.recv().await.expect("an item");
    assert_eq!(last.expect_err("no event").to_string(), closed.to_string());
    assert!(events.recv().await.is_none());
}

#[tokio::test]
async fn keepalive_is_answered_by_the_daemon() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let uri = daemon.uri("test:///default").parse().expect("it is a URI");
    let keepalive = Some(KeepaliveOptions {
        interval: Duration::from_millis(100),
        count: 2,
    });
    let options = Options {
        keepalive,
        ..Options::default()
    };
    let conn = Connection::open_with(&uri, options)
        .await
        .expect("it opens");
    // Ten times as long as a daemon that does not answer would be borne with.
    sleep(Duration::from_secs(3)).await;
    lookup(&conn, "test").await.expect("the connection goes on");
}
