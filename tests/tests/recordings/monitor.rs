//! What QEMU itself said of viewers, made into graphics events, beside those that libvirtd made.

use libvirt_remote::qmp;
use protocol_defs::graphics::{Domain, GraphicsEvent};
use protocol_defs::message::{Event, Message};
use protocol_defs::qemu;

use crate::Recording;
use crate::graphics::printed;
use crate::packets::split;

/// The events of QEMU's monitors in a recording, each with its domain.
fn said(recording: &Recording) -> Vec<(Domain, qmp::Event)> {
    let packets = split(&recording.server, recording.server.len());
    let messages = packets.iter().filter_map(|packet| {
        let Ok(Message::Event(Event::Qemu(qemu::Event::DomainMonitorEvent(msg)))) =
            Message::decode(&packet.borrowed())
        else {
            return None;
        };
        let domain = msg.dom.clone().into();
        let event = qmp::Event::try_from(msg).unwrap_or_else(|error| panic!("{error}"));
        Some((domain, event))
    });
    messages.collect()
}

fn graphics(recording: &Recording) -> Vec<GraphicsEvent> {
    let events = said(recording).into_iter().filter_map(|(domain, event)| {
        let graphics = event.graphics(&domain);
        graphics.unwrap_or_else(|dropped| panic!("{dropped}"))
    });
    events.collect()
}

/// Without the viewer's port, which is another one each time.
fn without_port(mut event: GraphicsEvent) -> String {
    "PORT".clone_into(&mut event.remote.service);
    event.to_string()
}

#[test]
fn what_qemu_said_is_what_virsh_printed_of_another_viewer() {
    let recordings = Recording::all();
    let of = |name: &str| {
        let mut named = recordings.iter().filter(|recording| recording.name == name);
        named.next()
    };
    // Another folder of recordings may lack one.
    let (Some(monitor), Some(plain)) = (of("monitor"), of("plain")) else {
        return;
    };
    let made: Vec<_> = graphics(monitor).into_iter().map(without_port).collect();
    let printed = printed(&plain.virsh);
    let expected = printed.lines().map(|line| {
        let (start, rest) = line.split_once("remote[IPv4 127.0.0.1 ").expect("a viewer");
        let (_, end) = rest.split_once(']').expect("an end of the address");
        format!("{start}remote[IPv4 127.0.0.1 PORT]{end}")
    });
    assert_eq!(made, expected.collect::<Vec<_>>());
}

#[test]
fn times_are_those_that_virsh_printed() {
    let mut seen = 0;
    for recording in Recording::all() {
        let times: Vec<_> = said(&recording)
            .into_iter()
            .map(|(domain, event)| {
                seen += 1;
                let time = event.timestamp.expect("libvirtd passes it on");
                let (seconds, micros) = (time.seconds, time.microseconds);
                let name = event.name;
                format!(
                    "event {name} at {seconds}.{micros:06} for domain '{}'",
                    domain.name
                )
            })
            .collect();
        let lines = recording.virsh.lines().filter_map(|line| {
            let (start, _) = line.split_once(": {\"server\"")?;
            Some(start.to_owned())
        });
        assert_eq!(times, lines.collect::<Vec<_>>(), "{}", recording.name);
    }
    assert!(seen >= 3, "only {seen} events of QEMU were recorded");
}
