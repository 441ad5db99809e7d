//! The kinds of events, and the messages of each.
//!
//! What `DomainEventPmwakeupMsg` and the two others about power do not say is the reason that their newer forms have:
//! libvirt has defined none, and sends 0.

use xdr_wire::Procedure;

use super::{DriverConnection, EventKind, EventObject, FromEvent, ObjectKind, RemoteEvent};
use crate::graphics::{GraphicsEvent, Uuid};
use crate::message::Event;
use crate::remote::{
    self, NonnullDomain, NonnullNetwork, NonnullNodeDevice, NonnullSecret, NonnullStoragePool,
};

/// A kind for each line: object, number, name; the message; the procedure of the message, and of the one without the
/// number of a registration if there is one, with what the new form wraps.
macro_rules! kinds {
    ($($object:ident $field:ident $kind:ident $id:literal $name:literal $msg:ident $event:ident $($legacy:ident)?;)*) => {
        /// All kinds of events that libvirt 9.0.0 has of objects, those of domains first, by number.
        pub const KINDS: &[EventKind] = &[$(<remote::$msg as RemoteEvent>::KIND,)*];

        $(
            impl RemoteEvent for remote::$msg {
                type Object = $object;

                const KIND: EventKind = EventKind {
                    object: ObjectKind::$kind,
                    id: $id,
                    name: $name,
                    procedure: remote::Procedure::$event as u32,
                    legacy: legacy!($($legacy)?),
                };

                fn is_about(&self, object: &$object) -> bool {
                    self.$field.is_same(object)
                }

                into_event!($msg $event $($legacy)?);
            }

            from_event!($msg $event $($legacy)?);
        )*

        impl remote::Event {
            /// The domain that it happened to, if it is of a [known kind](KINDS) of domain events.
            pub fn domain(&self) -> Option<&NonnullDomain> {
                $(domain!(self $kind $field $event $($legacy)?);)*
                None
            }
        }
    };
}

macro_rules! domain {
    ($said:ident Domain $field:ident $event:ident) => {
        if let remote::Event::$event(msg) = $said {
            return Some(&msg.$field);
        }
    };
    ($said:ident Domain $field:ident $event:ident $legacy:ident) => {
        match $said {
            remote::Event::$event(msg) => return Some(&msg.msg.$field),
            remote::Event::$legacy(msg) => return Some(&msg.$field),
            _ => {}
        }
    };
    ($said:ident $kind:ident $field:ident $event:ident) => {};
}

macro_rules! legacy {
    () => {
        None
    };
    ($legacy:ident) => {
        Some(remote::Procedure::$legacy as u32)
    };
}

/// What a daemon sends of a message. Wrappers that have a reason have 0 in it.
macro_rules! into_event {
    ($msg:ident $event:ident) => {
        fn into_event(mut self, callback_id: i32) -> Event {
            self.callback_id = callback_id;
            remote::Event::$event(self).into()
        }

        fn into_legacy(self) -> Option<Event> {
            None
        }
    };
    (DomainEventPmwakeupMsg $event:ident $legacy:ident) => {
        into_wrapped!($event $legacy reason: 0,);
    };
    (DomainEventPmsuspendMsg $event:ident $legacy:ident) => {
        into_wrapped!($event $legacy reason: 0,);
    };
    (DomainEventPmsuspendDiskMsg $event:ident $legacy:ident) => {
        into_wrapped!($event $legacy reason: 0,);
    };
    ($msg:ident $event:ident $legacy:ident) => {
        into_wrapped!($event $legacy);
    };
}

macro_rules! into_wrapped {
    ($event:ident $legacy:ident $($reason:ident: $zero:literal,)?) => {
        fn into_event(self, callback_id: i32) -> Event {
            type Wrapper = <remote::proc::$event as Procedure>::Args;
            remote::Event::$event(Wrapper { callback_id, $($reason: $zero,)? msg: self }).into()
        }

        fn into_legacy(self) -> Option<Event> {
            Some(remote::Event::$legacy(self).into())
        }
    };
}

macro_rules! from_event {
    ($msg:ident $event:ident) => {
        impl FromEvent for remote::$msg {
            fn from_event(event: Event) -> Result<Self, Box<Event>> {
                match event {
                    Event::Remote(remote::Event::$event(msg)) => Ok(msg),
                    other => Err(Box::new(other)),
                }
            }
        }
    };
    ($msg:ident $event:ident $legacy:ident) => {
        impl FromEvent for remote::$msg {
            fn from_event(event: Event) -> Result<Self, Box<Event>> {
                match event {
                    Event::Remote(remote::Event::$event(msg)) => Ok(msg.msg),
                    Event::Remote(remote::Event::$legacy(msg)) => Ok(msg),
                    other => Err(Box::new(other)),
                }
            }
        }
    };
}

