//! What to say about a definition that does not parse, where to go on, and what can be read of it all the same.

use super::input::{Expected, Input};
use super::{item, trivia};
use crate::ast::Item;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Location, Span};
use crate::token::TokenKind;
use crate::words::DEFINITIONS;

/// The message for the definition that begins at `start`.
pub(super) fn diagnose(file: FileId, start: Input<'_>) -> Diagnostic {
    let furthest = start.furthest();
    let lexemes = &start.stream.lexemes;
    let at = furthest.at().max(start.index());
    let found = lexemes[at];
    let mut expected: Vec<Expected> = furthest.expected().collect();
    expected.sort_unstable();
    let location = |span| Location { file, span };
    if expected.contains(&Expected::LessNesting) {
        return Diagnostic::error(
            Code::E0106,
            location(found.span),
            "declarations are nested too deeply",
        )
        .label("one level too many")
        .also(
            location(first_line(start)),
            "in the definition that begins here",
        )
        .help("give the inner types names of their own");
    }
    let is_end = at + 1 == lexemes.len();
    let what = list(&expected);
    let (code, found_text) = if is_end {
        (Code::E0110, "the end of the text".to_owned())
    } else {
        (
            Code::E0101,
            format!("`{}`", found.span.of(start.stream.text)),
        )
    };
    // A missing mark is missing behind what precedes it, which may be a line further up.
    let previous = at.checked_sub(1).map(|previous| lexemes[previous].span);
    let missing = |character| expected == [Expected::Punctuation(character)];
    let (span, label) = match previous {
        Some(previous) if at > start.index() && [b';', b',', b':'].into_iter().any(missing) => (
            Span::new(previous.end.saturating_sub(1), previous.end),
            format!("expected {what} behind this"),
        ),
        _ => (found.span, format!("expected {what}")),
    };
    let diagnostic = Diagnostic::error(
        code,
        location(span),
        format!("expected {what}, found {found_text}"),
    )
    .label(label)
    .help(help(&expected, start, at));
    if at == start.index() {
        match previous {
            Some(previous) => {
                diagnostic.also(location(previous), "the definition before ends here")
            }
            None => diagnostic,
        }
    } else {
        diagnostic.also(
            location(first_line(start)),
            "in the definition that begins here",
        )
    }
}

/// The keyword and the name of the definition at `start`.
fn first_line(start: Input<'_>) -> Span {
    let head = start.skip(1);
    match head.kind() {
        Some(TokenKind::Identifier) => start.span_to(head.skip(1)),
        _ => start.span_to(head),
    }
}

fn help(expected: &[Expected], start: Input<'_>, at: usize) -> String {
    let is = |wanted| expected.contains(&wanted);
    let found = &start.stream.lexemes[at];
    if is(Expected::Definition) {
        "a definition begins with `const`, `typedef`, `enum`, `struct`, `union` or `program`"
    } else if is(Expected::Punctuation(b';')) {
        "declarations and definitions end with `;`"
    } else if is(Expected::Word("case")) {
        "each arm of a union begins with `case VALUE:` or `default:`"
    } else if is(Expected::Punctuation(b',')) {
        "enumerators are separated by `,`"
    } else if is(Expected::Type) {
        "a declaration is a type and a name: `unsigned int flags;`"
    } else if is(Expected::Name) && found.kind == TokenKind::Number {
        "a name begins with a letter or `_`"
    } else if is(Expected::Value) {
        "a value is a number or the name of a constant"
    } else {
        "the grammar is that of RFC 4506 section 6.3 and RFC 5531 section 12.2"
    }
    .to_owned()
}

