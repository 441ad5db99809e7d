//! Another program, at another socket of the same daemon.

use std::os::unix::net::UnixStream;

use libvirt_remote::{Client, Options, Transport};
use protocol_defs::admin::{self, proc};

use crate::daemon::Daemon;

#[tokio::test]
async fn the_admin_program_is_called_by_its_types_as_well() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let socket = daemon.path("run/libvirt/libvirt-admin-sock");
    let stream = daemon.as_its_user(|| UnixStream::connect(&socket));
    let stream = stream.expect("it listens");
    stream.set_nonblocking(true).expect("it can be set");
    let stream = tokio::net::UnixStream::from_std(stream).expect("there is a runtime");
    let transport = Transport::unix(stream);
    let client = Client::new(transport, Options::default());
    let args = admin::ConnectOpenArgs { flags: 0 };
    client
        .call::<proc::ConnectOpen>(&args)
        .await
        .expect("it opens");
    let args = admin::ConnectListServersArgs {
        need_results: 1,
        flags: 0,
    };
    let servers = client.call::<proc::ConnectListServers>(&args).await;
    let servers = servers.expect("an answer").servers;
    let mut names: Vec<_> = servers.iter().map(|server| server.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "libvirtd"]);
}
