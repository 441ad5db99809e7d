//! XDR enums, and unions.

use super::Printer;
use super::items::{Conversion, generics};
use crate::model::{Argument, Enum, Std, Union, UnionVariant};

impl Printer {
    pub(super) fn enumeration(&mut self, item: &Enum, std: &Std) {
        self.head(&item.head);
        let name = item.head.name.as_str();
        self.line(&["pub enum ", name, " {"]);
        self.indented(|printer| {
            for variant in &item.variants {
                printer.docs(&variant.docs);
                printer.lines(&variant.attributes);
                printer.line(&[&variant.name, " = ", &variant.value, ","]);
            }
            if let Some((unknown, discriminant)) = &item.unknown {
                printer.line(&["/// A number that the schema gives no name."]);
                printer.xdr(&[Argument::Word("unknown")]);
                match discriminant {
                    Some(number) => printer.line(&[unknown, "(i32) = ", &number.to_string(), ","]),
                    None => printer.line(&[unknown, "(i32),"]),
                }
            }
        });
        self.line(&["}"]);
        if !item.aliases.is_empty() {
            self.out.push('\n');
            self.line(&["impl ", name, " {"]);
            self.indented(|printer| {
                for (alias, variant) in &item.aliases {
                    printer.line(&[
                        "/// Another name for [`",
                        variant,
                        "`](Self::",
                        variant,
                        ").",
                    ]);
                    printer.assignment(
                        &format!("pub const {alias}: Self ="),
                        &format!("Self::{variant}"),
                    );
                }
            });
            self.line(&["}"]);
        }
        match &item.unknown {
            None => self.closed_conversions(name, std),
            Some((unknown, _)) => self.open_conversions(item, unknown, std),
        }
    }

    fn closed_conversions(&mut self, name: &str, std: &Std) {
        // Not `Self::Error`: the enum may have a variant of that name.
        let result = format!(
            "fn try_from(value: i32) -> {}<Self, {}::DecodeError> {{",
            std.result, std.runtime
        );
        self.implementation(false, &format!("{}<i32>", std.try_from), name, |printer| {
            printer.line(&["type Error = ", &std.runtime, "::DecodeError;"]);
            printer.out.push('\n');
            printer.line(&[&result]);
            let decode = format!("{}::from_bytes(&value.to_be_bytes())", std.runtime);
            printer.indented(|printer| printer.line(&[&decode]));
            printer.line(&["}"]);
        });
        let to_number = Conversion {
            lifetime: false,
            source: name,
            target: "i32",
            body: "value as Self",
        };
        self.conversion(&to_number, std);
    }

    fn open_conversions(&mut self, item: &Enum, unknown: &str, std: &Std) {
        let name = item.head.name.as_str();
        let known = format!(
            "{}::from_bytes(&value.to_be_bytes()).unwrap_or(Self::{unknown}(value))",
            std.runtime
        );
        let from_number = Conversion {
            lifetime: false,
            source: "i32",
            target: name,
            body: &known,
        };
        self.conversion(&from_number, std);
        self.implementation(false, &format!("{}<{name}>", std.from), "i32", |printer| {
            printer.line(&["fn from(value: ", name, ") -> Self {"]);
            printer.indented(|printer| {
                printer.line(&["match value {"]);
                printer.indented(|printer| {
                    for variant in &item.variants {
                        printer.line(&[name, "::", &variant.name, " => ", &variant.value, ","]);
                    }
                    printer.line(&[name, "::", unknown, "(other) => other,"]);
                });
                printer.line(&["}"]);
            });
            printer.line(&["}"]);
        });
    }

    pub(super) fn union(&mut self, item: &Union, std: &Std) {
        self.head(&item.head);
        self.line(&[
            "pub enum ",
            &item.head.name,
            generics(item.head.lifetime),
            " {",
        ]);
        self.indented(|printer| {
            for variant in &item.variants {
                printer.docs(&variant.docs);
                printer.lines(&variant.attributes);
                printer.xdr(&variant.xdr);
                printer.variant(variant, std);
            }
        });
        self.line(&["}"]);
    }

    fn variant(&mut self, variant: &UnionVariant, std: &Std) {
        if variant.fields.is_empty() {
            self.line(&[&variant.name, ","]);
            return;
        }
        self.tuple(&variant.name, "", &variant.fields, ",", std);
    }
}
