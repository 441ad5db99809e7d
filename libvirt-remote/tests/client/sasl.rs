//! SASL with daemons that are not to be believed.

use libvirt_remote::{Connection, Credentials, Error, Options};
use protocol_defs::remote::{self, AuthType};

use crate::peer::{Peer, pair};

/// Opens with a password while `daemon` answers, once SASL and its mechanisms are offered.
async fn open(
    is_private: bool,
    mechanisms: &str,
    daemon: impl AsyncFnOnce(&mut Peer),
) -> Result<Connection, Error> {
    let uri = "test://viewer@host.example/default";
    let credentials = Some(Credentials {
        user: None,
        password: "correct horse".to_owned(),
    });
    open_at(uri, credentials, is_private, mechanisms, daemon).await
}

async fn open_at(
    uri: &str,
    credentials: Option<Credentials>,
    is_private: bool,
    mechanisms: &str,
    daemon: impl AsyncFnOnce(&mut Peer),
) -> Result<Connection, Error> {
    let (near, mut peer) = pair();
    let near = if is_private { near.private() } else { near };
    let uri = uri.parse().expect("it is a URI");
    let options = Options {
        credentials,
        ..Options::default()
    };
    let answer = async {
        let (packet, _) = peer.call().await;
        let types = vec![AuthType::Sasl];
        peer.reply(
            &packet,
            remote::Reply::AuthList(remote::AuthListRet { types }),
        )
        .await;
        let (packet, call) = peer.call().await;
        assert_eq!(call, remote::Call::AuthSaslInit);
        let ret = remote::AuthSaslInitRet {
            mechlist: mechanisms.to_owned(),
        };
        peer.reply(&packet, remote::Reply::AuthSaslInit(ret)).await;
        daemon(&mut peer).await;
    };
    let (conn, ()) = tokio::join!(Connection::open_over(near, &uri, options), answer);
    conn
}

/// Takes the beginning, and answers it.
async fn started(peer: &mut Peer, complete: i32, data: &[u8]) -> remote::AuthSaslStartArgs {
    let (packet, call) = peer.call().await;
    let remote::Call::AuthSaslStart(args) = call else {
        panic!("no beginning: {call:?}");
    };
    let nil = i32::from(data.is_empty());
    let ret = remote::AuthSaslStartRet {
        complete,
        nil,
        data: data.to_vec(),
    };
    peer.reply(&packet, remote::Reply::AuthSaslStart(ret)).await;
    args
}

#[tokio::test]
async fn a_password_in_the_clear_goes_only_where_nobody_can_listen() {
    let opened = open(true, "PLAIN", async |peer: &mut Peer| {
        let args = started(peer, 1, &[]).await;
        assert_eq!((args.mech.as_str(), args.nil), ("PLAIN", 0));
        assert_eq!(args.data, b"\0viewer\0correct horse");
        peer.let_in(&[]).await;
    });
    opened.await.expect("it opens");
    let opened = open(false, "PLAIN,GSSAPI", async |peer: &mut Peer| {
        peer.end().await;
    });
    assert_eq!(
        opened.await.expect_err("anybody could listen").to_string(),
        "of the mechanisms of SASL that the daemon offers (PLAIN, GSSAPI) none will do"
    );
}

#[tokio::test]
async fn the_best_mechanism_is_taken() {
    let opened = open(
        true,
        "PLAIN,DIGEST-MD5,SCRAM-SHA-256",
        async |peer: &mut Peer| {
            let args = started(peer, 0, &[]).await;
            assert_eq!(args.mech, "SCRAM-SHA-256");
            assert!(args.data.starts_with(b"n,,n=viewer,r="));
            while peer.read().await.is_some() {}
        },
    );
    let error = opened.await.expect_err("the daemon says nothing to it");
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
}

