//! What virsh does when the daemon goes.

use std::time::Duration;

use libvirt_remote::KeepaliveOptions;
use libvirt_remote::daemon::{Access, Options};

use super::virsh::Virsh;
use super::world::{a_moment, only, serve};

const SYSTEM: &str = "qemu:///system";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_says_that_the_daemon_has_gone_and_ends() {
    let Some(virsh) = Virsh::find() else { return };
    for is_orderly in [true, false] {
        let daemon = serve(&virsh, Options::default(), Access::ReadWrite);
        let mut running = virsh.start(SYSTEM, &["event", "--all", "--loop"]);
        running.until("27 registrations", |_| {
            only(&daemon).is_some_and(|session| session.registrations() == 27)
        });
        a_moment().await;
        if is_orderly {
            assert!(daemon.shutdown(Duration::from_secs(10)).await);
        } else {
            drop(daemon);
        }
        let printed = running.wait();
        assert_eq!(printed.stdout, "events received: 0\n\n");
        let gone = format!("error: Disconnected from {} due to ", virsh.uri(SYSTEM));
        let errors = &printed.stderr;
        assert!(errors.starts_with(&gone), "{errors}");
        // Which of the two depends on whether it looks between the end of what is sent and that of the socket.
        let reasons = ["end of file\n", "I/O error\n"];
        let is_why = |why| errors[gone.len()..].starts_with(why);
        assert!(reasons.into_iter().any(is_why), "{errors}");
        assert_eq!(printed.code, Some(1));
        std::fs::remove_file(virsh.socket()).expect("it is what is left");
    }
    let refused = virsh.run(SYSTEM, &["list"]);
    assert!(
        refused.stderr.contains("Failed to connect socket"),
        "{refused:?}"
    );
    assert_eq!(refused.code, Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_answers_keepalive_for_as_long_as_it_waits() {
    let Some(virsh) = Virsh::find() else { return };
    let options = Options {
        keepalive: Some(KeepaliveOptions {
            interval: Duration::from_millis(100),
            count: 2,
        }),
        ..Options::default()
    };
    let daemon = serve(&virsh, options, Access::ReadWrite);
    let waits = ["event", "--event", "lifecycle", "--timeout", "2"];
    let printed = virsh.run(SYSTEM, &waits);
    assert_eq!(
        printed.stdout, "event loop timed out\nevents received: 0\n\n",
        "{printed:?}"
    );
    assert_eq!(daemon.stats().accepted, 1);
}
