//! An event of each kind, and what virsh prints of it.

use libvirt_remote::daemon::Handle;
use protocol_defs::events::RemoteEvent;
use protocol_defs::graphics::{
    Address, Domain, Family, GraphicsEvent, Identity, IdentityKind, Phase, Uuid,
};
use protocol_defs::remote::{
    DomainEventBalloonChangeMsg, DomainEventBlockJob2Msg, DomainEventBlockJobMsg,
    DomainEventBlockThresholdMsg, DomainEventCallbackAgentLifecycleMsg,
    DomainEventCallbackDeviceAddedMsg, DomainEventCallbackDeviceRemovalFailedMsg,
    DomainEventCallbackJobCompletedMsg, DomainEventCallbackMetadataChangeMsg,
    DomainEventCallbackMigrationIterationMsg, DomainEventCallbackTunableMsg,
    DomainEventControlErrorMsg, DomainEventDeviceRemovedMsg, DomainEventDiskChangeMsg,
    DomainEventIoErrorMsg, DomainEventIoErrorReasonMsg, DomainEventLifecycleMsg,
    DomainEventMemoryDeviceSizeChangeMsg, DomainEventMemoryFailureMsg, DomainEventPmsuspendDiskMsg,
    DomainEventPmsuspendMsg, DomainEventPmwakeupMsg, DomainEventRebootMsg, DomainEventRtcChangeMsg,
    DomainEventTrayChangeMsg, DomainEventWatchdogMsg, TypedParam, TypedParamValue,
};

use super::world::web;

/// One event of each of the oldest kinds.
pub(crate) fn emit_oldest(daemon: &Handle) {
    let dom = web;
    let dev_alias = || "disk0".to_owned();
    let src_path = || "/srv/web.img".to_owned();
    emit(
        daemon,
        DomainEventLifecycleMsg {
            dom: dom(),
            event: 2,
            detail: 0,
        },
    );
    emit(daemon, DomainEventRebootMsg { dom: dom() });
    emit(
        daemon,
        DomainEventRtcChangeMsg {
            dom: dom(),
            offset: -3600,
        },
    );
    emit(
        daemon,
        DomainEventWatchdogMsg {
            dom: dom(),
            action: 2,
        },
    );
    emit(
        daemon,
        DomainEventIoErrorMsg {
            dom: dom(),
            src_path: src_path(),
            dev_alias: dev_alias(),
            action: 1,
        },
    );
    emit(daemon, graphics());
    emit(
        daemon,
        DomainEventIoErrorReasonMsg {
            dom: dom(),
            src_path: src_path(),
            dev_alias: dev_alias(),
            action: 1,
            reason: "enospc".to_owned(),
        },
    );
    emit(daemon, DomainEventControlErrorMsg { dom: dom() });
    emit(
        daemon,
        DomainEventBlockJobMsg {
            dom: dom(),
            path: src_path(),
            r#type: 2,
            status: 0,
        },
    );
    emit(
        daemon,
        DomainEventDiskChangeMsg {
            dom: dom(),
            old_src_path: Some(src_path()),
            new_src_path: None,
            dev_alias: dev_alias(),
            reason: 0,
        },
    );
    emit(
        daemon,
        DomainEventTrayChangeMsg {
            dom: dom(),
            dev_alias: dev_alias(),
            reason: 0,
        },
    );
    emit(daemon, DomainEventPmwakeupMsg { dom: dom() });
    emit(daemon, DomainEventPmsuspendMsg { dom: dom() });
    emit(
        daemon,
        DomainEventBalloonChangeMsg {
            dom: dom(),
            actual: 524_288,
        },
    );
    emit(daemon, DomainEventPmsuspendDiskMsg { dom: dom() });
    emit(
        daemon,
        DomainEventDeviceRemovedMsg {
            dom: dom(),
            dev_alias: dev_alias(),
        },
    );
}

/// One event of each of the other kinds, whose message has a place for the number of a registration.
pub(crate) fn emit_newer(daemon: &Handle) {
    let dom = web;
    let callback_id = -1;
    let dev_alias = || "net0".to_owned();
    let params = || {
        vec![TypedParam {
            field: "shares".to_owned(),
            value: TypedParamValue::Ullong(7),
        }]
    };
    emit(
        daemon,
        DomainEventBlockJob2Msg {
            callback_id,
            dom: dom(),
            dst: "vda".to_owned(),
            r#type: 2,
            status: 0,
        },
    );
    emit(
        daemon,
        DomainEventCallbackTunableMsg {
            callback_id,
            dom: dom(),
            params: params(),
        },
    );
    emit(
        daemon,
        DomainEventCallbackAgentLifecycleMsg {
            callback_id,
            dom: dom(),
            state: 1,
            reason: 2,
        },
    );
    emit(
        daemon,
        DomainEventCallbackDeviceAddedMsg {
            callback_id,
            dom: dom(),
            dev_alias: dev_alias(),
        },
    );
    emit(
        daemon,
        DomainEventCallbackMigrationIterationMsg {
            callback_id,
            dom: dom(),
            iteration: 3,
        },
    );
    emit(
        daemon,
        DomainEventCallbackJobCompletedMsg {
            callback_id,
            dom: dom(),
            params: params(),
        },
    );
    emit_newest(daemon);
}

