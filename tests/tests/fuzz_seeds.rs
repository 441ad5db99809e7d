//! The seeds of the fuzz targets: made here, of recordings and of this project's own `.x` files, and given to the oracles
//! as what has been found is. `cargo xtask bless` renews them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use protocol_defs::packet::{OwnedPacket, PacketReader};
use xdr_fuzz::{chosen_type, message_head, payload_type, tables};
use xdr_wire::TypeEntry;

/// Seeds by target and name.
type Seeds = BTreeMap<(&'static str, String), Vec<u8>>;

/// Longer payloads than this have nothing that shorter ones lack.
const LONGEST_PAYLOAD: usize = 600;

/// The same of those that become seeds as JSON, too.
const LONGEST_JSON: usize = 150;

/// As many bytes of a connection as hold a packet of most kinds.
const LONGEST_STREAM: usize = 4096;

fn fuzz() -> PathBuf {
    xdr_tests::root().join("fuzz")
}

#[test]
fn the_seeds_are_those_that_recordings_and_schemas_make() {
    let seeds = seeds();
    let total: usize = seeds.values().map(Vec::len).sum();
    assert!(total < 300_000, "{total} bytes of seeds");
    let folder = fuzz().join("seeds");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        renew(&folder, &seeds);
    }
    let mut there: Vec<_> = Vec::new();
    for (target, _) in xdr_fuzz::TARGETS {
        there.extend(files(&folder.join(target)));
    }
    let path = |(target, name): &(&str, String)| folder.join(target).join(name);
    let mut made: Vec<_> = seeds.keys().map(path).collect();
    made.sort();
    there.sort();
    assert_eq!(there, made, "run `cargo xtask bless`");
    for (key, seed) in &seeds {
        let path = path(key);
        let old = fs::read(&path).expect("it can be read");
        assert!(old == *seed, "{}: run `cargo xtask bless`", path.display());
    }
}

#[test]
fn every_seed_and_every_finding_passes_its_oracle() {
    let seeds = seeds();
    for (target, oracle) in xdr_fuzz::TARGETS {
        let seeds = seeds.iter().filter(|((of, _), _)| of == target);
        let findings = files(&fuzz().join("regressions").join(target));
        let findings = findings.iter().map(|path| (path, fs::read(path)));
        let mut count = 0;
        for ((_, name), seed) in seeds {
            // What fails is named by the last line before.
            println!("{target}: {name}");
            oracle(seed);
            count += 1;
        }
        assert!(count > 0, "{target} has no seeds");
        for (path, finding) in findings {
            println!("{}", path.display());
            oracle(&finding.expect("it can be read"));
        }
    }
}

#[test]
fn every_payload_of_the_recordings_has_a_type_by_its_head() {
    for packet in packets() {
        let Some(head) = message_head(&packet.header) else {
            continue;
        };
        let typed = payload_type(&head).is_some();
        assert_eq!(
            typed,
            !packet.payload.is_empty() && is_typed(&packet),
            "{:?}",
            packet.header
        );
    }
}

/// Whether the type of a payload follows from its procedure: errors and streams have their own.
fn is_typed(packet: &OwnedPacket) -> bool {
    use protocol_defs::packet::{Kind, Status};
    packet.header.status == Status::Ok
        && matches!(packet.header.kind, Kind::Call | Kind::Reply | Kind::Message)
}

