//! `xdr decode --stream`: what libvirt really said, as bytes and in captures of any kind and state.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sandbox::Sandbox;

mod capture;

use capture::{FIRST, Format, From, Link, Segment, Wire, connection};

/// What virsh and libvirtd said to each other.
struct Recording {
    name: String,
    client: Vec<u8>,
    server: Vec<u8>,
    /// Headers of both directions in the order in which they passed.
    packets: String,
}

impl Recording {
    fn named(name: &str) -> Self {
        let read = |file: String| fs::read(folder().join(file)).unwrap();
        Self {
            name: name.to_owned(),
            client: read(format!("{name}.client.bin")),
            server: read(format!("{name}.server.bin")),
            packets: String::from_utf8(read(format!("{name}.packets.txt"))).unwrap(),
        }
    }

    fn all() -> Vec<Self> {
        let entries = fs::read_dir(folder()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names
            .filter_map(|name| name.strip_suffix(".packets.txt").map(str::to_owned))
            .collect();
        names.sort();
        names.iter().map(|name| Self::named(name)).collect()
    }

    /// The bytes of both sides in the order in which they passed.
    fn turns(&self) -> Vec<(From, &[u8])> {
        let (mut client, mut server) = (&self.client[..], &self.server[..]);
        let lines = self.packets.lines().filter(|line| !line.starts_with('#'));
        lines
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let length: usize = words.last().unwrap().parse().unwrap();
                let (from, rest) = match words[0] {
                    "client" => (From::Client, &mut client),
                    _ => (From::Server, &mut server),
                };
                let (packet, behind) = rest.split_at(length);
                *rest = behind;
                (from, packet)
            })
            .collect()
    }

    fn sandbox(&self) -> Sandbox {
        Sandbox::empty()
            .with("client.bin", &self.client)
            .with("server.bin", &self.server)
    }
}

/// Adds a connection in which somebody looks at a screen, as bytes and as a capture.
pub(crate) fn screen(sandbox: Sandbox) -> Sandbox {
    let recording = Recording::named("sasl");
    let capture = Wire::default().capture(&connection(&recording.turns(), 1_460));
    sandbox
        .with("screen.client.bin", &recording.client)
        .with("screen.server.bin", &recording.server)
        .with("screen.pcap", capture)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/recordings/libvirt-9.0.0")
}

/// The lines of a command that finds nothing wrong.
fn lines(sandbox: &Sandbox, command: &str) -> Vec<Value> {
    let (lines, stderr) = faulty(sandbox, command, 0);
    assert_eq!(stderr, "", "{command}");
    lines
}

/// The lines of a command that ends with a code, and what it says.
fn faulty(sandbox: &Sandbox, command: &str, code: i32) -> (Vec<Value>, String) {
    let output = sandbox.shell(command);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{command}: {stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), stderr)
}

/// A line without what only captures have, and without the numbers of packets, which depend on the order.
fn bare(line: &Value) -> Value {
    let mut line = line.clone();
    let object = line.as_object_mut().unwrap();
    for key in [
        "packet",
        "call",
        "connection",
        "source",
        "destination",
        "time",
        "seconds",
    ] {
        object.remove(key);
    }
    line
}

/// The lines of one side.
fn of(lines: &[Value], side: &str) -> Vec<Value> {
    let lines = lines.iter().filter(|line| line["from"] == side);
    lines.map(bare).collect()
}

const BOTH: &str = "xdr decode --stream libvirt client.bin server.bin";

