//! JSON (RFC 8259) as a list of its tokens, each of which knows where the value that it begins ends.
//!
//! Fields of an object may come in any order, while those of a struct have one: so the text is read as a whole first. It is
//! read in a loop: no nesting overflows the stack. Numbers stay text, so that none loses a digit.

use super::text;

/// A token; an index into [`Tape::tokens`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token(u32);

/// JSON that has been read.
#[derive(Debug)]
pub(crate) struct Tape<'t> {
    text: &'t str,
    tokens: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: Kind,
    /// The first byte in the text, and the one behind the last.
    start: usize,
    end: usize,
    /// The token behind the value.
    next: u32,
    /// Elements of an array, keys of an object.
    len: u32,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number,
    /// `escaped` says that it is not what stands in the text.
    String {
        escaped: bool,
    },
    Array,
    /// A key and a value in turns.
    Object,
}

/// Text that is no JSON: where, and what was expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) at: usize,
    pub(crate) expected: &'static str,
}

impl<'t> Tape<'t> {
    /// Reads one value and nothing but white space around it.
    pub(crate) fn read(text: &'t str) -> Result<Self, SyntaxError> {
        let mut parser = Parser {
            tape: Self {
                text,
                tokens: Vec::new(),
            },
            at: 0,
            open: Vec::new(),
        };
        parser.document()?;
        Ok(parser.tape)
    }

    /// The value that the text is.
    pub(crate) const ROOT: Token = Token(0);

    fn entry(&self, token: Token) -> Entry {
        self.tokens[token.0 as usize]
    }

    pub(crate) fn kind(&self, token: Token) -> Kind {
        self.entry(token).kind
    }

    /// Elements of an array, keys of an object.
    pub(crate) fn len(&self, token: Token) -> usize {
        self.entry(token).len as usize
    }

    /// The first element of an array or the first key of an object, if it has one.
    pub(crate) fn first(&self, token: Token) -> Option<Token> {
        (self.entry(token).len > 0).then_some(Token(token.0 + 1))
    }

    /// What follows a value; inside of an array or an object only.
    pub(crate) fn after(&self, token: Token) -> Token {
        Token(self.entry(token).next)
    }

    /// The keys of an object, each with its value.
    pub(crate) fn members(&self, object: Token) -> impl Iterator<Item = (Token, Token)> + '_ {
        let mut next = self.first(object);
        let mut left = self.len(object);
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let key = next?;
            let value = self.after(key);
            next = (left > 0).then(|| self.after(value));
            Some((key, value))
        })
    }

    /// The token as it stands in the text.
    pub(crate) fn raw(&self, token: Token) -> &'t str {
        let Entry { start, end, .. } = self.entry(token);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The text of a string or a key; nothing if it is neither.
    pub(crate) fn string(&self, token: Token) -> Option<std::borrow::Cow<'t, str>> {
        let Kind::String { escaped } = self.kind(token) else {
            return None;
        };
        let raw = self.raw(token);
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        Some(if escaped {
            text::unescape(inner).into()
        } else {
            inner.into()
        })
    }

    /// Where a token begins: line and column, the latter in characters, both counted from 1.
    pub(crate) fn position(&self, token: Token) -> (usize, usize) {
        position(self.text, self.entry(token).start)
    }
}

/// Line and column of a byte, the latter in characters, both counted from 1.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

struct Parser<'t> {
    tape: Tape<'t>,
    at: usize,
    /// Arrays and objects that are not closed yet.
    open: Vec<u32>,
}

const VALUE: &str = "a value";