fn seeds() -> Seeds {
    let mut seeds = Seeds::new();
    for (name, text) in sources() {
        // With no options, and with all of them.
        for (kind, head) in [("plain", [0; 4]), ("options", [0, 0, 0xff, 0xff])] {
            if kind == "plain" || text.len() < 10_000 {
                seeds.insert(
                    ("source", format!("{name}-{kind}")),
                    with_head(&head, text.as_bytes()),
                );
            }
        }
    }
    for name in recordings() {
        let stream = first_packets(&recording(&name));
        // One length for all parts, and lengths that wander.
        seeds.insert(
            ("packets", name.replace('.', "-")),
            with_head(&[3, 1, 7, 250], &stream),
        );
    }
    for packet in packets()
        .iter()
        .filter(|packet| packet.payload.len() <= LONGEST_PAYLOAD)
    {
        let Some(head) = message_head(&packet.header) else {
            continue;
        };
        let header = &packet.header;
        let name = format!(
            "{:08x}-{}-{:?}-{:?}",
            header.program, header.procedure, header.kind, header.status
        );
        let name = name.to_lowercase();
        seeds.insert(
            ("messages", name.clone()),
            with_head(&head, &packet.payload),
        );
        if let Some(head) = payload_type(&head).and_then(|entry| type_head(entry.name())) {
            seeds.insert(("types", name.clone()), with_head(&head, &packet.payload));
            if packet.payload.len() <= LONGEST_JSON {
                let json = json(head, &packet.payload);
                seeds.insert(("dynamic", name.clone()), with_head(&head, json.as_bytes()));
            }
        }
        if header.program == protocol_defs::remote::PROGRAM
            && [318, 323].contains(&header.procedure)
        {
            seeds.insert(("graphics", name), packet.payload.clone());
        }
    }
    seeds
}

/// A payload as JSON; its bytes are seeds of `types`.
fn json(head: [u8; 4], payload: &[u8]) -> String {
    let json = xdr_fuzz::codec(head).decode_json(payload);
    json.expect("recordings are well formed")
}

/// The head of an input of `types` that chooses the type of this name, all rules relaxed.
fn type_head(name: &str) -> Option<[u8; 4]> {
    for (number, table) in (0..).zip(tables()) {
        if let Some(index) = table.iter().position(|entry| entry.name() == name) {
            let [high, low] = u16::try_from(index).ok()?.to_be_bytes();
            let head = [number, 0xff, high, low];
            assert_eq!(chosen_type(&head).map(TypeEntry::name), Some(name));
            return Some(head);
        }
    }
    None
}

fn with_head(head: &[u8], rest: &[u8]) -> Vec<u8> {
    [head, rest].concat()
}

/// Short `.x` files of this project: those that describe protocols, and those of tests.
fn sources() -> Vec<(String, String)> {
    let folders = [
        "protocol-defs/proto",
        "xdr-build/tests",
        "xdr-build/tests/cases",
        "xdr-parser/tests/cases/errors",
    ];
    let mut sources = Vec::new();
    for folder in folders {
        for path in files(&xdr_tests::root().join(folder)) {
            let text = fs::read_to_string(&path).expect("it is text");
            if path.extension().is_some_and(|extension| extension == "x") && text.len() < 20_000 {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                sources.push((stem.into_owned(), text));
            }
        }
    }
    sources
}

/// The sides of recordings, by name.
fn recordings() -> Vec<String> {
    let files = files(&xdr_tests::root().join("tests/recordings/libvirt-9.0.0"));
    let names = files
        .iter()
        .filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".bin"));
    names.map(str::to_owned).collect()
}

fn recording(name: &str) -> Vec<u8> {
    let path = xdr_tests::root().join(format!("tests/recordings/libvirt-9.0.0/{name}.bin"));
    fs::read(path).expect("the recording is in the repository")
}

/// The packets of all recordings, the later ones of a kind first.
fn packets() -> Vec<OwnedPacket> {
    let mut packets = Vec::new();
    for name in recordings() {
        let mut reader = PacketReader::new();
        reader.feed(&recording(&name));
        while let Some(packet) = reader.next_packet().expect("the recording is well formed") {
            packets.push(packet.owned());
        }
    }
    packets
}

/// The packets of a connection, in order, that are short enough to fit.
fn first_packets(stream: &[u8]) -> Vec<u8> {
    let mut reader = PacketReader::new();
    reader.feed(stream);
    let mut out = Vec::new();
    while let Some(packet) = reader.next_packet().expect("the recording is well formed") {
        let mut bytes = Vec::new();
        packet
            .write(&mut bytes)
            .expect("what was read can be written");
        if out.len() + bytes.len() <= LONGEST_STREAM {
            out.extend(bytes);
        }
    }
    out
}

/// The files in a folder, by name; none if there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn renew(folder: &Path, seeds: &Seeds) {
    // There may be none yet.
    let _ = fs::remove_dir_all(folder);
    for ((target, name), seed) in seeds {
        let folder = folder.join(target);
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(folder.join(name), seed).expect("the seed can be written");
    }
}