#[test]
fn every_packet_of_every_recording_is_read() {
    let mut count = 0;
    for recording in Recording::all() {
        let lines = lines(&recording.sandbox(), BOTH);
        let listed = recording
            .packets
            .lines()
            .filter(|line| !line.starts_with('#'));
        let listed: Vec<Vec<&str>> = listed
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(lines.len(), listed.len(), "{}", recording.name);
        for side in ["client", "server"] {
            let listed: Vec<_> = listed.iter().filter(|line| line[0] == side).collect();
            let read: Vec<_> = lines.iter().filter(|line| line["from"] == side).collect();
            assert_eq!(read.len(), listed.len(), "{}", recording.name);
            let mut offset = 0;
            for (line, listed) in read.iter().zip(listed) {
                let number = |at: usize| listed[at].parse::<u64>().unwrap();
                assert_eq!(line["version"], number(2));
                assert_eq!(line["type"], listed[4].replace('-', "_"));
                assert_eq!(line["serial"], number(5));
                assert_eq!(line["status"], listed[6]);
                assert_eq!(line["length"], number(7));
                assert_eq!(line["offset"], offset);
                offset += number(7);
                assert!(
                    line["program"].is_string() && line["procedure"].is_string(),
                    "{line}"
                );
                assert!(line.get("payload").is_some(), "{line}");
                count += 1;
            }
        }
    }
    assert!(count > 450, "{count}");
}

#[test]
fn a_reply_names_its_call_and_comes_after_it() {
    for recording in Recording::all() {
        let lines = lines(&recording.sandbox(), BOTH);
        for (at, line) in lines.iter().enumerate() {
            assert_eq!(line["packet"], at + 1);
            if line["type"] != "reply" && line["type"] != "stream" {
                continue;
            }
            let call = usize::try_from(line["call"].as_u64().unwrap()).unwrap();
            let call = &lines[call - 1];
            assert!(call["packet"].as_u64() < line["packet"].as_u64());
            assert_eq!(call["type"], "call");
            for key in ["program", "procedure", "serial"] {
                assert_eq!(call[key], line[key]);
            }
        }
    }
}

#[test]
fn the_graphics_event_says_who_is_looking() {
    let lines = lines(&Recording::named("sasl").sandbox(), BOTH);
    let events = lines.iter().filter(|line| line["type"] == "message");
    let events: Vec<&Value> = events.map(|line| &line["payload"]["msg"]).collect();
    let phases: Vec<_> = events.iter().map(|event| event["phase"].as_i64()).collect();
    assert_eq!(phases, [Some(0), Some(1), Some(2)]);
    let identities = &events[1]["subject"];
    assert_eq!(identities[0]["type"], "x509dname");
    assert_eq!(
        identities[1],
        serde_json::json!({"type": "saslUsername", "name": "viewer@host.example"})
    );
}

#[test]
fn bytes_of_one_side_have_replies_without_calls() {
    let recording = Recording::named("tls");
    let sandbox = recording.sandbox();
    let server = lines(&sandbox, "xdr decode --stream libvirt < server.bin");
    assert!(server.iter().all(|line| line["from"] == "server"));
    let replies = server.iter().filter(|line| line["type"] == "reply");
    assert!(replies.clone().count() > 0);
    assert!(replies.clone().all(|line| line["call"].is_null()));
    let both = lines(
        &sandbox,
        "cat server.bin | xdr decode --stream libvirt client.bin -",
    );
    assert_eq!(of(&both, "server"), of(&server, "server"));
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let sandbox = Recording::named("stream").sandbox();
    let other = lines(
        &sandbox,
        "xdr decode --stream libvirt server.bin client.bin",
    );
    assert_eq!(other, lines(&sandbox, BOTH));
}

#[test]
fn the_schema_may_be_another() {
    let sandbox = Recording::named("tls").sandbox();
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol-defs/proto");
    let proto = proto.canonicalize().unwrap();
    let proto = proto.display();
    let command = format!("{BOTH} --schema {proto}/remote_protocol.x");
    let own = lines(&sandbox, BOTH);
    assert_eq!(lines(&sandbox, &command), own);
    // Of a program that the schema does not have, numbers and bytes.
    let command = format!("{BOTH} --schema {proto}/admin_protocol.x");
    let unknown = lines(&sandbox, &command);
    assert_eq!(unknown.len(), own.len());
    assert_eq!(unknown[1]["program"], 0x2000_8086);
    assert_eq!(unknown[1]["procedure"], 66);
    assert_eq!(unknown[1]["bytes"], "0000000100000000");
    let sandbox = sandbox.with("a.x", "struct a { int b; };");
    let (_, stderr) = faulty(&sandbox, &format!("{BOTH} --schema a.x"), 2);
    assert!(stderr.contains("no program"), "{stderr}");
}

