//! What is the same for all drivers, and which every client begins with.

use protocol_defs::events::{EventKind, EventObject, MonitorFilter, ObjectKind, RemoteEvent};
use protocol_defs::message::{Call, Reply};
use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError};
use protocol_defs::qemu::{self, ConnectDomainMonitorEventRegisterRet, DomainMonitorEventMsg};
use protocol_defs::remote::{
    self, AuthListRet, AuthType, ConnectDomainEventCallbackRegisterAnyRet,
    ConnectDomainEventDeregisterRet, ConnectDomainEventRegisterRet, ConnectGetHostnameRet,
    ConnectGetLibVersionRet, ConnectGetTypeRet, ConnectGetUriRet, ConnectGetVersionRet,
    ConnectIsSecureRet, ConnectNetworkEventRegisterAnyRet, ConnectNodeDeviceEventRegisterAnyRet,
    ConnectSecretEventRegisterAnyRet, ConnectStoragePoolEventRegisterAnyRet,
    ConnectSupportsFeatureRet,
};

use super::registrations::{Place, Wanted};
use super::request::{Answer, Refusal, Request, refusal};
use super::session::{Effect, Session};
use crate::connection::Feature;

/// The kind of events that libvirt before 0.8.0 has without a number: the life cycle of domains.
const LIFECYCLE: i32 = 0;

pub(super) fn answer(request: &Request) -> Result<Answer, Refusal> {
    let session = request.context.session();
    let call = match request.call()? {
        Call::Remote(call) => call,
        Call::Qemu(call) => return monitor(request, call),
        _ => return Err(MessageError::unknown_procedure(request.header.procedure).into()),
    };
    match call {
        remote::Call::ConnectDomainEventRegister => {
            let ret = ConnectDomainEventRegisterRet { cb_registered: 1 };
            let reply = remote::Reply::ConnectDomainEventRegister(ret);
            register_legacy(request, LIFECYCLE, reply)
        }
        remote::Call::ConnectDomainEventRegisterAny(args) => {
            let reply = remote::Reply::ConnectDomainEventRegisterAny;
            register_legacy(request, args.event_id, reply)
        }
        remote::Call::ConnectDomainEventDeregister => {
            let ret = ConnectDomainEventDeregisterRet { cb_registered: 0 };
            let reply = remote::Reply::ConnectDomainEventDeregister(ret);
            deregister_legacy(session, LIFECYCLE, reply)
        }
        remote::Call::ConnectDomainEventDeregisterAny(args) => {
            let reply = remote::Reply::ConnectDomainEventDeregisterAny;
            deregister_legacy(session, args.event_id, reply)
        }
        // Whether it has registered already is not looked at, as by libvirtd's drivers for QEMU and for tests.
        remote::Call::ConnectRegisterCloseCallback => {
            let answer = Answer::from(remote::Reply::ConnectRegisterCloseCallback);
            Ok(answer.with_effect(Effect::CloseCallback(true)))
        }
        remote::Call::ConnectUnregisterCloseCallback => {
            let answer = Answer::from(remote::Reply::ConnectUnregisterCloseCallback);
            Ok(answer.with_effect(Effect::CloseCallback(false)))
        }
        other => match fact(session, &other) {
            Some(reply) => Ok(reply.into()),
            None => callbacks(request, other),
        },
    }
}

/// What a daemon says of itself.
fn fact(session: &Session, call: &remote::Call) -> Option<remote::Reply> {
    let facts = &session.inner.options.facts;
    Some(match call {
        remote::Call::AuthList => remote::Reply::AuthList(AuthListRet {
            types: vec![AuthType::None],
        }),
        remote::Call::ConnectOpen(_) => remote::Reply::ConnectOpen,
        remote::Call::ConnectClose => remote::Reply::ConnectClose,
        remote::Call::ConnectSupportsFeature(args) => {
            let supported = i32::from(supports(session, Feature(args.feature)));
            remote::Reply::ConnectSupportsFeature(ConnectSupportsFeatureRet { supported })
        }
        remote::Call::ConnectGetType => remote::Reply::ConnectGetType(ConnectGetTypeRet {
            r#type: facts.driver.clone(),
        }),
        remote::Call::ConnectGetVersion => remote::Reply::ConnectGetVersion(ConnectGetVersionRet {
            hv_ver: facts.driver_version,
        }),
        remote::Call::ConnectGetLibVersion => {
            remote::Reply::ConnectGetLibVersion(ConnectGetLibVersionRet {
                lib_ver: facts.libvirt_version,
            })
        }
        remote::Call::ConnectGetHostname => {
            remote::Reply::ConnectGetHostname(ConnectGetHostnameRet {
                hostname: facts.hostname.clone(),
            })
        }
        remote::Call::ConnectGetUri => remote::Reply::ConnectGetUri(ConnectGetUriRet {
            uri: session.driver().unwrap_or_default(),
        }),
        // libvirt takes UNIX sockets for secure, as nothing of them leaves the host.
        remote::Call::ConnectIsSecure => remote::Reply::ConnectIsSecure(ConnectIsSecureRet {
            secure: i32::from(session.inner.passes_descriptors),
        }),
        _ => return None,
    })
}