/// “`,` or `}`”
fn list(expected: &[Expected]) -> String {
    let names: Vec<String> = expected
        .iter()
        .map(|&expected| describe(expected))
        .collect();
    match names.split_last() {
        None => "something else".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

fn describe(expected: Expected) -> String {
    match expected {
        Expected::Definition => "a definition".to_owned(),
        Expected::Name => "a name".to_owned(),
        Expected::Value => "a value".to_owned(),
        Expected::Type => "a type".to_owned(),
        Expected::LessNesting => "less nesting".to_owned(),
        Expected::Punctuation(character) => format!("`{}`", char::from(character)),
        Expected::Word(word) => format!("`{word}`"),
    }
}

/// Where parsing goes on: behind the first `;` outside of braces, or at a keyword of definitions at the left margin.
pub(super) fn next_item(start: Input<'_>) -> Input<'_> {
    let text = start.stream.text;
    let mut depth = 0_usize;
    for (index, lexeme) in start.lexemes().iter().enumerate().skip(1) {
        let begins = lexeme.flush_left && DEFINITIONS.contains(&lexeme.span.of(text));
        if begins {
            return start.skip(index);
        }
        match lexeme.kind {
            TokenKind::Punctuation(b'{') => depth += 1,
            TokenKind::Punctuation(b'}') => depth = depth.saturating_sub(1),
            TokenKind::Punctuation(b';') if depth == 0 => {
                let rest = start.skip(index + 1);
                // A closing brace nobody opened is what remains of the broken definition.
                if !rest.is_punctuation(b'}') {
                    return rest;
                }
            }
            _ => {}
        }
    }
    start.skip(start.lexemes().len())
}

/// What can be read of the definition at `start`, which has a mistake; the next one begins at `end`.
pub(super) fn item_between(start: Input<'_>, end: Input<'_>) -> Option<Item> {
    trivia::give_back(start, end);
    let (rest, item) = item::item(start.recovering()).ok()?;
    (rest.index() <= end.index()).then_some(item)
}

/// Whether a mark that is not here may be thought to be: it would end a line, or a body.
pub(super) fn may_be_missing(input: Input<'_>, mark: u8) -> bool {
    matches!(mark, b';' | b',') && (begins_line(input) || input.is_punctuation(b'}'))
}

/// Whether a body whose mistakes are stepped over ends here without a brace: the next definition begins, or the text ends.
pub(super) fn ends_body(input: Input<'_>) -> bool {
    let Some(next) = input.lexemes().first() else {
        return input.is_recovering();
    };
    input.is_recovering()
        && next.flush_left
        && DEFINITIONS.contains(&next.span.of(input.stream.text))
}

/// Where the next member, enumerator, arm or procedure may begin: behind a mark, or on a line of its own.
pub(super) fn next_node(start: Input<'_>, mark: u8) -> Input<'_> {
    let mut depth = 0_usize;
    let mut input = start;
    while !input.is_at_end() && !ends_body(input) {
        match input.kind() {
            Some(TokenKind::Punctuation(b'}')) if depth == 0 => return input,
            Some(TokenKind::Punctuation(b'{')) => depth += 1,
            Some(TokenKind::Punctuation(b'}')) => depth -= 1,
            Some(TokenKind::Punctuation(here)) if depth == 0 && here == mark => {
                return input.skip(1);
            }
            _ if depth == 0 && input.index() > start.index() && begins_line(input) => {
                return input;
            }
            _ => {}
        }
        input = input.skip(1);
    }
    input
}

/// Whether the next lexeme is the first of its line; the end of the text counts as one.
fn begins_line(input: Input<'_>) -> bool {
    let lexemes = &input.stream.lexemes;
    let (Some(before), Some(here)) = (input.index().checked_sub(1), lexemes.get(input.index()))
    else {
        return true;
    };
    let between = Span::new(lexemes[before].span.end, here.span.start);
    input.is_at_end() || between.of(input.stream.text).contains('\n')
}

/// The names, keywords among them, in what is skipped.
pub(super) fn names_between(start: Input<'_>, end: Input<'_>) -> impl Iterator<Item = String> {
    let text = start.stream.text;
    let skipped = &start.stream.lexemes[start.index()..end.index()];
    let names = skipped
        .iter()
        .filter(|lexeme| lexeme.kind == TokenKind::Identifier);
    names.map(|lexeme| lexeme.span.of(text).to_owned())
}
