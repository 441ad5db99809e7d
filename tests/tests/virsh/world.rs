//! The daemon that virsh meets: two domains, of which one runs.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Options, Refusal, Router, Session, refusal};
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{
    ConnectListAllDomainsRet, DomainGetAutostartRet, DomainGetInfoRet, DomainGetMessagesRet,
    DomainGetOsTypeRet, DomainGetSecurityLabelRet, DomainGetStateRet, DomainHasManagedSaveImageRet,
    DomainIsPersistentRet, DomainIsUpdatedRet, DomainLookupByIdRet, DomainLookupByNameRet,
    DomainLookupByUuidRet, NodeGetSecurityModelRet, NonnullDomain, proc,
};
use tokio::net::UnixListener;

use super::virsh::Virsh;

/// As `virDomainState` has them.
const RUNNING: i32 = 1;
const SHUT_OFF: i32 = 5;

/// How long a domain takes to start.
const STARTING: Duration = Duration::from_millis(500);

/// The domains, as they are now.
pub(crate) struct World {
    domains: Mutex<Vec<NonnullDomain>>,
}

impl World {
    fn find(&self, is: impl Fn(&NonnullDomain) -> bool) -> Result<NonnullDomain, Refusal> {
        let domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        let found = domains.iter().find(|dom| is(dom)).cloned();
        found.ok_or_else(|| {
            refusal(
                ErrorCode::NO_DOMAIN,
                ErrorOrigin::QEMU,
                "the world has no such domain",
            )
        })
    }

    /// The domain as it is now. A client may remember it otherwise.
    fn now(&self, dom: &NonnullDomain) -> Result<NonnullDomain, Refusal> {
        self.find(|found| found.uuid == dom.uuid)
    }

    fn set_id(&self, dom: &NonnullDomain, id: i32) {
        let mut domains = self.domains.lock().unwrap_or_else(PoisonError::into_inner);
        for found in domains.iter_mut().filter(|found| found.uuid == dom.uuid) {
            found.id = id;
        }
    }
}

pub(crate) fn web() -> NonnullDomain {
    NonnullDomain {
        name: "web".to_owned(),
        uuid: *b"web-example-uuid",
        id: 1,
    }
}

fn db() -> NonnullDomain {
    NonnullDomain {
        name: "db".to_owned(),
        uuid: *b"db--example-uuid",
        id: -1,
    }
}

pub(crate) fn router() -> Router<World> {
    let world = World {
        domains: Mutex::new(vec![web(), db()]),
    };
    Router::with_state(world)
        .on::<proc::ConnectListAllDomains>(|cx, _| async move {
            let domains = cx.state().domains.lock();
            let domains = domains.unwrap_or_else(PoisonError::into_inner).clone();
            let ret = u32::try_from(domains.len()).unwrap_or(u32::MAX);
            Ok(ConnectListAllDomainsRet { domains, ret })
        })
        .on_sync::<proc::DomainLookupByName>(|cx, args| {
            let dom = cx.state().find(|dom| dom.name == args.name)?;
            Ok(DomainLookupByNameRet { dom })
        })
        .on_sync::<proc::DomainLookupByUuid>(|cx, args| {
            let dom = cx.state().find(|dom| dom.uuid == args.uuid)?;
            Ok(DomainLookupByUuidRet { dom })
        })
        .on_sync::<proc::DomainLookupById>(|cx, args| {
            let dom = cx.state().find(|dom| dom.id == args.id && dom.id >= 0)?;
            Ok(DomainLookupByIdRet { dom })
        })
        .on_sync::<proc::DomainGetState>(|cx, args| {
            let state = state(cx.state().now(&args.dom)?.id);
            Ok(DomainGetStateRet { state, reason: 1 })
        })
        .on_sync::<proc::DomainGetInfo>(|cx, args| {
            Ok(DomainGetInfoRet {
                state: u8::try_from(state(cx.state().now(&args.dom)?.id)).unwrap_or_default(),
                max_mem: 2_097_152,
                memory: 1_048_576,
                nr_virt_cpu: 2,
                cpu_time: 12_300_000_000,
            })
        })
        .on::<proc::DomainCreate>(|cx, args| async move {
            tokio::time::sleep(STARTING).await;
            cx.state().set_id(&args.dom, 7);
            Ok(())
        })
        .always::<proc::DomainGetOsType>(&DomainGetOsTypeRet {
            r#type: "hvm".to_owned(),
        })
        .always::<proc::DomainIsPersistent>(&DomainIsPersistentRet { persistent: 1 })
        .always::<proc::DomainIsUpdated>(&DomainIsUpdatedRet { updated: 0 })
        .always::<proc::DomainGetAutostart>(&DomainGetAutostartRet { autostart: 0 })
        .always::<proc::DomainHasManagedSaveImage>(&DomainHasManagedSaveImageRet { result: 0 })
        .always::<proc::NodeGetSecurityModel>(&NodeGetSecurityModelRet {
            model: b"none".to_vec(),
            doi: b"0".to_vec(),
        })
        .always::<proc::DomainGetSecurityLabel>(&DomainGetSecurityLabelRet {
            label: Vec::new(),
            enforcing: 0,
        })
        .always::<proc::DomainGetMessages>(&DomainGetMessagesRet { msgs: Vec::new() })
}

fn state(id: i32) -> i32 {
    if id < 0 { SHUT_OFF } else { RUNNING }
}

/// Serves the domains at virsh's socket.
pub(crate) fn serve(virsh: &Virsh, options: Options, access: Access) -> Daemon {
    let daemon = Daemon::new(router(), options);
    let listener = UnixListener::bind(virsh.socket()).expect("a socket");
    daemon.listen(listener, access);
    daemon
}

/// The client that is there.
pub(crate) fn only(daemon: &Daemon) -> Option<Session> {
    daemon.sessions().pop()
}

/// What is sent right behind the answer to a registration virsh may not have a place for yet.
pub(crate) async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}
