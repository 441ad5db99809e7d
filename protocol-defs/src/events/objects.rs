//! What a client may restrict a registration to, and the calls that register and deregister.

use xdr_wire::Procedure;

use super::ObjectKind;
use crate::remote::{
    ConnectDomainEventCallbackDeregisterAnyArgs, ConnectDomainEventCallbackRegisterAnyArgs,
    ConnectNetworkEventDeregisterAnyArgs, ConnectNetworkEventRegisterAnyArgs,
    ConnectNodeDeviceEventDeregisterAnyArgs, ConnectNodeDeviceEventRegisterAnyArgs,
    ConnectSecretEventDeregisterAnyArgs, ConnectSecretEventRegisterAnyArgs,
    ConnectStoragePoolEventDeregisterAnyArgs, ConnectStoragePoolEventRegisterAnyArgs,
    NonnullDomain, NonnullNetwork, NonnullNodeDevice, NonnullSecret, NonnullStoragePool, proc,
};

/// An object that has events.
pub trait EventObject: Clone + Send + Sync + 'static {
    /// Registers. Its result is, or begins with, the number of the registration, [if it has one](Self::HAS_NUMBERS).
    type Register: Procedure<Args: xdr_wire::Encode>;

    /// Ends a registration.
    type Deregister: Procedure<Args: xdr_wire::Encode>;

    /// Which kind of object it is.
    const KIND: ObjectKind;

    /// Whether registrations have numbers, with which their messages begin.
    const HAS_NUMBERS: bool = true;

    /// The arguments that register for a kind of events, of one object or of all.
    fn register(id: i32, object: Option<Self>) -> <Self::Register as Procedure>::Args;

    /// The arguments that end the registration of this number; of any, where there are no numbers.
    fn deregister(callback_id: i32) -> <Self::Deregister as Procedure>::Args;

    /// What daemons know it by, whatever else is said of it: its UUID where there is one, its name otherwise. Of two
    /// registrations of a client for one kind of events of the same object they refuse the second.
    fn key(&self) -> Vec<u8>;

    /// Whether both are the same, as daemons see it.
    fn is_same(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

macro_rules! objects {
    ($($object:ident $kind:ident $register:ident $register_args:ident $field:ident
        $deregister:ident $deregister_args:ident $key:ident;)*) => {$(
        impl EventObject for $object {
            type Register = proc::$register;
            type Deregister = proc::$deregister;

            const KIND: ObjectKind = ObjectKind::$kind;

            fn register(event_id: i32, $field: Option<Self>) -> $register_args {
                $register_args { event_id, $field }
            }

            fn deregister(callback_id: i32) -> $deregister_args {
                $deregister_args { callback_id }
            }

            fn key(&self) -> Vec<u8> {
                self.$key.clone().into()
            }

            fn is_same(&self, other: &Self) -> bool {
                self.$key == other.$key
            }
        }
    )*};
}

objects! {
    NonnullDomain Domain
        ConnectDomainEventCallbackRegisterAny ConnectDomainEventCallbackRegisterAnyArgs dom
        ConnectDomainEventCallbackDeregisterAny ConnectDomainEventCallbackDeregisterAnyArgs uuid;
    NonnullNetwork Network
        ConnectNetworkEventRegisterAny ConnectNetworkEventRegisterAnyArgs net
        ConnectNetworkEventDeregisterAny ConnectNetworkEventDeregisterAnyArgs uuid;
    NonnullStoragePool StoragePool
        ConnectStoragePoolEventRegisterAny ConnectStoragePoolEventRegisterAnyArgs pool
        ConnectStoragePoolEventDeregisterAny ConnectStoragePoolEventDeregisterAnyArgs uuid;
    NonnullNodeDevice NodeDevice
        ConnectNodeDeviceEventRegisterAny ConnectNodeDeviceEventRegisterAnyArgs dev
        ConnectNodeDeviceEventDeregisterAny ConnectNodeDeviceEventDeregisterAnyArgs name;
    NonnullSecret Secret
        ConnectSecretEventRegisterAny ConnectSecretEventRegisterAnyArgs secret
        ConnectSecretEventDeregisterAny ConnectSecretEventDeregisterAnyArgs uuid;
}

/// The connection of a driver to what it drives, such as a hypervisor on another host. Its end is the one event that it has.
///
/// There is one, which is not named: no value of this type exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriverConnection {}

impl EventObject for DriverConnection {
    type Register = proc::ConnectRegisterCloseCallback;
    type Deregister = proc::ConnectUnregisterCloseCallback;

    const KIND: ObjectKind = ObjectKind::Driver;

    const HAS_NUMBERS: bool = false;

    fn register(_: i32, _: Option<Self>) {}

    fn deregister(_: i32) {}

    fn key(&self) -> Vec<u8> {
        match *self {}
    }
}
