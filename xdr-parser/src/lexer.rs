//! Step 1: text → tokens (RFC 4506 §6.2, RFC 5531 §12.2), without loss.
//!
//! Each token is a nom parser on the rest of the text; what none of them takes becomes an unknown token, so
//! that lexing never fails.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_until, take_while, take_while1};
use nom::character::complete::{anychar, char, satisfy};
use nom::combinator::{opt, recognize, rest};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Location, Span};
use crate::token::{Token, TokenKind};

/// The longest text that spans can point into.
pub const MAX_TEXT: usize = u32::MAX as usize - 1;

type Lex<'a> = IResult<&'a str, &'a str>;

/// Splits a text into tokens; their texts, one after the other, are the text.
pub fn lex(file: FileId, text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let mut diagnostics = Vec::new();
    if text.len() > MAX_TEXT {
        let start = Location {
            file,
            span: Span::default(),
        };
        diagnostics.push(Diagnostic::error(
            Code::E0107,
            start,
            "the text is longer than 4 GiB",
        ));
        return (tokens, diagnostics);
    }
    // A byte order mark says nothing in UTF-8, where some editors put it all the same.
    let mut remaining = text.strip_prefix('\u{feff}').unwrap_or(text);
    if remaining.len() < text.len() {
        let span = Span::new(0, offset(text, remaining));
        let kind = TokenKind::Whitespace;
        tokens.push(Token { kind, span });
    }
    let mut at_line_start = true;
    while let Some(&first) = remaining.as_bytes().first() {
        let (kind, parsed) = one(remaining, first, at_line_start);
        let (kind, after, taken) = if let Ok((after, taken)) = parsed {
            (kind, after, taken)
        } else {
            // An unknown token takes one character, so that every round makes progress.
            let length = remaining.chars().next().map_or(1, char::len_utf8);
            (
                TokenKind::Unknown,
                &remaining[length..],
                &remaining[..length],
            )
        };
        let span = Span::new(offset(text, remaining), offset(text, after));
        check(kind, taken, Location { file, span }, &mut diagnostics);
        at_line_start = match kind {
            TokenKind::Whitespace => at_line_start || taken.contains('\n'),
            TokenKind::BlockComment => at_line_start,
            _ => false,
        };
        tokens.push(Token { kind, span });
        remaining = after;
    }
    (tokens, diagnostics)
}

/// How far `rest`, a tail of `text`, is from its beginning.
fn offset(text: &str, rest: &str) -> u32 {
    u32::try_from(text.len() - rest.len()).unwrap_or(u32::MAX)
}

/// The next token: its kind follows from its first byte.
fn one(text: &str, first: u8, at_line_start: bool) -> (TokenKind, Lex<'_>) {
    match first {
        b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => (TokenKind::Whitespace, whitespace(text)),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (TokenKind::Identifier, identifier(text)),
        b'0'..=b'9' | b'-' => (TokenKind::Number, number(text)),
        b'{' | b'}' | b'(' | b')' | b'[' | b']' | b'<' | b'>' | b'=' | b',' | b';' | b':'
        | b'*' => (
            TokenKind::Punctuation(first),
            recognize(anychar).parse(text),
        ),
        b'/' if text.starts_with("/*") => (TokenKind::BlockComment, block_comment(text)),
        b'/' if text.starts_with("//") => (TokenKind::LineComment, line(text)),
        b'%' if at_line_start => (TokenKind::PassThrough, continued_line(text)),
        b'#' if at_line_start => (TokenKind::Directive, continued_line(text)),
        b'"' => (TokenKind::String, string(text)),
        _ => (TokenKind::Unknown, recognize(anychar).parse(text)),
    }
}

fn whitespace(text: &str) -> Lex<'_> {
    take_while1(|c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')).parse(text)
}

fn identifier(text: &str) -> Lex<'_> {
    take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_').parse(text)
}

/// Takes letters and digits behind the number as well: `12abc` is one malformed number, not two tokens.
fn number(text: &str) -> Lex<'_> {
    recognize((
        opt(char('-')),
        satisfy(|c| c.is_ascii_digit()),
        take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'),
    ))
    .parse(text)
}

fn line(text: &str) -> Lex<'_> {
    take_till(|c| c == '\n' || c == '\r').parse(text)
}

/// A `#` or `%` line; a backslash before the line end continues it, as the C preprocessor before rpcgen has it.
fn continued_line(text: &str) -> Lex<'_> {
    let bytes = text.as_bytes();
    let mut end = 0;
    while let Some(length) = text[end..].find('\n') {
        let newline = end + length;
        let line = &bytes[..newline];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.ends_with(b"\\") {
            return Ok((&text[line.len()..], &text[..line.len()]));
        }
        end = newline + 1;
    }
    rest(text)
}

