//! The table of a file's types.

use super::types::{TUPLE, flat};
use super::{Printer, WIDTH};
use crate::model::{Std, Ty, TypeTable};

impl Printer {
    pub(super) fn type_table(&mut self, item: &TypeTable, std: &Std) {
        let entries: Vec<Entry> = item
            .entries
            .iter()
            .map(|(name, ty)| Entry::new(name, ty, std))
            .collect();
        self.docs("All types of this file, by their XDR names.");
        let head = format!("pub const {}: &[{}::TypeEntry] =", item.name, std.runtime);
        let line = entries
            .iter()
            .map(Entry::flat)
            .collect::<Vec<_>>()
            .join(", ");
        let fits = self.indent + head.len() + " &[];".len() + line.len() <= WIDTH;
        if fits && (line.len() <= TUPLE || entries.len() == 1) {
            self.line(&[&head, " &[", &line, "];"]);
            return;
        }
        self.line(&[&head, " &["]);
        self.indented(|printer| {
            for entry in &entries {
                printer.entry(entry);
            }
        });
        self.line(&["];"]);
    }

    fn entry(&mut self, entry: &Entry) {
        let Entry {
            function,
            ty,
            argument,
        } = entry;
        let flat = entry.flat();
        if self.indent + flat.len() < WIDTH {
            self.line(&[&flat, ","]);
        } else if self.indent + function.len() + ty.len() + "::<".len() <= WIDTH {
            // rustfmt does not count what closes the generics and opens the call.
            self.line(&[function, "::<", ty, ">("]);
            self.indented(|printer| printer.line(&[argument, ","]));
            self.line(&["),"]);
        } else {
            self.line(&[function, "::<"]);
            self.indented(|printer| printer.line(&[ty, ","]));
            self.line(&[">(", argument, "),"]);
        }
    }
}

/// A call of a constructor.
struct Entry {
    function: String,
    /// The type argument: `T`, or `fn(&[u8]) -> T<'_>` for one that borrows.
    ty: String,
    argument: String,
}

impl Entry {
    fn new(name: &str, ty: &Ty, std: &Std) -> Self {
        let runtime = &std.runtime;
        let path = flat(ty, std);
        let (function, ty) = if ty.borrows() {
            ("borrowed", format!("fn(&[u8]) -> {path}"))
        } else {
            ("of", path)
        };
        Self {
            function: format!("{runtime}::TypeEntry::{function}"),
            ty,
            argument: format!("{name:?}"),
        }
    }

    fn flat(&self) -> String {
        format!("{}::<{}>({})", self.function, self.ty, self.argument)
    }
}
