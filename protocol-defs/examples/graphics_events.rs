//! Prints the graphics events in a recorded stream, as virsh does: who came to which screen, from where, as whom.
//!
//! ```text
//! cargo run -p protocol-defs --example graphics_events -- tests/recordings/libvirt-9.0.0/tls.server.bin
//! ```

use std::error::Error;

use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::packet::{Kind, Packet, PacketReader};
use protocol_defs::remote::proc::{DomainEventCallbackGraphics, DomainEventGraphics};
use protocol_defs::remote::{self, DomainEventCallbackGraphicsMsg, DomainEventGraphicsMsg};
use xdr_wire::{DecodeError, Procedure, from_bytes};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: graphics_events RECORDING")?;
    let mut reader = PacketReader::new();
    reader.feed(&std::fs::read(&path)?);
    while let Some(packet) = reader.next_packet()? {
        if let Some(event) = graphics_event(&packet)? {
            println!("{event}");
        }
    }
    Ok(())
}

/// The event in a packet, if it is one, in either of its forms.
fn graphics_event(packet: &Packet<&[u8]>) -> Result<Option<GraphicsEvent>, DecodeError> {
    if packet.header.program != remote::PROGRAM || packet.header.kind != Kind::Message {
        return Ok(None);
    }
    match packet.header.procedure {
        DomainEventCallbackGraphics::NUMBER => {
            let msg: DomainEventCallbackGraphicsMsg = from_bytes(packet.payload)?;
            Ok(Some(msg.into()))
        }
        DomainEventGraphics::NUMBER => {
            let msg: DomainEventGraphicsMsg = from_bytes(packet.payload)?;
            Ok(Some(msg.into()))
        }
        _ => Ok(None),
    }
}
