//! Arrays of `char`, which take four bytes for each.

use super::packets::each_use;
use crate::lint::{Findings, Rule, Subject};
use crate::schema::Type;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_use(subject.schema, &mut |name, ty, location| {
        let (element, form) = match ty {
            Type::FixedArray(element, length) => (element, format!("[{}]", length.value)),
            Type::Array(element, length) if length.written => {
                (element, format!("<{}>", length.value))
            }
            Type::Array(element, _) => (element, "<>".to_owned()),
            _ => return,
        };
        let element = subject.schema.peel(element);
        if !subject.has(location) || !matches!(element, Type::Char | Type::UnsignedChar) {
            return;
        }
        findings.add(Rule::CharArray, location, || {
            let message = format!("each char of `{name}` takes four bytes on the wire");
            Rule::CharArray
                .at(location, message)
                .label("an array of numbers, not of bytes")
                .help(format!(
                    "`opaque {name}{form}` has one byte for each; where the protocol is spoken already, allow it"
                ))
        });
    });
}
