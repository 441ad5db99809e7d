//! That the suite tries what it says: every kind of mutation, with each outcome, and every arm.

use std::collections::BTreeSet;

use xdr_testkit::leaves::{Value, leaves};
use xdr_testkit::mutate::mutations;
use xdr_testkit::random::{Choices, message};
use xdr_wire::describe::{Arm, Ty};

use crate::{golden, shapes};

#[test]
fn every_kind_of_mutation_happens_with_every_outcome_that_it_has() {
    let mut seen = BTreeSet::new();
    for entry in golden::torture::TYPES_2.iter().chain(shapes::TYPES) {
        for seed in 0..8 {
            let message = message(entry.ty(), &mut Choices::new(seed, 60));
            for mutation in mutations(entry.ty(), &message) {
                let fault = format!("{:?}", mutation.fault);
                let name = fault.split(' ').next().unwrap_or_default().to_owned();
                seen.insert(format!("{name} {}", mutation.expected()));
            }
        }
    }
    let expected = [
        "Added must be accepted",
        "Arm must be accepted",
        "Bool must be rejected",
        "Bytes must be accepted",
        "CutOff must be rejected",
        "Discriminant may be either",
        "Discriminant must be rejected",
        "Doubled must be accepted",
        "Doubled must be rejected",
        "Enum must be rejected",
        "Length may be either",
        "Length must be rejected",
        "OutOfRange must be rejected",
        "Padding must be rejected",
        "Presence may be either",
        "Presence must be rejected",
        "Removed must be accepted",
        "Resized must be accepted",
        "Resized must be rejected",
        "Trailing must be rejected",
        "Utf8 must be rejected",
        "Value must be accepted",
    ];
    assert_eq!(
        seen.iter().map(String::as_str).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn every_arm_of_every_union_is_drawn() {
    for entry in golden::torture::TYPES_2.iter().chain(shapes::TYPES) {
        let Ty::Union(union) = entry.ty() else {
            continue;
        };
        let drawn = (0..400).filter_map(|seed| {
            let message = message(entry.ty(), &mut Choices::new(seed, 40));
            let (leaves, _) = leaves(&message, entry.ty()).ok()?;
            match leaves.first()?.value {
                Value::Discriminant(value) => union.select(value).map(Arm::name),
                _ => None,
            }
        });
        let drawn: BTreeSet<_> = drawn.collect();
        let all: BTreeSet<_> = union.arms().iter().map(Arm::name).collect();
        assert_eq!(drawn, all, "{}", entry.name());
    }
}
