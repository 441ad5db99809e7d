//! Structs: fields are told apart by name, so that one put in between is one change.

use std::collections::HashMap;

use super::{Comparison, Rule};
use crate::schema::Field;

impl Comparison<'_> {
    pub(super) fn fields(&mut self, name: &str, old: &[Field], new: &[Field]) {
        let by_name: HashMap<&str, &Field> = old
            .iter()
            .map(|field| (field.name.as_str(), field))
            .collect();
        let mut gone = by_name.clone();
        for now in new {
            let item = format!("{name}.{}", now.name);
            let Some(before) = by_name.get(now.name.as_str()) else {
                let message = format!("the field `{}` is new", now.name);
                self.added(Rule::FieldAdded, &item, message, now.location);
                continue;
            };
            gone.remove(now.name.as_str());
            self.order.matched(before.location, now.location);
            self.target(&item, &before.ty, &now.ty, (before.location, now.location));
        }
        for before in old
            .iter()
            .filter(|field| gone.contains_key(field.name.as_str()))
        {
            let item = format!("{name}.{}", before.name);
            let message = format!("the field `{}` is gone", before.name);
            self.removed(Rule::FieldRemoved, &item, message, before.location);
        }
    }
}
