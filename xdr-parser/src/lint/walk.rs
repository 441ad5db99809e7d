//! Walks over an AST: every declaration, every enum, every number, every comment, in the order of the text.
//!
//! Declarations nest 32 deep at the most, which the parser sees to; so recursion is bounded.

use crate::ast::{
    Declaration, Directive, EnumBody, Enumerator, File, Form, Identifier, ItemKind, StructBody,
    Trivia, TypeSpecifierKind, UnionBody, Value,
};

/// What a declaration declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A member of a struct or the payload of an arm.
    Field,
    /// What a union is switched on.
    Discriminant,
    /// `typedef`
    Typedef,
    /// Argument or result of a procedure.
    Message,
}

/// What the comments belong to.
#[derive(Clone, Copy)]
pub(super) enum Host<'a> {
    /// An enumerator: whether these stand before it, and the name of its enum.
    Enumerator(&'a [Trivia], &'a Identifier),
    /// The head of a struct or another definition.
    Head,
    /// A member of a struct, in it or behind it.
    Member,
    /// Something that has no annotations.
    Other,
}

/// Who is told of what there is.
pub(super) trait Visitor<'a> {
    fn declaration(&mut self, _: Role, _: &'a Declaration) {}
    /// An enum, those around it first.
    fn enumeration(&mut self, _: &'a EnumBody) {}
    fn enumerator(&mut self, _: &'a Enumerator) {}
    /// The names of all fields of a struct or union, a discriminant's first.
    fn fields(&mut self, _: &[&'a Identifier]) {}
    fn number(&mut self, _: &'a Value) {}
    /// A constant's, program's, version's or procedure's name.
    fn constant(&mut self, _: &'a Identifier) {}
    /// The name of a type, one that a typedef gives excepted.
    fn type_name(&mut self, _: &'a Identifier) {}
    fn trivia(&mut self, _: Host<'a>, _: &'a [Trivia]) {}
}

/// Tells a visitor everything that there is in a file.
pub(super) fn file<'a>(file: &'a File, to: &mut impl Visitor<'a>) {
    for directive in &file.directives {
        if let Directive::Define {
            name,
            value,
            leading,
            ..
        } = directive
        {
            to.constant(name);
            to.number(value);
            to.trivia(Host::Other, leading);
        }
    }
    for item in &file.items {
        to.trivia(Host::Other, &item.leading);
        to.trivia(Host::Head, &item.opening);
        to.trivia(Host::Head, &item.trailing);
        match &item.kind {
            ItemKind::Const(constant) => {
                to.constant(&constant.name);
                to.number(&constant.value);
            }
            ItemKind::Typedef(inner) => declaration(Role::Typedef, inner, to),
            ItemKind::Enum(name, body) => {
                to.type_name(name);
                enumeration(Some(name), body, to);
            }
            ItemKind::Struct(name, body) => {
                to.type_name(name);
                structure(body, to);
            }
            ItemKind::Union(name, body) => {
                to.type_name(name);
                union(body, to);
            }
            ItemKind::Program(body) => program(body, to),
        }
    }
    to.trivia(Host::Other, &file.dangling);
}

fn program<'a>(program: &'a crate::ast::Program, to: &mut impl Visitor<'a>) {
    to.constant(&program.name);
    for version in &program.versions {
        to.trivia(Host::Other, &version.leading);
        to.constant(&version.name);
        for procedure in &version.procedures {
            to.trivia(Host::Other, &procedure.leading);
            declaration(Role::Message, &procedure.ret, to);
            to.constant(&procedure.name);
            for argument in &procedure.args {
                declaration(Role::Message, argument, to);
            }
            to.number(&procedure.number);
            to.trivia(Host::Other, &procedure.trailing);
        }
        to.trivia(Host::Other, &version.dangling);
        to.number(&version.number);
        to.trivia(Host::Other, &version.trailing);
    }
    to.trivia(Host::Other, &program.dangling);
    to.number(&program.number);
}

fn declaration<'a>(role: Role, declaration: &'a Declaration, to: &mut impl Visitor<'a>) {
    to.declaration(role, declaration);
    // `typedef struct x { … } x;` names one type.
    let own = declaration.name.as_ref().filter(|_| role == Role::Typedef);
    let tag = |tag: &'a Option<Box<Identifier>>| {
        let tag = tag.as_deref();
        tag.filter(|tag| own.is_none_or(|own| own.name != tag.name))
    };
    match &declaration.ty.kind {
        TypeSpecifierKind::Struct(name, body) => {
            if let Some(name) = tag(name) {
                to.type_name(name);
            }
            structure(body, to);
        }
        TypeSpecifierKind::Enum(name, body) => {
            if let Some(name) = tag(name) {
                to.type_name(name);
            }
            enumeration(tag(name).or(declaration.name.as_ref()), body, to);
        }
        TypeSpecifierKind::Union(name, body) => {
            if let Some(name) = tag(name) {
                to.type_name(name);
            }
            union(body, to);
        }
        TypeSpecifierKind::Builtin(_) | TypeSpecifierKind::Named(..) => {}
    }
    if let Form::Fixed(length) | Form::Variable(Some(length)) = &declaration.form {
        to.number(length);
    }
}

fn structure<'a>(body: &'a StructBody, to: &mut impl Visitor<'a>) {
    let names = body.members.iter();
    let names = names.filter_map(|member| member.declaration.name.as_ref());
    to.fields(&names.collect::<Vec<_>>());
    for member in &body.members {
        to.trivia(Host::Other, &member.leading);
        declaration(Role::Field, &member.declaration, to);
        to.trivia(Host::Member, &member.trailing);
    }
    to.trivia(Host::Other, &body.dangling);
}

fn union<'a>(body: &'a UnionBody, to: &mut impl Visitor<'a>) {
    let arms = body.arms.iter().map(|arm| &arm.declaration);
    let declarations = std::iter::once(&body.discriminant).chain(arms);
    let names = declarations.filter_map(|declaration| declaration.name.as_ref());
    to.fields(&names.collect::<Vec<_>>());
    declaration(Role::Discriminant, &body.discriminant, to);
    for arm in &body.arms {
        to.trivia(Host::Other, &arm.leading);
        for label in &arm.labels {
            to.number(label);
        }
        declaration(Role::Field, &arm.declaration, to);
        to.trivia(Host::Other, &arm.trailing);
    }
    to.trivia(Host::Other, &body.dangling);
}

fn enumeration<'a>(name: Option<&'a Identifier>, body: &'a EnumBody, to: &mut impl Visitor<'a>) {
    to.enumeration(body);
    let host = |leading| name.map_or(Host::Other, |name| Host::Enumerator(leading, name));
    for enumerator in &body.enumerators {
        to.trivia(host(&enumerator.leading), &enumerator.leading);
        to.enumerator(enumerator);
        if let Some(value) = &enumerator.value {
            to.number(value);
        }
        to.trivia(host(&[]), &enumerator.trailing);
    }
    to.trivia(Host::Other, &body.dangling);
}
