//! What stands between braces: members, enumerators, arms.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;
use thin_vec::ThinVec;

use super::declaration::{declaration, value};
use super::input::{Expected, Input, Parse, name, punctuation, word};
use super::{recover, trivia};
use crate::ast::{Arm, EnumBody, Enumerator, Member, StructBody, Trivia, UnionBody};

/// `{ NODE NODE … }`: the nodes, each with a `mark` behind it, and the trivia before the closing brace.
pub(super) fn braces<'a, T>(
    start: Input<'a>,
    mark: u8,
    node: impl Fn(Input<'a>) -> Parse<'a, T>,
) -> Parse<'a, (Vec<T>, ThinVec<Trivia>)> {
    let (input, _) = punctuation('{').parse(start)?;
    let (mut input, ()) = input.deeper()?;
    let mut nodes = Vec::with_capacity(count(input, mark));
    while !input.is_punctuation(b'}') && !recover::ends_body(input) {
        match node(input) {
            Ok((rest, node)) => {
                nodes.push(node);
                input = rest;
            }
            Err(_) if input.is_recovering() => input = recover::next_node(input, mark),
            Err(error) => return Err(error),
        }
    }
    let dangling = trivia::leading(input);
    let close = usize::from(input.is_punctuation(b'}'));
    Ok((input.skip(close).at_depth_of(start), (nodes, dangling)))
}

/// About how many nodes there are up to the next closing brace: vectors that grow take twice the memory. Looks no
/// further than where growing costs little, since inner braces are looked into again.
fn count(input: Input<'_>, mark: u8) -> usize {
    let ahead = input.lexemes().iter().take(256);
    let mut open = true;
    let mut count = 0;
    for lexeme in ahead.take_while(|lexeme| !lexeme.is_punctuation(b'}')) {
        open = !lexeme.is_punctuation(mark);
        count += usize::from(!open);
    }
    // The last one of an enum needs no comma.
    count + usize::from(open)
}

/// `{ DECLARATION; … }` (RFC 4506 §4.14). An empty one is an extension.
pub(super) fn struct_body(start: Input<'_>) -> Parse<'_, StructBody> {
    let (input, (members, dangling)) = braces(start, b';', member)?;
    let body = StructBody {
        members,
        dangling,
        span: start.span_to(input),
    };
    Ok((input, body))
}

fn member(start: Input<'_>) -> Parse<'_, Member> {
    let leading = trivia::leading(start);
    let (input, declaration) = declaration(start)?;
    let (input, _) = punctuation(';').parse(input)?;
    let member = Member {
        declaration,
        leading,
        trailing: trivia::trailing(start, input),
    };
    Ok((input, member))
}

/// `{ NAME = VALUE, … }` (§4.3). A value may be missing, and a comma may follow the last: both are extensions.
pub(super) fn enum_body(start: Input<'_>) -> Parse<'_, EnumBody> {
    let (input, (enumerators, dangling)) = braces(start, b',', enumerator)?;
    let body = EnumBody {
        enumerators,
        dangling,
        span: start.span_to(input),
    };
    Ok((input, body))
}

fn enumerator(start: Input<'_>) -> Parse<'_, Enumerator> {
    let leading = trivia::leading(start);
    let (input, name) = name(start)?;
    let (input, value) = if input.is_punctuation(b'=') {
        preceded(punctuation('='), value).map(Some).parse(input)?
    } else {
        let (input, _) = opt(punctuation('=')).parse(input)?;
        (input, None)
    };
    let input = if input.is_punctuation(b'}') {
        input
    } else {
        match punctuation(',').parse(input) {
            Ok((input, _)) => input,
            Err(_) => return input.fail(Expected::Punctuation(b'}')),
        }
    };
    let enumerator = Enumerator {
        name,
        value,
        leading,
        trailing: trivia::trailing(start, input),
    };
    Ok((input, enumerator))
}

/// `switch (DECLARATION) { case VALUE: … default: … }` (§4.15).
pub(super) fn union_body(start: Input<'_>) -> Parse<'_, UnionBody> {
    let (input, _) = (word("switch"), punctuation('(')).parse(start)?;
    let (input, ()) = input.deeper()?;
    let (input, discriminant) = declaration(input)?;
    let (input, _) = punctuation(')').parse(input.at_depth_of(start))?;
    let (input, (arms, dangling)) = braces(input, b';', arm)?;
    let body = UnionBody {
        discriminant,
        arms,
        dangling,
        span: start.span_to(input),
    };
    Ok((input, body))
}

/// Labels, and what they lead to. `case A: case B:` share an arm, and `default:` may be one of the labels.
fn arm(start: Input<'_>) -> Parse<'_, Arm> {
    let leading = trivia::leading(start);
    let mut input = start;
    let mut labels = Vec::new();
    let mut default = None;
    loop {
        if input.is_word("case") {
            let (rest, label) = preceded(word("case"), value).parse(input)?;
            labels.push(label);
            (input, _) = punctuation(':').parse(rest)?;
        } else if input.is_word("default") && default.is_none() {
            let (rest, span) = word("default").parse(input)?;
            default = Some(span);
            (input, _) = punctuation(':').parse(rest)?;
        } else if labels.is_empty() && default.is_none() {
            let _: Parse<'_, ()> = input.fail(Expected::Word("case"));
            let _: Parse<'_, ()> = input.fail(Expected::Word("default"));
            return input.fail(Expected::Punctuation(b'}'));
        } else {
            break;
        }
    }
    let (input, declaration) = declaration(input)?;
    let (end, _) = punctuation(';').parse(input)?;
    let arm = Arm {
        labels,
        default,
        declaration,
        span: start.span_to(end),
        leading,
        trailing: trivia::trailing(start, end),
    };
    Ok((end, arm))
}