#[tokio::test]
async fn a_daemon_that_does_not_show_that_it_knows_the_password_is_not_believed() {
    // It has nothing to show.
    let opened = open(true, "SCRAM-SHA-256", async |peer: &mut Peer| {
        started(peer, 1, &[]).await;
        peer.end().await;
    });
    let error = opened.await.expect_err("it is in, but where?");
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    // It makes something up.
    let opened = open(true, "SCRAM-SHA-256", async |peer: &mut Peer| {
        let (packet, call) = peer.call().await;
        let remote::Call::AuthSaslStart(args) = call else {
            panic!("no beginning: {call:?}");
        };
        let first = String::from_utf8(args.data).expect("it is text");
        let nonce = first.split_once("r=").expect("it has one").1;
        let data = format!("r={nonce}more,s=c2FsdA==,i=4096").into_bytes();
        let ret = remote::AuthSaslStartRet {
            complete: 0,
            nil: 0,
            data,
        };
        peer.reply(&packet, remote::Reply::AuthSaslStart(ret)).await;
        let (packet, call) = peer.call().await;
        assert!(matches!(call, remote::Call::AuthSaslStep(_)), "{call:?}");
        let data = format!("v={}=", "A".repeat(43)).into_bytes();
        let ret = remote::AuthSaslStepRet {
            complete: 1,
            nil: 0,
            data,
        };
        peer.reply(&packet, remote::Reply::AuthSaslStep(ret)).await;
        peer.end().await;
    });
    let error = opened.await.expect_err("that is no signature");
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
}

#[tokio::test]
async fn a_daemon_that_never_ends_is_left() {
    let opened = open(true, "PLAIN", async |peer: &mut Peer| {
        started(peer, 0, &[]).await;
        while let Some(packet) = peer.read().await {
            let ret = remote::AuthSaslStepRet {
                complete: 0,
                nil: 1,
                data: Vec::new(),
            };
            peer.reply(&packet, remote::Reply::AuthSaslStep(ret)).await;
        }
    });
    let error = opened.await.expect_err("it has to end");
    assert_eq!(error.to_string(), "SASL: the daemon goes on after the end");
}

#[tokio::test]
async fn who_the_client_is_comes_from_libvirts_auth_conf_when_nobody_says_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("auth.conf");
    let text = "[auth-libvirt-host.example]\ncredentials=lab\n\
                [credentials-lab]\nauthname=viewer\npassword=correct horse\n";
    std::fs::write(&path, text).expect("a file");
    for user in ["", "viewer@"] {
        let uri = format!(
            "test://{user}host.example/default?authfile={}",
            path.display()
        );
        let opened = open_at(&uri, None, true, "PLAIN", async |peer: &mut Peer| {
            let args = started(peer, 1, &[]).await;
            assert_eq!(args.data, b"\0viewer\0correct horse");
            peer.let_in(&[]).await;
        });
        opened.await.expect("it opens");
    }
}

#[tokio::test]
async fn a_password_in_auth_conf_is_for_its_host_and_its_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("auth.conf");
    let text = "[auth-libvirt-host.example]\ncredentials=lab\n\
                [credentials-lab]\nauthname=viewer\npassword=correct horse\n";
    std::fs::write(&path, text).expect("a file");
    for (uri, file, expected) in [
        (
            "other@host.example",
            "auth.conf",
            "the daemon asks for a user and a password".to_owned(),
        ),
        (
            "elsewhere.example",
            "auth.conf",
            "the daemon asks for a user and a password".to_owned(),
        ),
        (
            "host.example",
            "absent",
            format!(
                "{}: No such file or directory (os error 2)",
                folder.path().join("absent").display()
            ),
        ),
    ] {
        let file = folder.path().join(file);
        let uri = format!("test://{uri}/default?authfile={}", file.display());
        let opened = open_at(&uri, None, true, "PLAIN", async |peer: &mut Peer| {
            peer.end().await;
        });
        assert_eq!(
            opened.await.expect_err("nobody says it").to_string(),
            expected
        );
    }
}
