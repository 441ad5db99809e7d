//! What keeps a fingerprint and what changes it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

use std::fs;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use xdr_parser::compare::{Severity, compare};
use xdr_parser::fingerprint::{Fingerprint, Fingerprints};
use xdr_parser::{Options, Schema, compile_text};

fn schema(text: &str) -> Schema {
    let compilation = compile_text("a.x", text, None, &Options::default());
    let Some(schema) = compilation.schema else {
        panic!("{text}: {:?}", compilation.diagnostics);
    };
    schema
}

fn of_file(text: &str) -> Fingerprint {
    let schema = schema(text);
    let file = schema.files.iter().find(|file| file.root).unwrap().id;
    Fingerprints::of(&schema).of_file(file).unwrap()
}

fn of_type(text: &str, name: &str) -> Fingerprint {
    let schema = schema(text);
    let Some(ty) = schema.type_named(name) else {
        panic!("no {name} in {text}");
    };
    Fingerprints::of(&schema).of_type(ty.id).unwrap()
}

/// FNV-1a, written once more.
fn hash(words: &[u32]) -> String {
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    let start = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    let prime = (1 << 88) + 0x13b;
    let hash = bytes.fold(start, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(prime)
    });
    format!("{hash:032x}")
}

/// The bytes that the documentation lays down, by hand: these numbers are in other people's files.
#[test]
fn fingerprints_are_the_hash_of_what_is_laid_down() {
    let all = "typedef opaque raw[3]; typedef opaque more<4>; typedef string text<5>; typedef int numbers<6>;\n\
        typedef hyper seven[7]; enum e { B = 2, A = -1, C = 2 }; struct node { unsigned hyper x; node *next; };\n\
        union u switch (e kind) { case B: raw r; case A: void; default: node n; };\n\
        union v switch (int kind) { case 1: void; }; struct nothing { int x[0]; opaque y[0]; };\n\
        struct three { double d; float f; quadruple q; }; typedef bool truth; typedef unsigned count;\n";
    let expected: [(&str, &[u32]); 13] = [
        ("raw", &[1, 8, 3]),
        ("more", &[1, 9, 4]),
        ("text", &[1, 10, 5]),
        (
            "numbers",
            &[1, 11, 6, 1, 1, 0xffff_ffff, 0x8000_0000, 0, 0x7fff_ffff],
        ),
        ("seven", &[1, 12, 7, 1, 3]),
        ("e", &[1, 2, 2, 0xffff_ffff, 2]),
        ("node", &[1, 0, 2, 1, 2, 4, 11, 1, 0]),
        // 0 the union, 1 raw, 2 void, 3 node, 4 the enum, 5 the hyper, 6 the optional.
        (
            "u",
            &[
                1,
                13,
                2,
                2,
                1,
                0xffff_ffff,
                2,
                1,
                3,
                4,
                8,
                3,
                0,
                0,
                0,
                2,
                5,
                6,
                2,
                2,
                0xffff_ffff,
                2,
                4,
                11,
                1,
                3,
            ],
        ),
        ("v", &[1, 13, 1, 1, 1, 0, 0, 0]),
        ("nothing", &[1, 0, 2, 1, 1, 0, 0]),
        ("three", &[1, 0, 3, 1, 2, 3, 6, 5, 7]),
        ("truth", &[1, 2, 2, 0, 1]),
        ("count", &[1, 1, 0, 0, 0, 0xffff_ffff]),
    ];
    for (name, words) in expected {
        assert_eq!(of_type(all, name).to_string(), hash(words), "{name}");
    }
    assert_eq!(of_file("const A = 1;").to_string(), hash(&[1, 0]));
}

#[test]
fn names_order_comments_and_typedefs_do_not_count() {
    let one = "const MAX = 5; typedef string name<MAX>;\nenum e { ONE = 1, TWO = 2 };\n\
        struct a { name n; e kind; a *next; unsigned hyper h; };\n\
        program P { version V { a GET(name) = 1; void PUT(a) = 2; } = 3; } = 4;\n";
    let other = "/* another */ program Q { version W { void STORE(thing) = 2; thing FETCH(string<0x5>) = 1; } = 3; } = 0x4;\n\
        struct thing { string text<5>; enum { ZWEI = 2, EINS = 1, UNO = 1 } sort; thing rest<1>; uint64_t last; };\n\
        typedef thing again; typedef string any<5>; enum k { YKSI = 1, KAKSI = 2 };";
    assert_eq!(of_type(one, "a"), of_type(other, "again"));
    assert_eq!(of_file(one), of_file(other));
}

#[test]
fn both_ways_to_write_a_program_are_one() {
    let types = "struct near_open_args { int x; }; struct near_open_ret { hyper y; };\n";
    let block = format!(
        "{types}enum procedures {{ A = 1, B = 2 }}; program P {{ version V {{ near_open_ret OPEN(near_open_args) = 1; void CLOSE(void) = 2; }} = 1; }} = 9;"
    );
    let libvirt = format!(
        "{types}const NEAR_PROGRAM = 9; const NEAR_PROTOCOL_VERSION = 1;\n\
         enum near_procedure {{ NEAR_PROC_OPEN = 1, NEAR_PROC_CLOSE = 2 }};"
    );
    assert_eq!(schema(&libvirt).procedure_enums.len(), 1);
    assert_eq!(of_file(&block), of_file(&libvirt));
    let event = libvirt
        .replace("near_open_args", "near_open_msg")
        .replace("struct near_open_ret { hyper y; };", "");
    let call = event.replace("near_open_msg", "near_open_args");
    assert_ne!(of_file(&event), of_file(&call));
}

