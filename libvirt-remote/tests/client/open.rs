//! What a client says first.

use std::time::Duration;

use libvirt_remote::{Connection, Error, Options};
use protocol_defs::message::ProcedureId;
use protocol_defs::packet::MessageError;
use protocol_defs::remote::{self, AuthType, proc};

use crate::peer::{Peer, pair};

/// Opens while `daemon` answers.
async fn open(
    uri: &str,
    options: Options,
    daemon: impl AsyncFnOnce(&mut Peer),
) -> Result<Connection, Error> {
    let (near, mut peer) = pair();
    let uri = uri.parse().expect("it is a URI");
    let (conn, ()) = tokio::join!(
        Connection::open_over(near, &uri, options),
        daemon(&mut peer)
    );
    conn
}

fn auth_list(types: &[AuthType]) -> remote::Reply {
    remote::Reply::AuthList(remote::AuthListRet {
        types: types.to_vec(),
    })
}

fn supports(supported: i32) -> remote::Reply {
    remote::Reply::ConnectSupportsFeature(remote::ConnectSupportsFeatureRet { supported })
}

#[tokio::test]
async fn says_what_virsh_says_in_the_same_order() {
    let options = Options {
        read_only: true,
        ..Options::default()
    };
    let opened = open(
        "qemu+tcp://host.example/system",
        options,
        async |peer: &mut Peer| {
            let expected = [
                (remote::Call::AuthList, auth_list(&[AuthType::None])),
                (feature(10), supports(1)),
                (
                    remote::Call::ConnectOpen(remote::ConnectOpenArgs {
                        name: Some("qemu:///system".to_owned()),
                        flags: 1,
                    }),
                    remote::Reply::ConnectOpen,
                ),
                (feature(14), supports(1)),
            ];
            for (serial, (expected, reply)) in (0..).zip(expected) {
                let (packet, call) = peer.call().await;
                assert_eq!((packet.header.serial, call), (serial, expected));
                peer.reply(&packet, reply).await;
            }
        },
    );
    opened.await.expect("it opens");
}

fn feature(feature: i32) -> remote::Call {
    remote::Call::ConnectSupportsFeature(remote::ConnectSupportsFeatureArgs { feature })
}

#[tokio::test]
async fn closing_waits_until_the_driver_is_closed() {
    let (conn, mut peer) = crate::peer::connection(Options::default(), &[]).await;
    let other = conn.clone();
    let (closed, ()) = tokio::join!(conn.close(), async {
        let (packet, call) = peer.call().await;
        assert_eq!(call, remote::Call::ConnectClose);
        peer.reply(&packet, remote::Reply::ConnectClose).await;
        peer.end().await;
    });
    closed.expect("it is closed");
    let error = other
        .call::<proc::ConnectGetHostname>(&())
        .await
        .expect_err("it is closed");
    assert_eq!(
        error.to_string(),
        "the connection has ended: this side has closed it"
    );
}

#[tokio::test]
async fn a_daemon_that_hangs_up_instead_of_answering_has_closed_it_too() {
    let (conn, mut peer) = crate::peer::connection(Options::default(), &[]).await;
    let other = conn.clone();
    let (closed, ()) = tokio::join!(conn.close(), async {
        let (_, call) = peer.call().await;
        assert_eq!(call, remote::Call::ConnectClose);
        drop(peer);
    });
    closed.expect("it is closed");
    let closed = other.close().await;
    closed.expect_err("it was not open any more");
}

#[tokio::test]
async fn polkit_is_asked_by_the_daemon() {
    for complete in [1, 0] {
        let opened = open(
            "qemu:///system",
            Options::default(),
            async |peer: &mut Peer| {
                let (packet, _) = peer.call().await;
                peer.reply(&packet, auth_list(&[AuthType::Polkit])).await;
                let (packet, call) = peer.call().await;
                assert_eq!(call, remote::Call::AuthPolkit);
                let ret = remote::AuthPolkitRet { complete };
                peer.reply(&packet, remote::Reply::AuthPolkit(ret)).await;
                if complete == 1 {
                    peer.let_in(&[]).await;
                }
            },
        );
        match opened.await {
            Ok(_) => assert_eq!(complete, 1),
            Err(error) => assert_eq!(
                (complete, error.to_string().as_str()),
                (0, "polkit refuses")
            ),
        }
    }
}

#[tokio::test]
async fn a_way_to_authenticate_that_is_not_offered_is_not_taken() {
    for (uri, offered, expected) in [
        ("qemu:///system?auth=sasl", &[AuthType::None][..], "(none)"),
        (
            "qemu:///system?auth=none",
            &[AuthType::Polkit, AuthType::Sasl],
            "(polkit, sasl)",
        ),
        ("qemu:///system", &[AuthType::Unknown(9)], "(number 9)"),
    ] {
        let opened = open(uri, Options::default(), async |peer: &mut Peer| {
            let (packet, _) = peer.call().await;
            peer.reply(&packet, auth_list(offered)).await;
            peer.end().await;
        });
        let error = opened.await.expect_err("nothing fits");
        assert!(matches!(error, Error::Auth(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_daemon_that_knows_no_features_has_none() {
    let opened = open(
        "qemu:///system",
        Options::default(),
        async |peer: &mut Peer| {
            loop {
                let (packet, call) = peer.call().await;
                match call {
                    remote::Call::AuthList => {
                        peer.reply(&packet, auth_list(&[AuthType::None])).await;
                    }
                    remote::Call::ConnectOpen(_) => {
                        peer.reply(&packet, remote::Reply::ConnectOpen).await;
                    }
                    _ => {
                        let number = ProcedureId::of(&packet.header).procedure;
                        peer.refuse(&packet, MessageError::unknown_procedure(number))
                            .await;
                        if call == feature(14) {
                            return;
                        }
                    }
                }
            }
        },
    );
    opened.await.expect("it opens");
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_says_nothing_is_given_up() {
    let options = Options {
        open_timeout: Duration::from_secs(7),
        ..Options::default()
    };
    let opened = open("qemu:///system", options, async |peer: &mut Peer| {
        peer.call().await;
        peer.end().await;
    });
    let error = opened.await.expect_err("nobody answers");
    assert_eq!(
        error.to_string(),
        "no answer to the opening of a connection within 7s"
    );
}

#[tokio::test]
async fn says_where_it_could_not_connect_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("no-sock");
    let uri = format!("qemu:///system?socket={}", socket.display());
    let error = Connection::open(&uri).await.expect_err("nobody listens");
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    let place = format!("cannot connect to {}: ", socket.display());
    assert!(error.to_string().starts_with(&place), "{error}");
}
