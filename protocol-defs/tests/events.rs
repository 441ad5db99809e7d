//! The table of events against the protocol.
#![cfg(feature = "remote")]

use protocol_defs::events::{
    EventKind, EventObject, FromEvent, KINDS, ObjectKind, RemoteEvent, callback_id,
};
use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::message::{Event, Message, ProcedureId};
use protocol_defs::packet::PacketReader;
use protocol_defs::remote::{self, NonnullDomain, NonnullNodeDevice};
use xdr_wire::{Options, ProcedureInfo, ProcedureKind, to_vec};

/// The event that is not in the table: it has no number, and happens to the connection.
const CONNECTION_CLOSED: u32 = 362;

/// The last procedure of libvirt 9.0.0. Which numbers later events have is in the headers of a later libvirt.
const LAST: u32 = 443;

#[test]
fn every_event_of_the_protocol_is_of_one_kind() {
    let events = remote::proc::PROCEDURES
        .iter()
        .filter(|procedure| procedure.kind == ProcedureKind::Event && procedure.number <= LAST);
    for event in events {
        let is_of =
            |kind: &&EventKind| kind.procedure == event.number || kind.legacy == Some(event.number);
        let expected = usize::from(event.number != CONNECTION_CLOSED);
        let kinds = KINDS.iter().filter(is_of).count();
        assert_eq!(kinds, expected, "{}", event.name);
    }
}

#[test]
fn every_kind_has_an_event_of_the_protocol() {
    for kind in KINDS {
        for number in [Some(kind.procedure), kind.legacy].into_iter().flatten() {
            let found = ProcedureInfo::find(remote::proc::PROCEDURES, number);
            let found = found.unwrap_or_else(|| panic!("{kind:?}"));
            assert_eq!(found.kind, ProcedureKind::Event, "{kind:?}");
        }
        assert_eq!(EventKind::find(kind.object, kind.id), Some(kind));
    }
    let domains = KINDS
        .iter()
        .filter(|kind| kind.object == ObjectKind::Domain);
    assert!(
        domains.map(|kind| kind.id).eq(0..27),
        "numbers have no gaps"
    );
}

#[test]
fn messages_begin_with_the_number_of_a_registration_unless_they_are_legacy() {
    for kind in KINDS {
        let payload = [0, 0, 0, 9];
        assert_eq!(callback_id(kind.procedure, &payload), Some(9), "{kind:?}");
        assert_eq!(callback_id(kind.procedure, &payload[1..]), None, "{kind:?}");
        if let Some(legacy) = kind.legacy {
            assert_eq!(callback_id(legacy, &payload), None, "{kind:?}");
        }
    }
    assert_eq!(callback_id(CONNECTION_CLOSED, &[0, 0, 0, 9]), None);
    assert_eq!(
        callback_id(4000, &[0, 0, 0, 9]),
        Some(9),
        "an event of a newer libvirt"
    );
}

#[test]
fn a_domain_is_the_same_if_its_uuid_is() {
    let domain = |name: &str, number| NonnullDomain {
        name: name.to_owned(),
        uuid: [number; 16],
        id: i32::from(number),
    };
    assert!(domain("web", 1).is_same(&domain("renamed", 1)));
    assert!(!domain("web", 1).is_same(&domain("web", 2)));
    let msg = remote::DomainEventRebootMsg {
        dom: domain("web", 1),
    };
    assert!(msg.is_about(&domain("renamed", 1)));
    for event in [
        remote::Event::DomainEventReboot(msg.clone()),
        remote::Event::DomainEventCallbackReboot(remote::DomainEventCallbackRebootMsg {
            callback_id: 3,
            msg: msg.clone(),
        }),
    ] {
        assert_eq!(event.domain(), Some(&msg.dom));
    }
    assert_eq!(domain("web", 1).key(), [1; 16]);
    let name = "pci_0000_00_00_0".to_owned();
    assert_eq!(NonnullNodeDevice { name }.key(), b"pci_0000_00_00_0");
    let bytes = to_vec(&msg).expect("it is within bounds");
    let event = Event::decode(remote_procedure(169), &bytes, Options::new());
    let event = event.expect("it can be read");
    let refused = GraphicsEvent::from_event(event.clone());
    assert_eq!(refused, Err(Box::new(event)));
}

fn remote_procedure(procedure: u32) -> ProcedureId {
    ProcedureId {
        program: remote::PROGRAM,
        version: remote::PROTOCOL_VERSION,
        procedure,
    }
}