#[test]
fn types_that_hold_each_other_are_told_apart_by_what_is_far_away() {
    // A ring of twelve; what differs is in the last.
    let ring = |last: &str| -> String {
        let node = |at: usize| {
            let inside = if at == 11 { last } else { "int" };
            format!(
                "struct n{at} {{ {inside} x; n{} *next; }};\n",
                (at + 1) % 12
            )
        };
        (0..12).map(node).collect::<Vec<_>>().concat()
    };
    let (one, other) = (ring("int"), ring("hyper"));
    assert_eq!(of_type(&one, "n0"), of_type(&one, "n7"));
    let all: std::collections::HashSet<_> = (0..12)
        .map(|at| of_type(&other, &format!("n{at}")))
        .collect();
    assert_eq!(all.len(), 12);
    assert!(!all.contains(&of_type(&one, "n0")));
    // Written as one type, twelve equal ones are that.
    assert_eq!(
        of_type("struct a { int x; a *next; };", "a"),
        of_type(&one, "n3")
    );
}

/// What breaks nobody but adds to what there is, or takes away what nobody uses.
const ADDS: [&str; 5] = [
    "type-added",
    "type-removed",
    "program-added",
    "version-added",
    "procedure-added",
];

/// The changes that the comparison is tested with.
#[test]
fn every_change_on_the_wire_changes_the_file_and_no_other_does() {
    let mut count = 0;
    for entry in fs::read_dir("tests/compare").unwrap() {
        let folder = entry.unwrap().path();
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let (old, new) = (text("old.x"), text("new.x"));
        let changes = compare(&schema(&old), &schema(&new));
        let rules: Vec<&str> = changes.iter().map(|change| change.rule.id()).collect();
        let is_wire = changes
            .iter()
            .any(|change| change.rule.severity() <= Severity::OldPeersReject);
        let is_other = of_file(&old) != of_file(&new);
        if is_wire || !rules.iter().any(|rule| ADDS.contains(rule)) {
            assert_eq!(is_other, is_wire, "{}: {rules:?}", folder.display());
            count += 1;
        }
    }
    assert!(count > 55, "only {count} of the changes");
}

/// Declarations with different bytes.
const KINDS: [&str; 12] = [
    "int {}",
    "unsigned int {}",
    "hyper {}",
    "double {}",
    "string {}<20>",
    "string {}<21>",
    "opaque {}[16]",
    "opaque {}<20>",
    "point {}",
    "colour {}",
    "point *{}",
    "point {}<4>",
];

fn text(kinds: &[&str], names: [&str; 4]) -> String {
    let [field, point, colour, own] = names;
    let members = kinds.iter().enumerate().map(|(at, kind)| {
        let kind = kind.replace("point", point).replace("colour", colour);
        format!("    {};\n", kind.replace("{}", &format!("{field}{at}")))
    });
    let members: String = members.collect::<Vec<_>>().concat();
    format!(
        "struct {own} {{\n{members}    {own} *{field}_next;\n    int {field}_last;\n}};\n\
         enum {colour} {{ {field}_RED = 1, {field}_BLUE = 2 }};\nstruct {point} {{ int x; int y; {own} *z; }};\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn renaming_and_reordering_definitions_keeps_all(
        kinds in prop::collection::vec(prop::sample::select(KINDS.to_vec()), 1..12),
    ) {
        let one = text(&kinds, ["f", "point", "colour", "s"]);
        let other = text(&kinds, ["g", "place", "hue", "t"]);
        prop_assert_eq!(of_type(&one, "s"), of_type(&other, "t"));
        let mut definitions: Vec<&str> = other.split_inclusive("};\n").collect();
        definitions.reverse();
        prop_assert_eq!(of_file(&one), of_file(&format!("/* new */\n{}", definitions.concat())));
    }

    #[test]
    fn another_field_or_another_order_changes_it(
        kinds in prop::collection::vec(prop::sample::select(KINDS.to_vec()), 1..12),
        at in any::<prop::sample::Index>(),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let names = ["f", "point", "colour", "s"];
        let one = text(&kinds, names);
        let at = at.index(kinds.len());
        let mut changed = kinds.clone();
        changed[at] = kind;
        let other = text(&changed, names);
        prop_assert_eq!(of_type(&one, "s") == of_type(&other, "s"), kinds == changed);
        // What holds it changes with it, and so does the file.
        prop_assert_eq!(of_type(&one, "point") == of_type(&other, "point"), kinds == changed);
        prop_assert_eq!(of_file(&one) == of_file(&other), kinds == changed);
        changed.insert(at, kind);
        prop_assert_ne!(of_type(&one, "s"), of_type(&text(&changed, names), "s"));
    }
}

#[test]
fn thousands_of_types_take_a_while_and_no_stack() {
    let chain: Vec<String> = (0..1500)
        .map(|at| {
            format!(
                "struct n{at} {{ int x[{}]; n{} *next; }};\n",
                at + 2,
                (at + 1) % 1500
            )
        })
        .collect();
    let schema = schema(&chain.concat());
    let start = Instant::now();
    let thread = std::thread::Builder::new().stack_size(1 << 19);
    let found = thread.spawn(move || Fingerprints::of(&schema)).unwrap();
    assert!(found.join().is_ok());
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "took {:?}",
        start.elapsed()
    );
}
