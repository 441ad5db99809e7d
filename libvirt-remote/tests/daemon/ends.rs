//! What a hypervisor hears of the clients that go.

use std::time::Duration;

use libvirt_remote::daemon::{
    Access, Answer, Daemon, End, Hypervisor, Options, Overflow, Refusal, Request, Router, Session,
};
use protocol_defs::packet::Kind;
use protocol_defs::remote::{self, ConnectSupportsFeatureArgs, DomainEventLifecycleMsg};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::events::{register, started};
use super::peer::{Peer, packet, peer, peer_with, procedure, router};

/// A router that tells of its clients' ends.
struct Watching {
    router: Router,
    told: mpsc::UnboundedSender<(u64, &'static str)>,
}

impl Hypervisor for Watching {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        self.router.answer(request).await
    }

    fn disconnected(&self, session: &Session, end: &End) {
        assert!(session.is_closed());
        let end = match end {
            End::ByClient => "by client",
            End::CutOff { length: 10 } => "cut off",
            End::Frame(_) => "frame",
            End::TooLong { length: 1001 } => "too long",
            End::Unexpected { .. } => "unexpected",
            End::Keepalive { pings: 5 } => "keepalive",
            End::Overflow => "overflow",
            End::NotOpened => "not opened",
            End::Stalled => "stalled",
            End::Drained => "drained",
            End::Here => "here",
            _ => "another",
        };
        self.told.send((session.id(), end)).expect("it is heard");
    }
}

type Heard = mpsc::UnboundedReceiver<(u64, &'static str)>;

fn watched() -> (Daemon, Heard) {
    let (told, heard) = mpsc::unbounded_channel();
    let router = router();
    let options = Options {
        packet_bytes: 1000,
        queue_bytes: 2000,
        overflow: Overflow::Disconnect,
        ..Options::default()
    };
    (Daemon::new(Watching { router, told }, options), heard)
}

#[tokio::test(start_paused = true)]
async fn a_hypervisor_hears_once_why_each_client_has_gone() {
    let (daemon, mut heard) = watched();
    let mut next = 0;
    let mut expect = async |end| {
        assert_eq!(heard.recv().await, Some((next, end)));
        next += 1;
    };
    let client = async || {
        let (mut peer, session) = peer(&daemon, Access::ReadWrite);
        peer.open(0).await;
        (peer, session)
    };
    let (mut peer, _) = client().await;
    peer.hang_up().await;
    expect("by client").await;
    let (mut peer, _) = client().await;
    peer.bytes(&[0, 0, 0, 28, 0, 0, 0, 0, 0, 0]).await;
    peer.hang_up().await;
    expect("cut off").await;
    let (mut peer, _) = client().await;
    peer.bytes(&[0, 0, 0, 3]).await;
    expect("frame").await;
    let (mut peer, _) = client().await;
    peer.bytes(&[0, 0, 3, 0xe9]).await;
    expect("too long").await;
    let (mut peer, _) = client().await;
    let mut reply = packet(procedure(22), 1, Vec::new());
    reply.header.kind = Kind::Reply;
    peer.packet(&reply).await;
    expect("unexpected").await;
    let (mut silent, _) = client().await;
    let args = ConnectSupportsFeatureArgs { feature: 10 };
    let asked = silent.ask(remote::Call::ConnectSupportsFeature(args)).await;
    assert!(asked.is_ok());
    expect("keepalive").await;
    let _idle = super::peer::peer(&daemon, Access::ReadWrite);
    expect("not opened").await;
    let (_peer, session) = client().await;
    session.disconnect();
    expect("here").await;
    let (mut slow, _) = peer_with(&daemon, Access::ReadWrite, 100);
    slow.open(0).await;
    register(&mut slow, 0, None).await;
    let event: DomainEventLifecycleMsg = started(1);
    let sent = daemon.emit(event.clone()).map(|emitted| emitted.sent);
    assert_eq!(sent, Ok(1));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(daemon.emit(event.clone()).map(|it| it.sent), Ok(1));
    expect("stalled").await;
    let (mut slow, _) = peer_with(&daemon, Access::ReadWrite, 100);
    slow.open(0).await;
    register(&mut slow, 0, None).await;
    while daemon.emit(event.clone()).is_ok_and(|it| it.lost == 0) {}
    expect("overflow").await;
    let (mut slow, _): (Peer, _) = peer_with(&daemon, Access::ReadWrite, 100);
    slow.open(0).await;
    for _ in 0..4 {
        slow.call(remote::Call::ConnectGetHostname).await;
    }
    sleep(Duration::from_secs(1)).await;
    let stats = daemon.stats();
    assert_eq!(stats.malformed, 4);
    assert_eq!((stats.not_opened, stats.stalled), (1, 1));
    assert_eq!((stats.accepted, stats.sessions), (11, 1));
    assert!(daemon.shutdown(Duration::from_mins(1)).await);
    expect("drained").await;
    assert_eq!(heard.recv().await, None, "nobody else has gone");
}
