//! What a file says, without where and how it is written.

use super::{
    Arm, Declaration, Directive, EnumBody, File, Form, Identifier, Item, ItemKind, Procedure,
    Program, StructBody, TypeSpecifier, TypeSpecifierKind, UnionBody, Value, Version,
};
use crate::source::Span;

impl File {
    /// The same definitions and directives with nothing else: no comments or other trivia, all places zero.
    ///
    /// Two texts that say the same in another layout have equal bare files.
    #[must_use]
    pub fn bare(&self) -> Self {
        let mut file = Self {
            items: self.items.clone(),
            directives: self.directives.clone(),
            ..Self::default()
        };
        file.items.iter_mut().for_each(item);
        file.directives.iter_mut().for_each(directive);
        file
    }
}

/// No place at all.
const NOWHERE: Span = Span::new(0, 0);

fn directive(directive: &mut Directive) {
    match directive {
        Directive::Define {
            name: defined,
            value: given,
            span,
            leading,
        } => {
            *span = NOWHERE;
            leading.clear();
            name(defined);
            value(given);
        }
        Directive::Include { span, .. } => *span = NOWHERE,
    }
}

fn item(item: &mut Item) {
    item.span = NOWHERE;
    item.leading.clear();
    item.opening.clear();
    item.trailing.clear();
    match &mut item.kind {
        ItemKind::Const(constant) => {
            name(&mut constant.name);
            value(&mut constant.value);
        }
        ItemKind::Typedef(target) => declaration(target),
        ItemKind::Enum(own, body) => {
            name(own);
            enum_body(body);
        }
        ItemKind::Struct(own, body) => {
            name(own);
            struct_body(body);
        }
        ItemKind::Union(own, body) => {
            name(own);
            union_body(body);
        }
        ItemKind::Program(own) => program(own),
    }
}

fn name(name: &mut Identifier) {
    name.span = NOWHERE;
}

fn value(value: &mut Value) {
    value.span = NOWHERE;
}

fn declaration(declaration: &mut Declaration) {
    declaration.span = NOWHERE;
    declaration.name.iter_mut().for_each(name);
    specifier(&mut declaration.ty);
    match &mut declaration.form {
        Form::Plain | Form::Optional => {}
        Form::Fixed(length) => value(length),
        Form::Variable(bound) => bound.iter_mut().for_each(value),
    }
}

fn specifier(ty: &mut TypeSpecifier) {
    ty.span = NOWHERE;
    match &mut ty.kind {
        TypeSpecifierKind::Builtin(_) => {}
        TypeSpecifierKind::Named(used, _) => name(used),
        TypeSpecifierKind::Struct(own, body) => {
            if let Some(own) = own {
                name(own);
            }
            struct_body(body);
        }
        TypeSpecifierKind::Enum(own, body) => {
            if let Some(own) = own {
                name(own);
            }
            enum_body(body);
        }
        TypeSpecifierKind::Union(own, body) => {
            if let Some(own) = own {
                name(own);
            }
            union_body(body);
        }
    }
}

fn struct_body(body: &mut StructBody) {
    body.span = NOWHERE;
    body.dangling.clear();
    for member in &mut body.members {
        member.leading.clear();
        member.trailing.clear();
        declaration(&mut member.declaration);
    }
}

fn enum_body(body: &mut EnumBody) {
    body.span = NOWHERE;
    body.dangling.clear();
    for enumerator in &mut body.enumerators {
        enumerator.leading.clear();
        enumerator.trailing.clear();
        name(&mut enumerator.name);
        enumerator.value.iter_mut().for_each(value);
    }
}

fn union_body(body: &mut UnionBody) {
    body.span = NOWHERE;
    body.dangling.clear();
    declaration(&mut body.discriminant);
    body.arms.iter_mut().for_each(arm);
}

fn arm(arm: &mut Arm) {
    arm.span = NOWHERE;
    arm.leading.clear();
    arm.trailing.clear();
    arm.labels.iter_mut().for_each(value);
    arm.default = arm.default.map(|_| NOWHERE);
    declaration(&mut arm.declaration);
}

fn program(program: &mut Program) {
    program.dangling.clear();
    name(&mut program.name);
    value(&mut program.number);
    program.versions.iter_mut().for_each(version);
}

fn version(version: &mut Version) {
    version.span = NOWHERE;
    version.leading.clear();
    version.trailing.clear();
    version.dangling.clear();
    name(&mut version.name);
    value(&mut version.number);
    version.procedures.iter_mut().for_each(procedure);
}

fn procedure(procedure: &mut Procedure) {
    procedure.span = NOWHERE;
    procedure.leading.clear();
    procedure.trailing.clear();
    name(&mut procedure.name);
    value(&mut procedure.number);
    declaration(&mut procedure.ret);
    procedure.args.iter_mut().for_each(declaration);
}