#[test]
fn captures_of_all_kinds_say_what_the_bytes_say() {
    let recording = Recording::named("sasl");
    let expected = lines(&recording.sandbox(), BOTH);
    let segments = connection(&recording.turns(), 1_460);
    let links = [
        Link::Ethernet,
        Link::Raw,
        Link::Null,
        Link::LinuxSll,
        Link::LinuxSll2,
    ];
    let formats = [Format::Pcap, Format::PcapBigEndian, Format::PcapNg];
    for link in links {
        for format in formats {
            for ipv6 in [false, true] {
                let wire = Wire {
                    link,
                    format,
                    ipv6,
                    ..Wire::default()
                };
                let sandbox = Sandbox::empty().with("a.pcap", wire.capture(&segments));
                let read = lines(&sandbox, "xdr decode --stream libvirt a.pcap");
                for side in ["client", "server"] {
                    assert_eq!(of(&read, side), of(&expected, side), "{wire:?}");
                }
                let first = &read[0];
                let host = if ipv6 { "[2001:db8::1]" } else { "192.0.2.1" };
                assert_eq!(first["source"], format!("{host}:49152"));
                assert_eq!(first["connection"], 1);
                // The numbers have more digits than an f64 keeps.
                let text =
                    String::from_utf8(sandbox.shell("xdr decode --stream libvirt a.pcap").stdout);
                let text = text.unwrap();
                assert!(text.contains(",\"time\":1700000000.002000000,"), "{text}");
                assert_eq!(read[1]["seconds"].to_string(), "0.001");
                assert_eq!(read[1]["call"], 1);
            }
        }
    }
}

#[test]
fn the_order_of_a_capture_is_that_of_the_packets() {
    for recording in Recording::all() {
        let capture = Wire::default().capture(&connection(&recording.turns(), 1_460));
        let sandbox = Sandbox::empty().with("a.pcap", capture);
        let read = lines(&sandbox, "xdr decode --stream libvirt - < a.pcap");
        let sides = read.iter().map(|line| line["from"].as_str().unwrap());
        let listed = recording
            .packets
            .lines()
            .filter(|line| !line.starts_with('#'));
        let listed = listed.map(|line| line.split_whitespace().next().unwrap());
        assert!(sides.eq(listed), "{}", recording.name);
    }
}

/// Segments of any size, again, late, overlapping.
#[test]
fn what_comes_twice_or_out_of_order_is_put_right() {
    let recording = Recording::named("stream");
    let expected = lines(&recording.sandbox(), BOTH);
    let mut random = Random(1);
    for size in [1, 7, 100, 1_460, 60_000] {
        let mut segments = connection(&recording.turns(), size);
        if size < 7 {
            segments.truncate(3_000);
        }
        let kept = segments.clone();
        // Behind the opening, of one side, and not further than a network would.
        for at in 2..segments.len().saturating_sub(8) {
            let other = at + random.below(8);
            let between = &segments[at..=other];
            if between
                .iter()
                .all(|it| it.from == segments[at].from && !it.fin)
            {
                segments.swap(at, other);
            }
        }
        // Nothing comes again before it has come.
        for _ in 0..segments.len() / 5 {
            let first = 2 + random.below(segments.len() - 2);
            let again = segments[first].clone();
            let at = first + random.below(segments.len() - first);
            segments.insert(at, again);
        }
        let both = both_ends(&kept, &segments);
        for side in ["client", "server"] {
            assert_eq!(both[1].get(side), both[0].get(side), "{size}");
        }
        if size >= 7 {
            assert_eq!(both[1]["client"], of(&expected, "client"), "{size}");
        }
    }
}