/// An unclosed comment goes to the end of the text.
fn block_comment(text: &str) -> Lex<'_> {
    alt((
        recognize(delimited(tag("/*"), take_until("*/"), tag("*/"))),
        rest,
    ))
    .parse(text)
}

/// An unclosed string goes to the end of its line, a semicolon there left out: it ends the definition.
fn string(text: &str) -> Lex<'_> {
    let inside = take_till(|c| c == '"' || c == '\n' || c == '\r');
    let (rest, string) =
        recognize(preceded(char('"'), pair(inside, opt(char('"'))))).parse(text)?;
    if string.len() > 1 && string.ends_with('"') {
        return Ok((rest, string));
    }
    let length = string.trim_end().trim_end_matches(';').len();
    Ok((&text[length..], &text[..length]))
}

/// Says what is wrong with a token by itself.
fn check(kind: TokenKind, text: &str, location: Location, diagnostics: &mut Vec<Diagnostic>) {
    match kind {
        TokenKind::BlockComment if text.len() < 4 || !text.ends_with("*/") => {
            let opening = Span::new(location.span.start, location.span.start + 2);
            let opening = Location {
                span: opening,
                ..location
            };
            diagnostics.push(
                Diagnostic::error(Code::E0103, opening, "this comment has no end")
                    .label("opened here")
                    .help("close it with `*/`"),
            );
        }
        TokenKind::String if text.len() < 2 || !text.ends_with('"') => diagnostics.push(
            Diagnostic::error(Code::E0104, location, "this string has no end")
                .label("opened here")
                .help("close it with `\"` on the same line"),
        ),
        TokenKind::Unknown => diagnostics.push(unknown(text, location)),
        _ => {}
    }
}

fn unknown(text: &str, location: Location) -> Diagnostic {
    let shown: String = text.chars().flat_map(char::escape_debug).collect();
    let diagnostic = Diagnostic::error(
        Code::E0102,
        location,
        format!("`{shown}` means nothing in XDR"),
    );
    match text {
        "%" | "#" => diagnostic.help("such a line may have only blanks before its first character"),
        "-" => diagnostic.help("a sign stands directly before its digits"),
        _ => diagnostic.help(
            "outside of comments XDR is names, numbers, strings and `{ } ( ) [ ] < > = , ; : *`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let (tokens, _) = lex(FileId(0), text);
        tokens
            .iter()
            .map(|token| (token.kind, token.span.of(text)))
            .collect()
    }

    #[test]
    fn a_percent_line_is_one_token_only_at_the_start_of_a_line() {
        assert_eq!(
            kinds("  %#include <a>\nx"),
            [
                (TokenKind::Whitespace, "  "),
                (TokenKind::PassThrough, "%#include <a>"),
                (TokenKind::Whitespace, "\n"),
                (TokenKind::Identifier, "x"),
            ]
        );
        assert_eq!(kinds("x %")[2], (TokenKind::Unknown, "%"));
    }

    #[test]
    fn a_backslash_continues_a_preprocessor_or_percent_line() {
        assert_eq!(
            kinds("#if A \\\r\n && B\r\nx")[0],
            (TokenKind::Directive, "#if A \\\r\n && B")
        );
        assert_eq!(
            kinds("%#define A (1 + \\\n 2)\nx")[0],
            (TokenKind::PassThrough, "%#define A (1 + \\\n 2)")
        );
    }

    #[test]
    fn a_number_takes_its_sign_and_all_its_letters() {
        assert_eq!(kinds("-0x1F")[0], (TokenKind::Number, "-0x1F"));
        assert_eq!(kinds("12abc")[0], (TokenKind::Number, "12abc"));
        assert_eq!(kinds("- 1")[0], (TokenKind::Unknown, "-"));
    }

    #[test]
    fn an_unclosed_comment_is_reported_where_it_opens() {
        for text in ["/*", "/*/", "/* a *"] {
            let (tokens, diagnostics) = lex(FileId(0), text);
            assert_eq!(tokens.len(), 1, "{text}");
            assert_eq!(diagnostics[0].code, Code::E0103);
            assert_eq!(diagnostics[0].primary.location.span, Span::new(0, 2));
        }
    }

    proptest! {
        #[test]
        fn tokens_put_together_are_the_text(text in "(?s)[ -~\n\r\té€]{0,80}|([a-z]{1,4}|[ \n]|/\\*|\\*/|//|%|#|\"|-|[0-9]|[{}();<>=,:\\[\\]*]){0,60}") {
            let (tokens, _) = lex(FileId(0), &text);
            let mut end = 0;
            for token in &tokens {
                prop_assert_eq!(token.span.start, end);
                prop_assert!(token.span.end > end);
                end = token.span.end;
            }
            prop_assert_eq!(end as usize, text.len());
        }
    }
}
