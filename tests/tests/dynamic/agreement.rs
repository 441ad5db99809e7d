//! What one codec says of bytes, the other says as well.

use xdr_testkit::mutate::mutations;
use xdr_testkit::random::{Choices, places};
use xdr_wire::describe::{Arm, EnumTy, Field, Ty};
use xdr_wire::{ErrorKind, Options, Rule};

use crate::cases::{asked_for, messages, offsets};
use crate::schemas::{Pair, generous};

pub(crate) fn messages_come_back_through_json(pair: &Pair<'_>) {
    let codec = pair.codec(Options::new());
    for message in messages(pair.entry, 1) {
        let json = match codec.decode_json(&message) {
            Ok(json) => json,
            Err(error) => panic!("{} {message:02x?}: {error}", pair.entry.name()),
        };
        let here = || format!("{} {json}", pair.entry.name());
        assert_eq!(
            codec.encode_json(&json).as_ref(),
            Ok(&message),
            "{}",
            here()
        );
        // The JSON is what others take for JSON, and its fields may come in any order: this one sorts them.
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let other = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(
            codec.encode_json(&other).as_ref(),
            Ok(&message),
            "{}",
            here()
        );
    }
}

pub(crate) fn prefixes_are_refused_alike(pair: &Pair<'_>) {
    for message in messages(pair.entry, 4) {
        for len in offsets(&message) {
            agree(pair, &message[..len], generous());
        }
    }
}

pub(crate) fn changed_bytes_are_taken_alike(pair: &Pair<'_>) {
    for mut message in messages(pair.entry, 4) {
        for at in offsets(&message) {
            for change in [1, 0x80, 0xff] {
                message[at] ^= change;
                agree(pair, &message, generous());
                message[at] ^= change;
            }
        }
    }
}

pub(crate) fn mutations_are_taken_alike(pair: &Pair<'_>) {
    for message in messages(pair.entry, 4) {
        for mutation in mutations(pair.entry.ty(), &message) {
            agree(pair, &mutation.bytes, generous());
        }
    }
}

pub(crate) fn random_bytes_are_taken_alike(pair: &Pair<'_>) {
    for seed in 0..u64::try_from(asked_for()).unwrap() {
        let mut choices = Choices::new(seed, 1000);
        let len = choices.below(200);
        // Small words, as counts and enums have them, lead further than large ones.
        let bytes = (0..len).map(|at| match at % 4 {
            3 => u8::try_from(choices.below(8)).unwrap(),
            _ if choices.below(8) == 0 => u8::try_from(choices.below(256)).unwrap(),
            _ => 0,
        });
        agree(pair, &bytes.collect::<Vec<_>>(), generous());
    }
}

/// What is one longer than its bound is refused alike when it is read, and when it is written: with the same error, since a
/// length is refused before it is written as it is before what it counts is read.
pub(crate) fn bounds_hold_both_ways(pair: &Pair<'_>) {
    let lenient = pair.codec(Options::new().allow(Rule::Bound));
    let strict = pair.codec(Options::new());
    for place in places(pair.entry.ty()) {
        let bound = usize::try_from(place.bound).unwrap_or(usize::MAX);
        if bound.saturating_mul(place.each) > asked_for() << 10 {
            continue;
        }
        let more = place.message(bound + 1);
        agree(pair, &more, generous());
        let error = strict.decode_json(&more).unwrap_err();
        let json = lenient.decode_json(&more).unwrap();
        assert_eq!(lenient.encode_json(&json), Ok(more));
        let refused = strict.encode_json(&json).unwrap_err();
        let here = format!("{}, {}", pair.entry.name(), place.name);
        assert_eq!(refused.message().to_string(), error.to_string(), "{here}");
    }
}

/// Checks that both codecs take bytes for the same.
pub(crate) fn agree(pair: &Pair<'_>, input: &[u8], options: Options) {
    let codec = pair.codec(options);
    let generated = pair.entry.validate(input, options);
    let here = || {
        let shown = &input[..input.len().min(1000)];
        format!("{} {shown:02x?}", pair.entry.name())
    };
    match (generated, codec.decode_json(input)) {
        (Ok(()), Ok(json)) => {
            let back = codec.encode_json(&json);
            if options == generous() {
                assert_eq!(back.as_deref(), Ok(input), "{}", here());
                return;
            }
            // With a rule relaxed, what comes back is what generated code makes of it, but for `char`s of 128 to 255:
            // those stay.
            let expected = pair.entry.round_trip(input, options);
            let chars = |bytes: &[u8]| {
                bytes
                    .as_chunks()
                    .0
                    .iter()
                    .copied()
                    .map(char_of)
                    .collect::<Vec<_>>()
            };
            match (expected, back) {
                (Ok(expected), Ok(back)) => {
                    assert_eq!(chars(&back), chars(&expected), "{}", here());
                }
                (expected, back) => panic!("{}: {expected:?}, {back:?}", here()),
            }
        }
        // The generator may leave an enum open, which the schema knows nothing of.
        (_, Err(found))
            if matches!(found.kind(), ErrorKind::UnknownEnum { .. }) && has_open(pair) => {}
        (Err(expected), Err(found)) => {
            assert_eq!(found.kind(), expected.kind(), "{}", here());
            assert_eq!(found.to_string(), expected.to_string(), "{}", here());
        }
        (expected, found) => panic!("{}: {expected:?}, {found:?}", here()),
    }
}

/// A word, or what it is as the `char` with a sign that has the same byte.
fn char_of(word: [u8; 4]) -> i32 {
    match i32::from_be_bytes(word) {
        byte @ 128..=255 => byte - 256,
        other => other,
    }
}

/// Whether the generated type has an open enum in it.
fn has_open(pair: &Pair<'_>) -> bool {
    let mut seen = Vec::new();
    let mut waiting = vec![pair.entry.ty()];
    while let Some(ty) = waiting.pop() {
        if seen.iter().any(|it| std::ptr::eq(*it, ty)) || seen.len() > 10_000 {
            continue;
        }
        seen.push(ty);
        match ty {
            Ty::Enum(it) if EnumTy::is_open(it) => return true,
            Ty::FixedArray(_, ty) | Ty::Chain(ty) | Ty::Bounded(_, ty) => waiting.push(ty),
            Ty::Array(link) | Ty::Optional(link) | Ty::List(link) | Ty::Link { link, .. } => {
                waiting.push(link());
            }
            Ty::Struct(it) => waiting.extend(it.fields().iter().map(Field::ty)),
            Ty::Union(it) => {
                waiting.push(it.discriminant());
                let fields = it.arms().iter().flat_map(Arm::fields);
                waiting.extend(fields.map(Field::ty));
            }
            _ => {}
        }
    }
    false
}
