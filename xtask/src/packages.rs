//! Debian packages that the peers of the tests come from.

use std::process::{Command, Stdio};

use crate::report::Outcome;
use crate::{command, output};

/// What `cargo xtask test` needs: a C compiler and rpcgen with its run-time for the C peer, its `.x` files as input, a C++
/// compiler for the fuzzer, tshark with libvirt's dissector, libvirtd and virsh, with SASL and certificates to get in, a
/// QEMU, valgrind, which counts instructions, and an editor.
pub(crate) const FOR_TEST: &[&str] = &[
    "g++",
    "gcc",
    "libc6-dev",
    "libnsl-dev",
    "libsasl2-modules",
    "libtirpc-dev",
    "libvirt-clients",
    "libvirt-daemon-driver-qemu",
    "libvirt-daemon-system",
    "libvirt-wireshark",
    "neovim",
    "openssl",
    "qemu-system-x86",
    "rpcsvc-proto",
    "sasl2-bin",
    "tshark",
    "valgrind",
    "xz-utils",
];

/// What `--full` needs besides: libvirt's own client to race against, and what recording takes; see
/// tests/recordings/README.md.
pub(crate) const FOR_FULL: &[&str] = &["libvirt-dev", "python3"];

/// Installs those that are missing, if this is a Debian and the caller may.
pub(crate) fn install(packages: &[&str]) -> Outcome {
    if output(command("dpkg-query", &["--version"])).is_none() {
        return Outcome::skipped(format!(
            "no dpkg here; tests that need {} find them or are skipped",
            packages.join(", ")
        ));
    }
    let missing: Vec<_> = packages.iter().copied().filter(|p| !installed(p)).collect();
    if missing.is_empty() {
        return Outcome::passed("nothing is missing");
    }
    let list = missing.join(", ");
    let Some(sudo) = sudo() else {
        return Outcome::skipped(format!(
            "cannot install {list}: neither root nor sudo without a password"
        ));
    };
    println!("installing {list}");
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(&missing);
    // The lists of a fresh machine are empty or stale, and an old list may still do.
    let updated = apt_get(sudo, "180", &["update"]);
    if apt_get(sudo, "600", &install) {
        Outcome::passed(format!("installed {list}"))
    } else if updated {
        Outcome::skipped(format!("apt-get could not install {list}"))
    } else {
        Outcome::skipped(format!("apt-get could reach no mirror to install {list}"))
    }
}

fn installed(package: &str) -> bool {
    let status = ["--show", "--showformat=${db:Status-Status}", package];
    output(command("dpkg-query", &status)).as_deref() == Some("installed")
}

/// What to put before a command to run it as root, if anything does.
fn sudo() -> Option<&'static [&'static str]> {
    if output(command("id", &["-u"])).as_deref() == Some("0") {
        Some(&[])
    } else if output(command("sudo", &["-n", "true"])).is_some() {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

fn apt_get(sudo: &[&str], seconds: &str, arguments: &[&str]) -> bool {
    let mut words = sudo.to_vec();
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "timeout"]);
    words.extend(["--kill-after=10", seconds, "apt-get", "--quiet"]);
    words.extend([
        "-o",
        "Acquire::Retries=1",
        "-o",
        "Acquire::http::Timeout=20",
        "-o",
        "DPkg::Lock::Timeout=60",
    ]);
    words.extend(arguments);
    Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
