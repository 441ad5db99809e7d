//! Constants: names for numbers and strings. What a number is used for is judged where it is used.

use super::{Comparison, Rule, constant_ids};
use crate::schema::{Constant, ConstantValue, Origin};

impl Comparison<'_> {
    pub(super) fn constants(&mut self) {
        let (old, new) = (self.old, self.new);
        for id in constant_ids(new) {
            let now = new.constant(id);
            match self.pairs.constants.old_of(id) {
                Some(before) => self.constant(old.constant(before), now),
                None if now.origin == Origin::Source => {
                    let message =
                        format!("the constant `{}` is new: {}", now.name, shown(&now.value));
                    self.added(Rule::ConstantAdded, &now.name, message, now.name_location);
                }
                None => {}
            }
        }
        for id in constant_ids(old) {
            let before = old.constant(id);
            if self.pairs.constants.new_of(id).is_none() && before.origin == Origin::Source {
                let message = format!(
                    "the constant `{}` is gone: it was {}",
                    before.name,
                    shown(&before.value)
                );
                self.removed(
                    Rule::ConstantRemoved,
                    &before.name,
                    message,
                    before.name_location,
                );
            }
        }
    }

    fn constant(&mut self, old: &Constant, new: &Constant) {
        self.order.matched(old.name_location, new.name_location);
        if old.value != new.value {
            let message = format!(
                "value changed from {} to {}",
                shown(&old.value),
                shown(&new.value)
            );
            self.changed(
                Rule::ConstantValueChanged,
                &new.name,
                message,
                old.name_location,
                new.name_location,
            );
        }
    }
}

fn shown(value: &ConstantValue) -> String {
    match value {
        ConstantValue::Int(number) => number.to_string(),
        ConstantValue::String(text) => format!("{text:?}"),
    }
}
