//! Which files. To add one, add a line and run `cargo xtask bless`.

use std::path::PathBuf;

use xdr_build::{Config, Profile};

/// libvirt 9.0.0, below its `src`.
pub(crate) const LIBVIRT: &[&str] = &[
    "admin/admin_protocol.x",
    "locking/lock_protocol.x",
    "logging/log_protocol.x",
    "lxc/lxc_monitor_protocol.x",
    "remote/lxc_protocol.x",
    "remote/qemu_protocol.x",
    "remote/remote_protocol.x",
    "rpc/virkeepaliveprotocol.x",
    "rpc/virnetprotocol.x",
];

/// rpcsvc-proto, where its Debian package puts them.
pub(crate) const RPCSVC: &[&str] = &[
    "bootparam_prot.x",
    "key_prot.x",
    "klm_prot.x",
    "mount.x",
    "nfs_prot.x",
    "nis.x",
    "nis_callback.x",
    "nis_object.x",
    "nlm_prot.x",
    "rex.x",
    "rquota.x",
    "rstat.x",
    "rusers.x",
    "sm_inter.x",
    "spray.x",
    "yp.x",
    "yppasswd.x",
];

/// Files of one project, with what it takes to read them.
pub(crate) struct Project {
    pub(crate) name: &'static str,
    pub(crate) folder: PathBuf,
    pub(crate) files: &'static [&'static str],
    pub(crate) config: Config,
}

impl Project {
    /// libvirt, if it has been fetched; otherwise the test is reported as skipped.
    #[track_caller]
    pub(crate) fn libvirt() -> Option<Self> {
        let folder = xdr_tests::libvirt()?;
        let mut config = Config::new();
        config
            .profile(Profile::Libvirt)
            .include(folder.join("remote"));
        Some(Self {
            name: "libvirt",
            folder,
            files: LIBVIRT,
            config,
        })
    }

    /// rpcsvc-proto, if it is installed; otherwise the test is reported as skipped.
    #[track_caller]
    pub(crate) fn rpcsvc() -> Option<Self> {
        let folder = PathBuf::from("/usr/include/rpcsvc");
        if !folder.join(RPCSVC[0]).exists() {
            xdr_tests::skip("rpcsvc-proto is not installed");
            return None;
        }
        Some(Self {
            name: "rpcsvc",
            folder,
            files: RPCSVC,
            config: Config::new(),
        })
    }

    /// The files that can be generated; why the others cannot stands in the snapshots.
    pub(crate) fn sound(&self) -> Vec<PathBuf> {
        let paths = self.files.iter().map(|file| self.folder.join(file));
        paths
            .filter(|path| self.config.generate(&[path]).is_ok())
            .collect()
    }
}
