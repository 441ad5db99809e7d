//! Decoding holds no more than 16 times the input and 4 KiB, whatever the input and whatever the type.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

use std::collections::HashSet;
use std::fs;

use proptest::prelude::{any, proptest};
use proptest::sample::{Index, select};
use proptest::strategy::{Just, Strategy, Union};
use xdr_testkit::random::{Choices, message, places};
use xdr_wire::describe::{Arm, Field, Ty};
use xdr_wire::{ErrorKind, Options, Rule, TypeEntry};

mod counting;
mod greedy;

mod wide {
    xdr_derive::include_xdr!(
        "tests/memory/wide.x",
        type_table = true,
        open_enum = "state"
    );
}

mod shapes {
    xdr_derive::include_xdr!("tests/c_peer/shapes.x", type_table = true);
}

/// Every type of every protocol there is: the tables are made from the schemas.
const TABLES: &[&[TypeEntry]] = &[
    protocol_defs::remote::TYPES,
    protocol_defs::qemu::TYPES,
    protocol_defs::lxc::TYPES,
    protocol_defs::admin::TYPES,
    protocol_defs::lock::TYPES,
    protocol_defs::log::TYPES,
    protocol_defs::lxc_monitor::TYPES,
    protocol_defs::net::TYPES,
    protocol_defs::keepalive::TYPES,
    shapes::TYPES,
    wide::TYPES,
];

fn types() -> impl Iterator<Item = &'static TypeEntry> {
    let installed = xdr_tests::rpcsvc_bindings::FILES.iter();
    let tables = TABLES.iter().copied();
    tables.chain(installed.map(|(_, table)| *table)).flatten()
}

#[test]
fn every_protocol_of_libvirt_has_its_types_here() {
    let names: HashSet<_> = types().map(TypeEntry::name).collect();
    let folder = xdr_tests::root().join("protocol-defs/proto");
    let entries = fs::read_dir(folder).expect("the protocols are in the repository");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    for path in paths.filter(|path| path.extension().is_some_and(|it| it == "x")) {
        let compilation =
            xdr_parser::compile(std::slice::from_ref(&path), &xdr_parser::Options::default());
        let schema = compilation.schema.expect("the protocols compile");
        for def in schema.types.iter().filter(|def| def.parent.is_none()) {
            assert!(
                names.contains(&*def.name),
                "{}: {}",
                path.display(),
                def.name
            );
        }
    }
}

/// Holds what is promised, whatever comes of it. Says whether the input is valid.
#[track_caller]
fn decode(ty: &TypeEntry, input: &[u8], options: Options) -> Result<(), ErrorKind> {
    let mut result = Ok(());
    let peak = counting::peak(|| {
        result = ty.validate(input, options).map_err(|error| error.kind());
    });
    let most = 16 * input.len() + 4096;
    let name = ty.name();
    assert!(
        peak <= most,
        "{name}: {peak} bytes for {} ({result:?}): {:.400?}",
        input.len(),
        input
    );
    result
}

/// Strict, and with every rule relaxed.
#[track_caller]
fn decode_both_ways(ty: &TypeEntry, input: &[u8]) {
    let _ = decode(ty, input, Options::new());
    let relaxed = Rule::ALL
        .iter()
        .fold(Options::new(), |options, rule| options.allow(*rule));
    let _ = decode(ty, input, relaxed);
}

#[test]
fn valid_messages_are_never_refused_for_their_memory() {
    for ty in types() {
        for (seed, size) in (0..).zip([0, 10, 30, 100, 300, 1000, 3000]) {
            let wire = message(ty.ty(), &mut Choices::new(seed, size));
            let result = decode(ty, &wire, Options::new());
            assert_eq!(result, Ok(()), "{}", ty.name());
        }
        for place in places(ty.ty()) {
            let bound = usize::try_from(place.bound).expect("addresses have 32 bits");
            let wire = place.message(bound.min(2000));
            let result = decode(ty, &wire, Options::new());
            assert_eq!(result, Ok(()), "{}, {}", ty.name(), place.name);
        }
    }
}