/// The payload of an event, as it is in its packet.
fn payload(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = Message::Event(event.clone()).write(1, 0, &mut bytes);
    written.expect("it is within bounds");
    let mut reader = PacketReader::new();
    reader.feed(&bytes);
    let packet = reader.next_packet().expect("it is a packet");
    packet.expect("it is whole").payload.to_vec()
}

#[test]
fn what_a_daemon_sends_is_what_a_client_makes_the_message_of() {
    fn goes_both_ways<E>(event: &E)
    where
        E: RemoteEvent + Clone + PartialEq + std::fmt::Debug,
    {
        let sent = event.clone().into_event(7);
        assert_eq!(sent.procedure(), remote_procedure(E::KIND.procedure));
        let number = callback_id(E::KIND.procedure, &payload(&sent));
        assert_eq!(number, E::Object::HAS_NUMBERS.then_some(7));
        assert_eq!(E::from_event(sent).as_ref(), Ok(event));
        let legacy = event.clone().into_legacy();
        let expected = E::KIND.legacy.map(remote_procedure);
        assert_eq!(legacy.as_ref().map(Event::procedure), expected);
        if let Some(legacy) = legacy {
            assert_eq!(E::from_event(legacy).as_ref(), Ok(event));
        }
    }
    let dom = NonnullDomain {
        name: "web".to_owned(),
        uuid: [1; 16],
        id: 1,
    };
    goes_both_ways(&remote::DomainEventLifecycleMsg {
        dom: dom.clone(),
        event: 2,
        detail: 1,
    });
    goes_both_ways(&remote::DomainEventPmwakeupMsg { dom: dom.clone() });
    goes_both_ways(&remote::DomainEventPmsuspendMsg { dom: dom.clone() });
    goes_both_ways(&remote::DomainEventPmsuspendDiskMsg { dom: dom.clone() });
    goes_both_ways(&remote::DomainEventCallbackDeviceAddedMsg {
        callback_id: 7,
        dom: dom.clone(),
        dev_alias: "net0".to_owned(),
    });
    let graphics = remote::DomainEventGraphicsMsg {
        dom,
        phase: 0,
        local: address(),
        remote: address(),
        auth_scheme: "none".to_owned(),
        subject: Vec::new(),
    };
    goes_both_ways(&graphics);
    goes_both_ways(&GraphicsEvent::from(graphics));
    goes_both_ways(&remote::ConnectEventConnectionClosedMsg { reason: 2 });
}

#[cfg(feature = "qemu")]
#[test]
fn events_of_the_monitor_are_chosen_by_domain_and_name() {
    use protocol_defs::events::MonitorFilter;
    use protocol_defs::qemu::DomainMonitorEventMsg;

    let domain = |number| NonnullDomain {
        name: "web".to_owned(),
        uuid: [number; 16],
        id: 1,
    };
    let msg = DomainMonitorEventMsg {
        callback_id: 7,
        dom: domain(1),
        event: "STOP".to_owned(),
        seconds: 1,
        micros: 2,
        details: None,
    };
    let filter = |event: Option<&str>, flags| MonitorFilter {
        domain: None,
        event: event.map(str::to_owned),
        flags,
    };
    let of = |number| MonitorFilter {
        domain: Some(domain(number)),
        ..filter(None, 0)
    };
    let passes = [
        of(1),
        filter(None, MonitorFilter::PATTERN),
        filter(Some("STOP"), 0),
        filter(Some("stop"), MonitorFilter::ANY_CASE),
        filter(Some("ST.P"), MonitorFilter::PATTERN),
    ];
    for filter in passes {
        assert!(msg.is_about(&filter), "{filter:?}");
    }
    for filter in [of(2), filter(Some("stop"), 0), filter(Some("RESUME"), 2)] {
        assert!(!msg.is_about(&filter), "{filter:?}");
    }
    assert!(
        filter(None, 0).is_same(&filter(None, 1)),
        "no name, no flags"
    );
    assert!(!filter(Some("STOP"), 0).is_same(&filter(Some("STOP"), 1)));
    assert!(!of(1).is_same(&of(2)));
    let sent = msg.clone().into_event(7);
    assert_eq!(payload(&sent)[..4], [0, 0, 0, 7]);
    assert_eq!(DomainMonitorEventMsg::from_event(sent), Ok(msg));
}

fn address() -> remote::DomainEventGraphicsAddress {
    remote::DomainEventGraphicsAddress {
        family: 0,
        node: "192.0.2.1".to_owned(),
        service: "5900".to_owned(),
    }
}
