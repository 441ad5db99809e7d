//! `cargo xtask sync-libvirt`, run as a program: on small trees of our own, and on libvirt's where they are at hand.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

#[test]
fn a_new_file_is_written_and_a_second_time_there_is_nothing_to_do() {
    let tree = Tree::new("const MAX = 4; typedef int list<MAX>;");
    let first = tree.sync(&[]);
    assert!(succeeded(&first).contains("test_protocol.x is new"));
    assert!(tree.proto().starts_with("/* test_protocol: "));
    let again = tree.sync(&[]);
    assert_eq!(
        succeeded(&again),
        "changes: none\n\
         which version this is, the tree does not say: headers name the one that they named\n\
         files that say what libvirt says: 1, written anew: 0\n"
    );
}

#[test]
fn changes_are_told_with_verdicts_the_worst_first() {
    let tree = Tree::new("struct a { int x; };");
    succeeded(&tree.sync(&[]));
    tree.change("struct a { hyper x; }; struct b { int y; };");
    let told = succeeded(&tree.sync(&["--dry-run"]));
    let breaks = told.find("breaks the wire, in test_protocol.x:\n  a.x: ");
    let safe = told.find("safe, in test_protocol.x:\n  b: ");
    assert!(breaks.is_some() && breaks < safe, "{told}");
    assert!(told.ends_with("\nchanges: 2 (1 breaks the wire, 1 safe)\n"));
}

#[test]
fn a_comment_in_a_type_without_a_name_is_lost_by_name() {
    let tree = Tree::new("struct a { struct { int x; } in; };");
    let ours = "struct a { struct { int x; /* said of x */ } in; };";
    fs::write(tree.path(), ours).expect("the folder takes files");
    let told = succeeded(&tree.sync(&[]));
    let lost = "test_protocol.x: left out what stood at a.in.x: /* said of x */\n";
    assert!(told.contains(lost), "{told}");
    let parts = fs::read_dir(tree.path().with_file_name("")).expect("it can be listed");
    assert_eq!(parts.count(), 1);
}

#[test]
fn a_dry_run_writes_nothing() {
    let tree = Tree::new("struct a { int x; };");
    succeeded(&tree.sync(&["--dry-run"]));
    assert!(!tree.path().exists());
}

#[test]
fn a_name_from_a_header_that_nobody_knows_needs_a_value_once() {
    let tree = Tree::new("typedef opaque key[VIR_KEY_BUFLEN];");
    let told = failed(&tree.sync(&[]));
    assert!(told.contains("test_protocol.x:1:20: E0202"), "{told}");
    assert!(told.contains("-D VIR_KEY_BUFLEN=VALUE"), "{told}");
    assert!(!tree.path().exists());
    succeeded(&tree.sync(&["-D", "VIR_KEY_BUFLEN=32"]));
    assert!(tree.proto().contains("\nconst VIR_KEY_BUFLEN = 32;\n"));
    tree.change("typedef opaque key[VIR_KEY_BUFLEN]; typedef key keys<>;");
    succeeded(&tree.sync(&[]));
    assert!(tree.proto().contains("\ntypedef key keys<>;\n"));
}

#[test]
fn a_file_takes_the_numbers_of_headers_from_the_file_that_it_imports() {
    let tree = Tree::new("typedef opaque key[VIR_UUID_BUFLEN];");
    let text = "%#include \"internal.h\"\n%#include \"test_protocol.h\"\ntypedef key two[VIR_UUID_BUFLEN];";
    tree.add("lxc/more_protocol.x", text);
    succeeded(&tree.sync(&[]));
    let more = read(&tree.folder.path().join("proto/more_protocol.x"));
    let (_, more) = more.split_once("*/\n").expect("it begins with a comment");
    let want = "\n%#include \"test_protocol.h\"\n\n/*----- Types -----*/\n\ntypedef key two[VIR_UUID_BUFLEN];\n";
    assert_eq!(more, want);
}

#[test]
fn a_file_that_libvirt_does_not_have_stays_as_it_is() {
    let tree = Tree::new("struct a { int x; };");
    let path = tree.path().with_file_name("own.x");
    fs::write(&path, "struct own { int x; };").expect("the folder takes files");
    let told = succeeded(&tree.sync(&[]));
    assert!(told.contains("own.x: libvirt has no such file"), "{told}");
    assert_eq!(read(&path), "struct own { int x; };");
}

#[test]
fn files_of_ours_that_cannot_be_read_stay_as_they_are() {
    let tree = Tree::new("struct a { int x; };");
    fs::write(tree.path(), "struct a { nothing x; };").expect("the folder takes files");
    let told = failed(&tree.sync(&[]));
    assert!(told.contains("E0202"), "{told}");
    assert_eq!(tree.proto(), "struct a { nothing x; };");
}

#[test]
fn a_folder_without_protocols_is_an_error() {
    let empty = tempfile::tempdir().expect("there is room for files");
    let output = sync(empty.path(), empty.path(), &[]);
    assert!(failed(&output).contains("there is no `.x` file in it"));
}

#[test]
fn our_files_are_what_libvirt_9_0_0_says_in_our_words() {
    let (Some(libvirt), proto) = (upstream("libvirt-9.0.0"), copy()) else {
        return;
    };
    let told = succeeded(&sync(&libvirt, proto.path(), &[]));
    assert_eq!(
        told,
        "changes: none\nfiles that say what libvirt says: 9, written anew: 0\n"
    );
}

