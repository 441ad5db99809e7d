//! What of the process's environment says where libvirt's files are.

use std::path::PathBuf;

/// A variable that is set, and to something.
pub(crate) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The folder of the user's own configuration of libvirt.
pub(crate) fn configuration_folder() -> Option<PathBuf> {
    let folder = variable("XDG_CONFIG_HOME");
    let folder = folder.or_else(|| Some(variable("HOME")?.join(".config")));
    folder.map(|folder| folder.join("libvirt"))
}
