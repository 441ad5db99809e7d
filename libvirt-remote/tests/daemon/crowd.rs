//! Good clients beside bad ones.

use std::path::PathBuf;
use std::time::Duration;

use libvirt_remote::Connection;
use libvirt_remote::daemon::{Access, Options};
use protocol_defs::message::{Call, Message};
use protocol_defs::remote::{self, proc};
use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::hostile::{Random, fatal, malformed};
use super::peer::{daemon, domain, lookup};

/// Says something that no good client does, or nothing, over and over.
async fn misbehave(path: PathBuf, mut random: Random) {
    loop {
        let Ok(mut io) = UnixStream::connect(&path).await else {
            return;
        };
        let mut bytes = Vec::new();
        let open = remote::ConnectOpenArgs {
            name: None,
            flags: 0,
        };
        let open = Message::Call(Call::Remote(remote::Call::ConnectOpen(open)));
        let written = open.write(0, 0, &mut bytes);
        written.expect("it is within bounds");
        match random.below(5) {
            0 => bytes = random.bytes(500),
            1 => bytes.extend(fatal(&mut random)),
            2 => {
                for serial in 1..50 {
                    let packet = malformed(&mut random, serial);
                    packet.write(&mut bytes).expect("it is within bounds");
                }
            }
            // Calls, and takes no answers.
            3 => {
                for serial in 1..100 {
                    let call = Message::Call(Call::Remote(lookup(1).0));
                    let written = call.write(serial, 0, &mut bytes);
                    written.expect("it is within bounds");
                }
            }
            _ => bytes.truncate(random.below(30)),
        }
        let said = timeout(Duration::from_millis(20), io.write_all(&bytes)).await;
        // What the daemon makes of it is not this one's business.
        drop(said);
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_good_clients_do_not_notice_thirty_bad_ones() {
    const GOOD: usize = 200;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    let daemon = daemon(Options::default());
    let listener = UnixListener::bind(&path).expect("a socket");
    daemon.listen(listener, Access::ReadWrite);
    let mut bad = JoinSet::new();
    for seed in 1..=30 {
        bad.spawn(misbehave(
            path.clone(),
            Random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed)),
        ));
    }
    let uri = format!("test+unix:///default?socket={}", path.display());
    let mut good = JoinSet::new();
    for _ in 0..GOOD {
        let uri = uri.clone();
        good.spawn(async move {
            let conn = Connection::open(&uri).await.expect("it is let in");
            for number in 0..20 {
                let args = remote::DomainLookupByIdArgs {
                    id: i32::from(number),
                };
                let found = conn.call::<proc::DomainLookupById>(&args).await;
                assert_eq!(found.expect("it is answered").dom, domain(number));
                sleep(Duration::from_millis(5)).await;
            }
            conn.close().await.expect("it can be closed");
        });
    }
    let all = timeout(Duration::from_mins(1), good.join_all()).await;
    assert_eq!(all.expect("nobody waits for ever").len(), GOOD);
    bad.shutdown().await;
    assert!(daemon.stats().malformed > 10);
    assert!(daemon.shutdown(Duration::from_mins(1)).await);
}
