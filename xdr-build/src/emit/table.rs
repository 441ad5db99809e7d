//! Tables: of a file's types, and of procedures.

use super::types::{TUPLE, flat};
use super::{Printer, WIDTH};
use crate::model::{Fingerprints, ProcedureTable, Std, Ty, TypeTable};

impl Printer {
    pub(super) fn type_table(&mut self, item: &TypeTable, std: &Std) {
        self.docs("All types of this file, by their XDR names.");
        let entry = format!("{}::TypeEntry", std.runtime);
        let entries = item.entries.iter().map(|(name, ty)| {
            let path = flat(ty, std);
            let (function, ty) = if ty.borrows() {
                ("borrowed", format!("fn(&[u8]) -> {path}"))
            } else {
                ("of", path)
            };
            Call {
                function: format!("{entry}::{function}"),
                ty,
                argument: format!("{name:?}"),
            }
        });
        let entries: Vec<Call> = entries.collect();
        self.table(&format!("pub const {}: &[{entry}] =", item.name), &entries);
    }

    pub(super) fn fingerprints(&mut self, item: &Fingerprints) {
        self.docs(
            "What is on the wire, as numbers: of this file, and of its types by their XDR names.",
        );
        // A table has its columns in one line, however long that is.
        self.line(&["#[rustfmt::skip]"]);
        self.line(&["pub const ", &item.name, ": &[(&str, u128)] = &["]);
        self.indented(|printer| {
            for (name, number) in &item.entries {
                let digits = format!("{number:032x}");
                let groups: Vec<&str> = (0..8).map(|at| &digits[at * 4..at * 4 + 4]).collect();
                printer.line(&[&format!("({name:?}, 0x{}),", groups.join("_"))]);
            }
        });
        self.line(&["];"]);
    }

    pub(super) fn procedure_table(&mut self, item: &ProcedureTable, std: &Std) {
        self.docs("What is known of the procedures, by number.");
        let entry = format!("{}::ProcedureInfo", std.runtime);
        let call = |ty: &Ty| Call {
            function: format!("{entry}::of"),
            ty: flat(ty, std),
            argument: String::new(),
        };
        let entries: Vec<Call> = item.procedures.iter().map(call).collect();
        self.table(&format!("pub const PROCEDURES: &[{entry}] ="), &entries);
    }

    /// One name per line: rustfmt leaves the macro as it is.
    pub(super) fn strategies(&mut self, types: &[String]) {
        self.line(&["::xdr_testkit::strategies! {"]);
        self.indented(|printer| {
            for ty in types {
                printer.line(&[ty, ","]);
            }
        });
        self.line(&["}"]);
    }

    /// `{head} &[…];`
    fn table(&mut self, head: &str, entries: &[Call]) {
        let line = entries
            .iter()
            .map(Call::flat)
            .collect::<Vec<_>>()
            .join(", ");
        let fits = self.indent + head.len() + " &[];".len() + line.len() <= WIDTH;
        if fits && (line.len() <= TUPLE || entries.len() == 1) {
            self.line(&[head, " &[", &line, "];"]);
            return;
        }
        if entries.len() == 1 && self.indent + "    &[];".len() + line.len() <= WIDTH {
            self.line(&[head]);
            self.indented(|printer| printer.line(&["&[", &line, "];"]));
            return;
        }
        self.line(&[head, " &["]);
        self.indented(|printer| {
            for entry in entries {
                printer.call(entry);
            }
        });
        self.line(&["];"]);
    }

    fn call(&mut self, call: &Call) {
        let Call {
            function,
            ty,
            argument,
        } = call;
        let flat = call.flat();
        if self.indent + flat.len() < WIDTH {
            self.line(&[&flat, ","]);
        } else if self.indent + function.len() + ty.len() + "::<".len() <= WIDTH {
            // rustfmt does not count what closes the generics and opens the call.
            self.line(&[function, "::<", ty, ">("]);
            if !argument.is_empty() {
                self.indented(|printer| printer.line(&[argument, ","]));
            }
            self.line(&["),"]);
        } else {
            self.line(&[function, "::<"]);
            self.indented(|printer| printer.line(&[ty, ","]));
            self.line(&[">(", argument, "),"]);
        }
    }
}

/// A call of a generic function in an array.
struct Call {
    function: String,
    /// The type argument: `T`, or `fn(&[u8]) -> T<'_>` for one that borrows.
    ty: String,
    argument: String,
}

impl Call {
    fn flat(&self) -> String {
        format!("{}::<{}>({})", self.function, self.ty, self.argument)
    }
}
