//! What a real libvirtd sent, against what a real virsh printed of it (`tests/recordings/README.md`).

use std::fs;
use std::path::{Path, PathBuf};

use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::packet::{Kind, PacketReader};
use protocol_defs::remote::proc::{DomainEventCallbackGraphics, DomainEventGraphics};
use protocol_defs::remote::{self, DomainEventCallbackGraphicsMsg, DomainEventGraphicsMsg};
use xdr_wire::{Procedure, from_bytes, to_vec};

/// What virsh printed, by scenario, with the daemon's bytes beside it.
fn scenarios() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/recordings/libvirt-9.0.0");
    let files = fs::read_dir(folder).expect("there are recordings");
    let files = files.map(|file| file.expect("the folder can be read").path());
    files
        .filter_map(|path| {
            let stem = path.to_str()?.strip_suffix(".virsh.txt")?;
            let printed = fs::read_to_string(&path).expect("it is text");
            Some((PathBuf::from(format!("{stem}.server.bin")), printed))
        })
        .collect()
}

#[test]
fn every_recorded_event_is_printed_as_virsh_printed_it() {
    let mut lines = 0;
    for (server, printed) in scenarios() {
        let expected = graphics_lines(&printed);
        let found: Vec<_> = events(&server)
            .iter()
            .map(GraphicsEvent::to_string)
            .collect();
        let expected: Vec<_> = expected.split_terminator('\n').collect();
        let found: Vec<_> = found.iter().flat_map(|event| event.split('\n')).collect();
        assert_eq!(found, expected, "{}", server.display());
        lines += found.len();
    }
    assert!(lines >= 30, "only {lines} lines were compared");
}

/// The lines of graphics events, with those of their identities.
fn graphics_lines(printed: &str) -> String {
    let mut of_graphics = false;
    let lines = printed.split_inclusive('\n').filter(|line| {
        if !line.starts_with('\t') {
            of_graphics = line.starts_with("event 'graphics' ");
        }
        of_graphics
    });
    lines.collect()
}

/// The events in a daemon's bytes; each becomes its bytes again.
fn events(server: &Path) -> Vec<GraphicsEvent> {
    let mut reader = PacketReader::new();
    reader.feed(&fs::read(server).expect("it is beside what virsh printed"));
    let mut events = Vec::new();
    while let Some(packet) = reader.next_packet().expect("libvirtd frames well") {
        if (packet.header.program, packet.header.kind) != (remote::PROGRAM, Kind::Message) {
            continue;
        }
        let payload = packet.payload;
        let (event, again) = match packet.header.procedure {
            DomainEventCallbackGraphics::NUMBER => {
                let msg: DomainEventCallbackGraphicsMsg =
                    from_bytes(payload).expect("libvirtd encodes well");
                let (id, event) = GraphicsEvent::from_callback(msg);
                (event.clone(), to_vec(&event.into_callback(id)))
            }
            DomainEventGraphics::NUMBER => {
                let msg: DomainEventGraphicsMsg =
                    from_bytes(payload).expect("libvirtd encodes well");
                let event = GraphicsEvent::from(msg);
                (event.clone(), to_vec(&DomainEventGraphicsMsg::from(event)))
            }
            _ => continue,
        };
        assert_eq!(again.as_deref(), Ok(payload));
        events.push(event);
    }
    events
}
