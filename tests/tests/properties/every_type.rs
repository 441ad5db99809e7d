//! The properties of a type's codec.

use xdr_testkit::mutate::{Expected, Mutated, Mutation, mutations};
use xdr_testkit::oracle::round_trip;
use xdr_testkit::random::{Place, places};
use xdr_wire::{DecodeError, ErrorKind, Options, TypeEntry};

use crate::cases::{FEW, asked_for, messages, offsets};

/// No bound that is tried takes more bytes than this when time is taken: libvirt's largest.
const LARGEST: usize = 8 << 20;

pub(crate) fn messages_come_back_and_have_the_length_that_is_said(types: &[TypeEntry]) {
    for entry in types {
        for message in messages(entry, 1) {
            let here = || format!("{} {message:02x?}", entry.name());
            let options = Options::new();
            let len = entry.encoded_len(&message, options);
            assert_eq!(len.as_ref(), Ok(&message.len()), "{}", here());
            let back = entry.round_trip(&message, options);
            assert_eq!(back.as_ref(), Ok(&message), "{}", here());
        }
    }
}

pub(crate) fn every_proper_prefix_of_a_message_is_an_error(types: &[TypeEntry]) {
    for entry in types {
        for message in messages(entry, 4) {
            for len in offsets(&message) {
                let (prefix, options) = (&message[..len], Options::new());
                let error = entry.validate(prefix, options).err();
                assert!(error.is_some(), "{} {prefix:02x?}", entry.name());
                round_trip(entry, prefix);
            }
        }
    }
}

/// The oracle knows the exception: a `char` from 128 to 255.
pub(crate) fn a_message_with_another_byte_is_an_error_or_comes_back(types: &[TypeEntry]) {
    for entry in types {
        for mut message in messages(entry, 4) {
            for at in offsets(&message) {
                for change in [1, 0x80, 0xff] {
                    message[at] ^= change;
                    round_trip(entry, &message);
                    message[at] ^= change;
                }
            }
        }
    }
}

pub(crate) fn bounds_are_reached_and_not_passed(types: &[TypeEntry]) {
    for entry in types {
        for place in places(entry.ty()).iter().filter(|it| is_affordable(it)) {
            let here = format!("{}, {}", entry.name(), place.name);
            let options = Options::new();
            let bound = usize::try_from(place.bound).unwrap();
            let most = place.message(bound);
            let back = entry.round_trip(&most, options);
            assert!(back.as_ref() == Ok(&most), "{here}");
            let more = place.message(bound + 1);
            let over = entry.validate(&more, options).map_err(|it| it.kind());
            assert!(
                matches!(over, Err(ErrorKind::LengthOverBound { len, .. }) if len == bound + 1),
                "{here}: {over:?}"
            );
        }
    }
}

pub(crate) fn every_mutation_says_the_truth(types: &[TypeEntry]) {
    for entry in types {
        for message in messages(entry, 4) {
            for mutation in mutations(entry.ty(), &message) {
                check(entry, &mutation);
                round_trip(entry, &mutation.bytes);
            }
        }
    }
}

fn check(entry: &TypeEntry, mutation: &Mutation) {
    let result = entry.validate(&mutation.bytes, Options::new());
    let here = || {
        let bytes = &mutation.bytes[..mutation.bytes.len().min(1000)];
        format!("{}, {mutation}: {result:?}\n{bytes:02x?}", entry.name())
    };
    match (mutation.expected(), &result) {
        (Expected::MustReject, Err(error)) => assert!(is_told(mutation, error), "{}", here()),
        (Expected::MustAccept, Ok(())) | (Expected::Either, _) => {}
        (Expected::MustReject, Ok(())) | (Expected::MustAccept, Err(_)) => panic!("{}", here()),
    }
}

/// Whether the error is at the field that was changed. What is cut off may be missed by the array around it, whose count
/// is more than there is room for.
fn is_told(mutation: &Mutation, error: &DecodeError) -> bool {
    let path = error.path().to_string();
    if path == mutation.path {
        return true;
    }
    let is_around = mutation
        .path
        .strip_prefix(&path)
        .is_some_and(|rest| path.is_empty() || rest.starts_with(['.', '[']));
    let is_count = matches!(error.kind(), ErrorKind::LengthOverInput { .. });
    mutation.fault == Mutated::CutOff && is_around && is_count
}

/// Messages may be as large as the work that is asked for.
fn is_affordable(place: &Place) -> bool {
    let asked = asked_for();
    let bound = usize::try_from(place.bound).unwrap_or(usize::MAX);
    match bound.saturating_mul(place.each) {
        size if size <= asked << 12 => true,
        size => asked > FEW && size <= LARGEST,
    }
}