/// The last of them.
fn emit_newest(daemon: &Handle) {
    let dom = web;
    let callback_id = -1;
    let dev_alias = || "net0".to_owned();
    emit(
        daemon,
        DomainEventCallbackDeviceRemovalFailedMsg {
            callback_id,
            dom: dom(),
            dev_alias: dev_alias(),
        },
    );
    emit(
        daemon,
        DomainEventCallbackMetadataChangeMsg {
            callback_id,
            dom: dom(),
            r#type: 2,
            nsuri: Some("http://example.com/ns".to_owned()),
        },
    );
    emit(
        daemon,
        DomainEventBlockThresholdMsg {
            callback_id,
            dom: dom(),
            dev: "vda".to_owned(),
            path: None,
            threshold: 1000,
            excess: 24,
        },
    );
    emit(
        daemon,
        DomainEventMemoryFailureMsg {
            callback_id,
            dom: dom(),
            recipient: 1,
            action: 1,
            flags: 3,
        },
    );
    emit(
        daemon,
        DomainEventMemoryDeviceSizeChangeMsg {
            callback_id,
            dom: dom(),
            alias: "dimm0".to_owned(),
            size: 4096,
        },
    );
}

fn graphics() -> GraphicsEvent {
    let address = |node: &str, service: &str| Address {
        family: Family::Ipv4,
        node: node.to_owned(),
        service: service.to_owned(),
    };
    GraphicsEvent {
        domain: Domain {
            name: "web".to_owned(),
            uuid: Uuid(web().uuid),
            id: 1,
        },
        phase: Phase::Initialize,
        local: address("192.0.2.1", "5900"),
        remote: address("198.51.100.7", "49152"),
        auth_scheme: "vencrypt+x509+none".to_owned(),
        subject: vec![Identity {
            kind: IdentityKind::X509DistinguishedName,
            name: "O=Example,CN=ann".to_owned(),
        }],
    }
}

/// What virsh prints of the oldest.
pub(crate) const PRINTED_OLDEST: &str = "\
event 'lifecycle' for domain 'web': Started Booted
event 'reboot' for domain 'web'
event 'rtc-change' for domain 'web': -3600
event 'watchdog' for domain 'web': reset
event 'io-error' for domain 'web': /srv/web.img (disk0) pause
event 'graphics' for domain 'web': initialize local[IPv4 192.0.2.1 5900] remote[IPv4 198.51.100.7 49152] vencrypt+x509+none
\tx509dname=O=Example,CN=ann
event 'io-error-reason' for domain 'web': /srv/web.img (disk0) pause due to enospc
event 'control-error' for domain 'web'
event 'block-job' for domain 'web': Block Copy for /srv/web.img completed
event 'disk-change' for domain 'web' disk disk0: /srv/web.img -> <null>: changed
event 'tray-change' for domain 'web' disk disk0: opened
event 'pm-wakeup' for domain 'web'
event 'pm-suspend' for domain 'web'
event 'balloon-change' for domain 'web': 524288KiB
event 'pm-suspend-disk' for domain 'web'
event 'device-removed' for domain 'web': disk0
";

/// What virsh prints of the others.
pub(crate) const PRINTED_NEWER: &str = "\
event 'block-job-2' for domain 'web': Block Copy for vda completed
event 'tunable' for domain 'web':
\tshares: 7
event 'agent-lifecycle' for domain 'web': state: 'connected' reason: 'channel event'
event 'device-added' for domain 'web': net0
event 'migration-iteration' for domain 'web': iteration: '3'
event 'job-completed' for domain 'web':
\tshares: 7
event 'device-removal-failed' for domain 'web': net0
event 'metadata-change' for domain 'web': type element, uri http://example.com/ns
event 'block-threshold' for domain 'web': dev: vda(<null>) 1000 24
event 'memory-failure' for domain 'web':
recipient: guest
action: inject
flags:
\taction required: 1
\trecursive: 1
event 'memory-device-size-change' for domain 'web':
alias: dimm0
size: 4096
";

fn emit<E: RemoteEvent + Clone + Send + Sync + 'static>(daemon: &Handle, event: E) {
    let sent = daemon.emit(event).map(|emitted| emitted.sent);
    assert_eq!(sent, Ok(1), "{}", E::KIND.name);
}
