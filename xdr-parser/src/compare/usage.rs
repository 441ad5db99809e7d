//! What a field, an argument or a typedef stands for: the use of a type, and how it has changed.

use super::{Comparison, Places, Rule, spell};
use crate::schema::{Length, Type, ValueName};

impl Comparison<'_> {
    /// Reports what differs between two uses. Types that are on both sides are compared where they are defined.
    pub(super) fn usage(&mut self, item: &str, old: &Type, new: &Type, at: Places) {
        let reported = self.changes.len();
        let mut path = item.to_owned();
        let mut respelled = false;
        let (mut before, mut now) = (old, new);
        loop {
            match (before, now) {
                (Type::Named(old), Type::Named(new)) if self.are_one(*old, *new) => break,
                (Type::Array(old, bound), Type::Array(new, bound_now)) => {
                    self.bound(&path, *bound, *bound_now, at);
                    (before, now) = (old, new);
                    path.push_str("[]");
                }
                (Type::FixedArray(old, length), Type::FixedArray(new, length_now)) => {
                    self.fixed_length(&path, *length, *length_now, at);
                    (before, now) = (old, new);
                    path.push_str("[]");
                }
                (Type::Optional(old), Type::Optional(new)) => (before, now) = (old, new),
                (Type::FixedOpaque(length), Type::FixedOpaque(length_now)) => {
                    self.fixed_length(&path, *length, *length_now, at);
                    break;
                }
                (
                    Type::String(bound) | Type::Opaque(bound),
                    Type::String(bound_now) | Type::Opaque(bound_now),
                ) => {
                    match (before, now) {
                        (Type::String(_), Type::Opaque(_)) => {
                            self.retyped(Rule::StringToOpaque, &path, before, now, at);
                        }
                        (Type::Opaque(_), Type::String(_)) => {
                            self.retyped(Rule::OpaqueToString, &path, before, now, at);
                        }
                        _ => {}
                    }
                    self.bound(&path, *bound, *bound_now, at);
                    break;
                }
                _ if before == now && !matches!(before, Type::Named(_)) => break,
                _ => {
                    let peeled = (self.old.peel(before), self.new.peel(now));
                    if peeled == (before, now) {
                        self.reshaped(&path, before, now, at);
                        break;
                    }
                    respelled = true;
                    (before, now) = peeled;
                }
            }
        }
        if respelled && self.changes.len() == reported {
            self.retyped(Rule::TypeRespelled, item, old, new, at);
        }
    }

    /// Two uses of different forms, neither of them by way of a typedef.
    fn reshaped(&mut self, item: &str, old: &Type, new: &Type, at: Places) {
        if self.are_alike(old, new) {
            return self.retyped(Rule::TypeRespelled, item, old, new, at);
        }
        if let Some(rule) = self.numbers(old, new) {
            return self.retyped(rule, item, old, new, at);
        }
        match (old, new) {
            (Type::Optional(target), Type::Array(element, most))
                if self.are_alike(target, element) =>
            {
                let message = format!(
                    "bound widened from 1 to {}: `T *` is `T<1>`",
                    spell::number(self.new, *most)
                );
                self.changed(Rule::BoundWidened, item, message, at);
            }
            (Type::Array(element, most), Type::Optional(target))
                if self.are_alike(element, target) =>
            {
                let message = format!(
                    "bound tightened from {} to 1: `T *` is `T<1>`",
                    spell::number(self.old, *most)
                );
                self.changed(Rule::BoundTightened, item, message, at);
            }
            (Type::Optional(target), _) if self.are_alike(target, new) => {
                self.changed(
                    Rule::OptionalChanged,
                    item,
                    "no longer optional".to_owned(),
                    at,
                );
            }
            (_, Type::Optional(target)) if self.are_alike(old, target) => {
                self.changed(Rule::OptionalChanged, item, "now optional".to_owned(), at);
            }
            _ => self.retyped(Rule::TypeChanged, item, old, new, at),
        }
    }

    fn retyped(&mut self, rule: Rule, item: &str, old: &Type, new: &Type, at: Places) {
        let message = format!(
            "type changed from `{}` to `{}`",
            spell::ty(self.old, old),
            spell::ty(self.new, new)
        );
        self.changed(rule, item, message, at);
    }

    fn bound(&mut self, item: &str, old: Length, new: Length, at: Places) {
        let (was, is) = self.numbers_spelled(old, new);
        let (rule, message) = if old.value == new.value {
            return self.respelled(item, old, new, at);
        } else if !new.written {
            (Rule::BoundDropped, format!("bound of {was} dropped"))
        } else if !old.written {
            (
                Rule::BoundAdded,
                format!("bound of {is} where there was none"),
            )
        } else if new.value < old.value {
            (
                Rule::BoundTightened,
                format!("bound tightened from {was} to {is}"),
            )
        } else {
            (
                Rule::BoundWidened,
                format!("bound widened from {was} to {is}"),
            )
        };
        self.changed(rule, item, message, at);
    }

    fn fixed_length(&mut self, item: &str, old: Length, new: Length, at: Places) {
        if old.value == new.value {
            return self.respelled(item, old, new, at);
        }
        let (was, is) = self.numbers_spelled(old, new);
        let message = format!("length changed from {was} to {is}");
        self.changed(Rule::FixedLengthChanged, item, message, at);
    }

    /// Two lengths as numbers; a name that both have is said once.
    fn numbers_spelled(&self, old: Length, new: Length) -> (String, String) {
        let was = if old.name.is_some() && self.is_same_name(old.name, new.name) {
            old.value.to_string()
        } else {
            spell::number(self.old, old)
        };
        (was, spell::number(self.new, new))
    }

    /// Lengths of the same value.
    fn respelled(&mut self, item: &str, old: Length, new: Length, at: Places) {
        if old.written != new.written || !self.is_same_name(old.name, new.name) {
            let message = format!(
                "the length, once {}, is written {}",
                spell::number(self.old, old),
                spell::number(self.new, new)
            );
            self.changed(Rule::NumberRespelled, item, message, at);
        }
    }

    /// Whether two names of one number are the same, or one has been renamed to the other.
    pub(super) fn is_same_name(&self, old: Option<ValueName>, new: Option<ValueName>) -> bool {
        match (old, new) {
            (None, None) | (Some(ValueName::Bool), Some(ValueName::Bool)) => true,
            (Some(old), Some(new)) => {
                let renamed = match (old, new) {
                    (ValueName::Constant(old), ValueName::Constant(new)) => {
                        self.pairs.constants.new_of(old) == Some(new)
                    }
                    (ValueName::Enumerator(old, index), ValueName::Enumerator(new, index_now)) => {
                        self.pairs.types.new_of(old) == Some(new)
                            && self.enumerators.are_renamed((old, index), (new, index_now))
                    }
                    _ => false,
                };
                renamed || spell::value_name(self.old, old) == spell::value_name(self.new, new)
            }
            _ => false,
        }
    }
}
