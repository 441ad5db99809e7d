//! Which projects. To add one, add a line; `tests/tests/upstream` then says what its files are read with.

use std::borrow::Cow;
use std::path::PathBuf;

use super::{apt, folder, published, upstream};

/// A version of a project, and where it is to be had.
pub(crate) struct Project {
    package: &'static str,
    version: Cow<'static, str>,
    origin: Origin,
}

enum Origin {
    /// A Debian source package, as published there and without Debian's changes. Members of the archive that match
    /// one of the patterns are kept.
    Debian(&'static [&'static str]),
    /// A crate of the registry that cargo uses.
    Crate,
}

/// The versions are those that the tests' snapshots describe.
pub(crate) const ALL: &[Project] = &[
    Project {
        package: "libvirt",
        version: Cow::Borrowed("9.0.0"),
        origin: Origin::Debian(LIBVIRT),
    },
    Project {
        package: "libvirt-rpc",
        version: Cow::Borrowed("0.1.12"),
        origin: Origin::Crate,
    },
    debian("ganglia", "3.7.2"),
    debian("glusterfs", "10.3"),
    debian("krb5", "1.20.1"),
    debian("libnfs", "5.0.2"),
    debian("libtirpc", "1.3.6"),
    debian("netkit-rwall", "0.17"),
    debian("nfs-ganesha", "4.3"),
    debian("nfs-utils", "2.6.2"),
    debian("ntirpc", "6.3"),
    debian("open-vm-tools", "12.5.0"),
    debian("quota", "4.09"),
    debian("ypserv", "4.2"),
];

/// The protocols, and the listings of the structs that rpcgen makes of them.
const LIBVIRT: &[&str] = &["*/src/*.x", "*/src/*-structs"];

const fn debian(package: &'static str, version: &'static str) -> Project {
    Project {
        package,
        version: Cow::Borrowed(version),
        origin: Origin::Debian(&["*.x"]),
    }
}

/// Any version of libvirt.
pub(crate) fn libvirt(version: &str) -> Project {
    Project {
        package: "libvirt",
        version: Cow::Owned(version.to_owned()),
        origin: Origin::Debian(LIBVIRT),
    }
}

impl Project {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    /// The project's folder, fetched if need be; why it cannot be had otherwise.
    pub(crate) fn folder(&self) -> Result<PathBuf, String> {
        let whole = upstream().join(format!("{}-{}", self.package, self.version));
        if folder::is_complete(&whole) {
            return Ok(whole);
        }
        match self.origin {
            Origin::Debian(patterns) => {
                let archive = apt::download(self.package, &self.version)?;
                folder::unpack(&archive, patterns, &whole)?;
                apt::discard(&archive);
            }
            Origin::Crate => {
                let source = published::source(self.package, &self.version)?;
                folder::copy(&source, "x", &whole)?;
            }
        }
        Ok(whole)
    }
}
