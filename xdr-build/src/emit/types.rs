//! Rust types.

use super::{Printer, WIDTH};
use crate::lower::decimal;
use crate::model::{Std, Ty};

/// rustfmt's default for the fields of a tuple in one line (`fn_call_width`).
pub(super) const TUPLE: usize = 60;

/// A type on one line.
pub(super) fn flat(ty: &Ty, std: &Std) -> String {
    let mut out = String::new();
    write(&mut out, ty, std);
    out
}

fn write(out: &mut String, ty: &Ty, std: &Std) {
    let mut generic = |name: &str, inner: &Ty| {
        out.push_str(name);
        out.push('<');
        write(out, inner, std);
        out.push('>');
    };
    match ty {
        Ty::Unit => out.push_str("()"),
        Ty::Plain(name) => out.push_str(name),
        Ty::String => out.push_str(std.string),
        Ty::Str(lifetime) => out.extend(["&", lifetime, " str"]),
        Ty::Slice(lifetime) => out.extend(["&", lifetime, " [u8]"]),
        Ty::Vec(inner) => generic(std.vec, inner),
        Ty::Option(inner) => generic(std.option, inner),
        Ty::Box(inner) => generic(std.boxed, inner),
        Ty::RuntimeOf(name, inner) => generic(&format!("{}::{name}", std.runtime), inner),
        Ty::Array(inner, len) => {
            out.push('[');
            write(out, inner, std);
            out.push_str("; ");
            out.push_str(&decimal((*len).into()));
            out.push(']');
        }
        Ty::Tuple(fields) => {
            out.push('(');
            for (at, field) in fields.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write(out, field, std);
            }
            out.push(')');
        }
        Ty::Runtime(name) => {
            out.push_str(&std.runtime);
            out.push_str("::");
            out.push_str(name);
        }
        Ty::Path(path, lifetime) => {
            out.push_str(path);
            if let Some(lifetime) = lifetime {
                out.push('<');
                out.push_str(lifetime);
                out.push('>');
            }
        }
    }
}

impl Printer {
    /// `{head} = {ty};`, a tuple broken where it is long.
    pub(super) fn type_assignment(&mut self, head: &str, ty: &Ty, std: &Std) {
        let text = flat(ty, std);
        let head = format!("{head} =");
        match ty {
            Ty::Tuple(fields)
                if text.len() - "()".len() > TUPLE
                    || self.indent + head.len() + 1 + text.len() >= WIDTH =>
            {
                self.line(&[&head, " ("]);
                self.indented(|printer| {
                    for field in fields {
                        printer.line(&[&flat(field, std), ","]);
                    }
                });
                self.line(&[");"]);
            }
            _ => self.assignment(&head, &text),
        }
    }
}