#[test]
fn counts_that_the_rest_could_hold_but_does_not_cost_no_more_than_their_bytes() {
    const WORDS: u32 = 3000;
    let inputs = [
        // Each count claims all that is left, half of it, a hundredth.
        (0..WORDS).map(|word| WORDS - word - 1).collect(),
        (0..WORDS).map(|word| (WORDS - word) / 2).collect(),
        (0..WORDS).map(|word| (WORDS - word) / 100).collect(),
        vec![1; 3000],
        [1, 2900, 0].repeat(1000),
        [1, 1, 1, 0].repeat(750),
        [&[2900][..], &[0; 2999]].concat(),
        [1, 0].repeat(1500),
        [1, 0, 0, 0].repeat(750),
        [1, 0, 0, 0, 0].repeat(600),
    ];
    for words in inputs {
        let wire: Vec<u8> = words
            .iter()
            .flat_map(|word: &u32| word.to_be_bytes())
            .collect();
        for ty in types() {
            decode_both_ways(ty, &wire);
            decode_both_ways(ty, &wire[4..]);
            decode_both_ways(ty, &wire[..400]);
        }
    }
}

#[test]
fn false_counts_inside_each_other_do_not_multiply() {
    let mut refused = 0;
    for ty in types() {
        for seed in 0..24 {
            let choices = &mut Choices::new(seed, 10_000);
            let wire = greedy::message(ty.ty(), 400 << (seed % 6), choices);
            let result = decode(ty, &wire, Options::new());
            refused += usize::from(matches!(result, Err(ErrorKind::MemoryOverLimit { .. })));
        }
    }
    assert!(
        refused > 10,
        "{refused} messages were refused for their memory"
    );
}

/// The least bytes of memory per byte on the wire that the default allows, strings and opaques aside.
const FACTOR: usize = 15;

#[test]
fn no_element_and_no_box_is_larger_than_its_shortest_form_pays_for() {
    let mut seen = HashSet::new();
    for ty in types() {
        check(ty.name(), ty.ty(), &mut seen);
    }
    assert!(seen.len() > 1000, "{} types", seen.len());
}

/// Looks at everything that a type leads to.
fn check(name: &str, ty: &'static Ty, seen: &mut HashSet<*const Ty>) {
    if !seen.insert(std::ptr::from_ref(ty)) {
        return;
    }
    let mut fields = |fields: &'static [Field]| {
        for field in fields {
            check(name, field.ty(), seen);
        }
    };
    match ty {
        Ty::Struct(body) => fields(body.fields()),
        Ty::Union(body) => body.arms().iter().map(Arm::fields).for_each(fields),
        Ty::Array(link) => {
            let element = link();
            assert!(
                size(element) <= FACTOR * element.min_len(),
                "{name}: {element:?}"
            );
            check(name, element, seen);
        }
        Ty::List(link) => {
            let element = link();
            assert!(
                size(element) <= FACTOR * (element.min_len() + 4),
                "{name}: {element:?}"
            );
            check(name, element, seen);
        }
        Ty::Link {
            min, heap, link, ..
        } => {
            assert!(*heap <= FACTOR * min, "{name}: {ty:?}");
            check(name, link(), seen);
        }
        Ty::Optional(link) => check(name, link(), seen),
        Ty::FixedArray(_, ty) | Ty::Chain(ty) | Ty::Bounded(_, ty) => check(name, ty, seen),
        _ => {}
    }
}

fn size(element: &Ty) -> usize {
    match element {
        Ty::Link { size, .. } => *size,
        other => panic!("{other:?} is an element of unknown size"),
    }
}

/// A word that is a count, a presence or a discriminant now and then.
fn word() -> impl Strategy<Value = u32> {
    Union::new_weighted(vec![
        (8, (0..2_u32).boxed()),
        (4, (2..12_u32).boxed()),
        (2, (12..400_u32).boxed()),
        (1, any::<u32>().boxed()),
        (1, Just(u32::MAX).boxed()),
    ])
}

proptest! {
    #[test]
    fn any_words_keep_to_the_limit(
        words in proptest::collection::vec(word(), 0..600),
        cut in 0..4_usize,
        some in proptest::collection::vec(select(types().collect::<Vec<_>>()), 20),
    ) {
        let mut wire: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        wire.truncate(wire.len().saturating_sub(cut));
        for ty in some.into_iter().chain(wide::TYPES) {
            decode_both_ways(ty, &wire);
        }
    }

    #[test]
    fn messages_with_a_word_changed_keep_to_the_limit(
        ty in select(types().collect::<Vec<_>>()),
        seed in any::<u64>(),
        size in 0..600_usize,
        at in any::<Index>(),
        word in word(),
    ) {
        let mut wire = message(ty.ty(), &mut Choices::new(seed, size));
        if wire.is_empty() {
            return Ok(());
        }
        let at = at.index(wire.len() / 4) * 4;
        wire[at..at + 4].copy_from_slice(&word.to_be_bytes());
        decode_both_ways(ty, &wire);
    }
}