fn supports(session: &Session, feature: Feature) -> bool {
    let inner = &session.inner;
    inner.options.features.contains(&feature)
        && (feature != Feature::FD_PASSING || inner.passes_descriptors)
}

/// Registers and deregisters in the way that has numbers.
fn callbacks(request: &Request, call: remote::Call) -> Result<Answer, Refusal> {
    let session = request.context.session();
    macro_rules! register {
        ($args:ident . $object:ident, $reply:ident($ret:ident)) => {
            register(request, $args.event_id, $args.$object, |callback_id| {
                remote::Reply::$reply($ret { callback_id })
            })
        };
    }
    match call {
        remote::Call::ConnectDomainEventCallbackRegisterAny(args) => register!(
            args.dom,
            ConnectDomainEventCallbackRegisterAny(ConnectDomainEventCallbackRegisterAnyRet)
        ),
        remote::Call::ConnectNetworkEventRegisterAny(args) => register!(
            args.net,
            ConnectNetworkEventRegisterAny(ConnectNetworkEventRegisterAnyRet)
        ),
        remote::Call::ConnectStoragePoolEventRegisterAny(args) => register!(
            args.pool,
            ConnectStoragePoolEventRegisterAny(ConnectStoragePoolEventRegisterAnyRet)
        ),
        remote::Call::ConnectNodeDeviceEventRegisterAny(args) => register!(
            args.dev,
            ConnectNodeDeviceEventRegisterAny(ConnectNodeDeviceEventRegisterAnyRet)
        ),
        remote::Call::ConnectSecretEventRegisterAny(args) => register!(
            args.secret,
            ConnectSecretEventRegisterAny(ConnectSecretEventRegisterAnyRet)
        ),
        remote::Call::ConnectDomainEventCallbackDeregisterAny(args) => {
            let reply = remote::Reply::ConnectDomainEventCallbackDeregisterAny;
            deregister(session, ObjectKind::Domain, args.callback_id, reply)
        }
        remote::Call::ConnectNetworkEventDeregisterAny(args) => {
            let reply = remote::Reply::ConnectNetworkEventDeregisterAny;
            deregister(session, ObjectKind::Network, args.callback_id, reply)
        }
        remote::Call::ConnectStoragePoolEventDeregisterAny(args) => {
            let reply = remote::Reply::ConnectStoragePoolEventDeregisterAny;
            deregister(session, ObjectKind::StoragePool, args.callback_id, reply)
        }
        remote::Call::ConnectNodeDeviceEventDeregisterAny(args) => {
            let reply = remote::Reply::ConnectNodeDeviceEventDeregisterAny;
            deregister(session, ObjectKind::NodeDevice, args.callback_id, reply)
        }
        remote::Call::ConnectSecretEventDeregisterAny(args) => {
            let reply = remote::Reply::ConnectSecretEventDeregisterAny;
            deregister(session, ObjectKind::Secret, args.callback_id, reply)
        }
        _ => Err(MessageError::unknown_procedure(request.header.procedure).into()),
    }
}

/// Registers and deregisters for what QEMU says on its monitor.
fn monitor(request: &Request, call: qemu::Call) -> Result<Answer, Refusal> {
    match call {
        qemu::Call::ConnectDomainMonitorEventRegister(args) => {
            let filter = MonitorFilter::from(args);
            check_filter(&filter)?;
            let is_named = filter.event.is_some();
            let wanted = Wanted::new(DomainMonitorEventMsg::KIND.id, Some(filter));
            // As libvirtd has it: with a name of its own, each is another one.
            let wanted = if is_named {
                wanted.repeatable()
            } else {
                wanted
            };
            let place = begin(request, wanted)?;
            let callback_id = place.callback_id();
            let ret = ConnectDomainMonitorEventRegisterRet { callback_id };
            let reply = qemu::Reply::ConnectDomainMonitorEventRegister(ret);
            Ok(Answer::from(Reply::from(reply)).with_effect(Effect::Register(place)))
        }
        qemu::Call::ConnectDomainMonitorEventDeregister(args) => {
            let reply = qemu::Reply::ConnectDomainMonitorEventDeregister;
            let session = request.context.session();
            deregister(session, ObjectKind::Monitor, args.callback_id, reply)
        }
        _ => Err(MessageError::unknown_procedure(request.header.procedure).into()),
    }
}