/// What each side said by two captures of the same.
fn both_ends(
    one: &[Segment],
    other: &[Segment],
) -> [std::collections::HashMap<&'static str, Vec<Value>>; 2] {
    [one, other].map(|segments| {
        let sandbox = Sandbox::empty().with("a.pcap", Wire::default().capture(segments));
        let output = sandbox.shell("xdr decode --stream libvirt a.pcap");
        let stdout = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        ["client", "server"]
            .map(|side| (side, of(&lines, side)))
            .into()
    })
}

/// A call with this serial, and the bytes of its reply: of the procedure that says whether something is supported.
fn call_and_reply(serial: u32) -> [Vec<u8>; 2] {
    [0, 1].map(|kind| {
        let words = [32, 0x2000_8086, 1, 60, kind, serial, 0, 1];
        words
            .iter()
            .flat_map(|word: &u32| word.to_be_bytes())
            .collect()
    })
}

/// The segments of so many calls and replies, one each.
fn calls(count: u32) -> Vec<Segment> {
    let packets: Vec<_> = (0..count).map(call_and_reply).collect();
    let turns = packets.iter().flat_map(|[call, reply]| {
        [
            (From::Client, call.as_slice()),
            (From::Server, reply.as_slice()),
        ]
    });
    connection(&turns.collect::<Vec<_>>(), 1_460)
}

fn of_capture(capture: &[u8], code: i32) -> (Vec<Value>, String) {
    let sandbox = Sandbox::empty().with("a.pcap", capture);
    faulty(&sandbox, "xdr decode --stream libvirt a.pcap", code)
}

fn messages(lines: &[Value]) -> Vec<&str> {
    let faults = lines
        .iter()
        .filter_map(|line| line["fault"]["message"].as_str());
    faults.collect()
}

#[test]
fn what_is_missing_is_told_and_reading_goes_on_behind_it() {
    let recording = Recording::named("inquiry");
    let mut segments = connection(&recording.turns(), 1_460);
    // One in the middle of a long reply.
    let sizes = segments
        .iter()
        .position(|it| it.payload.len() == 1_460)
        .unwrap();
    let lost = segments.remove(sizes + 1);
    let (read, stderr) = of_capture(&Wire::default().capture(&segments), 1);
    let problem = format!(
        "{} bytes are missing from the capture, and ",
        lost.payload.len()
    );
    let faults = messages(&read);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with(&problem), "{faults:?}");
    assert!(stderr.contains(&problem), "{stderr}");
    let all = recording
        .packets
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count();
    let packets = read
        .iter()
        .filter(|line| line.get("packet").is_some())
        .count();
    assert!((all - 3..all).contains(&packets), "{packets} of {all}");
}

#[test]
fn a_lost_segment_holds_nothing_else_up() {
    let mut segments = calls(5);
    // The third call.
    segments.remove(2 + 4);
    let (read, stderr) = of_capture(&Wire::default().capture(&segments), 1);
    assert_eq!(messages(&read), ["32 bytes are missing from the capture"]);
    let packets: Vec<&Value> = read
        .iter()
        .filter(|line| line.get("packet").is_some())
        .collect();
    assert_eq!(packets.len(), 9);
    for line in &packets {
        assert!(line["time"].is_number(), "{line}");
        if line["type"] == "reply" {
            assert_eq!(line["call"].is_null(), line["serial"] == 2, "{line}");
        }
    }
    assert!(!stderr.contains("no reply"), "{stderr}");
}

