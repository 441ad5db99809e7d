//! Callers that have gone, and what is kept of their calls and of what they had sent.

use std::time::Duration;

use futures_util::poll;
use libvirt_remote::{CloseReason, Error, Options};
use protocol_defs::remote::{self, proc};
use protocol_defs::stream::StreamPacket;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

use crate::peer::{client, hostname};

/// Calls without an answer that a daemon may leave, as the documentation of `Options` says it.
const UNANSWERED: usize = 16_384;

#[tokio::test]
async fn a_daemon_that_never_answers_may_leave_so_many_calls_and_no_more() {
    let options = Options {
        call_timeout: Some(Duration::from_mins(1)),
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let mut first = None;
    for _ in 0..UNANSWERED {
        let call = client.call::<proc::ConnectGetHostname>(&());
        let mut call = Box::pin(call);
        assert!(poll!(&mut call).is_pending());
        drop(call);
        let (packet, _) = peer.call().await;
        first.get_or_insert(packet);
    }
    assert!(client.closed().is_none(), "so many may be late");
    // One that is answered late makes room for another.
    let first = first.expect("it has called");
    peer.reply(&first, hostname("late.example")).await;
    while format!("{client:?}").contains(&format!("pending: {UNANSWERED}")) {
        tokio::task::yield_now().await;
    }
    for is_over in [false, true] {
        let call = client.call::<proc::ConnectGetHostname>(&());
        let mut call = Box::pin(call);
        assert!(poll!(&mut call).is_pending());
        drop(call);
        assert_eq!(client.closed().is_some(), is_over);
    }
    let later = client.call::<proc::ConnectGetHostname>(&()).await;
    let error = later.expect_err("the connection has ended");
    assert_eq!(
        error.to_string(),
        "the connection has ended: the daemon has not answered 16385 calls whose callers have gone"
    );
    let Error::Closed(closed) = error else {
        panic!("{error:?}");
    };
    assert!(matches!(
        closed.reason(),
        CloseReason::Unanswered { calls: 16_385 }
    ));
    while peer.read().await.is_some() {}
}

#[tokio::test]
async fn a_stream_whose_caller_has_gone_holds_nothing_before_its_answer_comes() {
    let options = Options {
        stream_window: 10,
        ..Options::default()
    };
    let (client, mut peer) = client(options);
    let args = remote::DomainOpenConsoleArgs {
        dom: crate::peer::domain(1),
        dev_name: None,
        flags: 0,
    };
    let mut begin = Box::pin(client.stream::<proc::DomainOpenConsole>(&args));
    assert!(poll!(&mut begin).is_pending());
    let (call, _) = peer.call().await;
    drop(begin);
    let data = vec![7; 60_000];
    let flood = async {
        for _ in 0..20 {
            peer.stream(&call, &StreamPacket::Data(&data)).await;
        }
    };
    let soon = Duration::from_secs(5);
    let taken = timeout(soon, flood).await;
    taken.expect("nobody would ever take it");
}

#[tokio::test(start_paused = true)]
async fn what_a_dropped_client_had_sent_is_not_kept_for_a_daemon_that_takes_nothing() {
    let (client, peer) = client(Options::default());
    let args = remote::DomainDefineXmlArgs {
        xml: "x".repeat(100_000),
    };
    let mut call = Box::pin(client.call::<proc::DomainDefineXml>(&args));
    assert!(poll!(&mut call).is_pending());
    let tasks = || Handle::current().metrics().num_alive_tasks();
    assert_eq!(tasks(), 1);
    let start = Instant::now();
    drop(call);
    drop(client);
    while tasks() > 0 && start.elapsed() < Duration::from_mins(10) {
        sleep(Duration::from_secs(1)).await;
    }
    assert!((10..12).contains(&start.elapsed().as_secs()));
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn what_a_dropped_client_had_sent_goes_out_to_a_daemon_that_takes_its_time() {
    let (client, mut peer) = client(Options::default());
    let args = remote::DomainDefineXmlArgs {
        xml: "x".repeat(100_000),
    };
    let mut call = Box::pin(client.call::<proc::DomainDefineXml>(&args));
    assert!(poll!(&mut call).is_pending());
    drop(call);
    drop(client);
    sleep(Duration::from_secs(9)).await;
    let (_, call) = peer.call().await;
    assert_eq!(call, remote::Call::DomainDefineXml(args));
    peer.end().await;
}
