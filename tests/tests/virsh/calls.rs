//! What virsh prints of what the daemon says.

use libvirt_remote::daemon::{Access, Options};

use super::virsh::{Printed, Virsh};
use super::world::serve;

const SYSTEM: &str = "qemu:///system";
const TEST: &str = "test:///default";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_lists_the_domains_whatever_the_driver() {
    let Some(virsh) = Virsh::find() else { return };
    let daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    let table = [
        " Id   Name   State",
        "-----------------------",
        " 1    web    running",
        " -    db     shut off",
        "",
        "",
    ];
    for driver in [SYSTEM, TEST] {
        let printed = virsh.run(driver, &["list", "--all"]);
        assert_eq!(printed, Printed::only(&table.join("\n")));
    }
    let stats = daemon.stats();
    assert_eq!((stats.accepted, stats.malformed, stats.refused), (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_prints_what_is_known_of_a_domain() {
    let Some(virsh) = Virsh::find() else { return };
    let _daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    let lines = [
        "Id:             1",
        "Name:           web",
        "UUID:           7765622d-6578-616d-706c-652d75756964",
        "OS Type:        hvm",
        "State:          running",
        "CPU(s):         2",
        "CPU time:       12.3s",
        "Max memory:     2097152 KiB",
        "Used memory:    1048576 KiB",
        "Persistent:     yes",
        "Autostart:      disable",
        "Managed save:   no",
        "Security model: none",
        "Security DOI:   0",
        "",
        "",
    ];
    let expected = Printed::only(&lines.join("\n"));
    let uuid = "7765622d-6578-616d-706c-652d75756964";
    for name in ["web", "1", uuid] {
        assert_eq!(virsh.run(SYSTEM, &["dominfo", name]), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_prints_what_the_daemon_says_of_itself() {
    let Some(virsh) = Virsh::find() else { return };
    let _daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    let uri = format!("{}\n\n", virsh.uri(TEST));
    assert_eq!(virsh.run(TEST, &["uri"]), Printed::only(&uri));
    let hostname = virsh.run(TEST, &["hostname"]);
    assert_eq!(hostname, Printed::only("localhost\n\n"));
    let version = virsh.run(TEST, &["version"]);
    assert!(version.stdout.contains("Using API: Test "), "{version:?}");
    assert!(
        version
            .stdout
            .ends_with("Running hypervisor: Test 1.0.0\n\n"),
        "{version:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_shows_errors_in_the_daemons_words() {
    let Some(virsh) = Virsh::find() else { return };
    let _daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    // It has words of its own for this one, by its code.
    assert_eq!(
        virsh.run(SYSTEM, &["dominfo", "nobody"]),
        Printed::failed("error: failed to get domain 'nobody'\n")
    );
    assert_eq!(
        virsh.run(SYSTEM, &["domid", "web"]),
        Printed::only("1\n\n"),
        "which the error of another client has not changed"
    );
    assert_eq!(
        virsh.run(SYSTEM, &["vol-list", "default"]),
        Printed::failed("error: failed to get pool 'default'\nerror: unknown procedure: 84\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_starts_a_domain_unless_it_only_reads() {
    let Some(virsh) = Virsh::find() else { return };
    let daemon = serve(&virsh, Options::default(), Access::ReadOnly);
    let denied = "REMOTE_PROC_DOMAIN_CREATE is for connections that do not only read";
    assert_eq!(
        virsh.run(SYSTEM, &["start", "db"]),
        Printed::failed(&format!(
            "error: Failed to start domain 'db'\nerror: {denied}\n"
        ))
    );
    let listed = Printed::only("web\ndb\n\n");
    let names = ["list", "--all", "--name"];
    assert_eq!(virsh.run(SYSTEM, &names), listed);
    drop(daemon);
    let _ = std::fs::remove_file(virsh.socket());
    let _daemon = serve(&virsh, Options::default(), Access::ReadWrite);
    assert_eq!(
        virsh.run(SYSTEM, &["start", "db"]),
        Printed::only("Domain 'db' started\n\n")
    );
    let running = ["list", "--name"];
    assert_eq!(virsh.run(SYSTEM, &running), listed);
    // It refuses by itself then, but the daemon is told that the driver is opened for reading.
    let reads = virsh.run(SYSTEM, &["-r", "list", "--name"]);
    assert_eq!(reads, listed);
}
