//! The expressions of `#if` and `#elif`: numbers, names, `defined`, `! && || == != < <= > >=` and parentheses.

use std::collections::BTreeMap;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{all_consuming, opt, value};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use crate::number;

/// Deeper nesting than this is refused; it also bounds the stack.
const MAX_DEPTH: usize = 64;

type Defines = BTreeMap<String, i128>;

/// Whether the expression is true; nothing if it is not an expression. Names without a value are 0, as in C.
pub(super) fn holds(expression: &str, defines: &Defines) -> Option<bool> {
    let depth = expression
        .bytes()
        .filter(|byte| matches!(byte, b'(' | b'!'))
        .count();
    if depth > MAX_DEPTH {
        return None;
    }
    all_consuming(|text| either(text, defines))
        .parse(expression)
        .ok()
        .map(|(_, number)| number != 0)
}

fn symbol<'a>(
    text: &'static str,
) -> impl Parser<&'a str, Output = &'a str, Error = nom::error::Error<&'a str>> {
    delimited(multispace0, tag(text), multispace0)
}

fn either<'a>(text: &'a str, defines: &Defines) -> IResult<&'a str, i128> {
    let (mut text, mut left) = both(text, defines)?;
    while let Ok((rest, _)) = symbol("||").parse(text) {
        let (rest, right) = both(rest, defines)?;
        left = i128::from(left != 0 || right != 0);
        text = rest;
    }
    Ok((text, left))
}

fn both<'a>(text: &'a str, defines: &Defines) -> IResult<&'a str, i128> {
    let (mut text, mut left) = comparison(text, defines)?;
    while let Ok((rest, _)) = symbol("&&").parse(text) {
        let (rest, right) = comparison(rest, defines)?;
        left = i128::from(left != 0 && right != 0);
        text = rest;
    }
    Ok((text, left))
}

fn comparison<'a>(text: &'a str, defines: &Defines) -> IResult<&'a str, i128> {
    type Compare = fn(&i128, &i128) -> bool;
    let (text, left) = operand(text, defines)?;
    let operator = alt((
        value(i128::eq as Compare, symbol("==")),
        value(i128::ne as Compare, symbol("!=")),
        value(i128::le as Compare, symbol("<=")),
        value(i128::ge as Compare, symbol(">=")),
        value(i128::lt as Compare, symbol("<")),
        value(i128::gt as Compare, symbol(">")),
    ));
    let (text, operator) = opt(operator).parse(text)?;
    match operator {
        Some(holds) => {
            let (text, right) = operand(text, defines)?;
            Ok((text, i128::from(holds(&left, &right))))
        }
        None => Ok((text, left)),
    }
}

fn operand<'a>(text: &'a str, defines: &Defines) -> IResult<&'a str, i128> {
    let (text, _) = multispace0.parse(text)?;
    let word = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let (text, number) = alt((
        preceded(char('!'), |text| operand(text, defines)).map(|number| i128::from(number == 0)),
        delimited(symbol("("), |text| either(text, defines), symbol(")")),
        preceded(tag("defined"), |text| defined(text, defines)),
        word.map(|word: &str| {
            let number = number::parse_c(word).ok();
            number.or_else(|| defines.get(word).copied()).unwrap_or(0)
        }),
    ))
    .parse(text)?;
    let (text, _) = multispace0.parse(text)?;
    Ok((text, number))
}

/// `defined NAME` and `defined(NAME)`.
fn defined<'a>(text: &'a str, defines: &Defines) -> IResult<&'a str, i128> {
    let name = |text| take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_').parse(text);
    let (text, name) = alt((
        delimited(symbol("("), name, symbol(")")),
        preceded(nom::character::complete::multispace1, name),
    ))
    .parse(text)?;
    Ok((text, i128::from(defines.contains_key(name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_evaluated_as_in_c() {
        let defines = Defines::from([("A".to_owned(), 3), ("definedness".to_owned(), 1)]);
        for (expression, expected) in [
            ("1", Some(true)),
            ("0", Some(false)),
            ("A", Some(true)),
            ("B", Some(false)),
            ("defined A && !defined(B)", Some(true)),
            ("defined(B) || A >= 3", Some(true)),
            ("A == 3 && A != 4 && A < 0x10", Some(true)),
            ("(0 || 1) && 010 == 8", Some(true)),
            ("definedness", Some(true)),
            ("!(A > 2)", Some(false)),
            ("1 +", None),
            ("", None),
        ] {
            assert_eq!(holds(expression, &defines), expected, "{expression}");
        }
    }

    #[test]
    fn nested_parentheses_are_refused_before_they_fill_the_stack() {
        assert_eq!(holds(&"(".repeat(100_000), &Defines::new()), None);
        assert_eq!(holds(&"!".repeat(100_000), &Defines::new()), None);
    }
}
