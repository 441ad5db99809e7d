//! Procedures.

use super::items::generics;
use super::types::TUPLE;
use super::{Printer, WIDTH};
use crate::model::{Procedure, Std};

impl Printer {
    pub(super) fn procedure(&mut self, item: &Procedure, std: &Std) {
        let runtime = std.runtime.as_str();
        self.docs(&item.docs);
        self.line(&["#[derive(Clone, Copy, Debug)]"]);
        // Only a type with a lifetime of its own can have messages that borrow.
        let borrows = item.borrows();
        let name = format!("{}{}", item.name, generics(borrows));
        if borrows {
            self.marker(&name);
        } else {
            self.line(&["pub struct ", &name, ";"]);
        }
        self.implementation(
            borrows,
            &format!("{runtime}::Procedure"),
            &name,
            |printer| {
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
                if item.read_only {
                    printer.line(&["const READ_ONLY: bool = true;"]);
                }
                if let Some(direction) = item.stream {
                    let head =
                        format!("const STREAM: {}<{runtime}::StreamDirection> =", std.option);
                    let value = format!("{}({runtime}::StreamDirection::{direction})", std.some);
                    printer.assignment(&head, &value);
                }
            },
        );
    }

    /// A type that holds its lifetime and nothing else.
    fn marker(&mut self, name: &str) {
        const HELD: &str = "::core::marker::PhantomData<&'a ()>";
        if "pub struct (".len() + name.len() + HELD.len() + ");".len() + self.indent <= WIDTH {
            self.line(&["pub struct ", name, "(", HELD, ");"]);
        } else {
            self.line(&["pub struct ", name, "("]);
            self.indented(|printer| printer.line(&[HELD, ","]));
            self.line(&[");"]);
        }
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
