//! What this project says about libvirt's protocols in its own words, against what libvirt says: item by item, by the
//! comparison that the library offers.

use std::fs;
use std::path::{Path, PathBuf};

use xdr_parser::compare::{Change, Rule, Severity, compare};
use xdr_parser::fingerprint::Fingerprints;
use xdr_parser::schema::{ConstantValue, Schema};
use xdr_parser::{Compilation, Options, Profile, compile_text};

use crate::project::Project;

mod seeds;

use seeds::SEEDS;

#[test]
fn this_projects_files_say_what_libvirts_say_and_the_other_way_round() {
    let Some(libvirt) = Project::libvirt() else {
        return;
    };
    for file in &libvirt.files {
        let theirs = theirs(&libvirt, file);
        let ours = ours(file);
        let mut differences = compare(&theirs, &ours);
        differences.retain(|change| !is_spelled_out(change, Rule::ConstantAdded, &ours));
        assert_eq!(differences, [], "from libvirt's {file} to this project's");
        let mut differences = compare(&ours, &theirs);
        differences.retain(|change| !is_spelled_out(change, Rule::ConstantRemoved, &ours));
        assert_eq!(differences, [], "from this project's {file} to libvirt's");
    }
    let mut proto: Vec<_> = fs::read_dir(proto())
        .expect("there are files")
        .map(|entry| entry.expect("there are files").file_name())
        .collect();
    proto.retain(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|ending| ending == "x")
    });
    assert_eq!(proto.len(), libvirt.files.len(), "{proto:?}");
}

#[test]
fn the_wire_has_the_same_fingerprints_in_both() {
    let Some(libvirt) = Project::libvirt() else {
        return;
    };
    for file in &libvirt.files {
        let of = |schema: &Schema| {
            let fingerprints = Fingerprints::of(schema);
            let root = schema.files.iter().find(|file| file.root);
            root.and_then(|file| fingerprints.of_file(file.id))
        };
        let (theirs, ours) = (of(&theirs(&libvirt, file)), of(&ours(file)));
        assert!(ours.is_some());
        assert_eq!(ours, theirs, "{file}");
    }
}

#[test]
fn a_mistake_of_any_kind_in_this_projects_file_would_be_seen_both_ways() {
    let Some(libvirt) = Project::libvirt() else {
        return;
    };
    let theirs = theirs(&libvirt, "remote/remote_protocol.x");
    let name = "remote_protocol.x";
    let text = fs::read_to_string(proto().join(name)).expect("there are files");
    let mut missed = Vec::new();
    for (rule, sound, mistaken) in SEEDS {
        assert!(text.contains(sound), "{rule:?}: {sound:?} is not in {name}");
        let text = text.replacen(sound, mistaken, 1);
        let ours = resolved(compile_text(name, &text, None, &Options::default()));
        let mut forth = compare(&theirs, &ours);
        forth.retain(|change| !is_spelled_out(change, Rule::ConstantAdded, &ours));
        let mut back = compare(&ours, &theirs);
        back.retain(|change| !is_spelled_out(change, Rule::ConstantRemoved, &ours));
        if back.is_empty() || forth.iter().all(|change| change.rule != *rule) {
            let seen = forth.iter().map(|change| change.rule);
            missed.push((*rule, seen.collect::<Vec<_>>(), back.len()));
        }
    }
    assert_eq!(
        missed,
        [],
        "what was seeded, what was seen, and how often from the other side"
    );
}

#[test]
fn a_mistake_that_a_peer_could_notice_changes_the_fingerprint_and_no_other_does() {
    let name = "remote_protocol.x";
    let text = fs::read_to_string(proto().join(name)).expect("there are files");
    let schema = |text: &str| resolved(compile_text(name, text, None, &Options::default()));
    let of = |schema: &Schema| Fingerprints::of(schema).of_file(schema.files[0].id);
    let sound = schema(&text);
    let expected = of(&sound);
    let (mut wire, mut other, mut missed) = (0, 0, Vec::new());
    for (rule, from, to) in SEEDS {
        let mistaken = schema(&text.replacen(from, to, 1));
        let changes = compare(&sound, &mistaken);
        // One type fewer is no change of the bytes, but one of what the file has.
        let removes = *rule == Rule::TypeRemoved;
        let severities: Vec<Severity> = changes.iter().map(|it| it.rule.severity()).collect();
        if severities.iter().any(|it| *it <= Severity::OldPeersReject) {
            if of(&mistaken) == expected {
                missed.push(*rule);
            }
            wire += 1;
        } else if !removes && severities.iter().all(|it| *it == Severity::SourceOnly) {
            assert_eq!(of(&mistaken), expected, "{rule:?}");
            other += 1;
        }
    }
    // What only names tell: two neighbours of the same bytes have changed places.
    assert_eq!(missed, [Rule::FieldMoved]);
    assert!(wire > 20 && other > 8, "{wire} and {other} mistakes");
}

/// Whether it is that a constant, which libvirt's files have from libvirt's C headers and with them from the profile, is
/// defined in a file of this project. Nothing but those names may be more here than there, and only with their values.
fn is_spelled_out(change: &Change, rule: Rule, ours: &Schema) -> bool {
    let profile = Profile::Libvirt.constants().iter();
    let mut named = profile.filter(|(name, _)| *name == change.item);
    let mut constants = ours.constants.iter();
    change.rule == rule
        && named.any(|(name, value)| {
            constants.any(|it| it.name == *name && it.value == ConstantValue::Int(*value))
        })
}

/// Without a profile: these files need nothing but each other.
pub(crate) fn ours(file: &str) -> Schema {
    let name = Path::new(file).file_name().expect("it is a file's path");
    resolved(xdr_parser::compile(
        &[proto().join(name)],
        &Options::default(),
    ))
}

pub(crate) fn theirs(libvirt: &Project, file: &str) -> Schema {
    let path = libvirt.folder.join(file);
    resolved(xdr_parser::compile(&[path], libvirt.config.options()))
}

fn proto() -> PathBuf {
    xdr_tests::root().join("protocol-defs/proto")
}

fn resolved(compilation: Compilation) -> Schema {
    let diagnostics = compilation.diagnostics;
    compilation
        .schema
        .unwrap_or_else(|| panic!("{diagnostics:#?}"))
}
