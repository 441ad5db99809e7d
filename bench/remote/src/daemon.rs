//! A daemon whose answers cost little, so that it is clients that are measured.

use std::path::Path;

use libvirt_remote::daemon::{Access, Daemon, Options, Router};
use protocol_defs::remote::{
    DomainEventLifecycleMsg, DomainGetAutostartRet, DomainLookupByNameRet, NonnullDomain, proc,
};
use tokio::net::UnixListener;

use crate::Result;

/// Bytes that may wait for a client: all events of a run.
const QUEUE: usize = 256 << 20;

/// Serves until it is killed. Setting a domain's number of processors has it send as many events of its life.
pub(crate) async fn serve(socket: &Path) -> Result<()> {
    let router = Router::new()
        .on_sync::<proc::DomainLookupByName>(|_, args| {
            let dom = domain(args.name);
            Ok(DomainLookupByNameRet { dom })
        })
        .on_sync::<proc::DomainGetAutostart>(|_, _| Ok(DomainGetAutostartRet { autostart: 1 }))
        .on_sync::<proc::DomainSetVcpus>(|context, args| {
            let daemon = context.daemon().clone();
            tokio::spawn(async move {
                for number in 0..args.nvcpus {
                    let event = DomainEventLifecycleMsg {
                        dom: args.dom.clone(),
                        event: 2,
                        detail: 0,
                    };
                    if daemon.emit(event).is_ok_and(|emitted| emitted.lost > 0) {
                        eprintln!("events were lost");
                    }
                    if number % 64 == 0 {
                        tokio::task::yield_now().await;
                    }
                }
            });
            Ok(())
        });
    let options = Options {
        max_calls: 1024,
        queue_bytes: QUEUE,
        ..Options::default()
    };
    let daemon = Daemon::new(router, options);
    daemon.listen(UnixListener::bind(socket)?, Access::ReadWrite);
    std::future::pending::<()>().await;
    Ok(())
}

fn domain(name: String) -> NonnullDomain {
    NonnullDomain {
        name,
        uuid: [7; 16],
        id: 1,
    }
}