impl Parser<'_> {
    fn document(&mut self) -> Result<(), SyntaxError> {
        loop {
            // Here a value begins.
            self.skip_space();
            let opened = self.value()?;
            if opened {
                let close = if self.in_object() { b'}' } else { b']' };
                self.skip_space();
                if self.peek() != Some(close) {
                    if self.in_object() {
                        self.key("a key or `}`")?;
                    }
                    continue;
                }
                self.close();
            }
            // Here one has ended, and maybe what it is in.
            if self.end_of_value()? {
                return Ok(());
            }
        }
    }

    /// What follows a value, up to the next one. Returns whether that is the end of the text.
    fn end_of_value(&mut self) -> Result<bool, SyntaxError> {
        loop {
            self.skip_space();
            let Some(&open) = self.open.last() else {
                return match self.peek() {
                    None => Ok(true),
                    Some(_) => Err(self.expected("the end of the text")),
                };
            };
            let is_object = self.in_object();
            let container = &mut self.tape.tokens[open as usize];
            container.len = container.len.saturating_add(1);
            match (self.peek(), is_object) {
                (Some(b','), _) => {
                    self.at += 1;
                    if is_object {
                        self.skip_space();
                        self.key("a key")?;
                    }
                    return Ok(false);
                }
                (Some(b'}'), true) | (Some(b']'), false) => self.close(),
                (_, true) => return Err(self.expected("`,` or `}`")),
                (_, false) => return Err(self.expected("`,` or `]`")),
            }
        }
    }

    fn in_object(&self) -> bool {
        let open = self
            .open
            .last()
            .and_then(|&at| self.tape.tokens.get(at as usize));
        open.is_some_and(|entry| entry.kind == Kind::Object)
    }

    /// Closes what was opened last.
    fn close(&mut self) {
        self.at += 1;
        let next = self.next_token();
        if let Some(open) = self.open.pop() {
            let entry = &mut self.tape.tokens[open as usize];
            entry.end = self.at;
            entry.next = next;
        }
    }

    /// One value, or the beginning of an array or an object: then true.
    fn value(&mut self) -> Result<bool, SyntaxError> {
        match self.peek() {
            Some(b'{') => self.open(Kind::Object),
            Some(b'[') => self.open(Kind::Array),
            Some(b'"') => self.string().map(|()| false),
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| false),
            Some(b'n') => self.word("null", Kind::Null),
            Some(b't') => self.word("true", Kind::Bool(true)),
            Some(b'f') => self.word("false", Kind::Bool(false)),
            _ => Err(self.expected(VALUE)),
        }
    }

    fn open(&mut self, kind: Kind) -> Result<bool, SyntaxError> {
        self.open.push(self.next_token());
        self.push(kind, 1)?;
        Ok(true)
    }

    fn word(&mut self, word: &'static str, kind: Kind) -> Result<bool, SyntaxError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.expected(VALUE));
        }
        self.push(kind, word.len())?;
        Ok(false)
    }

    fn key(&mut self, expected: &'static str) -> Result<(), SyntaxError> {
        if self.peek() != Some(b'"') {
            return Err(self.expected(expected));
        }
        self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), SyntaxError> {
        match text::string_len(self.rest()) {
            Ok((len, escaped)) => self.push(Kind::String { escaped }, len),
            Err((at, expected)) => Err(SyntaxError {
                at: self.at + at,
                expected,
            }),
        }
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        match text::number_len(self.rest()) {
            Ok(len) => self.push(Kind::Number, len),
            Err(at) => Err(SyntaxError {
                at: self.at + at,
                expected: "a digit",
            }),
        }
    }

    /// A token of `len` bytes.
    fn push(&mut self, kind: Kind, len: usize) -> Result<(), SyntaxError> {
        let next = self.next_token();
        if next == u32::MAX {
            return Err(self.expected("fewer than 2^32 values"));
        }
        self.tape.tokens.push(Entry {
            kind,
            start: self.at,
            end: self.at + len,
            next: next + 1,
            len: 0,
        });
        self.at += len;
        Ok(())
    }

    fn next_token(&self) -> u32 {
        u32::try_from(self.tape.tokens.len()).unwrap_or(u32::MAX)
    }

    fn rest(&self) -> &[u8] {
        self.tape.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.tape.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn expected(&self, expected: &'static str) -> SyntaxError {
        SyntaxError {
            at: self.at,
            expected,
        }
    }
}

#[cfg(test)]
mod tests;
