//! Items.

use super::attributes::inline;
use super::types::{TUPLE, flat};
use super::{Printer, WIDTH, width};
use crate::model::{
    Argument, Enum, Field, Head, Item, Newtype, Procedure, Std, Struct, Ty, Union, UnionVariant,
};

/// Constants without docs stand together, as a list.
pub(super) fn stands_close(before: &Item, item: &Item) -> bool {
    match (before, item) {
        (Item::Comment(_), _) => true,
        (Item::Const(_), Item::Const(constant)) => constant.docs.is_empty(),
        _ => false,
    }
}

impl Printer {
    pub(super) fn item(&mut self, item: &Item, std: &Std) {
        match item {
            Item::Comment(text) => self.line(&["// ", text]),
            Item::Const(item) => {
                self.docs(&item.docs);
                self.assignment(
                    &format!("pub const {}: {} =", item.name, item.ty),
                    &item.value,
                );
            }
            Item::Alias(item) => {
                self.docs(&item.docs);
                let head = format!("pub type {}{}", item.name, generics(item.lifetime));
                self.type_assignment(&head, &item.ty, std);
            }
            Item::Struct(item) => self.structure(item, std),
            Item::Enum(item) => self.enumeration(item, std),
            Item::Union(item) => self.union(item, std),
            Item::Newtype(item) => self.newtype(item, std),
            Item::Procedure(item) => self.procedure(item, std),
            Item::Module(item) => {
                self.docs(&item.docs);
                self.line(&["pub mod ", &item.name, " {"]);
                self.indented(|printer| printer.scope(&item.scope));
                self.line(&["}"]);
            }
        }
    }

    fn head(&mut self, head: &Head) {
        self.docs(&head.docs);
        self.derives(&head.derives);
        self.lines(&head.attributes);
        self.xdr(&head.xdr);
    }

    fn structure(&mut self, item: &Struct, std: &Std) {
        self.head(&item.head);
        let empty = if item.fields.is_empty() { "}" } else { "" };
        self.line(&[
            "pub struct ",
            &item.head.name,
            generics(item.head.lifetime),
            " {",
            empty,
        ]);
        if item.fields.is_empty() {
            return;
        }
        self.indented(|printer| {
            for field in &item.fields {
                printer.field(field, std);
            }
        });
        self.line(&["}"]);
    }

    fn field(&mut self, field: &Field, std: &Std) {
        self.docs(&field.docs);
        self.lines(&field.attributes);
        self.xdr(&field.xdr);
        let ty = flat(&field.ty, std);
        let len = self.indent + "pub : ,".len() + field.name.len() + ty.len();
        if len <= WIDTH || self.indent + 5 + ty.len() > WIDTH {
            self.line(&["pub ", &field.name, ": ", &ty, ","]);
        } else {
            self.line(&["pub ", &field.name, ":"]);
            self.indented(|printer| printer.line(&[&ty, ","]));
        }
    }

    fn lines(&mut self, lines: &[String]) {
        for line in lines {
            self.line(&[line]);
        }
    }

    fn enumeration(&mut self, item: &Enum, std: &Std) {
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
                    printer.line(&["pub const ", alias, ": Self = Self::", variant, ";"]);
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
        self.implementation(&format!("{}<i32>", std.try_from), name, |printer| {
            printer.line(&["type Error = ", &std.runtime, "::DecodeError;"]);
            printer.out.push('\n');
            printer.line(&[&result]);
            let decode = format!("{}::from_bytes(&value.to_be_bytes())", std.runtime);
            printer.indented(|printer| printer.line(&[&decode]));
            printer.line(&["}"]);
        });
        self.conversion(std, name, "i32", "value as Self");
    }

