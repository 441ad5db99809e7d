//! Step 1: text → tokens (RFC 4506 §6.2, RFC 5531 §12.2), without loss.
//!
//! Tokens that are more than a run of like bytes are nom parsers on the rest of the text; what none of them takes becomes
//! an unknown token, so that lexing never fails.

use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_till, take_until, take_while, take_while1};
use nom::character::complete::char;
use nom::combinator::{opt, recognize, rest};
use nom::error::Error;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Location, Span};
use crate::token::{Token, TokenKind};

/// The longest text that spans can point into.
pub const MAX_TEXT: usize = u32::MAX as usize - 1;

type Lex<'a> = IResult<&'a [u8], &'a [u8]>;

/// Splits a text into tokens; their texts, one after the other, are the text.
pub fn lex(file: FileId, text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer::new(file, text);
    let tokens = lexer.by_ref().collect();
    (tokens, lexer.diagnostics)
}

/// The tokens of a text, one after the other: together they would take more memory than the text.
pub(crate) struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    /// Where the next token begins.
    at: usize,
    /// Only blanks and comments stand between the start of the line and here.
    pub(crate) at_line_start: bool,
    /// What is wrong with the tokens so far.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(file: FileId, text: &'a str) -> Self {
        let mut lexer = Self {
            file,
            text,
            at: 0,
            at_line_start: true,
            diagnostics: Vec::new(),
        };
        if text.len() > MAX_TEXT {
            let start = lexer.location(Span::default());
            lexer.diagnostics.push(Diagnostic::error(
                Code::E0107,
                start,
                "the text is longer than 4 GiB",
            ));
            lexer.at = text.len();
        }
        lexer
    }

    fn location(&self, span: Span) -> Location {
        Location {
            file: self.file,
            span,
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..)?;
        // Nearly all tokens are blanks, words and marks, and none of these has anything wrong with it.
        let (kind, length) = match *rest.first()? {
            first if is_blank(first) => {
                let length = run(rest, is_blank);
                self.at_line_start |= rest[..length].contains(&b'\n');
                (TokenKind::Whitespace, length)
            }
            first if is_letter(first) => {
                self.at_line_start = false;
                (TokenKind::Identifier, run(rest, in_word))
            }
            first if is_mark(first) => {
                self.at_line_start = false;
                (TokenKind::Punctuation(first), 1)
            }
            first => self.other(first)?,
        };
        self.at = start + length;
        let span = Span::new(offset(start), offset(self.at));
        Some(Token { kind, span })
    }
}

impl Lexer<'_> {
    /// The kind, which follows from the first byte, and the length in bytes of a token that is none of the frequent ones;
    /// what is wrong with it is reported.
    #[inline(never)]
    fn other(&mut self, first: u8) -> Option<(TokenKind, usize)> {
        let rest = self.text.get(self.at..)?;
        let at_line_start = self.at_line_start;
        let (kind, length) = match first {
            b'0'..=b'9' | b'-' => (TokenKind::Number, length(number, rest)),
            b'/' if rest.starts_with("/*") => {
                (TokenKind::BlockComment, length(block_comment, rest))
            }
            b'/' if rest.starts_with("//") => (TokenKind::LineComment, length(line, rest)),
            b'%' if at_line_start => (TokenKind::PassThrough, length(continued_line, rest)),
            b'#' if at_line_start => (TokenKind::Directive, length(continued_line, rest)),
            b'"' => (TokenKind::String, string(rest)),
            _ if self.at == 0 && rest.starts_with(BYTE_ORDER_MARK) => {
                (TokenKind::Whitespace, Some(BYTE_ORDER_MARK.len_utf8()))
            }
            _ => (TokenKind::Unknown, None),
        };
        // An unknown token takes one character, so that every round makes progress.
        let (kind, length) = match length {
            Some(length) => (kind, length),
            None => (TokenKind::Unknown, rest.chars().next()?.len_utf8()),
        };
        self.at_line_start &= matches!(kind, TokenKind::Whitespace | TokenKind::BlockComment);
        let span = Span::new(offset(self.at), offset(self.at + length));
        let location = self.location(span);
        check(kind, &rest[..length], location, &mut self.diagnostics);
        Some((kind, length))
    }
}

/// It says nothing in UTF-8, where some editors put it all the same.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// No text with a place that does not fit is lexed.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether a name may begin with this.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'{' | b'}' | b'(' | b')' | b'[' | b']' | b'<' | b'>' | b'=' | b',' | b';' | b':' | b'*'
    )
}

/// How many bytes at the start of the text are such.
fn run(text: &[u8], are: impl Fn(u8) -> bool) -> usize {
    let end = text.iter().position(|&byte| !are(byte));
    end.unwrap_or(text.len())
}

/// How many bytes of the text a parser takes. All stop at ASCII, or at the end.
fn length<'a>(
    mut parser: impl Parser<&'a [u8], Output = &'a [u8], Error = Error<&'a [u8]>>,
    text: &'a str,
) -> Option<usize> {
    let (_, taken) = parser.parse(text.as_bytes()).ok()?;
    Some(taken.len())
}

/// Takes letters and digits behind the number as well: `12abc` is one malformed number, not two tokens.
fn number(text: &[u8]) -> Lex<'_> {
    recognize((
        opt(char('-')),
        take_while1(|byte: u8| byte.is_ascii_digit()),
        take_while(in_word),
    ))
    .parse(text)
}

/// Whether a name goes on with this.
fn in_word(byte: u8) -> bool {
    const IN_WORD: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0_u8;
        while byte.is_ascii() {
            table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
            byte += 1;
        }
        table
    };
    IN_WORD[usize::from(byte)]
}

fn line(text: &[u8]) -> Lex<'_> {
    take_till(|byte| byte == b'\n' || byte == b'\r').parse(text)
}

/// A `#` or `%` line; a backslash before the line end continues it, as the C preprocessor before rpcgen has it.
fn continued_line(text: &[u8]) -> Lex<'_> {
    let mut end = 0;
    while let Some(length) = text[end..].iter().position(|&byte| byte == b'\n') {
        let newline = end + length;
        let line = &text[..newline];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.ends_with(b"\\") {
            return take(line.len()).parse(text);
        }
        end = newline + 1;
    }
    rest(text)
}

/// An unclosed comment goes to the end of the text.
fn block_comment(text: &[u8]) -> Lex<'_> {
    alt((
        recognize(delimited(tag("/*"), take_until("*/"), tag("*/"))),
        rest,
    ))
    .parse(text)
}

/// An unclosed string goes to the end of its line, a semicolon there left out: it ends the definition.
fn string(text: &str) -> Option<usize> {
    let inside = take_till(|byte| matches!(byte, b'"' | b'\n' | b'\r'));
    let quoted = recognize(preceded(char('"'), pair(inside, opt(char('"')))));
    let string = &text[..length(quoted, text)?];
    if string.len() > 1 && string.ends_with('"') {
        return Some(string.len());
    }
    Some(string.trim_end().trim_end_matches(';').len())
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
