//! `#[derive(…)]` and `#[xdr(…)]`, broken over lines as rustfmt breaks them.

use std::borrow::Cow;

use super::{Printer, WIDTH};
use crate::model::Argument;

/// rustfmt's default for arguments in one line (`attr_fn_like_width`).
const ARGUMENTS: usize = 70;

/// Elements up to this width share lines (`short_array_element_width_threshold`).
const SHORT: usize = 10;

impl Printer {
    pub(super) fn derives(&mut self, derives: &[Cow<'static, str>]) {
        if derives.is_empty() {
            return;
        }
        let flat = derives.join(", ");
        if self.indent + "#[derive()]".len() + flat.len() <= WIDTH {
            self.line(&["#[derive(", &flat, ")]"]);
            return;
        }
        self.line(&["#[derive("]);
        self.indented(|printer| {
            // rustfmt does not count the comma at the end.
            if printer.indent + flat.len() <= WIDTH {
                printer.line(&[&flat, ","]);
            } else {
                for derive in derives {
                    printer.line(&[derive, ","]);
                }
            }
        });
        self.line(&[")]"]);
    }

    pub(super) fn xdr(&mut self, arguments: &[Argument]) {
        if arguments.is_empty() {
            return;
        }
        if self.on_one_line(arguments) {
            self.line(&["#[xdr(", &flat(arguments), ")]"]);
        } else {
            self.xdr_broken(arguments);
        }
    }

    /// The attribute of a tuple's field on lines of its own, and the field.
    pub(super) fn xdr_above(&mut self, arguments: &[Argument], field: &str) {
        if !field.starts_with("pub ") || !self.on_one_line(arguments) {
            self.xdr(arguments);
            self.line(&[field]);
        } else if arguments.iter().all(is_meta) {
            self.xdr(arguments);
            // rustfmt puts a blank too many behind a visibility below an attribute of one line.
            self.line(&["pub ", &field["pub".len()..]]);
        } else {
            // For what it otherwise leaves as it is, it does so at some widths only: such are broken.
            self.xdr_broken(arguments);
            self.line(&[field]);
        }
    }

    fn xdr_broken(&mut self, arguments: &[Argument]) {
        if let [Argument::List(name, values)] = arguments {
            self.line(&["#[xdr(", name, "("]);
            self.indented(|printer| printer.values(values));
            self.line(&["))]"]);
        } else {
            self.line(&["#[xdr("]);
            self.indented(|printer| {
                for (at, argument) in arguments.iter().enumerate() {
                    printer.argument(argument, if at + 1 < arguments.len() { "," } else { "" });
                }
            });
            self.line(&[")]"]);
        }
    }

    /// Whether the attribute takes a line of its own and no more.
    pub(super) fn on_one_line(&self, arguments: &[Argument]) -> bool {
        stays_flat(arguments) && self.indent + "#[xdr()]".len() + flat(arguments).len() <= WIDTH
    }

    fn argument(&mut self, argument: &Argument, comma: &str) {
        match argument {
            Argument::List(name, values) if values.join(", ").len() > ARGUMENTS => {
                self.line(&[name, "("]);
                self.indented(|printer| printer.values(values));
                self.line(&[")", comma]);
            }
            argument => self.line(&[&flat(std::slice::from_ref(argument)), comma]),
        }
    }

    /// Short values fill lines, long ones take one each.
    pub(super) fn values(&mut self, values: &[String]) {
        let fill = values.iter().all(|value| value.len() <= SHORT);
        let mut line = String::new();
        for (at, value) in values.iter().enumerate() {
            let comma = if at + 1 < values.len() { "," } else { "" };
            let more = line.len() + 1 + value.len() + comma.len();
            if !line.is_empty() && (!fill || self.indent + more > WIDTH) {
                self.line(&[&line]);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(value);
            line.push_str(comma);
        }
        self.line(&[&line]);
    }
}

/// The attribute in front of a tuple's field, and the space between.
pub(super) fn inline(arguments: &[Argument]) -> String {
    if arguments.is_empty() {
        String::new()
    } else {
        format!("#[xdr({})] ", flat(arguments))
    }
}

/// Whether rustfmt lets the arguments share a line that is long enough.
pub(super) fn stays_flat(arguments: &[Argument]) -> bool {
    let len = match arguments {
        [Argument::List(_, values)] => values.join(", ").len(),
        arguments => flat(arguments).len(),
    };
    !arguments.iter().all(is_meta) || len <= ARGUMENTS
}

fn flat(arguments: &[Argument]) -> String {
    let mut flat = String::new();
    for argument in arguments {
        if !flat.is_empty() {
            flat.push_str(", ");
        }
        match argument {
            Argument::Word(word) => flat.push_str(word),
            Argument::Value(name, value) => {
                flat.push_str(name);
                flat.push_str(" = ");
                flat.push_str(value);
            }
            Argument::List(name, values) => {
                flat.push_str(name);
                flat.push('(');
                flat.push_str(&values.join(", "));
                flat.push(')');
            }
        }
    }
    flat
}

/// Whether this is what the language calls a meta item. rustfmt lays out those alone and leaves other attributes as
/// they are.
fn is_meta(argument: &Argument) -> bool {
    match argument {
        Argument::Word(_) => true,
        Argument::Value(_, value) => {
            value.starts_with(|c: char| c == '"' || c.is_ascii_digit()) || value == "true"
        }
        Argument::List(_, values) => !values.iter().any(|value| value.starts_with('-')),
    }
}
