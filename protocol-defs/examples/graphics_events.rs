//! Prints the graphics events in a recorded stream: who came to which screen, from where, as whom.
//!
//! ```text
//! cargo run -p protocol-defs --example graphics_events -- tests/recordings/libvirt-9.0.0/tls.server.bin
//! ```

use std::error::Error;

use protocol_defs::packet::{Kind, Packet, PacketReader};
use protocol_defs::remote::proc::{DomainEventCallbackGraphics, DomainEventGraphics};
use protocol_defs::remote::{
    self, DomainEventCallbackGraphicsMsg, DomainEventGraphicsAddress, DomainEventGraphicsMsg,
};
use xdr_wire::{DecodeError, Procedure, from_bytes};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: graphics_events RECORDING")?;
    let mut reader = PacketReader::new();
    reader.feed(&std::fs::read(&path)?);
    while let Some(packet) = reader.next_packet()? {
        if let Some(event) = graphics_event(&packet)? {
            print(&event);
        }
    }
    Ok(())
}

/// The event in a packet, if it is one. Clients that registered for one domain or all get it with the number of
/// their registration before it, older ones without.
fn graphics_event(packet: &Packet<'_>) -> Result<Option<DomainEventGraphicsMsg>, DecodeError> {
    if packet.header.program != remote::PROGRAM || packet.header.kind != Kind::Message {
        return Ok(None);
    }
    match packet.header.procedure {
        DomainEventCallbackGraphics::NUMBER => {
            let event: DomainEventCallbackGraphicsMsg = from_bytes(packet.payload)?;
            Ok(Some(event.msg))
        }
        DomainEventGraphics::NUMBER => from_bytes(packet.payload).map(Some),
        _ => Ok(None),
    }
}

fn print(event: &DomainEventGraphicsMsg) {
    let phase = match event.phase {
        0 => "connect",
        1 => "initialize",
        2 => "disconnect",
        _ => "unknown",
    };
    let (local, remote) = (address(&event.local), address(&event.remote));
    println!(
        "{}: {phase} local {local} remote {remote} {}",
        event.dom.name, event.auth_scheme
    );
    for identity in &event.subject {
        println!("    {}={}", identity.r#type, identity.name);
    }
}

fn address(address: &DomainEventGraphicsAddress) -> String {
    let family = match address.family {
        0 => "IPv4",
        1 => "IPv6",
        2 => "unix",
        _ => "unknown",
    };
    format!("[{family} {} {}]", address.node, address.service)
}
