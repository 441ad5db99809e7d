//! Prints the graphics events in a recorded stream, as virsh does: who came to which screen, from where, as whom.
//!
//! ```text
//! cargo run -p protocol-defs --example graphics_events -- tests/recordings/libvirt-9.0.0/tls.server.bin
//! ```

use std::error::Error;

use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::message::{Event, Message};
use protocol_defs::packet::PacketReader;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: graphics_events RECORDING")?;
    let mut reader = PacketReader::new();
    reader.feed(&std::fs::read(&path)?);
    while let Some(packet) = reader.next_packet()? {
        // A packet that says nothing known is no reason to stop: the next one may.
        match Message::decode(&packet) {
            Ok(Message::Event(Event::Remote(event))) => {
                if let Ok(event) = GraphicsEvent::try_from(event) {
                    println!("{event}");
                }
            }
            Ok(_) => {}
            Err(error) => eprintln!("at byte {}: {error}", packet.offset),
        }
    }
    Ok(())
}
