//! Graphics events: who looked at a screen, from where, authenticated as whom.

use std::fmt::Write;

use protocol_defs::packet::Kind;
use protocol_defs::remote::{
    self, DomainEventCallbackGraphicsMsg, DomainEventGraphicsAddress, DomainEventGraphicsMsg, proc,
};
use xdr_wire::{ErrorKind, Procedure, from_bytes, to_vec};

use crate::Recording;
use crate::packets::split;

/// The payloads of the graphics events, with the message in each.
fn events(recording: &Recording) -> Vec<(Vec<u8>, DomainEventGraphicsMsg)> {
    let packets = split(&recording.server, recording.server.len());
    let packets = packets
        .into_iter()
        .filter(|(header, _)| (header.program, header.kind) == (remote::PROGRAM, Kind::Message));
    packets
        .filter_map(|(header, payload)| {
            let msg = match header.procedure {
                proc::DomainEventCallbackGraphics::NUMBER => {
                    from_bytes::<DomainEventCallbackGraphicsMsg>(&payload)
                        .expect("libvirtd encodes well")
                        .msg
                }
                proc::DomainEventGraphics::NUMBER => {
                    from_bytes(&payload).expect("libvirtd encodes well")
                }
                _ => return None,
            };
            Some((payload, msg))
        })
        .collect()
}

#[test]
fn decodes_every_graphics_event_as_virsh_printed_it() {
    let mut identities = 0;
    let mut count = 0;
    for recording in Recording::all() {
        let mut decoded = String::new();
        for (_, msg) in events(&recording) {
            print(&msg, &mut decoded);
            identities += msg.subject.len();
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
fn printed(virsh: &str) -> String {
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

/// As `virsh event` prints it.
fn print(msg: &DomainEventGraphicsMsg, out: &mut String) {
    let phase = match msg.phase {
        0 => "connect",
        1 => "initialize",
        2 => "disconnect",
        other => panic!("libvirt has no phase {other}"),
    };
    let mut line = |text| writeln!(out, "{text}").expect("a string takes any text");
    line(format!(
        "event 'graphics' for domain '{}': {phase} local[{}] remote[{}] {}",
        msg.dom.name,
        address(&msg.local),
        address(&msg.remote),
        msg.auth_scheme
    ));
    for identity in &msg.subject {
        line(format!("\t{}={}", identity.r#type, identity.name));
    }
}

fn address(address: &DomainEventGraphicsAddress) -> String {
    let family = match address.family {
        0 => "IPv4",
        1 => "IPv6",
        2 => "unix",
        other => panic!("libvirt has no address family {other}"),
    };
    format!("{family} {} {}", address.node, address.service)
}

#[test]
fn encodes_every_graphics_event_back_to_its_bytes() {
    for recording in Recording::all() {
        for (payload, msg) in events(&recording) {
            let again = to_vec(&msg).expect("what was decoded is within its bounds");
            // The newer event is the older one with a callback ID before it.
            assert!(payload.ends_with(&again), "{}", recording.name);
            assert!(payload.len() - again.len() <= 4, "{}", recording.name);
        }
    }
}

#[test]
fn rejects_a_graphics_event_that_is_cut_off_or_too_long() {
    for recording in Recording::all() {
        for (_, msg) in events(&recording) {
            let whole = to_vec(&msg).expect("what was decoded is within its bounds");
            for length in 0..whole.len() {
                let result = from_bytes::<DomainEventGraphicsMsg>(&whole[..length]);
                assert!(result.is_err(), "{} at {length}", recording.name);
            }
            let longer = [&whole[..], &[0; 4]].concat();
            let error = from_bytes::<DomainEventGraphicsMsg>(&longer).expect_err("four bytes more");
            assert_eq!(error.kind(), ErrorKind::TrailingBytes { left: 4 });
        }
    }
}