#[test]
fn a_later_release_needs_nothing_but_this_command() {
    let (Some(libvirt), proto) = (upstream("libvirt-11.3.0"), copy()) else {
        return;
    };
    let told = succeeded(&sync(&libvirt, proto.path(), &[]));
    assert!(told.ends_with("files that say what libvirt says: 9, written anew: 9\n"));
    assert!(!told.contains("left out"), "{told}");
    let text = read(&proto.path().join("remote_protocol.x"));
    assert!(text.contains("those of libvirt 11.3.0."));
    let event = "\n/* Event 453, DOMAIN_EVENT_NIC_MAC_CHANGE. */\nstruct remote_domain_event_nic_mac_change_msg {\n";
    assert!(text.contains(event));
    let again = succeeded(&sync(&libvirt, proto.path(), &[]));
    assert!(again.ends_with(", written anew: 0\n"));
}

/// The crate libvirt-rpc has an older release's files.
#[test]
fn an_old_file_of_ours_comes_to_9_0_0_with_every_comment_that_still_has_a_place() {
    let (Some(old), Some(new)) = (upstream("libvirt-rpc-0.1.12"), upstream("libvirt-9.0.0")) else {
        return;
    };
    let (ours, proto) = (copy(), copy());
    succeeded(&sync(&old, proto.path(), &[]));
    let file = |folder: &TempDir| read(&folder.path().join("remote_protocol.x"));
    let before = file(&proto);
    let told = succeeded(&sync(&new, proto.path(), &[]));
    insta::assert_snapshot!("from_libvirt_rpc_to_9_0_0", verdicts(&told));

    let (ours, after) = (file(&ours), file(&proto));
    let (ours, after) = (definitions(&ours), definitions(&after));
    let kept = definitions(&before);
    assert!(kept.len() > 650, "only {} definitions", kept.len());
    for name in kept.keys() {
        assert_eq!(after.get(name), ours.get(name), "{name}");
    }
    assert!(after.keys().eq(ours.keys()));
}

/// What changed and how bad it is, without the sentences.
fn verdicts(told: &str) -> String {
    let table = told
        .lines()
        .take_while(|line| !line.starts_with("changes: "));
    let lines = table.filter_map(|line| {
        if line.starts_with("    ") {
            return None;
        }
        let rule = line.rsplit_once(" [").map(|(_, rule)| rule);
        let item = line.split_once(": ").map(|(item, _)| item);
        Some(match item.zip(rule) {
            Some((item, rule)) => format!("{item} [{rule}\n"),
            None => format!("{line}\n"),
        })
    });
    lines.collect()
}

/// Definitions with the comments that touch them, by their heads.
fn definitions(text: &str) -> BTreeMap<String, String> {
    let mut definitions = BTreeMap::new();
    let (mut block, mut head, mut open) = (Vec::new(), None, false);
    for line in text.lines() {
        if line.is_empty() && !open {
            block.clear();
            continue;
        }
        block.push(line);
        let begins = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
        open |= begins(&["struct ", "union ", "enum "]);
        if open && head.is_none() || begins(&["const ", "typedef "]) {
            head = line.split(" = ").next();
        }
        if !open || line.starts_with("};") {
            if let Some(head) = head.take() {
                definitions.insert(head.to_owned(), block.join("\n"));
                block.clear();
            }
            open = false;
        }
    }
    definitions
}

/// A tree of libvirt's with one file of ours, and the folder that follows it.
struct Tree {
    folder: TempDir,
}

impl Tree {
    fn new(text: &str) -> Self {
        let tree = Self {
            folder: tempfile::tempdir().expect("there is room for files"),
        };
        for folder in ["libvirt/src/rpc", "libvirt/src/lxc", "proto"] {
            fs::create_dir_all(tree.folder.path().join(folder)).expect("a folder can be made");
        }
        tree.change(text);
        tree
    }

    fn change(&self, text: &str) {
        self.add("rpc/test_protocol.x", text);
    }

    fn add(&self, name: &str, text: &str) {
        let path = self.folder.path().join("libvirt/src").join(name);
        fs::write(path, text).expect("the folder takes files");
    }

    fn sync(&self, arguments: &[&str]) -> Output {
        let folder = self.folder.path();
        sync(&folder.join("libvirt"), &folder.join("proto"), arguments)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("proto/test_protocol.x")
    }

    fn proto(&self) -> String {
        read(&self.path())
    }
}

fn sync(source: &Path, proto: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("sync-libvirt").arg("--source").arg(source);
    command.arg("--proto").arg(proto).args(arguments);
    command.output().expect("the program was built")
}

fn succeeded(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn failed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A copy of this project's files.
fn copy() -> TempDir {
    let copy = tempfile::tempdir().expect("there is room for files");
    let proto = xdr_tests::root().join("protocol-defs/proto");
    for entry in fs::read_dir(proto).expect("the folder is there") {
        let path = entry.expect("the folder can be listed").path();
        let name = path.file_name().expect("it is no folder above");
        fs::copy(&path, copy.path().join(name)).expect("the file can be read");
    }
    copy
}

/// What has been fetched of other projects; otherwise the calling test is reported as skipped.
#[track_caller]
fn upstream(name: &str) -> Option<PathBuf> {
    let folder = xdr_tests::root().join("target/upstream").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    xdr_tests::skip(&format!(
        "{name} is not here; `cargo xtask fetch` brings it"
    ));
    None
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
