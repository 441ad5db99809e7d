//! Graphics events: who looked at a screen, from where, authenticated as whom.

use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::message::{Event, Message};
use protocol_defs::packet::OwnedPacket;
use protocol_defs::remote::{self, DomainEventCallbackGraphicsMsg, DomainEventGraphicsMsg};
use xdr_wire::{Decode, Encode, ErrorKind, from_bytes, to_vec};

use crate::Recording;
use crate::packets::split;

/// The packets with graphics events, and the event in each.
fn events(recording: &Recording) -> Vec<(OwnedPacket, remote::Event)> {
    let packets = split(&recording.server, recording.server.len());
    let events =
        packets
            .into_iter()
            .filter_map(|packet| match Message::decode(&packet.borrowed()) {
                Ok(Message::Event(Event::Remote(event))) => Some((packet, event)),
                _ => None,
            });
    events
        .filter(|(_, event)| GraphicsEvent::try_from(event.clone()).is_ok())
        .collect()
}

#[test]
fn every_graphics_event_is_printed_as_virsh_printed_it() {
    let mut identities = 0;
    let mut count = 0;
    for recording in Recording::all() {
        let mut decoded = String::new();
        for (_, event) in events(&recording) {
            let event = GraphicsEvent::try_from(event).expect("it is one, as just seen");
            decoded.extend([event.to_string().as_str(), "\n"]);
            identities += event.subject.len();
            count += 1;
        }
        assert_eq!(decoded, printed(&recording.virsh), "{}", recording.name);
    }
    assert!(count >= 24, "only {count} events were recorded");
    assert!(
        identities >= 6,
        "only {identities} identities were recorded"
    );
}

/// The lines about graphics events, and those of their identities, in what virsh printed.
pub(crate) fn printed(virsh: &str) -> String {
    let mut lines = String::new();
    let mut inside = false;
    for line in virsh.lines() {
        inside = line.starts_with("event 'graphics'") || (inside && line.starts_with('\t'));
        if inside {
            lines.extend([line, "\n"]);
        }
    }
    lines
}

#[test]
fn every_graphics_event_becomes_its_bytes_again() {
    for recording in Recording::all() {
        for (packet, event) in events(&recording) {
            let again = match event {
                remote::Event::DomainEventCallbackGraphics(msg) => {
                    let (callback_id, event) = GraphicsEvent::from_callback(msg);
                    to_vec(&event.into_callback(callback_id))
                }
                other => {
                    let event = GraphicsEvent::try_from(other).expect("it is one, as just seen");
                    to_vec(&DomainEventGraphicsMsg::from(event))
                }
            };
            assert_eq!(again, Ok(packet.payload), "{}", recording.name);
        }
    }
}

#[test]
fn rejects_a_graphics_event_that_is_cut_off_or_too_long() {
    for recording in Recording::all() {
        for (packet, event) in events(&recording) {
            match event {
                remote::Event::DomainEventCallbackGraphics(_) => {
                    rejects_other_lengths::<DomainEventCallbackGraphicsMsg>(&packet.payload);
                }
                _ => rejects_other_lengths::<DomainEventGraphicsMsg>(&packet.payload),
            }
        }
    }
}

fn rejects_other_lengths<T: Encode + for<'de> Decode<'de> + std::fmt::Debug>(whole: &[u8]) {
    for length in 0..whole.len() {
        assert!(from_bytes::<T>(&whole[..length]).is_err(), "at {length}");
    }
    let longer = [whole, &[0; 4]].concat();
    let error = from_bytes::<T>(&longer).expect_err("four bytes more");
    assert_eq!(error.kind(), ErrorKind::TrailingBytes { left: 4 });
}
