//! What is asked of the syntax tree: names of definitions, and the names that they use.

use xdr_parser::ast::{
    self, Declaration, Directive, EnumBody, Form, Item, ItemKind, StructBody, TypeSpecifierKind,
    UnionBody, Value, ValueKind,
};

/// The name that a definition defines.
pub(crate) fn name(item: &Item) -> &str {
    match &item.kind {
        ItemKind::Const(constant) => &constant.name.name,
        ItemKind::Typedef(declaration) => declaration.name.as_ref().map_or("", |name| &name.name),
        ItemKind::Enum(name, _) | ItemKind::Struct(name, _) | ItemKind::Union(name, _) => {
            &name.name
        }
        ItemKind::Program(program) => &program.name.name,
    }
}

/// What tells a definition from every other of its file: its name, unless it is a typedef of a struct of that name.
pub(crate) fn key(item: &Item) -> String {
    let name = name(item);
    match &item.kind {
        ItemKind::Typedef(declaration)
            if Uses::of_declaration(declaration).types.contains(&name) =>
        {
            format!("typedef {name}")
        }
        _ => name.to_owned(),
    }
}

/// The types and the values that a definition names.
#[derive(Default)]
pub(crate) struct Uses<'a> {
    pub(crate) types: Vec<&'a str>,
    pub(crate) values: Vec<&'a str>,
}

impl<'a> Uses<'a> {
    pub(crate) fn of(item: &'a Item) -> Self {
        let mut uses = Self::default();
        match &item.kind {
            ItemKind::Const(constant) => uses.value(&constant.value),
            ItemKind::Typedef(declaration) => uses.declaration(declaration),
            ItemKind::Enum(_, body) => uses.enumerators(body),
            ItemKind::Struct(_, body) => uses.members(body),
            ItemKind::Union(_, body) => uses.arms(body),
            ItemKind::Program(program) => {
                uses.value(&program.number);
                for version in &program.versions {
                    uses.value(&version.number);
                    for procedure in &version.procedures {
                        uses.declaration(&procedure.ret);
                        uses.value(&procedure.number);
                        for argument in &procedure.args {
                            uses.declaration(argument);
                        }
                    }
                }
            }
        }
        uses
    }

    pub(crate) fn of_declaration(declaration: &'a Declaration) -> Self {
        let mut uses = Self::default();
        uses.declaration(declaration);
        uses
    }

    fn value(&mut self, value: &'a Value) {
        if let ValueKind::Name(name) = &value.kind {
            self.values.push(name);
        }
    }

    fn declaration(&mut self, declaration: &'a Declaration) {
        match &declaration.ty.kind {
            TypeSpecifierKind::Builtin(_) => {}
            TypeSpecifierKind::Named(name, _) => self.types.push(&name.name),
            TypeSpecifierKind::Struct(_, body) => self.members(body),
            TypeSpecifierKind::Enum(_, body) => self.enumerators(body),
            TypeSpecifierKind::Union(_, body) => self.arms(body),
        }
        match &declaration.form {
            Form::Fixed(length) | Form::Variable(Some(length)) => self.value(length),
            Form::Plain | Form::Optional | Form::Variable(None) => {}
        }
    }

    fn members(&mut self, body: &'a StructBody) {
        for member in &body.members {
            self.declaration(&member.declaration);
        }
    }

    fn enumerators(&mut self, body: &'a EnumBody) {
        for value in body.enumerators.iter().filter_map(|e| e.value.as_ref()) {
            self.value(value);
        }
    }

    fn arms(&mut self, body: &'a UnionBody) {
        self.declaration(&body.discriminant);
        for arm in &body.arms {
            for label in &arm.labels {
                self.value(label);
            }
            self.declaration(&arm.declaration);
        }
    }
}

/// The values that a file defines by name: constants and enumerators.
pub(crate) fn defined_values(file: &ast::File) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for item in &file.items {
        match &item.kind {
            ItemKind::Const(constant) => names.push(&constant.name.name),
            ItemKind::Enum(_, body) => {
                names.extend(body.enumerators.iter().map(|e| e.name.name.as_str()));
            }
            _ => {}
        }
    }
    names.extend(defines(file).map(|(name, _)| name));
    names
}

/// The constants of `#define NAME VALUE` lines.
pub(crate) fn defines(file: &ast::File) -> impl Iterator<Item = (&str, &Value)> {
    file.directives
        .iter()
        .filter_map(|directive| match directive {
            Directive::Define { name, value, .. } => Some((name.name.as_str(), value)),
            Directive::Include { .. } => None,
        })
}

/// Stems of what a file includes: `remote_protocol` for `%#include "remote_protocol.h"`.
pub(crate) fn includes(file: &ast::File) -> impl Iterator<Item = &str> {
    file.directives
        .iter()
        .filter_map(|directive| match directive {
            Directive::Include { path, .. } => path.strip_suffix(".h").or(path.strip_suffix(".x")),
            Directive::Define { .. } => None,
        })
}
