//! What clients see: each QEMU that is watched, as a domain that runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libvirt_remote::daemon::{Refusal, Router, refusal};
use protocol_defs::graphics::{Domain, Uuid};
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{
    ConnectListAllDomainsRet, ConnectNumOfDomainsRet, DomainGetStateRet, DomainLookupByIdRet,
    DomainLookupByNameRet, DomainLookupByUuidRet, NonnullDomain, proc,
};

/// As `virDomainState` and `virDomainRunningReason` have it: it runs, and nobody knows since when.
const RUNNING: DomainGetStateRet = DomainGetStateRet {
    state: 1,
    reason: 0,
};

/// The flag by which only domains that do not run are listed, without the one for those that do
/// (`VIR_CONNECT_LIST_DOMAINS_INACTIVE`, `_ACTIVE`).
const INACTIVE: u32 = 2;
const ACTIVE: u32 = 1;

/// Those that are watched now, by their numbers.
#[derive(Default)]
pub(super) struct Domains(Mutex<BTreeMap<i32, NonnullDomain>>);

impl Domains {
    pub(super) fn insert(&self, domain: Domain) {
        self.lock().insert(domain.id, domain.into());
    }

    /// The domain that is not there any more, if it was there.
    pub(super) fn remove(&self, number: i32) -> Option<NonnullDomain> {
        self.lock().remove(&number)
    }

    fn find(&self, is: impl Fn(&NonnullDomain) -> bool) -> Result<NonnullDomain, Refusal> {
        let found = self.lock().values().find(|dom| is(dom)).cloned();
        found.ok_or_else(|| {
            let text = "no QEMU that is watched now is this domain";
            refusal(ErrorCode::NO_DOMAIN, ErrorOrigin::QEMU, text)
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, NonnullDomain>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers what clients ask about domains.
pub(super) fn router(domains: Arc<Domains>) -> Router<Arc<Domains>> {
    Router::with_state(domains)
        .on_sync::<proc::ConnectNumOfDomains>(|cx, ()| {
            let num = i32::try_from(cx.state().lock().len()).unwrap_or(i32::MAX);
            Ok(ConnectNumOfDomainsRet { num })
        })
        .on_sync::<proc::ConnectListAllDomains>(|cx, args| {
            let is_for_others = args.flags & (ACTIVE | INACTIVE) == INACTIVE;
            let domains: Vec<_> = if is_for_others {
                Vec::new()
            } else {
                cx.state().lock().values().cloned().collect()
            };
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
            let dom = cx.state().find(|dom| dom.id == args.id)?;
            Ok(DomainLookupByIdRet { dom })
        })
        .on_sync::<proc::DomainGetState>(|cx, args| {
            cx.state().find(|dom| dom.uuid == args.dom.uuid)?;
            Ok(RUNNING)
        })
}

/// The domain with a UUID of its own. A QEMU without `-uuid` has zeros, as all such have, and clients tell domains apart by
/// their UUIDs: it gets one that is made of its name (RFC 9562, version 8), the same each time.
pub(super) fn identified(mut domain: Domain) -> Domain {
    if domain.uuid == Uuid([0; 16]) {
        domain.uuid = made_of(&domain.name);
    }
    domain
}

/// FNV-1a with 128 bits, where version and variant leave room.
fn made_of(name: &str) -> Uuid {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = name.bytes().fold(BASIS, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    let mut uuid = hash.to_be_bytes();
    uuid[6] = uuid[6] & 0x0f | 0x80;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    Uuid(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qemu_without_a_uuid_gets_one_that_is_made_of_its_name() {
        let of = |name: &str, uuid| {
            let name = name.to_owned();
            let domain = Domain { name, uuid, id: 1 };
            identified(domain).uuid.to_string()
        };
        let none = Uuid([0; 16]);
        assert_eq!(
            of("web", Uuid([7; 16])),
            "07070707-0707-0707-0707-070707070707"
        );
        let web = of("web", none);
        assert_eq!(web, of("web", none));
        assert_ne!(web, of("db", none));
        // Version 8, and the variant of the RFC.
        assert!(
            web[14..].starts_with('8') && web[19..].starts_with(['8', '9', 'a', 'b']),
            "{web}"
        );
    }
}