    fn open_conversions(&mut self, item: &Enum, unknown: &str, std: &Std) {
        let name = item.head.name.as_str();
        let known = format!(
            "{}::from_bytes(&value.to_be_bytes()).unwrap_or(Self::{unknown}(value))",
            std.runtime
        );
        self.conversion(std, "i32", name, &known);
        self.implementation(&format!("{}<{name}>", std.from), "i32", |printer| {
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

    /// `impl From<source> for target`.
    fn conversion(&mut self, std: &Std, source: &str, target: &str, body: &str) {
        self.implementation(&format!("{}<{source}>", std.from), target, |printer| {
            if printer.indent + "fn from(value: ) -> Self {".len() + source.len() <= WIDTH {
                printer.line(&["fn from(value: ", source, ") -> Self {"]);
            } else {
                printer.line(&["fn from("]);
                printer.indented(|printer| printer.line(&["value: ", source, ","]));
                printer.line(&[") -> Self {"]);
            }
            printer.indented(|printer| printer.line(&[body]));
            printer.line(&["}"]);
        });
    }

    /// A blank line and `impl {what} for {name} { … }`.
    fn implementation(&mut self, what: &str, name: &str, print: impl FnOnce(&mut Self)) {
        self.out.push('\n');
        self.implementation_head("impl", what, name);
        self.indented(print);
        self.line(&["}"]);
    }

    fn implementation_head(&mut self, keyword: &str, what: &str, name: &str) {
        if self.indent + keyword.len() + what.len() + name.len() + "  for  {".len() <= WIDTH {
            self.line(&[keyword, " ", what, " for ", name, " {"]);
        } else {
            self.line(&[keyword, " ", what]);
            self.indented(|printer| printer.line(&["for ", name]));
            self.line(&["{"]);
        }
    }

    fn union(&mut self, item: &Union, std: &Std) {
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

    /// `Name(#[xdr(…)] T, U)`, on one line or each field on its own.
    fn tuple(
        &mut self,
        name: &str,
        visibility: &str,
        fields: &[(Vec<Argument>, Ty)],
        end: &str,
        std: &Std,
    ) {
        let fields: Vec<(String, String)> = fields
            .iter()
            .map(|(xdr, ty)| (inline(xdr), format!("{visibility}{}", flat(ty, std))))
            .collect();
        let joined: Vec<String> = fields
            .iter()
            .map(|(xdr, ty)| {
                if xdr.is_empty() {
                    ty.clone()
                } else {
                    format!("{xdr} {ty}")
                }
            })
            .collect();
        let line = joined.join(", ");
        let fits = self.indent + name.len() + 2 + width(&line) + end.len() <= WIDTH;
        if fits && (fields.len() == 1 || line.len() <= TUPLE) {
            self.line(&[name, "(", &line, ")", end]);
            return;
        }
        self.line(&[name, "("]);
        self.indented(|printer| {
            for ((xdr, ty), joined) in fields.iter().zip(&joined) {
                if xdr.is_empty() || printer.indent + joined.len() < WIDTH {
                    printer.line(&[joined, ","]);
                } else {
                    printer.line(&[xdr]);
                    printer.line(&[ty, ","]);
                }
            }
        });
        self.line(&[")", end]);
    }

    fn newtype(&mut self, item: &Newtype, std: &Std) {
        self.head(&item.head);
        let Head { name, lifetime, .. } = &item.head;
        let head = format!("pub struct {name}{}", generics(*lifetime));
        // The field's attribute is copied by value: a newtype has exactly one field.
        let ty = flat(&item.ty, std);
        let attribute = inline(&item.xdr);
        let space = if attribute.is_empty() { "" } else { " " };
        let field = format!("{attribute}{space}pub {ty}");
        if self.indent + head.len() + field.len() + "();".len() <= WIDTH {
            self.line(&[&head, "(", &field, ");"]);
        } else {
            self.line(&[&head, "("]);
            self.indented(|printer| {
                if attribute.is_empty() || printer.indent + field.len() < WIDTH {
                    printer.line(&[&field, ","]);
                } else {
                    printer.line(&[&attribute]);
                    printer.line(&["pub ", &ty, ","]);
                }
            });
            self.line(&[");"]);
        }
        let this = format!("{name}{}", generics(*lifetime));
        let keyword = if *lifetime { "impl<'a>" } else { "impl" };
        for (source, target, body) in [(&ty, &this, "Self(value)"), (&this, &ty, "value.0")] {
            self.out.push('\n');
            self.implementation_head(keyword, &format!("{}<{source}>", std.from), target);
            self.indented(|printer| {
                printer.line(&["fn from(value: ", source, ") -> Self {"]);
                printer.indented(|printer| printer.line(&[body]));
                printer.line(&["}"]);
            });
            self.line(&["}"]);
        }
    }

    fn procedure(&mut self, item: &Procedure, std: &Std) {
        let runtime = std.runtime.as_str();
        self.docs(&item.docs);
        self.line(&["#[derive(Clone, Copy, Debug)]"]);
        self.line(&["pub struct ", &item.name, ";"]);
        self.implementation(&format!("{runtime}::Procedure"), &item.name, |printer| {
            printer.type_assignment("type Args", &item.args, std);
            printer.type_assignment("type Ret", &item.ret, std);
            printer.out.push('\n');
            printer.assignment(
                "const NAME: &'static str =",
                &format!("{:?}", item.xdr_name),
            );
            printer.assignment("const PROGRAM: u32 =", &item.program);
            printer.assignment("const VERSION: u32 =", &item.version);
            printer.assignment("const NUMBER: u32 =", &item.number);
            if item.event {
                let head = format!("const KIND: {runtime}::ProcedureKind =");
                printer.assignment(&head, &format!("{runtime}::ProcedureKind::Event"));
            }
            if item.high_priority {
                let head = format!("const PRIORITY: {runtime}::Priority =");
                printer.assignment(&head, &format!("{runtime}::Priority::High"));
            }
            printer.requirements("ACL", &item.acl);
            printer.requirements("ACL_FILTER", &item.acl_filter);
            if let Some(direction) = item.stream {
                let head = format!("const STREAM: {}<{runtime}::StreamDirection> =", std.option);
                let value = format!("{}({runtime}::StreamDirection::{direction})", std.some);
                printer.assignment(&head, &value);
            }
        });
    }

    fn requirements(&mut self, name: &str, requirements: &[String]) {
        if requirements.is_empty() {
            return;
        }
        let head = format!("const {name}: &'static [&'static str] =");
        let quoted: Vec<String> = requirements
            .iter()
            .map(|text| format!("{text:?}"))
            .collect();
        let flat = quoted.join(", ");
        if flat.len() <= TUPLE || quoted.len() == 1 {
            self.assignment(&head, &format!("&[{flat}]"));
        } else {
            self.line(&[&head, " &["]);
            self.indented(|printer| {
                for requirement in &quoted {
                    printer.line(&[requirement, ","]);
                }
            });
            self.line(&["];"]);
        }
    }
}

/// The lifetime parameter of a type that borrows.
fn generics(lifetime: bool) -> &'static str {
    if lifetime { "<'a>" } else { "" }
}