kinds! {
    NonnullDomain dom Domain 0 "lifecycle" DomainEventLifecycleMsg DomainEventCallbackLifecycle DomainEventLifecycle;
    NonnullDomain dom Domain 1 "reboot" DomainEventRebootMsg DomainEventCallbackReboot DomainEventReboot;
    NonnullDomain dom Domain 2 "rtc-change" DomainEventRtcChangeMsg DomainEventCallbackRtcChange DomainEventRtcChange;
    NonnullDomain dom Domain 3 "watchdog" DomainEventWatchdogMsg DomainEventCallbackWatchdog DomainEventWatchdog;
    NonnullDomain dom Domain 4 "io-error" DomainEventIoErrorMsg DomainEventCallbackIoError DomainEventIoError;
    NonnullDomain dom Domain 5 "graphics" DomainEventGraphicsMsg DomainEventCallbackGraphics DomainEventGraphics;
    NonnullDomain dom Domain 6 "io-error-reason" DomainEventIoErrorReasonMsg DomainEventCallbackIoErrorReason DomainEventIoErrorReason;
    NonnullDomain dom Domain 7 "control-error" DomainEventControlErrorMsg DomainEventCallbackControlError DomainEventControlError;
    NonnullDomain dom Domain 8 "block-job" DomainEventBlockJobMsg DomainEventCallbackBlockJob DomainEventBlockJob;
    NonnullDomain dom Domain 9 "disk-change" DomainEventDiskChangeMsg DomainEventCallbackDiskChange DomainEventDiskChange;
    NonnullDomain dom Domain 10 "tray-change" DomainEventTrayChangeMsg DomainEventCallbackTrayChange DomainEventTrayChange;
    NonnullDomain dom Domain 11 "pm-wakeup" DomainEventPmwakeupMsg DomainEventCallbackPmwakeup DomainEventPmwakeup;
    NonnullDomain dom Domain 12 "pm-suspend" DomainEventPmsuspendMsg DomainEventCallbackPmsuspend DomainEventPmsuspend;
    NonnullDomain dom Domain 13 "balloon-change" DomainEventBalloonChangeMsg DomainEventCallbackBalloonChange DomainEventBalloonChange;
    NonnullDomain dom Domain 14 "pm-suspend-disk" DomainEventPmsuspendDiskMsg DomainEventCallbackPmsuspendDisk DomainEventPmsuspendDisk;
    NonnullDomain dom Domain 15 "device-removed" DomainEventDeviceRemovedMsg DomainEventCallbackDeviceRemoved DomainEventDeviceRemoved;
    NonnullDomain dom Domain 16 "block-job-2" DomainEventBlockJob2Msg DomainEventBlockJob2;
    NonnullDomain dom Domain 17 "tunable" DomainEventCallbackTunableMsg DomainEventCallbackTunable;
    NonnullDomain dom Domain 18 "agent-lifecycle" DomainEventCallbackAgentLifecycleMsg DomainEventCallbackAgentLifecycle;
    NonnullDomain dom Domain 19 "device-added" DomainEventCallbackDeviceAddedMsg DomainEventCallbackDeviceAdded;
    NonnullDomain dom Domain 20 "migration-iteration" DomainEventCallbackMigrationIterationMsg DomainEventCallbackMigrationIteration;
    NonnullDomain dom Domain 21 "job-completed" DomainEventCallbackJobCompletedMsg DomainEventCallbackJobCompleted;
    NonnullDomain dom Domain 22 "device-removal-failed" DomainEventCallbackDeviceRemovalFailedMsg DomainEventCallbackDeviceRemovalFailed;
    NonnullDomain dom Domain 23 "metadata-change" DomainEventCallbackMetadataChangeMsg DomainEventCallbackMetadataChange;
    NonnullDomain dom Domain 24 "block-threshold" DomainEventBlockThresholdMsg DomainEventBlockThreshold;
    NonnullDomain dom Domain 25 "memory-failure" DomainEventMemoryFailureMsg DomainEventMemoryFailure;
    NonnullDomain dom Domain 26 "memory-device-size-change" DomainEventMemoryDeviceSizeChangeMsg DomainEventMemoryDeviceSizeChange;
    NonnullNetwork net Network 0 "lifecycle" NetworkEventLifecycleMsg NetworkEventLifecycle;
    NonnullStoragePool pool StoragePool 0 "lifecycle" StoragePoolEventLifecycleMsg StoragePoolEventLifecycle;
    NonnullStoragePool pool StoragePool 1 "refresh" StoragePoolEventRefreshMsg StoragePoolEventRefresh;
    NonnullNodeDevice dev NodeDevice 0 "lifecycle" NodeDeviceEventLifecycleMsg NodeDeviceEventLifecycle;
    NonnullNodeDevice dev NodeDevice 1 "update" NodeDeviceEventUpdateMsg NodeDeviceEventUpdate;
    NonnullSecret secret Secret 0 "lifecycle" SecretEventLifecycleMsg SecretEventLifecycle;
    NonnullSecret secret Secret 1 "value-changed" SecretEventValueChangedMsg SecretEventValueChanged;
}

from_event!(ConnectEventConnectionClosedMsg ConnectEventConnectionClosed);

impl RemoteEvent for remote::ConnectEventConnectionClosedMsg {
    type Object = DriverConnection;

    const KIND: EventKind = EventKind {
        object: ObjectKind::Driver,
        id: 0,
        name: "connection-closed",
        procedure: remote::Procedure::ConnectEventConnectionClosed as u32,
        legacy: None,
    };

    fn is_about(&self, object: &DriverConnection) -> bool {
        match *object {}
    }

    fn into_event(self, _: i32) -> Event {
        remote::Event::ConnectEventConnectionClosed(self).into()
    }

    fn into_legacy(self) -> Option<Event> {
        None
    }
}

impl FromEvent for GraphicsEvent {
    fn from_event(event: Event) -> Result<Self, Box<Event>> {
        let event = remote::Event::from_event(event)?;
        Self::try_from(event).map_err(|event| Box::new(event.into()))
    }
}

impl RemoteEvent for GraphicsEvent {
    type Object = NonnullDomain;

    const KIND: EventKind = remote::DomainEventGraphicsMsg::KIND;

    fn is_about(&self, object: &NonnullDomain) -> bool {
        self.domain.uuid == Uuid(object.uuid)
    }

    fn into_event(self, callback_id: i32) -> Event {
        remote::DomainEventGraphicsMsg::from(self).into_event(callback_id)
    }

    fn into_legacy(self) -> Option<Event> {
        remote::DomainEventGraphicsMsg::from(self).into_legacy()
    }
}
