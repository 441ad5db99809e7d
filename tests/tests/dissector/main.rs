//! Packets that are written here, read by Wireshark's dissector of libvirt and compared field by field.
//!
//! The dissector is libvirt's own (packages tshark and libvirt-wireshark). It shares no code with this project: it reads
//! with libtirpc, by code that libvirt makes of its own files.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod capture;
mod command;
mod comparison;
mod flaws;
mod glossary;
mod names;
mod packet;
mod pdml;
mod program;
mod recorded;
mod shown;
mod tshark;
mod wording;
mod written;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::command::Agreement;
use crate::comparison::Comparison;
use crate::flaws::FLAWS;
use crate::glossary::Glossary;
use crate::program::Programs;
use crate::tshark::Tshark;

#[test]
fn every_message_is_shown_as_it_was_written() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let session = Session::of(&tshark);
    println!("{}", session.written);
    session.written.must_agree();
    for program in &Programs::known().all {
        for procedure in &program.procedures {
            let written = (program.number, procedure.number);
            let known = session.glossary.knows(written.0, written.1);
            assert_eq!(session.written.procedures.contains(&written), known);
        }
    }
}

#[test]
fn the_dissector_gives_procedures_the_same_numbers() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let glossary = &Session::of(&tshark).glossary;
    let programs = Programs::known();
    let ours: Vec<_> = programs.all.iter().map(|it| (it.number, it.name)).collect();
    let theirs = glossary
        .programs
        .iter()
        .map(|it| (it.number, it.name.as_str()));
    assert_eq!(ours, theirs.collect::<Vec<_>>());

    for program in &programs.all {
        let theirs = glossary.procedures_of(program.number);
        let ours = program
            .procedures
            .iter()
            .map(|it| (it.number, it.name.as_str()));
        let named = theirs.iter().map(|it| (it.number, it.name.as_str()));
        // Either may be of a later libvirt, which has more at the end.
        for (ours, theirs) in ours.zip(named) {
            assert_eq!(ours, theirs, "{}", program.name);
        }
        for newer in program.procedures.iter().skip(theirs.len()) {
            xdr_tests::skip(&format!("the dissector is older than {}", newer.name));
        }
    }
}

#[test]
fn every_field_that_the_dissector_has_is_seen() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let Session {
        glossary, written, ..
    } = Session::of(&tshark);
    let mut unseen: BTreeSet<_> = glossary.fields.difference(&written.fields).collect();
    // These it never shows, see `Flaw::CountOfFdsInPayload` and `Flaw::NoUnion`.
    for hidden in ["libvirt.num_of_fds", "libvirt.remote_typed_param.value"] {
        assert!(
            unseen.remove(&hidden.to_owned()),
            "{hidden} is seen, or is no field"
        );
    }
    assert!(unseen.is_empty(), "{unseen:#?}");
}

#[test]
fn every_flaw_of_the_dissector_is_met() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let met = &Session::of(&tshark).written.met;
    for flaw in FLAWS {
        assert!(met.times(*flaw) > 0, "nothing shows {flaw:?}");
    }
}

#[test]
fn what_libvirt_itself_sent_is_shown_as_it_is_read_here() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let programs = Programs::known();
    let recordings = recorded::names();
    let packets = recordings
        .iter()
        .flat_map(|name| recorded::packets(name, programs));
    let packets: Vec<_> = packets.collect();
    let comparison = Comparison::of(&packets, programs, &tshark);
    println!("{comparison}");
    comparison.must_agree();
    assert!(comparison.packets > 450, "{comparison}");
}

#[test]
fn a_byte_that_changes_on_the_way_is_noticed() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let programs = Programs::known();
    let (meant, sent) = written::with_one_byte_changed(programs);
    let comparison = Comparison::with(&sent, &meant, programs, &tshark);
    assert_eq!(comparison.differences.len(), sent.len(), "{comparison}");
}

#[test]
fn the_command_says_of_a_capture_what_the_dissector_shows() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let programs = Programs::known();
    let mut packets = written::packets(programs, &Session::of(&tshark).glossary);
    for name in recorded::names() {
        packets.extend(recorded::packets(&name, programs));
    }
    let capture = comparison::capture(&packets);
    let shown = pdml::packets(&tshark.dissect(capture.bytes()));
    let (lines, fine) = command::lines(capture.bytes());
    assert!(
        fine,
        "{:?}",
        lines.iter().find(|line| line.get("fault").is_some())
    );
    assert_eq!(shown.len(), packets.len());
    assert_eq!(lines.len(), packets.len());
    let mut agreement = Agreement::default();
    for ((packet, node), line) in packets.iter().zip(&shown).zip(&lines) {
        agreement.compare(packet, &shown::leaves(node), line);
    }
    println!("{agreement}");
    assert!(
        agreement.differences.is_empty(),
        "{agreement}; {} differ, such as\n{}",
        agreement.differences.len(),
        agreement.differences[..agreement.differences.len().min(10)].join("\n")
    );
    // What is misread is the little that the flaws say.
    assert!(agreement.misread * 50 < agreement.alike, "{agreement}");
}

#[test]
fn a_byte_that_the_command_reads_otherwise_is_noticed() {
    let Some(tshark) = Tshark::start() else {
        return;
    };
    let (meant, sent) = written::with_one_byte_changed(Programs::known());
    let shown = pdml::packets(&tshark.dissect(comparison::capture(&meant).bytes()));
    let (lines, _) = command::lines(comparison::capture(&sent).bytes());
    assert_eq!(lines.len(), meant.len());
    for ((packet, node), line) in meant.iter().zip(&shown).zip(&lines) {
        let mut agreement = Agreement::default();
        agreement.compare(packet, &shown::leaves(node), line);
        assert!(!agreement.differences.is_empty(), "{line}");
    }
}

/// What several tests look at.
struct Session {
    glossary: Glossary,
    /// Every packet that is written here.
    written: Comparison,
}

impl Session {
    fn of(tshark: &Tshark) -> &'static Self {
        static SESSION: OnceLock<Session> = OnceLock::new();
        SESSION.get_or_init(|| {
            let glossary = Glossary::read(tshark);
            let programs = Programs::known();
            let packets = written::packets(programs, &glossary);
            Self {
                written: Comparison::of(&packets, programs, tshark),
                glossary,
            }
        })
    }
}
