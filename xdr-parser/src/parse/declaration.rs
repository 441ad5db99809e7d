//! Declarations, types and values (RFC 4506 §6.3).

use nom::Parser;
use nom::branch::alt;
use nom::combinator::opt;
use nom::sequence::delimited;

use super::body::{enum_body, struct_body, union_body};
use super::input::{Expected, Input, Parse, name, punctuation};
use crate::ast::{
    Builtin, Declaration, Form, Number, Tag, TypeSpecifier, TypeSpecifierKind, Value, ValueKind,
};
use crate::number;
use crate::token::TokenKind;

/// `TYPE NAME`, `TYPE *NAME`, `TYPE NAME[N]`, `TYPE NAME<N>`, `TYPE NAME<>`, `void`.
pub(super) fn declaration(start: Input<'_>) -> Parse<'_, Declaration> {
    let (input, ty) = type_specifier(start)?;
    if ty.kind == TypeSpecifierKind::Builtin(Builtin::Void)
        && input.kind() != Some(TokenKind::Identifier)
    {
        let declaration = Declaration {
            ty,
            name: None,
            form: Form::Plain,
            span: start.span_to(input),
        };
        return Ok((input, declaration));
    }
    let (input, star) = opt(punctuation('*')).parse(input)?;
    let (input, name) = name(input)?;
    let (input, form) = match star {
        Some(_) => (input, Form::Optional),
        None => form(input)?,
    };
    let declaration = Declaration {
        ty,
        name: Some(name),
        form,
        span: start.span_to(input),
    };
    Ok((input, declaration))
}

/// A type and what may follow it where there is no name: in a procedure's head.
pub(super) fn nameless(start: Input<'_>) -> Parse<'_, Declaration> {
    let (input, ty) = type_specifier(start)?;
    let (input, star) = opt(punctuation('*')).parse(input)?;
    let (input, form) = match star {
        Some(_) => (input, Form::Optional),
        None => form(input)?,
    };
    let declaration = Declaration {
        ty,
        name: None,
        form,
        span: start.span_to(input),
    };
    Ok((input, declaration))
}

fn form(input: Input<'_>) -> Parse<'_, Form> {
    if input.is_punctuation(b'[') {
        delimited(punctuation('['), value, punctuation(']'))
            .map(Form::Fixed)
            .parse(input)
    } else if input.is_punctuation(b'<') {
        let (input, _) = punctuation('<').parse(input)?;
        if input.is_punctuation(b'>') {
            return Ok((input.skip(1), Form::Variable(None)));
        }
        let (input, bound) = value(input)?;
        let (input, _) = punctuation('>').parse(input)?;
        Ok((input, Form::Variable(Some(bound))))
    } else {
        Ok((input, Form::Plain))
    }
}

/// A number, a string, or a name that stands for one.
pub(super) fn value(input: Input<'_>) -> Parse<'_, Value> {
    let text = input.text();
    let kind = match input.kind() {
        Some(TokenKind::Number) => {
            ValueKind::Number(number::parse(text).ok().and_then(Number::new))
        }
        Some(TokenKind::String) => ValueKind::String(text.trim_matches('"').into()),
        Some(TokenKind::Identifier) => ValueKind::Name(text.into()),
        _ => return input.fail(Expected::Value),
    };
    let rest = input.skip(1);
    let span = input.span_to(rest);
    Ok((rest, Value { kind, span }))
}

fn type_specifier(start: Input<'_>) -> Parse<'_, TypeSpecifier> {
    if start.kind() != Some(TokenKind::Identifier) {
        return start.fail(Expected::Type);
    }
    let (input, kind) = match start.text() {
        "struct" => aggregate(start, Tag::Struct)?,
        "union" => aggregate(start, Tag::Union)?,
        "enum" => aggregate(start, Tag::Enum)?,
        _ => match builtin(start) {
            Some((input, builtin)) => (input, TypeSpecifierKind::Builtin(builtin)),
            None => name
                .map(|name| TypeSpecifierKind::Named(name, None))
                .parse(start)?,
        },
    };
    let span = start.span_to(input);
    Ok((input, TypeSpecifier { kind, span }))
}

/// `struct x`, `struct { … }`, `struct x { … }`, and the same for `union` and `enum`.
fn aggregate(start: Input<'_>, tag: Tag) -> Parse<'_, TypeSpecifierKind> {
    let input = start.skip(1);
    let is_body = |input: Input<'_>| match tag {
        Tag::Union => input.is_word("switch"),
        Tag::Struct | Tag::Enum => input.is_punctuation(b'{'),
    };
    let (input, named) = if is_body(input) {
        (input, None)
    } else {
        name.map(Some).parse(input)?
    };
    if let (Some(named), false) = (&named, is_body(input)) {
        return Ok((input, TypeSpecifierKind::Named(named.clone(), Some(tag))));
    }
    // The body's own nesting is counted between its braces.
    match tag {
        Tag::Struct => struct_body
            .map(|body| TypeSpecifierKind::Struct(named.clone().map(Box::new), Box::new(body)))
            .parse(input),
        Tag::Enum => enum_body
            .map(|body| TypeSpecifierKind::Enum(named.clone().map(Box::new), Box::new(body)))
            .parse(input),
        Tag::Union => union_body
            .map(|body| TypeSpecifierKind::Union(named.clone().map(Box::new), Box::new(body)))
            .parse(input),
    }
}

/// The types of the language, and the C names for integers that need no second word.
fn builtin(input: Input<'_>) -> Option<(Input<'_>, Builtin)> {
    let rest = input.skip(1);
    let builtin = match input.text() {
        "void" => Builtin::Void,
        "string" => Builtin::String,
        "opaque" => Builtin::Opaque,
        "bool" => Builtin::Bool,
        "float" => Builtin::Float,
        "double" => Builtin::Double,
        "quadruple" => Builtin::Quadruple,
        "unsigned" => return Some(unsigned(rest)),
        "signed" => return Some(sized(rest).unwrap_or((rest, Builtin::Int))),
        _ => return sized(input),
    };
    Some((rest, builtin))
}

/// `int`, `hyper`, `long`, `long int`, `long long`, `long long int`, `short`, `short int`, `char`.
fn sized(input: Input<'_>) -> Option<(Input<'_>, Builtin)> {
    let rest = input.skip(1);
    Some(match input.text() {
        "int" => (rest, Builtin::Int),
        "hyper" => (without_int(rest), Builtin::Hyper),
        "long" if rest.is_word("long") => (without_int(rest.skip(1)), Builtin::Hyper),
        "long" => (without_int(rest), Builtin::Int),
        "short" => (without_int(rest), Builtin::Short),
        "char" => (rest, Builtin::Char),
        _ => return None,
    })
}

fn without_int(input: Input<'_>) -> Input<'_> {
    input.skip(usize::from(input.is_word("int")))
}

/// What follows `unsigned`; nothing means `int`.
fn unsigned(input: Input<'_>) -> (Input<'_>, Builtin) {
    // `unsigned long;` declares no type but a field of that name.
    let names_the_field = input.skip(1).kind() != Some(TokenKind::Identifier)
        && !input.skip(1).is_punctuation(b'*')
        && !input.skip(1).is_punctuation(b')')
        && !input.skip(1).is_punctuation(b',');
    match sized(input) {
        Some((rest, builtin)) if !names_the_field => {
            let builtin = match builtin {
                Builtin::Hyper => Builtin::UnsignedHyper,
                Builtin::Char => Builtin::UnsignedChar,
                Builtin::Short => Builtin::UnsignedShort,
                _ => Builtin::UnsignedInt,
            };
            (rest, builtin)
        }
        _ => (input, Builtin::UnsignedInt),
    }
}

/// An argument of a procedure, which may have a name.
pub(super) fn argument(input: Input<'_>) -> Parse<'_, Declaration> {
    alt((declaration, nameless)).parse(input)
}