#[test]
fn packets_behind_a_lost_beginning_are_found() {
    let reply = {
        let mut reply = call_and_reply(0)[1].clone();
        reply[..4].copy_from_slice(&3_000_u32.to_be_bytes());
        reply.resize(3_000, 0);
        reply
    };
    let first = call_and_reply(0);
    let mut turns = vec![(From::Client, first[0].as_slice()), (From::Server, &reply)];
    let others: Vec<_> = (1..200).map(call_and_reply).collect();
    for [call, reply] in &others {
        turns.extend([
            (From::Client, call.as_slice()),
            (From::Server, reply.as_slice()),
        ]);
    }
    let mut segments = connection(&turns, 1_460);
    segments.remove(3);
    let (read, _) = of_capture(&Wire::default().capture(&segments), 1);
    let faults = messages(&read);
    let expected =
        "1460 bytes are missing from the capture, and 1540 around them cannot be read without them";
    assert_eq!(faults, [expected]);
    let replies = read.iter().filter(|line| line["type"] == "reply");
    assert_eq!(replies.count(), 199);
}

#[test]
fn what_the_capture_cuts_off_is_told() {
    let wire = Wire::default();
    let mut file = wire.header();
    for (at, segment) in calls(4).iter().enumerate() {
        let mut frame = wire.frame(segment);
        // Of all replies only the headers, or these and the length.
        if segment.from == From::Server && !segment.payload.is_empty() {
            frame.truncate(frame.len() - if at == 3 { 28 } else { 32 });
        }
        wire.block(&mut file, at as u64, &frame);
    }
    let (read, _) = of_capture(&file, 1);
    assert_eq!(read.iter().filter(|line| line["type"] == "call").count(), 4);
    assert_eq!(
        read.iter().filter(|line| line["type"] == "reply").count(),
        0
    );
}

#[test]
fn any_number_of_holes_is_filled() {
    let mut segments = calls(120);
    // All replies at odd places come after those at even ones; nobody has waited for them.
    let last = segments.len() - 2;
    let mut late = Vec::new();
    let mut at = 2;
    segments.retain(|segment| {
        at += 1;
        let is_late = segment.from == From::Server && !segment.payload.is_empty() && at % 4 == 0;
        if is_late {
            late.push(segment.clone());
        }
        !is_late
    });
    assert!(late.len() > 40);
    for segment in &mut segments {
        segment.acknowledged = FIRST.wrapping_add(1);
    }
    let end = last - late.len();
    for segment in late {
        segments.insert(end, segment);
    }
    let (read, _) = of_capture(&Wire::default().capture(&segments), 0);
    assert_eq!(read.len(), 240);
}

