//! Enums of messages, with what reads and writes them.

use super::items::generics;
use super::{Printer, WIDTH};
use crate::model::{MessageVariant, Messages, Std, Ty};

/// Clippy minds functions of more than 100 lines; a match takes one and more for each variant.
const MANY: usize = 30;

impl Printer {
    pub(super) fn messages(&mut self, item: &Messages, std: &Std) {
        let lifetime = item.head.lifetime;
        let name = format!("{}{}", item.head.name, generics(lifetime));
        self.head(&item.head);
        self.line(&["pub enum ", &name, " {"]);
        self.indented(|printer| {
            for variant in &item.variants {
                printer.docs(&format!("`{}`.", variant.xdr_name));
                if variant.payload == Ty::Unit {
                    printer.line(&[&variant.name, ","]);
                } else {
                    let fields = [(Vec::new(), variant.written.clone())];
                    printer.tuple(&variant.name, "", &fields, ",", std);
                }
            }
            if item.open {
                printer.unknown_variant(std);
            }
        });
        self.line(&["}"]);
        let parameter = if lifetime { "'a" } else { "'_" };
        let what = format!("{}::Message<{parameter}>", std.runtime);
        self.implementation(lifetime, &what, &name, |printer| {
            printer.assignment("const PROGRAM: u32 =", &item.program);
            printer.assignment("const VERSION: u32 =", &item.version);
            let head = format!(
                "const PROCEDURES: &'static [{}::ProcedureInfo] =",
                std.runtime
            );
            printer.assignment(&head, "PROCEDURES");
            printer.decode(item, std);
            printer.number(item);
            printer.encode_into(item, std);
        });
    }

    fn unknown_variant(&mut self, std: &Std) {
        self.line(&["/// An event that the schema does not have."]);
        self.line(&["Unknown {"]);
        self.indented(|printer| {
            printer.line(&["/// Its number."]);
            printer.line(&["procedure: u32,"]);
            printer.line(&["/// Its payload, as it came."]);
            printer.line(&["payload: ", std.vec, "<u8>,"]);
        });
        self.line(&["},"]);
    }

    fn decode(&mut self, item: &Messages, std: &Std) {
        let runtime = &std.runtime;
        let input = if item.head.lifetime {
            "&'a [u8]"
        } else {
            "&[u8]"
        };
        let parameters = [
            "procedure: u32".to_owned(),
            format!("payload: {input}"),
            format!("options: {runtime}::Options"),
        ];
        let result = format!("{}<Self, {runtime}::MessageError>", std.result);
        self.function(item, "decode", &parameters, &result, |printer| {
            let new = format!("{runtime}::Payload::new(PROCEDURES, procedure, payload, options)");
            printer.assignment("let payload =", &new);
            // What is empty is checked once, behind the match, rather than in every arm.
            let is_void = |variant: &MessageVariant| variant.payload == Ty::Unit;
            let voids = item.variants.iter().any(is_void);
            let returns = if voids { "return " } else { "" };
            printer.line(&[
                if voids { "let message = " } else { "" },
                "match procedure {",
            ]);
            printer.indented(|printer| {
                for variant in &item.variants {
                    let name = &variant.name;
                    if is_void(variant) {
                        printer.arm(&variant.number, "", &format!("Self::{name}"));
                    } else {
                        let read = format!("payload.read(Self::{name})");
                        printer.arm(&variant.number, returns, &read);
                    }
                }
                let other = if item.open {
                    "payload.unknown(|procedure, payload| Self::Unknown { procedure, payload })"
                } else {
                    "payload.refuse()"
                };
                printer.arm("_", returns, other);
            });
            if voids {
                printer.line(&["};"]);
                printer.line(&["payload.void(message)"]);
            } else {
                printer.line(&["}"]);
            }
        });
    }

    fn number(&mut self, item: &Messages) {
        self.function(item, "procedure", &["&self".to_owned()], "u32", |printer| {
            printer.line(&["match self {"]);
            printer.indented(|printer| {
                for variant in &item.variants {
                    printer.arm(&pattern(variant, "_"), "", &variant.number);
                }
                if item.open {
                    printer.arm("Self::Unknown { procedure, .. }", "", "*procedure");
                }
            });
            printer.line(&["}"]);
        });
    }

