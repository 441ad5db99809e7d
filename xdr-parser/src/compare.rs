//! What differs between two schemas, item by item, and who breaks by it.
//!
//! [`compare`] finds everything that differs but the text of comments, layout, the order of definitions and the files
//! they stand in: no changes means the same protocol, both ways. Each [`Change`] is of a [`Rule`], and a rule has a
//! [`Severity`]; the table of them all stands at [`Rule`].
//!
//! Only the wire decides what breaks: another name for the same bytes is [`Severity::SourceOnly`]. A change is
//! reported once, where it is made, not wherever the changed type is used.

use std::collections::{HashMap, HashSet};

use crate::schema::{ConstantId, Schema, TypeId};
use crate::source::Location;

mod alike;
mod annotations;
mod constants;
mod enums;
mod matched;
pub(crate) mod numbers;
mod order;
mod pairs;
mod partition;
mod procedures;
mod programs;
mod rules;
mod shape;
mod spell;
mod structs;
mod types;
mod unions;
mod usage;
pub(crate) mod wire;

pub use rules::{Rule, Severity};

use alike::NumbersKey;
use enums::Enumerators;
use order::Order;
use pairs::Pairs;
use wire::Wire;

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// Of which kind it is.
    pub rule: Rule,
    /// What has changed, as a path from a definition: `remote_foo.names[]`. By its new name; by its old one if it is gone.
    pub item: String,
    /// What was and what is: one lower-case sentence without a full stop, names in backticks.
    pub message: String,
    /// Where it stood, if it did: a place in the sources of the **old** schema's compilation.
    pub old: Option<Location>,
    /// Where it stands, if it does: a place in the sources of the **new** schema's compilation.
    pub new: Option<Location>,
}

/// What differs between two schemas, by place in the new one; what is gone comes after what stood before it.
pub fn compare(old: &Schema, new: &Schema) -> Vec<Change> {
    let wire = Wire::of(old, new);
    let pairs = Pairs::find(old, new, &wire);
    let mut comparison = Comparison {
        old,
        new,
        enumerators: Enumerators::of(old, new, &pairs),
        procedure_enums: pairs
            .procedure_enums(old, new)
            .into_iter()
            .map(|(id, _)| old.procedure_enums[id.0 as usize].ty)
            .collect(),
        wire,
        pairs,
        numbers: HashMap::new(),
        order: Order::default(),
        changes: Vec::new(),
    };
    comparison.constants();
    comparison.types();
    comparison.programs();
    comparison.procedure_enums();
    comparison.order.sort(comparison.changes)
}

/// A comparison on its way.
struct Comparison<'a> {
    old: &'a Schema,
    new: &'a Schema,
    wire: Wire,
    pairs: Pairs,
    enumerators: Enumerators,
    /// Old enums whose enumerators are procedures, on both sides.
    procedure_enums: HashSet<TypeId>,
    /// What is known of pairs of types that are numbers.
    numbers: HashMap<NumbersKey, Option<Rule>>,
    order: Order,
    changes: Vec<Change>,
}

/// Where something stands on both sides.
#[derive(Clone, Copy)]
struct Places {
    old: Location,
    new: Location,
}

impl Comparison<'_> {
    /// Something that is on both sides.
    fn changed(&mut self, rule: Rule, item: &str, message: String, at: Places) {
        self.push(rule, item, message, Some(at.old), Some(at.new));
    }

    /// Something that is only on the new side.
    fn added(&mut self, rule: Rule, item: &str, message: String, new: Location) {
        self.push(rule, item, message, None, Some(new));
    }

    /// Something that is only on the old side.
    fn removed(&mut self, rule: Rule, item: &str, message: String, old: Location) {
        self.push(rule, item, message, Some(old), None);
    }

    fn push(
        &mut self,
        rule: Rule,
        item: &str,
        message: String,
        old: Option<Location>,
        new: Option<Location>,
    ) {
        self.changes.push(Change {
            rule,
            item: item.to_owned(),
            message,
            old,
            new,
        });
    }
}

/// The constants' ids, which are their places in the table.
fn constant_ids(schema: &Schema) -> impl Iterator<Item = ConstantId> {
    (0..).map(ConstantId).take(schema.constants.len())
}

/// The types' ids, which are their places in the table.
fn type_ids(schema: &Schema) -> impl Iterator<Item = TypeId> {
    (0..).map(TypeId).take(schema.types.len())
}
