//! Items, structs and newtypes; what enums and unions have in common with them.

use super::attributes::{inline, stays_flat};
use super::types::{TUPLE, flat};
use super::{Printer, WIDTH};
use crate::model::{Argument, Field, Head, Item, Newtype, Std, Struct, Ty};

/// `impl From<source> for target`.
pub(super) struct Conversion<'a> {
    /// Whether it is for all `'a`.
    pub(super) lifetime: bool,
    pub(super) source: &'a str,
    pub(super) target: &'a str,
    pub(super) body: &'a str,
}

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
            Item::ProcedureTable(item) => self.procedure_table(item, std),
            Item::Messages(item) => self.messages(item, std),
            Item::TypeTable(item) => self.type_table(item, std),
            Item::Fingerprints(item) => self.fingerprints(item),
            Item::Strategies(types) => self.strategies(types),
            Item::Module(item) => {
                self.docs(&item.docs);
                self.line(&["pub mod ", &item.name, " {"]);
                self.indented(|printer| printer.scope(&item.scope));
                self.line(&["}"]);
            }
        }
    }

    pub(super) fn head(&mut self, head: &Head) {
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

    pub(super) fn lines(&mut self, lines: &[String]) {
        for line in lines {
            self.line(&[line]);
        }
    }

    fn newtype(&mut self, item: &Newtype, std: &Std) {
        self.head(&item.head);
        let lifetime = item.head.lifetime;
        let name = format!("{}{}", item.head.name, generics(lifetime));
        let field = std::slice::from_ref(&item.field);
        self.tuple(&format!("pub struct {name}"), "pub ", field, ";", std);
        let ty = flat(&item.field.1, std);
        for (source, target, body) in [(&*ty, &*name, "Self(value)"), (&*name, &*ty, "value.0")] {
            self.conversion(
                &Conversion {
                    lifetime,
                    source,
                    target,
                    body,
                },
                std,
            );
        }
    }

    /// `Name(#[xdr(…)] T, U)`, on one line or each field on its own.
    pub(super) fn tuple(
        &mut self,
        name: &str,
        visibility: &str,
        fields: &[(Vec<Argument>, Ty)],
        end: &str,
        std: &Std,
    ) {
        // Each field's attribute with the space behind it, and the type.
        let fields: Vec<(&[Argument], String, String)> = fields
            .iter()
            .map(|(xdr, ty)| {
                (
                    xdr.as_slice(),
                    inline(xdr),
                    format!("{visibility}{}", flat(ty, std)),
                )
            })
            .collect();
        let line = fields
            .iter()
            .map(|(_, attribute, ty)| format!("{attribute}{ty}"))
            .collect::<Vec<_>>()
            .join(", ");
        let fits = self.indent + name.len() + 2 + line.len() + end.len() <= WIDTH;
        let short = if let [(xdr, ..)] = fields.as_slice() {
            stays_flat(xdr)
        } else {
            line.len() <= TUPLE
        };
        if fits && short {
            self.line(&[name, "(", &line, ")", end]);
            return;
        }
        self.line(&[name, "("]);
        self.indented(|printer| {
            for (xdr, attribute, ty) in &fields {
                if stays_flat(xdr) && printer.indent + attribute.len() + ty.len() < WIDTH {
                    printer.line(&[attribute, ty, ","]);
                } else {
                    printer.xdr_above(xdr, &format!("{ty},"));
                }
            }
        });
        self.line(&[")", end]);
    }

    /// A blank line and `impl From<source> for target { … }`.
    pub(super) fn conversion(&mut self, from: &Conversion<'_>, std: &Std) {
        let Conversion {
            lifetime,
            source,
            target,
            body,
        } = *from;
        self.implementation(
            lifetime,
            &format!("{}<{source}>", std.from),
            target,
            |printer| {
                if printer.indent + "fn from(value: ) -> Self {".len() + source.len() <= WIDTH {
                    printer.line(&["fn from(value: ", source, ") -> Self {"]);
                } else {
                    printer.line(&["fn from("]);
                    printer.indented(|printer| printer.line(&["value: ", source, ","]));
                    printer.line(&[") -> Self {"]);
                }
                printer.indented(|printer| printer.line(&[body]));
                printer.line(&["}"]);
            },
        );
    }

    /// A blank line and `impl {what} for {name} { … }`.
    pub(super) fn implementation(
        &mut self,
        lifetime: bool,
        what: &str,
        name: &str,
        print: impl FnOnce(&mut Self),
    ) {
        self.out.push('\n');
        let keyword = if lifetime { "impl<'a>" } else { "impl" };
        // rustfmt does not count the indentation here.
        if keyword.len() + what.len() + name.len() + "  for  {".len() <= WIDTH {
            self.line(&[keyword, " ", what, " for ", name, " {"]);
        } else {
            self.line(&[keyword, " ", what]);
            self.indented(|printer| printer.line(&["for ", name]));
            self.line(&["{"]);
        }
        self.indented(print);
        self.line(&["}"]);
    }
}

/// The lifetime parameter of a type that borrows.
pub(super) fn generics(lifetime: bool) -> &'static str {
    if lifetime { "<'a>" } else { "" }
}
