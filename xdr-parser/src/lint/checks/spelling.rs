//! Integers by the names that C has for them.

use std::collections::HashSet;

use crate::ast::{Builtin, Declaration, TypeSpecifierKind};
use crate::diagnostic::{Edit, Fix};
use crate::lint::walk::{self, Role, Visitor};
use crate::lint::{File, Findings, Rule, Subject};
use crate::resolve::forms::{builtin, c_integer};
use crate::schema::Type;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // A name that some file defines is that type where it is seen.
    let types = subject.schema.types.iter();
    let defined: HashSet<&str> = types.map(|definition| definition.name.as_str()).collect();
    for &file in &subject.files {
        let mut spelling = Spelling {
            file,
            defined: &defined,
            has_conditionals: subject.has_conditionals(),
            findings,
        };
        walk::file(file.ast, &mut spelling);
    }
}

struct Spelling<'f, 'a, 's> {
    file: File<'a>,
    defined: &'f HashSet<&'f str>,
    /// Under other settings more may be defined.
    has_conditionals: bool,
    findings: &'f mut Findings<'s>,
}

impl<'a> Visitor<'a> for Spelling<'_, 'a, '_> {
    fn declaration(&mut self, _: Role, declaration: &'a Declaration) {
        let ty = match &declaration.ty.kind {
            TypeSpecifierKind::Builtin(Builtin::String | Builtin::Opaque) => None,
            TypeSpecifierKind::Builtin(other) => Some(builtin(*other)),
            TypeSpecifierKind::Named(name, None) if !self.defined.contains(name.name.as_str()) => {
                c_integer(&name.name)
            }
            _ => None,
        };
        let Some(name) = ty.as_ref().and_then(standard) else {
            return;
        };
        let written = declaration.ty.span.of(self.file.text);
        // Words with a comment between them are left alone.
        let is_plain = written
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte.is_ascii_whitespace());
        if !is_plain || written.split_whitespace().eq(name.split(' ')) {
            return;
        }
        let location = self.file.at(declaration.ty.span);
        let is_word = matches!(declaration.ty.kind, TypeSpecifierKind::Builtin(_));
        let is_safe = is_word || !self.has_conditionals;
        self.findings.add(Rule::IntegerSpelling, location, || {
            let title = format!("write `{name}`");
            let edit = Edit {
                location,
                replacement: name.to_owned(),
            };
            Rule::IntegerSpelling
                .at(location, format!("`{written}` is a name of C's"))
                .label(format!("`{name}` in XDR"))
                .help(title.clone())
                .fix(Fix::safe(title, vec![edit]).only_if(is_safe))
        });
    }
}

/// What RFC 4506 calls it.
fn standard(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::Int => "int",
        Type::UnsignedInt => "unsigned int",
        Type::Hyper => "hyper",
        Type::UnsignedHyper => "unsigned hyper",
        Type::Bool => "bool",
        _ => return None,
    })
}