/// Each byte waits for one that is missing, four megabytes before it.
#[test]
fn memory_grows_with_what_was_captured_and_not_with_numbers() {
    let mut file = Wire::default().header();
    for port in 0..300 {
        let wire = Wire {
            client_port: 50_000 + port,
            ..Wire::default()
        };
        let mut segments = connection(&[(From::Client, &[0]), (From::Client, &[0])], 1);
        segments[3].sequence = segments[3].sequence.wrapping_add(4_000_000);
        for segment in &segments[..4] {
            wire.block(&mut file, 0, &wire.frame(segment));
        }
    }
    let sandbox = Sandbox::empty().with("a.pcap", file);
    let output = sandbox.shell("ulimit -d 16384; xdr decode --stream libvirt a.pcap");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn short_connections_do_not_displace_a_long_one() {
    let long = calls(2);
    let wire = Wire::default();
    let mut file = wire.header();
    let put = |wire: Wire, segments: &[Segment], file: &mut Vec<u8>| {
        for segment in segments {
            wire.block(file, 0, &wire.frame(segment));
        }
    };
    put(wire, &long[..5], &mut file);
    for port in 0..5_000 {
        let wire = Wire {
            client_port: 50_000 + port,
            ..wire
        };
        put(
            wire,
            &connection(&[(From::Client, b"GET / HTTP/1.1")], 1_460),
            &mut file,
        );
    }
    put(wire, &long[5..], &mut file);
    let (read, stderr) = of_capture(&file, 0);
    assert_eq!(read.len(), 4);
    assert!(read.iter().all(|line| line["connection"] == 1));
    assert_eq!(read[3]["call"], 3);
    assert!(stderr.contains("5000 other TCP connections"), "{stderr}");
}

#[test]
fn times_in_powers_of_two_are_read() {
    let wire = Wire {
        format: Format::PcapNg,
        ..Wire::default()
    };
    let mut file = wire.capture(&calls(1));
    // 2⁻²⁰ in the place of 10⁻⁹; the numbers stay.
    let option = file
        .windows(5)
        .position(|it| it == [9, 0, 1, 0, 9])
        .unwrap()
        + 4;
    file[option] = 0x80 | 0x14;
    let units = 1_700_000_000_002_000_000_u64;
    let (seconds, rest) = (units >> 20, units & ((1 << 20) - 1));
    let nanoseconds = (rest * 1_000_000_000) >> 20;
    let sandbox = Sandbox::empty().with("a.pcap", &file);
    let text = sandbox.shell("xdr decode --stream libvirt a.pcap").stdout;
    let time = format!("\"time\":{seconds}.{nanoseconds:09},");
    assert!(String::from_utf8(text).unwrap().contains(&time), "{time}");
    // A resolution that no number has.
    file[option] = 100;
    let (read, _) = of_capture(&file, 0);
    assert!(read[0].get("time").is_none());
}

#[test]
fn a_capture_may_begin_in_the_middle_and_end_there() {
    let recording = Recording::named("plain");
    let segments = connection(&recording.turns(), 1_460);
    let middle = &segments[segments.len() / 2..segments.len() - 10];
    let sandbox = Sandbox::empty().with("a.pcap", Wire::default().capture(middle));
    let (read, stderr) = faulty(&sandbox, "xdr decode --stream libvirt a.pcap", 0);
    assert!(read.len() > 40, "{}", read.len());
    assert!(
        stderr
            .lines()
            .all(|line| line.contains("no reply to the call")),
        "{stderr}"
    );
    assert!(read.iter().all(|line| line["from"].is_string()));
}

#[test]
fn several_connections_are_told_apart_and_others_left_alone() {
    let (tls, stream) = (Recording::named("tls"), Recording::named("stream"));
    let one = Wire::default();
    let two = Wire {
        client_port: 49_153,
        ..one
    };
    let mut file = one.capture(&connection(&tls.turns(), 1_460));
    file.extend(&two.capture(&connection(&stream.turns(), 1_460))[24..]);
    let web = Wire {
        client_port: 80,
        ..one
    };
    let turns: [(From, &[u8]); 2] = [
        (
            From::Client,
            b"GET / HTTP/1.1\r\nHost: host.example\r\n\r\n",
        ),
        (From::Server, &[0; 5_000]),
    ];
    file.extend(&web.capture(&connection(&turns, 1_460))[24..]);
    let sandbox = Sandbox::empty().with("a.pcap", file);
    let (read, stderr) = faulty(&sandbox, "xdr decode --stream libvirt a.pcap", 0);
    assert!(stderr.contains("1 other TCP connection"), "{stderr}");
    for (number, recording) in [(1, tls), (2, stream)] {
        let expected = lines(&recording.sandbox(), BOTH);
        let read = read.iter().filter(|line| line["connection"] == number);
        let read: Vec<Value> = read.cloned().collect();
        assert_eq!(of(&read, "server"), of(&expected, "server"));
    }
}

#[test]
fn the_same_ends_may_have_one_connection_after_the_other() {
    let recording = Recording::named("tls");
    let mut first = connection(&recording.turns(), 1_460);
    // Opened twice, since nobody answered at first: that is one connection.
    first.insert(1, first[0].clone());
    let mut second = connection(&recording.turns(), 1_460);
    for segment in &mut second {
        segment.sequence = segment.sequence.wrapping_add(7_000_000);
    }
    let capture = Wire::default().capture(&[first, second].concat());
    let sandbox = Sandbox::empty().with("a.pcap", capture);
    let read = lines(&sandbox, "xdr decode --stream libvirt a.pcap");
    let of = |number: u64| read.iter().filter(move |line| line["connection"] == number);
    assert_eq!(of(1).count(), of(2).count());
    assert_eq!(of(1).count() + of(2).count(), read.len());
    assert!(of(1).map(bare).eq(of(2).map(bare)));
}

#[test]
fn a_fault_is_told_in_its_line_and_the_next_packet_is_read() {
    let recording = Recording::named("tls");
    let mut server = recording.server.clone();
    // The count of the first reply: more than 20 types.
    server[28..32].copy_from_slice(&21_u32.to_be_bytes());
    let sandbox = Sandbox::empty().with("server.bin", &server);
    let (read, stderr) = faulty(&sandbox, "xdr decode --stream libvirt server.bin", 1);
    let fault = &read[0]["fault"];
    assert_eq!(fault["path"], "types");
    assert_eq!(fault["byte"], 28);
    assert_eq!(read[0]["bytes"], "0000001500000000");
    assert!(
        fault["message"].as_str().unwrap().contains("bound of 20"),
        "{fault}"
    );
    assert!(
        stderr.starts_with("error: server.bin: packet 1: "),
        "{stderr}"
    );
    assert!(read[1..].iter().all(|line| line.get("fault").is_none()));
    // A length that no packet has ends a stream of bytes.
    server[36..40].copy_from_slice(&3_u32.to_be_bytes());
    let sandbox = Sandbox::empty().with("server.bin", &server);
    let command = "xdr decode --stream libvirt --message-format json server.bin";
    let (read, stderr) = faulty(&sandbox, command, 1);
    assert_eq!(read.len(), 2);
    assert_eq!(read[1]["offset"], 36);
    let said: Vec<Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(said.len(), 2);
    assert_eq!(said[0]["file"], "server.bin");
    assert_eq!(said[0]["severity"], "error");
}

#[test]
fn what_follows_a_value_is_shown_and_no_fault() {
    let recording = Recording::named("tls");
    let mut packet = recording.server[..36].to_vec();
    packet[3] += 4;
    packet.extend([1, 2, 3, 4]);
    let sandbox = Sandbox::empty().with("server.bin", packet);
    let read = lines(&sandbox, "xdr decode --stream libvirt server.bin");
    assert_eq!(read[0]["trailing"], "01020304");
    assert_eq!(read[0]["payload"]["types"][0], "REMOTE_AUTH_NONE");
}

#[test]
fn a_call_that_nobody_answers_is_noted() {
    let recording = Recording::named("tls");
    let server = &recording.server[..36];
    let sandbox = Sandbox::empty()
        .with("client.bin", &recording.client)
        .with("server.bin", server);
    let (_, stderr) = faulty(&sandbox, BOTH, 0);
    assert!(
        stderr.starts_with("note: client.bin, server.bin: no reply to the calls in packets 3, 4, "),
        "{stderr}"
    );
}

/// Whatever a file holds, the command ends with a verdict.
#[test]
fn damaged_and_hostile_captures_end_with_a_verdict() {
    let recording = Recording::named("tls");
    let segments = connection(&recording.turns(), 1_460);
    let mut random = Random(7);
    for format in [Format::Pcap, Format::PcapBigEndian, Format::PcapNg] {
        let capture = Wire {
            format,
            ..Wire::default()
        }
        .capture(&segments);
        let sandbox = Sandbox::empty();
        for cut in [3, 4, 5, 11, 12, 23, 24, 25, 40, 60, 200, capture.len() - 1] {
            fs::write(sandbox.path("a.pcap"), &capture[..cut]).unwrap();
            let output = sandbox.shell("xdr decode --stream libvirt a.pcap");
            assert!(
                matches!(output.status.code(), Some(0 | 1)),
                "{format:?} {cut}: {output:?}"
            );
        }
        for _ in 0..25 {
            let mut capture = capture.clone();
            for _ in 0..=random.below(8) {
                let at = random.below(capture.len());
                capture[at] = u8::try_from(random.below(256)).unwrap();
            }
            fs::write(sandbox.path("a.pcap"), &capture).unwrap();
            let output = sandbox.shell("xdr decode --stream libvirt a.pcap");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(
                matches!(output.status.code(), Some(0 | 1)),
                "{format:?}: {stderr}"
            );
            assert!(!stderr.contains("panicked"), "{stderr}");
        }
    }
}

/// A long input takes no more memory than a short one. What it may have is limited as the shell can.
#[test]
fn memory_does_not_grow_with_the_input() {
    let recording = Recording::named("plain");
    let turns = recording.turns();
    let sandbox = Sandbox::empty();
    let long = |bytes: &[u8], len: usize| bytes.repeat(len / bytes.len());
    fs::write(
        sandbox.path("server.bin"),
        long(&recording.server, 24 << 20),
    )
    .unwrap();
    // Always the same segments, as if they were sent again and again: from 64 clients in turn.
    let mut capture = Wire::default().capture(&[]);
    for port in 0..64 {
        let wire = Wire {
            client_port: 50_000 + port,
            ..Wire::default()
        };
        capture.extend(&wire.capture(&connection(&turns, 1_460))[24..]);
    }
    let blocks = capture.split_off(24);
    capture.extend(long(&blocks, 24 << 20));
    fs::write(sandbox.path("a.pcap"), capture).unwrap();
    for file in ["server.bin", "a.pcap"] {
        let line = format!(
            "ulimit -d 16384; xdr decode --stream libvirt {file} | tail -n 1 | cut -c 1-30"
        );
        let output = sandbox.shell(&line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("allocat"), "{stderr}");
        let last = String::from_utf8(output.stdout).unwrap();
        let number = last
            .strip_prefix("{\"packet\":")
            .unwrap()
            .split(',')
            .next()
            .unwrap();
        assert!(number.parse::<u64>().unwrap() > 50_000, "{file}: {last}");
    }
}

/// `script` gives the command a terminal, of which only stderr stays one.
#[test]
fn a_long_wait_is_shown_on_a_terminal_and_nowhere_else() {
    let sandbox = Recording::named("tls").sandbox();
    let slow =
        "(cat server.bin; sleep 0.7; cat server.bin; sleep 0.1) | xdr decode --stream libvirt";
    let shown = |line: &str| {
        let output = sandbox.shell(&format!("script -qec '{line}' /dev/null"));
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(shown(&format!("{slow} > out.jsonl")).contains("KiB"));
    assert_eq!(shown(&format!("{slow} > out.jsonl 2> err.txt")), "");
    assert_eq!(sandbox.read("err.txt"), "");
    // Lines on the same terminal are enough.
    assert!(!shown(slow).contains("KiB"));
    assert_eq!(
        shown("xdr decode --stream libvirt server.bin > out.jsonl"),
        ""
    );
}

#[test]
fn wrong_use_is_told() {
    let sandbox = Recording::named("tls").sandbox();
    for command in [
        "xdr decode --stream libvirt - -",
        "xdr decode --stream libvirt --type a client.bin",
        "xdr decode --stream libvirt --explain client.bin",
        "xdr decode --stream other client.bin",
        "xdr decode client.bin",
        "xdr decode --schema a.x --type a client.bin server.bin",
    ] {
        faulty(&sandbox, command, 2);
    }
    let capture = Wire::default().capture(&calls(1));
    let sandbox = sandbox.with("a.pcap", capture);
    let (_, stderr) = faulty(&sandbox, "xdr decode --stream libvirt a.pcap client.bin", 1);
    assert!(stderr.contains("a capture has both directions"), "{stderr}");
    let (_, stderr) = faulty(&sandbox, "xdr decode --stream libvirt none.bin", 1);
    assert!(stderr.starts_with("error: none.bin: "), "{stderr}");
    let (read, _) = faulty(&sandbox, "xdr decode --stream libvirt < /dev/null", 0);
    assert!(read.is_empty());
}

/// The same numbers in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}
