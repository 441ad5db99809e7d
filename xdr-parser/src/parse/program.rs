//! Programs of the RPC language (RFC 5531 §12.2).

use nom::Parser;
use nom::multi::separated_list0;
use nom::sequence::preceded;

use super::body::braces;
use super::declaration::{argument, nameless, value};
use super::input::{Input, Parse, name, punctuation, word};
use super::trivia;
use crate::ast::{Procedure, Program, Version};

/// `program NAME { VERSION … } = NUMBER`
pub(super) fn program(input: Input<'_>) -> Parse<'_, Program> {
    let (input, name) = preceded(word("program"), name).parse(input)?;
    let (input, (versions, dangling)) = braces(input, b';', version)?;
    let (input, number) = preceded(punctuation('='), value).parse(input)?;
    let program = Program {
        name,
        versions,
        number,
        dangling,
    };
    Ok((input, program))
}

/// `version NAME { PROCEDURE … } = NUMBER;`
fn version(start: Input<'_>) -> Parse<'_, Version> {
    let leading = trivia::leading(start);
    let (input, name) = preceded(word("version"), name).parse(start)?;
    let (input, (procedures, dangling)) = braces(input, b';', procedure)?;
    let (input, number) = preceded(punctuation('='), value).parse(input)?;
    let (end, _) = punctuation(';').parse(input)?;
    let version = Version {
        name,
        procedures,
        number,
        span: start.span_to(end),
        leading,
        trailing: trivia::trailing(start, end),
        dangling,
    };
    Ok((end, version))
}

/// `TYPE NAME(TYPE, …) = NUMBER;`
fn procedure(start: Input<'_>) -> Parse<'_, Procedure> {
    let leading = trivia::leading(start);
    let (input, ret) = nameless(start)?;
    let (input, name) = name(input)?;
    let (input, _) = punctuation('(').parse(input)?;
    let (input, args) = separated_list0(punctuation(','), argument).parse(input)?;
    let (input, _) = punctuation(')').parse(input)?;
    let (input, number) = preceded(punctuation('='), value).parse(input)?;
    let (end, _) = punctuation(';').parse(input)?;
    let procedure = Procedure {
        ret,
        name,
        args,
        number,
        span: start.span_to(end),
        leading,
        trailing: trivia::trailing(start, end),
    };
    Ok((end, procedure))
}
