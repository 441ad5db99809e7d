//! Strings, opaque data and arrays that may be as long as a length can say.

use crate::ast::{Builtin, Declaration, Form, TypeSpecifierKind};
use crate::lint::walk::{self, Role, Visitor};
use crate::lint::{File, Findings, Rule, Subject};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for &file in &subject.files {
        walk::file(file.ast, &mut Bounds { file, findings });
    }
}

struct Bounds<'f, 'a, 's> {
    file: File<'a>,
    findings: &'f mut Findings<'s>,
}

impl<'a> Visitor<'a> for Bounds<'_, 'a, '_> {
    fn declaration(&mut self, part: Role, declaration: &'a Declaration) {
        let is_string = matches!(
            declaration.ty.kind,
            TypeSpecifierKind::Builtin(Builtin::String)
        );
        let is_opaque = matches!(
            declaration.ty.kind,
            TypeSpecifierKind::Builtin(Builtin::Opaque)
        );
        let unbounded = match &declaration.form {
            Form::Variable(None) => true,
            Form::Plain => is_string && part == Role::Message,
            _ => false,
        };
        if !unbounded {
            return;
        }
        let (rule, what, bound) = if is_string {
            (Rule::UnboundedString, "string", 255)
        } else if is_opaque {
            (Rule::UnboundedOpaque, "opaque data", 65536)
        } else {
            (Rule::UnboundedArray, "array", 1024)
        };
        let location = self.file.at(declaration.span);
        self.findings.add(rule, location, || {
            let message = match &declaration.name {
                Some(name) => format!("the {what} `{}` has no bound", name.name),
                None => format!("this {what} has no bound"),
            };
            let help = match &declaration.name {
                Some(name) => format!("write one, as in `{}<{bound}>`", name.name),
                None => {
                    format!("define a type, as in `typedef string NAME<{bound}>;`, and use that")
                }
            };
            rule.at(location, message)
                .label("as long as a sender likes")
                .help(help)
        });
    }
}
