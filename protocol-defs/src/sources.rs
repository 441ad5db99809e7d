//! The texts that the modules of this crate are made from, all of them whatever other features are on.

/// A file in `proto/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name, by which others import it: `remote_protocol.x`.
    pub name: &'static str,
    /// What is in it.
    pub text: &'static str,
}

macro_rules! files {
    ($($name:literal)*) => {
        /// All files; those that others import come before them.
        pub const FILES: &[SourceFile] = &[$(SourceFile {
            name: $name,
            text: include_str!(concat!("../proto/", $name)),
        }),*];
    };
}

files! {
    "virnetprotocol.x"
    "virkeepaliveprotocol.x"
    "remote_protocol.x"
    "qemu_protocol.x"
    "lxc_protocol.x"
    "admin_protocol.x"
    "lock_protocol.x"
    "log_protocol.x"
    "lxc_monitor_protocol.x"
}
