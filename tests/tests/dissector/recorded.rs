//! The packets of a real virsh and a real libvirtd (`tests/recordings/README.md`).

use std::fs;
use std::path::Path;

use protocol_defs::packet::{Header, Kind, PacketReader, Status};
use xdr_wire::TypeEntry;

use crate::capture::From;
use crate::packet::{Content, Packet};
use crate::program::Programs;

/// Those of one recording; none of programs that the dissector does not know.
pub(crate) fn packets(recording: &str, programs: &Programs) -> Vec<Packet> {
    let folder = xdr_tests::root().join("tests/recordings/libvirt-9.0.0");
    let mut packets = Vec::new();
    for (end, from) in [("client", From::Client), ("server", From::Daemon)] {
        let bytes = read(&folder.join(format!("{recording}.{end}.bin")));
        let mut reader = PacketReader::new();
        reader.feed(&bytes);
        let mut start = 0;
        while let Some(packet) = reader.next_packet().expect("the recording is well framed") {
            let length = crate::packet::PRELUDE + packet.payload.len();
            let bytes = bytes[start..start + length].to_vec();
            start += length;
            if let Some(content) = content(&packet.header, packet.payload, programs) {
                packets.push(Packet {
                    from,
                    header: packet.header,
                    content,
                    bytes,
                });
            }
        }
    }
    packets
}

/// The names of all recordings.
pub(crate) fn names() -> Vec<String> {
    let folder = xdr_tests::root().join("tests/recordings/libvirt-9.0.0");
    let files = fs::read_dir(folder).expect("the folder of recordings can be read");
    let files = files.map(|file| file.expect("the folder can be read").file_name());
    let mut names: Vec<_> = files
        .filter_map(|file| Some(file.to_str()?.strip_suffix(".client.bin")?.to_owned()))
        .collect();
    names.sort();
    names
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// None if the program is not among these.
fn content(header: &Header, payload: &[u8], programs: &Programs) -> Option<Content> {
    let program = programs.all.iter().find(|it| it.number == header.program)?;
    if payload.is_empty() {
        return Some(Content::Nothing);
    }
    let procedure = program.numbered(header.procedure);
    let entry: Option<TypeEntry> = match (header.kind, header.status) {
        (Kind::Stream, Status::Continue) => return Some(Content::Data),
        (_, Status::Error) => Some(programs.error),
        (Kind::Call, _) => procedure.args,
        (Kind::Reply, _) => procedure.ret,
        (Kind::Message, _) => procedure.msg,
        (Kind::StreamHole, _) => Some(programs.hole),
        _ => None,
    };
    let entry = entry.unwrap_or_else(|| panic!("{header:?} has a payload"));
    Some(Content::Value(entry.name(), entry.ty()))
}
