//! Permissions that depend on how a procedure is called: on a flag, or on the value of an argument.
//!
//! What is not known here is taken for a condition that is met, so that a call is refused rather than let in.

use protocol_defs::message::{ProcedureId, TOLERANT};
use protocol_defs::packet::MessageError;
use protocol_defs::remote;
use xdr_wire::Message;

use super::Permission;
use crate::daemon::request::Refusal;

/// The values of libvirt's flags that annotations name, from its public headers.
const NAMED: &[(&str, u32)] = &[
    ("VIR_DOMAIN_AFFECT_CONFIG", 2),
    ("VIR_DOMAIN_AFFECT_LIVE", 1),
    ("VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE", 1 << 1),
    ("VIR_DOMAIN_CHECKPOINT_XML_SECURE", 1),
    ("VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT", 1),
    ("VIR_DOMAIN_REBOOT_GUEST_AGENT", 1 << 1),
    ("VIR_DOMAIN_SAVE_IMAGE_XML_SECURE", 1),
    ("VIR_DOMAIN_SHUTDOWN_GUEST_AGENT", 1 << 1),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE", 1 << 6),
    ("VIR_DOMAIN_SNAPSHOT_XML_SECURE", 1),
    ("VIR_DOMAIN_VCPU_GUEST", 1 << 3),
    ("VIR_DOMAIN_XML_MIGRATABLE", 1 << 3),
    ("VIR_DOMAIN_XML_SECURE", 1),
    ("VIR_NETWORK_UPDATE_AFFECT_CONFIG", 1 << 1),
    ("VIR_NETWORK_UPDATE_AFFECT_LIVE", 1),
];

/// What of the arguments of a call permissions depend on, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::daemon) struct Asked {
    flags: Option<u32>,
    source: Option<u32>,
}

impl Asked {
    /// What this payload asks for.
    pub(in crate::daemon) fn of(id: ProcedureId, payload: &[u8]) -> Result<Self, Refusal> {
        if (id.program, id.version) != (remote::PROGRAM, remote::PROTOCOL_VERSION) {
            return Ok(Self::default());
        }
        match remote::Call::decode(id.procedure, payload, TOLERANT) {
            Ok(call) => Ok(Self::of_call(&call)),
            Err(error) => Err(MessageError::rpc(error.to_string()).into()),
        }
    }

    fn of_call(call: &remote::Call) -> Self {
        macro_rules! flags_of {
            ($($procedure:ident)*) => {
                match call {
                    $(remote::Call::$procedure(args) => Some(args.flags),)*
                    _ => None,
                }
            };
        }
        let flags = flags_of!(
            DomainAddIothread DomainAttachDeviceFlags DomainCheckpointCreateXml
            DomainCheckpointGetXmlDesc DomainDelIothread DomainDetachDeviceAlias
            DomainDetachDeviceFlags DomainGetVcpusFlags DomainGetXmlDesc DomainInterfaceAddresses
            DomainManagedSaveGetXmlDesc DomainPinEmulator DomainPinIothread DomainPinVcpuFlags
            DomainReboot DomainSetBlkioParameters DomainSetBlockIoTune
            DomainSetInterfaceParameters DomainSetIothreadParams DomainSetMemoryFlags
            DomainSetMemoryParameters DomainSetMemoryStatsPeriod DomainSetMetadata
            DomainSetNumaParameters DomainSetSchedulerParametersFlags DomainSetVcpu
            DomainSetVcpusFlags DomainShutdownFlags DomainSnapshotCreateXml
            DomainSnapshotGetXmlDesc DomainUpdateDeviceFlags NetworkUpdate
        );
        let source = match call {
            remote::Call::DomainInterfaceAddresses(args) => Some(args.source),
            _ => None,
        };
        Self { flags, source }
    }

    /// Whether what has been asked for needs this permission.
    pub(in crate::daemon) fn needs(self, permission: &Permission<'_>) -> bool {
        self.meets_flag(permission.flag) && self.meets_argument(permission.argument)
    }

    fn meets_flag(self, flag: Option<&str>) -> bool {
        let Some(flag) = flag else {
            return true;
        };
        let (is_without, names) = match flag.strip_prefix('!') {
            Some(names) => (true, names),
            None => (false, flag),
        };
        let (Some(flags), Some(bits)) = (self.flags, bits(names)) else {
            return true;
        };
        if is_without {
            flags & bits == 0
        } else {
            flags & bits == bits
        }
    }

    fn meets_argument(self, argument: Option<(&str, &str)>) -> bool {
        match (argument, self.source) {
            (Some(("source", value)), Some(source)) => {
                bits(value).is_none_or(|value| source == value)
            }
            _ => true,
        }
    }
}

/// The value of flags with a `|` between their names, if all are known.
fn bits(names: &str) -> Option<u32> {
    names.split('|').try_fold(0, |bits, name| {
        let (_, value) = NAMED.iter().find(|(known, _)| *known == name)?;
        Some(bits | value)
    })
}

#[cfg(test)]
mod tests {
    use xdr_wire::ProcedureInfo;

    use super::*;

    fn all() -> impl Iterator<Item = (&'static ProcedureInfo, Permission<'static>)> {
        let of = |info| Permission::of(info).map(move |permission| (info, permission));
        let all = remote::proc::PROCEDURES.iter().flat_map(of);
        all.filter(|(_, permission)| permission.is_conditional())
    }

    #[test]
    fn every_condition_of_the_protocol_can_be_looked_at() {
        let mut count = 0;
        for (info, permission) in all() {
            let id = ProcedureId {
                program: remote::PROGRAM,
                version: remote::PROTOCOL_VERSION,
                procedure: info.number,
            };
            // Zeros are arguments of all of them, and some more.
            let asked = Asked::of(id, &[0; 256]).expect("they can be read");
            if let Some(flag) = permission.flag {
                assert!(asked.flags.is_some(), "{}", info.name);
                assert!(bits(flag.trim_start_matches('!')).is_some(), "{flag}");
            }
            if let Some((argument, value)) = permission.argument {
                assert_eq!(argument, "source", "{}", info.name);
                assert!(asked.source.is_some(), "{}", info.name);
                assert!(bits(value).is_some(), "{value}");
            }
            count += 1;
        }
        assert!(count > 50, "{count}");
    }

    #[test]
    fn a_permission_is_needed_with_its_flag_or_without_as_the_annotation_says() {
        let flags = |flags| Asked {
            flags: Some(flags),
            source: Some(0),
        };
        let needs = |asked: Asked, annotation| {
            let permission = Permission::parse(annotation);
            asked.needs(&permission.expect("it is one"))
        };
        let config = "domain:save:VIR_DOMAIN_AFFECT_CONFIG";
        let current = "domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE";
        assert_eq!(
            [0, 1, 2, 3].map(|it| needs(flags(it), config)),
            [false, false, true, true]
        );
        assert_eq!(
            [0, 1, 2, 3].map(|it| needs(flags(it), current)),
            [true, false, false, false]
        );
        let agent = "domain:write::source:VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT";
        let source = |source| Asked {
            flags: Some(0),
            source: Some(source),
        };
        assert_eq!(
            [0, 1, 2].map(|it| needs(source(it), agent)),
            [false, true, false]
        );
        for unknown in [
            "domain:x:VIR_NEW",
            "domain:x:!VIR_NEW",
            "domain:x::y:VIR_NEW",
        ] {
            assert!(needs(flags(0), unknown), "{unknown}");
        }
        assert!(needs(Asked::default(), config) && needs(Asked::default(), current));
    }
}
