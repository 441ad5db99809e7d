//! Prints the model as Rust, in the layout that rustfmt gives it. No look-ups, no choices, no failures.
//!
//! Printing text beats building tokens and laying them out again by an order of magnitude where it matters: in build
//! scripts and proc macros, which run unoptimised.

mod attributes;
mod enums;
mod items;
mod messages;
mod procedures;
mod table;
mod types;

use crate::model::{File, Scope};

/// rustfmt's default line width.
const WIDTH: usize = 100;

/// The text of a generated file.
pub(crate) fn file(file: &File) -> String {
    // A field or enumerator takes about this many bytes with its docs; growing once or twice is cheap.
    let mut printer = Printer {
        out: String::with_capacity(file.root.items.len() * 512),
        indent: 0,
    };
    for line in &file.header {
        printer.line(&["// ", line]);
    }
    if !file.root.items.is_empty() {
        printer.out.push('\n');
    }
    printer.scope(&file.root);
    printer.out
}

struct Printer {
    out: String,
    indent: usize,
}

impl Printer {
    fn scope(&mut self, scope: &Scope) {
        for (at, item) in scope.items.iter().enumerate() {
            if at > 0 && !items::stands_close(&scope.items[at - 1], item) {
                self.out.push('\n');
            }
            self.item(item, &scope.std);
        }
    }

    /// One line, at the current indentation.
    fn line(&mut self, parts: &[&str]) {
        self.begin();
        for part in parts {
            self.out.push_str(part);
        }
        self.out.push('\n');
    }

    fn begin(&mut self) {
        const SPACES: &str = "                                ";
        let mut left = self.indent;
        while left > 0 {
            let some = left.min(SPACES.len());
            self.out.push_str(&SPACES[..some]);
            left -= some;
        }
    }

    fn indented(&mut self, print: impl FnOnce(&mut Self)) {
        self.indent += 4;
        print(self);
        self.indent -= 4;
    }

    /// `{head} {value};` on one line, or the value on the next: what rustfmt does with assignments.
    fn assignment(&mut self, head: &str, value: &str) {
        let fits = self.indent + head.len() + 1 + width(value) < WIDTH;
        // Where neither form fits, rustfmt leaves the line alone.
        if fits || self.indent + 4 + width(value) >= WIDTH {
            self.line(&[head, " ", value, ";"]);
        } else {
            self.line(&[head]);
            self.indented(|printer| printer.line(&[value, ";"]));
        }
    }

    fn docs(&mut self, docs: &str) {
        for line in docs.lines() {
            if line.is_empty() {
                self.line(&["///"]);
            } else {
                self.line(&["/// ", line]);
            }
        }
    }
}

/// Columns that a text takes.
fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}
