//! Which files. To add a project, add a line (and one to `xtask/src/fetch/projects.rs`), and run `cargo xtask bless`.

use xdr_build::Profile;
use xdr_tests::rpcsvc;

use crate::outcome;
use crate::project::Line;

/// Makes of each line a test of its files' outcomes, and a list of all lines.
macro_rules! projects {
    ($($name:ident: $line:expr,)*) => {
        pub(crate) const ALL: &[Line] = &[$($line.named(stringify!($name))),*];

        mod each_file_has_the_outcome_that_is_written_down {
            $(
                #[test]
                fn $name() {
                    super::check(stringify!($name));
                }
            )*
        }
    };
}

projects! {
    libvirt: Line::fetched("libvirt-9.0.0", "src").profile(Profile::Libvirt).include("remote"),
    libvirt_rpc: Line::fetched("libvirt-rpc-0.1.12", "").profile(Profile::Libvirt),
    rpcsvc: Line::installed(rpcsvc::FOLDER).define(rpcsvc::DEFINES).import(rpcsvc::IMPORT),
    ganglia: Line::fetched("ganglia-3.7.2", "lib"),
    glusterfs: Line::fetched("glusterfs-10.3", "rpc/xdr/src"),
    krb5: Line::fetched("krb5-1.20.1", "src/lib"),
    libnfs: Line::fetched("libnfs-5.0.2", "").import("rpc/auth.x"),
    libtirpc: Line::fetched("libtirpc-1.3.6", "tirpc").import("rpc/rpc.x"),
    netkit_rwall: Line::fetched("netkit-rwall-0.17", "include/rpcsvc"),
    nfs_ganesha: Line::fetched("nfs-ganesha-4.3", "src/Protocols/XDR")
        .except(&["flex_files_prot.x", "nfsacl.x"])
        .import("rpc/rpc.x"),
    nfs_ganesha_acl: Line::fetched("nfs-ganesha-4.3", "src/Protocols/XDR")
        .only(&["nfsacl.x"])
        .import("nfs23.x"),
    nfs_ganesha_flex: Line::fetched("nfs-ganesha-4.3", "src/Protocols/XDR")
        .only(&["flex_files_prot.x"])
        .import("rpc/rpc.x")
        .import("nfsv41.x"),
    nfs_utils: Line::fetched("nfs-utils-2.6.2", "")
        .define(&[("LM_MAXSTRLEN", 1024), ("MAXNAMELEN", 1025)])
        .import("rpc/rpc.x"),
    ntirpc: Line::fetched("ntirpc-6.3", "ntirpc").import("rpc/rpc.x"),
    open_vm_tools: Line::fetched("open-vm-tools-12.5.0", "open-vm-tools")
        .import("vm_basic_types.x"),
    quota: Line::fetched("quota-4.09", ""),
    ypserv: Line::fetched("ypserv-4.2", ""),
}

/// The line of this name.
pub(crate) fn line(name: &str) -> &'static Line {
    let line = ALL.iter().find(|line| line.name() == name);
    line.unwrap_or_else(|| panic!("no line is called {name}"))
}

#[track_caller]
fn check(name: &str) {
    match line(name).find() {
        Ok(project) => insta::assert_snapshot!(name, outcome::of(&project)),
        Err(why) => xdr_tests::skip(&why),
    }
}
