//! Messages that have been changed: both take them or both reject them, or a written rule says why not.

use xdr_testkit::mutate::mutate;
use xdr_testkit::random::{Choices, message};
use xdr_wire::{ErrorKind, Options, TypeEntry};

use crate::every_type::echo;
use crate::files::ProtocolFile;
use crate::harness::Harness;
use crate::hex::hex;
use crate::stricter::{RULES, Verdict, judge, table, tree};
use crate::{bytes, cases};

/// How much of a message is random, before it is changed. Much of it comes back unread in small ones.
const SIZES: &[usize] = &[0, 3, 10, 30, 100, 300];

/// How many changes are made of each message without regard to its type, and how many of single fields; one at a time.
const OF_BYTES: usize = 8;
const OF_FIELDS: usize = 4;

pub(crate) fn both_take_or_reject_what_has_been_changed(file: &ProtocolFile, types: &[TypeEntry]) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    let (mut taken, mut rejected) = (0, 0);
    for ty in types {
        let changed = changed(ty);
        let lines: Vec<_> = changed.iter().map(|it| echo(ty, &it.bytes)).collect();
        let mut worst: Option<(&Changed, String)> = None;
        for (changed, answer) in changed.iter().zip(c.ask_all(&lines)) {
            match judge(ty, &changed.bytes, &answer) {
                Ok(Verdict::BothTake) => taken += 1,
                Ok(Verdict::BothReject) => rejected += 1,
                Ok(Verdict::Stricter(_)) => {}
                Err(problem) => {
                    let len = changed.bytes.len();
                    if worst.as_ref().is_none_or(|(it, _)| len < it.bytes.len()) {
                        worst = Some((changed, problem));
                    }
                }
            }
        }
        if let Some((Changed { bytes, how }, problem)) = worst {
            let (name, digits, again) = (ty.name(), hex(bytes), cases::again());
            panic!("{name}: {digits}\n  ({how}){problem}\n  {again}");
        }
    }
    assert!(taken > 0 && rejected > 0, "{taken} taken, {rejected} not");
}

/// A message that is, as a rule, no longer valid.
struct Changed {
    bytes: Vec<u8>,
    how: String,
}

fn changed(ty: &TypeEntry) -> Vec<Changed> {
    let sizes = SIZES.iter().copied().cycle().take(cases::asked_for());
    let of_one = |(number, size)| {
        let seed = cases::seed(ty.name(), number);
        let valid = message(ty.ty(), &mut Choices::new(seed, size));
        let mut choices = Choices::new(!seed, usize::MAX);
        let mut changed = Vec::new();
        for _ in 0..OF_BYTES {
            let mut bytes = valid.clone();
            let how = bytes::change(&mut bytes, &mut choices);
            changed.push(Changed { bytes, how });
        }
        for _ in 0..OF_FIELDS {
            let mutation = mutate(ty.ty(), &valid, &mut choices);
            changed.extend(mutation.map(|mutation| Changed {
                how: mutation.to_string(),
                bytes: mutation.bytes,
            }));
        }
        changed
    };
    sizes.enumerate().flat_map(of_one).collect()
}

pub(crate) fn each_rule_of_the_list_is_met(file: &ProtocolFile, types: &[TypeEntry]) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    for rule in RULES {
        let (name, message) = rule.example;
        let (ty, message) = (named(types, name), message());
        let answer = c.ask(&echo(ty, &message));
        match judge(ty, &message, &answer) {
            Ok(Verdict::Stricter(met)) => assert_eq!(met.name, rule.name, "{name}"),
            Ok(_) => panic!("both say the same about the example of {}", rule.name),
            Err(problem) => panic!("{}: {problem:.999}", rule.name),
        }
    }
}

pub(crate) fn the_readme_has_the_list(_: &ProtocolFile, _: &[TypeEntry]) {
    let readme = include_str!("../../c/README.md");
    assert!(readme.contains(&table()), "it should have\n{}", table());
}

/// Each is rejected by both, and what comes after it is answered.
pub(crate) fn c_outlives_what_takes_all_of_its_memory_or_its_stack(
    file: &ProtocolFile,
    types: &[TypeEntry],
) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    let deep = tree(500_000, 1, 2);
    let ints = [0x3f, 0xff, 0xff, 0xff];
    for (name, message, word) in [
        ("branch", &deep[..], "stack"),
        ("blob", &[0xff, 0xff, 0xff, 0xf0], "memory"),
        ("any_ints", &ints, "memory"),
    ] {
        let ty = named(types, name);
        let answer = c.ask(&echo(ty, message));
        assert_eq!(answer, format!("error {word}"), "{name}");
        let kind = ty.validate(message, Options::new()).map_err(|it| it.kind());
        assert!(
            matches!(
                kind,
                Err(ErrorKind::DepthOverLimit { .. } | ErrorKind::LengthOverInput { .. })
            ),
            "{kind:?}"
        );
        assert_eq!(c.ask("echo flag 00000001"), "ok 00000001", "after {name}");
    }
}

fn named<'a>(types: &'a [TypeEntry], name: &str) -> &'a TypeEntry {
    let ty = types.iter().find(|ty| ty.name() == name);
    ty.unwrap_or_else(|| panic!("shapes.x has no {name}"))
}
