//! Constants: names for numbers and strings. What a number is used for is judged where it is used.

use super::{Comparison, Places, Rule, constant_ids, spell};
use crate::schema::{Constant, ConstantValue, Origin};

impl Comparison<'_> {
    /// Externals are not defined by the text: only a value that differs counts.
    pub(super) fn constants(&mut self) {
        let (old, new) = (self.old, self.new);
        for id in constant_ids(new) {
            let now = new.constant(id);
            match self.pairs.constants.old_of(id) {
                Some(before) => self.constant(old.constant(before), now),
                None if now.origin == Origin::Source => {
                    let value = shown(&now.value);
                    let message = format!("the constant `{}` = {value} is new", now.name);
                    self.added(Rule::ConstantAdded, &now.name, message, now.name_location);
                }
                None => {}
            }
        }
        for id in constant_ids(old) {
            let before = old.constant(id);
            if self.pairs.constants.new_of(id).is_none() && before.origin == Origin::Source {
                let value = shown(&before.value);
                let message = format!("the constant `{}` = {value} is gone", before.name);
                let place = before.name_location;
                self.removed(Rule::ConstantRemoved, &before.name, message, place);
            }
        }
    }

    fn constant(&mut self, old: &Constant, new: &Constant) {
        let at = Places {
            old: old.name_location,
            new: new.name_location,
        };
        self.order.matched(at);
        if old.name != new.name {
            let message = format!("the constant `{}` is now `{}`", old.name, new.name);
            self.changed(Rule::ConstantRenamed, &new.name, message, at);
        }
        if old.value != new.value {
            let (was, is) = (shown(&old.value), shown(&new.value));
            let message = format!("value changed from {was} to {is}");
            self.changed(Rule::ConstantValueChanged, &new.name, message, at);
            return;
        }
        let names = (
            old.alias_of.and_then(|value| value.name),
            new.alias_of.and_then(|value| value.name),
        );
        if !self.is_same_name(names.0, names.1) {
            let spelled = |schema, constant: &Constant| match &constant.alias_of {
                Some(value) => format!("`{}`", spell::value(schema, value)),
                None => shown(&constant.value),
            };
            let (was, is) = (spelled(self.old, old), spelled(self.new, new));
            let message = format!("the value, once {was}, is written {is}");
            self.changed(Rule::NumberRespelled, &new.name, message, at);
        }
    }
}

fn shown(value: &ConstantValue) -> String {
    match value {
        ConstantValue::Int(number) => number.to_string(),
        ConstantValue::String(text) => format!("{text:?}"),
    }
}
