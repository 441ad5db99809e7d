//! What QEMU says on its monitor, as a client of libvirtd may have it. It is meant for looking, and libvirt promises nothing
//! about it.

use super::{EventKind, EventObject, FromEvent, ObjectKind, RemoteEvent};
use crate::message::Event;
use crate::qemu::{
    self, ConnectDomainMonitorEventDeregisterArgs, ConnectDomainMonitorEventRegisterArgs,
    DomainMonitorEventMsg, proc,
};
use crate::remote::NonnullDomain;

/// Which events of QEMU's monitor a client wants: all, unless more is said.
///
/// ```
/// use protocol_defs::events::{MonitorFilter, RemoteEvent};
/// use protocol_defs::qemu::DomainMonitorEventMsg;
/// use protocol_defs::remote::NonnullDomain;
///
/// let filter = MonitorFilter {
///     event: Some("rtc_change".to_owned()),
///     flags: MonitorFilter::ANY_CASE,
///     ..MonitorFilter::default()
/// };
/// let event = DomainMonitorEventMsg {
///     callback_id: 0,
///     dom: NonnullDomain { name: "web".to_owned(), uuid: [7; 16], id: 1 },
///     event: "RTC_CHANGE".to_owned(),
///     seconds: 1_700_000_000,
///     micros: 0,
///     details: Some(r#"{"offset":0}"#.to_owned()),
/// };
/// assert!(event.is_about(&filter));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MonitorFilter {
    /// Those of this domain.
    pub domain: Option<NonnullDomain>,
    /// Those of this name, as QEMU writes it: `STOP`.
    pub event: Option<String>,
    /// How the name is meant; without it they mean nothing.
    pub flags: u32,
}

impl MonitorFilter {
    /// The name is a regular expression, as `GLib` has them (`VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX`).
    pub const PATTERN: u32 = 1;

    /// Upper case and lower case are the same (`VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE`).
    pub const ANY_CASE: u32 = 2;

    fn has_name(&self, name: &str) -> bool {
        match &self.event {
            None => true,
            Some(_) if self.flags & Self::PATTERN != 0 => true,
            Some(event) if self.flags & Self::ANY_CASE != 0 => event.eq_ignore_ascii_case(name),
            Some(event) => event == name,
        }
    }
}

impl From<ConnectDomainMonitorEventRegisterArgs> for MonitorFilter {
    fn from(args: ConnectDomainMonitorEventRegisterArgs) -> Self {
        Self {
            domain: args.dom,
            event: args.event,
            flags: args.flags,
        }
    }
}

impl EventObject for MonitorFilter {
    type Register = proc::ConnectDomainMonitorEventRegister;
    type Deregister = proc::ConnectDomainMonitorEventDeregister;

    const KIND: ObjectKind = ObjectKind::Monitor;

    fn register(_: i32, object: Option<Self>) -> ConnectDomainMonitorEventRegisterArgs {
        let Self {
            domain,
            event,
            flags,
        } = object.unwrap_or_default();
        ConnectDomainMonitorEventRegisterArgs {
            dom: domain,
            event,
            flags,
        }
    }

    fn deregister(callback_id: i32) -> ConnectDomainMonitorEventDeregisterArgs {
        ConnectDomainMonitorEventDeregisterArgs { callback_id }
    }

    /// The UUID, and the name with its flags, each if there is one.
    fn key(&self) -> Vec<u8> {
        let mut key = Vec::new();
        key.push(u8::from(self.domain.is_some()));
        if let Some(domain) = &self.domain {
            key.extend_from_slice(&domain.uuid);
        }
        if let Some(event) = &self.event {
            key.extend_from_slice(&self.flags.to_be_bytes());
            key.extend_from_slice(event.as_bytes());
        }
        key
    }
}

impl FromEvent for DomainMonitorEventMsg {
    fn from_event(event: Event) -> Result<Self, Box<Event>> {
        match event {
            Event::Qemu(qemu::Event::DomainMonitorEvent(msg)) => Ok(msg),
            other => Err(Box::new(other)),
        }
    }
}

impl RemoteEvent for DomainMonitorEventMsg {
    type Object = MonitorFilter;

    const KIND: EventKind = EventKind {
        object: ObjectKind::Monitor,
        id: 0,
        name: "qemu-monitor-event",
        procedure: qemu::Procedure::DomainMonitorEvent as u32,
        legacy: None,
    };

    /// Whether it passes the filter. A [pattern](MonitorFilter::PATTERN) lets all names pass here: the daemon has compared them.
    fn is_about(&self, filter: &MonitorFilter) -> bool {
        let domain = filter.domain.as_ref();
        domain.is_none_or(|domain| self.dom.is_same(domain)) && filter.has_name(&self.event)
    }

    fn into_event(mut self, callback_id: i32) -> Event {
        self.callback_id = callback_id;
        qemu::Event::DomainMonitorEvent(self).into()
    }

    fn into_legacy(self) -> Option<Event> {
        None
    }
}
