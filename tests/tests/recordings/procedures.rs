//! The procedures of the remote program that occur in recordings.

use protocol_defs::packet::{Header, write_packet};
use protocol_defs::remote::proc;
use xdr_wire::{Decode, Encode, Procedure, from_bytes};

/// Decodes a payload and appends the packet with what it means.
pub(crate) type Rewrite = fn(&Header, &[u8], &mut Vec<u8>) -> Result<(), String>;

/// Which of a procedure's types.
#[derive(Clone, Copy)]
pub(crate) enum Payload {
    /// The arguments; of an event, the message.
    Args,
    /// The result.
    Ret,
}

/// How to rewrite a payload of this procedure.
pub(crate) fn rewrite(procedure: u32, which: Payload) -> Rewrite {
    let row = ROWS.iter().find(|row| row.0 == procedure);
    let (_, args, ret) = row.unwrap_or_else(|| panic!("procedure {procedure} is not in the table"));
    match which {
        Payload::Args => *args,
        Payload::Ret => *ret,
    }
}

pub(crate) fn again<T>(header: &Header, payload: &[u8], out: &mut Vec<u8>) -> Result<(), String>
where
    T: Encode + for<'de> Decode<'de>,
{
    let value: T = from_bytes(payload).map_err(|error| error.to_string())?;
    write_packet(header, &value, out).map_err(|error| error.to_string())
}

macro_rules! rows {
    ($($name:ident)*) => {&[$((
        proc::$name::NUMBER,
        again::<<proc::$name as Procedure>::Args>,
        again::<<proc::$name as Procedure>::Ret>,
    )),*]};
}

/// A recording with another procedure needs another line here.
const ROWS: &[(u32, Rewrite, Rewrite)] = rows! {
    AuthList
    ConnectClose
    ConnectDomainEventCallbackDeregisterAny
    ConnectDomainEventCallbackRegisterAny
    ConnectDomainEventDeregisterAny
    ConnectDomainEventRegisterAny
    ConnectGetAllDomainStats
    ConnectListAllDomains
    ConnectOpen
    ConnectRegisterCloseCallback
    ConnectSupportsFeature
    ConnectUnregisterCloseCallback
    DomainEventCallbackGraphics
    DomainEventCallbackLifecycle
    DomainEventCallbackMetadataChange
    DomainEventCallbackReboot
    DomainEventGraphics
    DomainGetAutostart
    DomainGetInfo
    DomainGetMessages
    DomainGetMetadata
    DomainGetOsType
    DomainGetSchedulerType
    DomainGetSecurityLabel
    DomainGetState
    DomainGetXmlDesc
    DomainHasManagedSaveImage
    DomainIsActive
    DomainIsPersistent
    DomainLookupByName
    NodeGetSecurityModel
    StoragePoolIsActive
    StoragePoolLookupByName
    StoragePoolLookupByVolume
    StorageVolDownload
    StorageVolLookupByName
    StorageVolUpload
};