    fn encode_into(&mut self, item: &Messages, std: &Std) {
        let runtime = &std.runtime;
        let parameters = [
            "&self".to_owned(),
            format!("out: &mut {}<u8>", std.vec),
            format!("options: {runtime}::Options"),
        ];
        let result = format!("{}<(), {runtime}::EncodeError>", std.result);
        self.function(item, "encode_into", &parameters, &result, |printer| {
            printer.line(&["match self {"]);
            printer.indented(|printer| {
                for variants in by_payload(&item.variants) {
                    let message = match variants[0].payload {
                        Ty::Unit => "&()",
                        _ => "message",
                    };
                    let patterns = variants.iter().map(|variant| pattern(variant, "message"));
                    let body = format!("{runtime}::encode_into_with({message}, out, options)");
                    printer.arm_of(&patterns.collect::<Vec<_>>(), &body);
                }
                if item.open {
                    printer.line(&["Self::Unknown { payload, .. } => {"]);
                    printer.indented(|printer| {
                        printer.line(&["out.extend_from_slice(payload);"]);
                        printer.line(&[std.ok, "(())"]);
                    });
                    printer.line(&["}"]);
                }
            });
            printer.line(&["}"]);
        });
    }

    /// A blank line and a function.
    fn function(
        &mut self,
        item: &Messages,
        name: &str,
        parameters: &[String],
        result: &str,
        body: impl FnOnce(&mut Self),
    ) {
        self.out.push('\n');
        if item.variants.len() > MANY {
            self.line(&[
                "#[allow(clippy::too_many_lines, reason = \"a line for each procedure\")]",
            ]);
        }
        let line = format!("fn {name}({}) -> {result} {{", parameters.join(", "));
        if self.indent + line.len() <= WIDTH {
            self.line(&[&line]);
        } else {
            self.line(&["fn ", name, "("]);
            self.indented(|printer| {
                for parameter in parameters {
                    printer.line(&[parameter, ","]);
                }
            });
            self.line(&[") -> ", result, " {"]);
        }
        self.indented(body);
        self.line(&["}"]);
    }

    /// `pattern => body,`, the body in braces where the line is too long.
    fn arm(&mut self, pattern: &str, returns: &str, body: &str) {
        let len = pattern.len() + " => ,".len() + returns.len() + body.len();
        // rustfmt counts one more where something is returned.
        if self.indent + len + usize::from(!returns.is_empty()) <= WIDTH {
            self.line(&[pattern, " => ", returns, body, ","]);
        } else {
            let end = if returns.is_empty() { "" } else { ";" };
            self.line(&[pattern, " => {"]);
            self.indented(|printer| printer.call_chain(returns, body, end));
            self.line(&["}"]);
        }
    }

    /// A call, on a line more where it is one of a method and too long.
    fn call_chain(&mut self, before: &str, call: &str, end: &str) {
        let len = before.len() + call.len() + end.len();
        match call.split_once('.') {
            // rustfmt counts one more.
            Some((receiver, call)) if self.indent + len >= WIDTH => {
                self.line(&[before, receiver]);
                self.indented(|printer| printer.line(&[".", call, end]));
            }
            _ => self.line(&[before, call, end]),
        }
    }

    /// An arm of several patterns, each on its line where they do not fit in one.
    fn arm_of(&mut self, patterns: &[String], body: &str) {
        let line = patterns.join(" | ");
        let (last, before) = match patterns {
            [before @ .., last] if self.indent + line.len() + " => {".len() > WIDTH => {
                (last.clone(), before)
            }
            _ => (line, &[][..]),
        };
        for (at, pattern) in before.iter().enumerate() {
            self.line(&[if at > 0 { "| " } else { "" }, pattern]);
        }
        let bar = if before.is_empty() { "" } else { "| " };
        self.arm(&format!("{bar}{last}"), "", body);
    }
}

/// `Self::Name(field)`.
fn pattern(variant: &MessageVariant, field: &str) -> String {
    match variant.payload {
        Ty::Unit => format!("Self::{}", variant.name),
        _ => format!("Self::{}({field})", variant.name),
    }
}

/// Variants of the same payload together: arms that are alike are one arm.
fn by_payload(variants: &[MessageVariant]) -> Vec<Vec<&MessageVariant>> {
    let mut groups: Vec<Vec<&MessageVariant>> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for variant in variants {
        let group = *known.entry(&variant.payload).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(variant),
            None => groups.push(vec![variant]),
        }
    }
    groups
}
