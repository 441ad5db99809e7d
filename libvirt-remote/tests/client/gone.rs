//! Callers that have gone, and what is kept of their calls and of what they had sent.

use std::time::Duration;

use futures_util::poll;
use libvirt_remote::Options;
use protocol_defs::remote::{self, proc};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use crate::peer::client;

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