fn check_filter(filter: &MonitorFilter) -> Result<(), Refusal> {
    let MonitorFilter { event, flags, .. } = filter;
    if flags & !(MonitorFilter::PATTERN | MonitorFilter::ANY_CASE) != 0 {
        let text = format!("no filter of events has the flags {flags:#x}");
        return Err(failed(ErrorCode::INVALID_ARG, text));
    }
    if event.is_some() && flags & MonitorFilter::PATTERN != 0 {
        let text = "patterns are not known here, only names of events";
        return Err(failed(ErrorCode::ARGUMENT_UNSUPPORTED, text));
    }
    Ok(())
}

fn register<O: EventObject>(
    request: &Request,
    event_id: i32,
    object: Option<O>,
    reply: impl FnOnce(i32) -> remote::Reply,
) -> Result<Answer, Refusal> {
    if EventKind::find(O::KIND, event_id).is_none() {
        let text = format!("no kind of these events has the number {event_id}");
        return Err(failed(ErrorCode::INVALID_ARG, text));
    }
    let place = begin(request, Wanted::new(event_id, object))?;
    let answer = Answer::from(Reply::from(reply(place.callback_id())));
    Ok(answer.with_effect(Effect::Register(place)))
}

fn deregister(
    session: &Session,
    object: ObjectKind,
    callback_id: i32,
    reply: impl Into<Reply>,
) -> Result<Answer, Refusal> {
    let mut state = session.inner.lock();
    if state.registrations.remove(object, callback_id) {
        return Ok(Answer::from(reply.into()));
    }
    let text = format!("no registration has the number {callback_id}");
    Err(failed(ErrorCode::INTERNAL_ERROR, text))
}

fn register_legacy(
    request: &Request,
    event_id: i32,
    reply: remote::Reply,
) -> Result<Answer, Refusal> {
    check_legacy(event_id)?;
    let place = begin(request, Wanted::legacy(event_id))?;
    Ok(Answer::from(reply).with_effect(Effect::Register(place)))
}

/// Whether the kind is as old as the way that has no numbers.
fn check_legacy(event_id: i32) -> Result<(), Refusal> {
    let kind = EventKind::find(ObjectKind::Domain, event_id);
    if kind.is_none_or(|kind| kind.legacy.is_none()) {
        let text = format!("events of kind {event_id} cannot be registered for without a number");
        return Err(failed(ErrorCode::INVALID_ARG, text));
    }
    Ok(())
}

/// Ends the first registration for a kind, whether or not it has a number: libvirtd has both in one list.
fn deregister_legacy(
    session: &Session,
    event_id: i32,
    reply: remote::Reply,
) -> Result<Answer, Refusal> {
    check_legacy(event_id)?;
    if session.inner.lock().registrations.remove_first(event_id) {
        return Ok(reply.into());
    }
    let text = format!("events of kind {event_id} have not been registered for");
    Err(failed(ErrorCode::INTERNAL_ERROR, text))
}

/// A place for a registration, if the client may have it.
fn begin(request: &Request, wanted: Wanted) -> Result<Place, Refusal> {
    let Session { inner } = request.context.session();
    let (most, most_bytes) = (
        inner.options.max_registrations,
        inner.options.registration_bytes,
    );
    let event_id = wanted.event_id();
    let length = request.payload.len();
    let mut state = inner.lock();
    let (count, bytes) = state.registrations.begun();
    if count >= most {
        let text = format!("a client registers for events {most} times at most");
        return Err(failed(ErrorCode::OPERATION_DENIED, text));
    }
    if bytes.saturating_add(length) > most_bytes {
        let text = format!("what a client registers for has {most_bytes} bytes at most");
        return Err(failed(ErrorCode::OPERATION_DENIED, text));
    }
    let place = state.registrations.begin(wanted, length);
    place.ok_or_else(|| already(event_id))
}

/// In the form in which libvirtd has it, as clients may look at more than the code.
fn already(event_id: i32) -> Refusal {
    let why = format!("events of kind {event_id} have been registered for");
    Box::new(MessageError {
        message: Some(format!("invalid argument: {why}")),
        str1: Some("invalid argument: %s".to_owned()),
        str2: Some(why),
        int1: -1,
        int2: -1,
        ..MessageError::new(ErrorCode::INVALID_ARG, ErrorOrigin::NONE)
    })
}

fn failed(code: ErrorCode, text: impl Into<String>) -> Refusal {
    refusal(code, ErrorOrigin::RPC, text)
}
