//! Unions: what each label leads to, on the one side and on the other.

use std::collections::{HashMap, HashSet};

use super::shape::Side;
use super::wire::word;
use super::{Comparison, Places, Rule, spell};
use crate::schema::{Field, Type, TypeKind, Union, Value, ValueName};

mod arms;

use arms::{ArmRef, Arms, Cases, Link};

impl Comparison<'_> {
    pub(super) fn union(&mut self, name: &str, old: &Union, new: &Union, at: Places) {
        self.discriminant(name, old, new, at);
        let arms = self.arms(name, old, new, at);
        let (old_relabelled, new_relabelled) = self.relabelled(&arms);
        let continued = arms.continued();
        for (link, label) in &arms.links {
            if continued.contains(link) {
                self.arm(&arms, *link);
            } else {
                self.regrouped(&arms, *link, *label);
            }
        }
        for &(arm, label) in &arms.added {
            if !new_relabelled.contains(&arm) {
                let message = format!(
                    "the label {} is new",
                    quoted(&spell::value(self.new, &label))
                );
                let item = arm_item(
                    name,
                    arms.new.field(ArmRef::Case(arm)),
                    &spell::value(self.new, &label),
                );
                self.added(Rule::ArmAdded, &item, message, new.arms[arm].location);
            }
        }
        for &(arm, label) in &arms.removed {
            if !old_relabelled.contains(&arm) {
                let message = format!(
                    "the label {} is gone",
                    quoted(&spell::value(self.old, &label))
                );
                let item = arm_item(
                    name,
                    arms.old.field(ArmRef::Case(arm)),
                    &spell::value(self.old, &label),
                );
                self.removed(Rule::ArmRemoved, &item, message, old.arms[arm].location);
            }
        }
        self.default_arm(&arms);
    }

    fn discriminant(&mut self, name: &str, old: &Union, new: &Union, at: Places) {
        let (was, is) = (&old.discriminant_name, &new.discriminant_name);
        let item = format!("{name}.{is}");
        if was != is {
            let message = format!("the discriminant `{was}` is now `{is}`");
            self.changed(Rule::DiscriminantRenamed, &item, message, at);
        }
        let (before, now) = (&old.discriminant, &new.discriminant);
        // Without a default arm the labels alone decide what is on the wire.
        let is_open = old.default.is_some() || new.default.is_some();
        let is_one = match (before, now) {
            (Type::Named(old), Type::Named(new)) => self.are_one(*old, *new),
            _ => false,
        };
        if is_open || is_one || self.are_alike(before, now) {
            self.usage(&item, before, now, at);
        } else {
            let message = format!(
                "the discriminant's type changed from `{}` to `{}`",
                spell::ty(self.old, before),
                spell::ty(self.new, now)
            );
            self.changed(Rule::DiscriminantTypeChanged, &item, message, at);
        }
    }

    /// Follows every label on both sides.
    fn arms<'u>(&mut self, name: &'u str, old: &'u Union, new: &'u Union, at: Places) -> Arms<'u> {
        let renumbered = |value: &Value| self.renumbered(value);
        let mut arms = Arms {
            name,
            at,
            old: Cases::of(old, renumbered),
            new: Cases::of(new, |value| word(value.value)),
            links: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
        };
        let mut seen = HashSet::new();
        let mut respelled = Vec::new();
        for (index, arm) in new.arms.iter().enumerate() {
            for label in &arm.labels {
                match arms.old.arm(word(label.value)) {
                    None => arms.added.push((index, *label)),
                    Some(before) => {
                        let link = Link {
                            old: before,
                            new: ArmRef::Case(index),
                        };
                        arms.link(&mut seen, link, Some(*label));
                    }
                }
                if let Some(&(before, was)) = arms.old.by_label.get(&word(label.value))
                    && !self.is_same_name(was.name, label.name)
                {
                    let at = Places {
                        old: old.arms[before].location,
                        new: arm.location,
                    };
                    respelled.push((*was, *label, arm.field.as_ref(), at));
                }
            }
        }
        for (index, arm) in old.arms.iter().enumerate() {
            for label in &arm.labels {
                match arms.new.arm(self.renumbered(label)) {
                    None => arms.removed.push((index, *label)),
                    // The other labels have been followed from the new side.
                    Some(ArmRef::Case(_)) => {}
                    Some(ArmRef::Default) => {
                        let link = Link {
                            old: ArmRef::Case(index),
                            new: ArmRef::Default,
                        };
                        arms.link(&mut seen, link, Some(*label));
                    }
                }
            }
        }
        if old.default.is_some() && new.default.is_some() {
            let link = Link {
                old: ArmRef::Default,
                new: ArmRef::Default,
            };
            arms.link(&mut seen, link, None);
        }
        for (was, label, field, at) in respelled {
            let (was, is) = (spell::value(self.old, &was), spell::value(self.new, &label));
            let message = format!(
                "the label, once {}, is written {}",
                quoted(&was),
                quoted(&is)
            );
            self.changed(
                Rule::NumberRespelled,
                &arm_item(name, field, &is),
                message,
                at,
            );
        }
        arms
    }

    /// A label of the old side by what it is on the new one: an enumerator's new number is reported at the enum.
    fn renumbered(&self, label: &Value) -> u32 {
        let number = match label.name {
            Some(ValueName::Enumerator(ty, index)) => self.enumerators.renumbered.get(&(ty, index)),
            _ => None,
        };
        word(number.map_or(label.value, |number| i128::from(*number)))
    }

    /// Reports arms that are the same but for all of their labels; returns the old ones and the new ones.
    fn relabelled(&mut self, arms: &Arms<'_>) -> (HashSet<usize>, HashSet<usize>) {
        let linked_old: HashSet<ArmRef> = arms.links.iter().map(|(link, _)| link.old).collect();
        let linked_new: HashSet<ArmRef> = arms.links.iter().map(|(link, _)| link.new).collect();
        let mut by_name = HashMap::new();
        for &(arm, label) in &arms.removed {
            if let (Some(field), false) = (
                arms.old.field(ArmRef::Case(arm)),
                linked_old.contains(&ArmRef::Case(arm)),
            ) {
                by_name
                    .entry(field.name.as_str())
                    .or_insert((arm, label, field));
            }
        }
        let (mut olds, mut news) = (HashSet::new(), HashSet::new());
        for &(arm, label) in &arms.added {
            let new = ArmRef::Case(arm);
            let Some(field) = arms.new.field(new).filter(|_| !linked_new.contains(&new)) else {
                continue;
            };
            let before = by_name.get(field.name.as_str()).copied();
            if let Some((old, was, _)) =
                before.filter(|(_, _, before)| self.are_alike(&before.ty, &field.ty))
            {
                by_name.remove(field.name.as_str());
                let link = Link {
                    old: ArmRef::Case(old),
                    new,
                };
                let message = format!(
                    "label changed from {} to {}",
                    quoted(&spell::value(self.old, &was)),
                    quoted(&spell::value(self.new, &label))
                );
                let item = format!("{}.{}", arms.name, field.name);
                self.changed(Rule::ArmRelabelled, &item, message, arms.places(link));
                olds.insert(old);
                news.insert(arm);
            }
        }
        (olds, news)
    }

    /// An arm that is on both sides.
    fn arm(&mut self, arms: &Arms<'_>, link: Link) {
        let at = arms.places(link);
        self.order.matched(at);
        let (old, new) = (arms.old.field(link.old), arms.new.field(link.new));
        let label = self.label(arms, link);
        let item = arm_item(arms.name, new.or(old), &label);
        match (old, new) {
            (None, None) => {}
            (Some(before), Some(now)) => {
                if before.name != now.name {
                    let message = format!("the arm `{}` is now `{}`", before.name, now.name);
                    self.changed(Rule::ArmRenamed, &item, message, at);
                }
                self.usage(&item, &before.ty, &now.ty, at);
                self.marks(&item, &before.marks, &now.marks, at);
            }
            _ => self.payload_changed(&item, old, new, at),
        }
    }

    /// A label that has left its arm for another one.
    fn regrouped(&mut self, arms: &Arms<'_>, link: Link, label: Option<Value>) {
        let at = arms.places(link);
        let (old, new) = (arms.old.field(link.old), arms.new.field(link.new));
        let spelled = match (label, link.new) {
            (Some(label), ArmRef::Case(_)) => spell::value(self.new, &label),
            (Some(label), ArmRef::Default) => spell::value(self.old, &label),
            (None, _) => "default".to_owned(),
        };
        let item = arm_item(arms.name, new, &spelled);
        let ty = |field: Option<&Field>| field.map_or(Type::Void, |field| field.ty.clone());
        if self.are_alike(&ty(old), &ty(new)) {
            let message = format!(
                "{} shares its arm with other labels than before",
                quoted(&spelled)
            );
            self.changed(Rule::ArmRegrouped, &item, message, at);
        } else {
            self.payload_changed(&item, old, new, at);
        }
    }

    fn payload_changed(
        &mut self,
        item: &str,
        old: Option<&Field>,
        new: Option<&Field>,
        at: Places,
    ) {
        let message = format!(
            "what the label leads to changed from `{}` to `{}`",
            old.map_or_else(|| "void".to_owned(), |field| spell::ty(self.old, &field.ty)),
            new.map_or_else(|| "void".to_owned(), |field| spell::ty(self.new, &field.ty))
        );
        self.changed(Rule::ArmPayloadChanged, item, message, at);
    }

    /// A default arm that takes no number but those that have a case on the other side is but another spelling.
    fn default_arm(&mut self, arms: &Arms<'_>) {
        let item = format!("{}.default", arms.name);
        match (&arms.old.union.default, &arms.new.union.default) {
            (None, Some(default)) => {
                let (rule, message) = if self.is_spelled_out(arms, Side::New) {
                    let message = "a default arm now stands for labels that were spelled out";
                    (Rule::ArmRegrouped, message)
                } else {
                    (Rule::DefaultArmAdded, "there is a default arm now")
                };
                self.added(rule, &item, message.to_owned(), default.location);
            }
            (Some(default), None) => {
                let (rule, message) = if self.is_spelled_out(arms, Side::Old) {
                    let message = "labels are spelled out that the default arm stood for";
                    (Rule::ArmRegrouped, message)
                } else {
                    (Rule::DefaultArmRemoved, "the default arm is gone")
                };
                self.removed(rule, &item, message.to_owned(), default.location);
            }
            _ => {}
        }
    }

    /// Whether each number that the discriminant of this side has is a label, on the one side or on the other.
    fn is_spelled_out(&self, arms: &Arms<'_>, side: Side) -> bool {
        let (schema, discriminant) = match side {
            Side::Old => (self.old, &arms.old.union.discriminant),
            Side::New => (self.new, &arms.new.union.discriminant),
        };
        let is_label = |number| {
            arms.old.by_label.contains_key(&number) || arms.new.by_label.contains_key(&number)
        };
        match schema.peel(discriminant) {
            Type::Bool => is_label(0) && is_label(1),
            Type::Named(id) => match &schema.ty(*id).kind {
                TypeKind::Enum(definition) => {
                    let mut all = (0..).zip(&definition.enumerators);
                    all.all(|(index, enumerator)| {
                        enumerator.alias_of.is_some()
                            || is_label(
                                self.renumbered(&Value {
                                    value: enumerator.value.into(),
                                    name: matches!(side, Side::Old)
                                        .then_some(ValueName::Enumerator(*id, index)),
                                }),
                            )
                    })
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn label(&self, arms: &Arms<'_>, link: Link) -> String {
        match link.new {
            ArmRef::Case(index) => {
                let label = arms.new.union.arms[index].labels.first();
                label.map_or_else(String::new, |label| spell::value(self.new, label))
            }
            ArmRef::Default => "default".to_owned(),
        }
    }
}

/// An arm goes by its field's name, one without a field by its label.
fn arm_item(union: &str, field: Option<&Field>, label: &str) -> String {
    format!("{union}.{}", field.map_or(label, |field| &field.name))
}

/// A name is in backticks, a number is not.
fn quoted(label: &str) -> String {
    if label.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        label.to_owned()
    } else {
        format!("`{label}`")
    }
}
