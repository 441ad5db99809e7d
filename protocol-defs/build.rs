//! Makes Rust of `proto/*.x`, for the features that are on.

use xdr_build::{Config, Error};

/// A file in `proto/`, and how its names become Rust's.
struct Protocol {
    /// The feature that turns it on, as cargo tells a build script of it.
    feature: &'static str,
    /// The file without its `.x`.
    stem: &'static str,
    /// What its names go without: of types, and of constants where that differs in more than letter case.
    prefixes: &'static [&'static str],
    /// Whether it takes types from `remote_protocol.x`.
    uses_remote: bool,
    /// Enums of which a newer peer may send more.
    open: &'static [&'static str],
}

const PROTOCOLS: &[Protocol] = &[
    Protocol {
        feature: "REMOTE",
        stem: "remote_protocol",
        prefixes: &["remote_"],
        uses_remote: false,
        // A daemon offers what it has, and a client takes what it knows.
        open: &["remote_auth_type"],
    },
    Protocol {
        feature: "QEMU",
        stem: "qemu_protocol",
        prefixes: &["qemu_"],
        uses_remote: true,
        open: &[],
    },
    Protocol {
        feature: "LXC",
        stem: "lxc_protocol",
        prefixes: &["lxc_"],
        uses_remote: true,
        open: &[],
    },
    Protocol {
        feature: "ADMIN",
        stem: "admin_protocol",
        prefixes: &["admin_"],
        uses_remote: false,
        open: &[],
    },
    Protocol {
        feature: "LOCK",
        stem: "lock_protocol",
        prefixes: &["virLockSpaceProtocol", "VIR_LOCK_SPACE_PROTOCOL_"],
        uses_remote: false,
        open: &[],
    },
    Protocol {
        feature: "LOG",
        stem: "log_protocol",
        prefixes: &["virLogManagerProtocol", "VIR_LOG_MANAGER_PROTOCOL_"],
        uses_remote: false,
        open: &[],
    },
    Protocol {
        feature: "LXC_MONITOR",
        stem: "lxc_monitor_protocol",
        prefixes: &["virLXCMonitor", "VIR_LXC_MONITOR_"],
        uses_remote: false,
        // A container may end in ways that a newer helper tells apart.
        open: &["virLXCMonitorExitStatus"],
    },
    Protocol {
        feature: "NET",
        stem: "virnetprotocol",
        prefixes: &["virNet", "VIR_NET_"],
        uses_remote: false,
        // As `packet::Header`, which takes any.
        open: &["virNetMessageType", "virNetMessageStatus"],
    },
    Protocol {
        feature: "KEEPALIVE",
        stem: "virkeepaliveprotocol",
        prefixes: &["keepalive_"],
        uses_remote: false,
        open: &[],
    },
];

fn main() -> Result<(), Error> {
    for protocol in PROTOCOLS.iter().filter(|protocol| is_on(protocol.feature)) {
        config(protocol).compile(&[format!("proto/{}.x", protocol.stem)])?;
    }
    Ok(())
}

fn config(protocol: &Protocol) -> Config {
    let mut config = Config::new();
    for prefix in protocol.prefixes {
        config.strip_prefix(*prefix);
    }
    // Keepalive's procedures are neither calls nor events: both sides send both.
    config.messages(protocol.feature != "KEEPALIVE");
    config.type_table(is_on("TYPE_TABLE"));
    config.strategies(is_on("PROPTEST") || is_on("ARBITRARY"));
    if protocol.uses_remote {
        // The module, under the names that it was made with.
        config.strip_prefix("remote_");
        config.extern_path(".remote_protocol", "crate::remote");
    }
    for path in protocol.open {
        config.open_enum(*path);
    }
    config
}

fn is_on(feature: &str) -> bool {
    std::env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
}
