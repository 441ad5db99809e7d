//! Rules that are relaxed by name.

use std::hash::{BuildHasher, RandomState};

use xdr_testkit::mutate::mutations;
use xdr_wire::{ErrorKind, Rule};

use crate::agreement::agree;
use crate::cases::{FEW, asked_for, messages};
use crate::schemas::{Pair, generous};

pub(crate) fn each_rule_is_relaxed_alike(pair: &Pair<'_>) {
    let first = usize::try_from(RandomState::new().hash_one(()) >> 40).unwrap();
    for message in messages(pair.entry, 6) {
        for (at, mutation) in mutations(pair.entry.ty(), &message).enumerate() {
            // Each mutation with a rule, other ones each time; with all of them in a run that takes its time.
            let rules = Rule::ALL
                .iter()
                .cycle()
                .skip((at + first) % Rule::ALL.len());
            let count = if asked_for() > FEW {
                Rule::ALL.len()
            } else {
                1
            };
            for rule in rules.take(count) {
                with_one_relaxed(pair, &mutation.bytes, *rule);
            }
        }
    }
}

fn with_one_relaxed(pair: &Pair<'_>, input: &[u8], rule: Rule) {
    match rule {
        // For what these let through, generated code has no place, or another one.
        Rule::Enum => any_number_is_kept(pair, input),
        Rule::Utf8 => any_bytes_are_kept(pair, input),
        _ => agree(pair, input, generous().allow(rule)),
    }
}

/// An enum keeps a number that has no name.
fn any_number_is_kept(pair: &Pair<'_>, input: &[u8]) {
    let strict = pair.codec(generous()).decode_json(input);
    let lenient = pair.codec(generous().allow(Rule::Enum));
    match (strict, lenient.decode_json(input)) {
        (_, Ok(json)) => assert_eq!(lenient.encode_json(&json).as_deref(), Ok(input), "{json}"),
        (Err(strict), Err(lenient)) => {
            // It gets further, or stops at the same fault.
            assert!(lenient.offset() >= strict.offset(), "{strict}, {lenient}");
            assert!(!matches!(lenient.kind(), ErrorKind::UnknownEnum { .. }));
        }
        (Ok(json), Err(error)) => panic!("{json}: {error}"),
    }
}

/// A string keeps bytes that are no UTF-8, where generated code puts U+FFFD.
fn any_bytes_are_kept(pair: &Pair<'_>, input: &[u8]) {
    let lenient = pair.codec(generous().allow(Rule::Utf8));
    let generated = pair.entry.validate(input, generous().allow(Rule::Utf8));
    match (generated, lenient.decode_json(input)) {
        (_, Ok(json)) => assert_eq!(lenient.encode_json(&json).as_deref(), Ok(input), "{json}"),
        (Err(generated), Err(lenient)) => assert_eq!(lenient.to_string(), generated.to_string()),
        (Ok(()), Err(error)) => {
            assert!(
                matches!(error.kind(), ErrorKind::UnknownEnum { .. }),
                "{error}"
            );
        }
    }
}
