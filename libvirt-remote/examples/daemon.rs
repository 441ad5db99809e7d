//! A daemon whose one domain is suspended and resumed, a second each, for whoever watches:
//!
//! ```console
//! $ cargo run --example daemon -- /tmp/example.sock &
//! $ virsh -c 'test+unix:///default?socket=/tmp/example.sock' event --all --loop
//! ```

use std::process::ExitCode;
use std::time::Duration;

use libvirt_remote::daemon::{Router, serve};
use protocol_defs::remote::{
    ConnectListAllDomainsRet, DomainEventLifecycleMsg, DomainGetStateRet, NonnullDomain, proc,
};
use tokio::net::UnixListener;
use tokio::time::interval;

/// libvirt's `VIR_DOMAIN_EVENT_SUSPENDED` and `VIR_DOMAIN_EVENT_RESUMED`.
const EVENTS: [i32; 2] = [3, 4];

#[tokio::main]
async fn main() -> ExitCode {
    let Some(socket) = std::env::args().nth(1) else {
        eprintln!("usage: daemon SOCKET");
        return ExitCode::from(2);
    };
    let listener = match UnixListener::bind(&socket) {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("{socket}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let web = NonnullDomain {
        name: "web".to_owned(),
        uuid: [7; 16],
        id: 1,
    };
    let all = ConnectListAllDomainsRet {
        domains: vec![web.clone()],
        ret: 1,
    };
    let router = Router::new()
        .always::<proc::ConnectListAllDomains>(&all)
        .on::<proc::DomainGetState>(|_, _| async {
            Ok(DomainGetStateRet {
                state: 1,
                reason: 1,
            })
        });
    let daemon = serve(listener, router);
    let mut second = interval(Duration::from_secs(1));
    for event in EVENTS.into_iter().cycle() {
        second.tick().await;
        let dom = web.clone();
        let message = DomainEventLifecycleMsg {
            dom,
            event,
            detail: 0,
        };
        if let Err(error) = daemon.emit(message) {
            eprintln!("{error}");
            break;
        }
    }
    ExitCode::FAILURE
}
