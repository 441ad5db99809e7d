//! Definitions: `const`, `typedef`, `enum`, `struct`, `union`, `program`.

use nom::Parser;
use nom::sequence::preceded;
use thin_vec::ThinVec;

use super::body::{enum_body, struct_body, union_body};
use super::declaration::{declaration, value};
use super::input::{Expected, Input, Parse, name, punctuation, word};
use super::program::program;
use super::trivia;
use crate::ast::{Const, Item, ItemKind};

/// A definition with its semicolon.
pub(super) fn item(start: Input<'_>) -> Parse<'_, Item> {
    let leading = trivia::leading(start);
    let has_body = !matches!(start.text(), "const" | "typedef");
    let opening = if has_body {
        trivia::opening(start)
    } else {
        ThinVec::new()
    };
    let (input, kind) = match start.text() {
        "const" => constant(start)?,
        "typedef" => typedef(start)?,
        "enum" => named(start, enum_body, ItemKind::Enum)?,
        "struct" => named(start, struct_body, ItemKind::Struct)?,
        "union" => {
            let boxed = |name, body| ItemKind::Union(name, Box::new(body));
            named(start, union_body, boxed)?
        }
        "program" => program
            .map(|program| ItemKind::Program(Box::new(program)))
            .parse(start)?,
        _ => return start.fail(Expected::Definition),
    };
    let (end, _) = punctuation(';').parse(input)?;
    let item = Item {
        kind,
        span: start.span_to(end),
        leading,
        opening,
        trailing: trivia::trailing(start, end),
    };
    Ok((end, item))
}

fn constant(input: Input<'_>) -> Parse<'_, ItemKind> {
    let name = preceded(word("const"), name);
    let value = preceded(punctuation('='), value);
    (name, value)
        .map(|(name, value)| ItemKind::Const(Const { name, value }))
        .parse(input)
}

fn typedef(input: Input<'_>) -> Parse<'_, ItemKind> {
    preceded(word("typedef"), declaration)
        .map(|target| ItemKind::Typedef(Box::new(target)))
        .parse(input)
}

/// A keyword, a name and a body.
fn named<'a, B>(
    input: Input<'a>,
    body: impl Fn(Input<'a>) -> Parse<'a, B>,
    kind: impl Fn(crate::ast::Identifier, B) -> ItemKind,
) -> Parse<'a, ItemKind> {
    (name, body)
        .map(|(name, body)| kind(name, body))
        .parse(input.skip(1))
}
