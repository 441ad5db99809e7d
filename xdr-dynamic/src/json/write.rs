//! Bytes → JSON, from the decoder's cursor to the writer with no tree in between.

use std::io::{self, Write};

use xdr_wire::{Decoder, ErrorKind, Fault};

use crate::program::{ARM, DISCRIMINANT, Field, FormId};
use crate::scalar::Scalar;
use crate::visit::{Begun, Label, Visit};

mod numbers;

/// How JSON is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// On one line, without spaces.
    #[default]
    Compact,
    /// A line for each field and element, indented by two spaces.
    Pretty,
}

/// Writes what a walk tells.
pub(crate) struct JsonWriter<'w> {
    out: Vec<u8>,
    sink: Option<&'w mut dyn Write>,
    failed: Option<io::Error>,
    style: Style,
    /// Closing brackets of what is open, outermost first; an optional's may be none.
    open: Vec<&'static str>,
    /// What was opened last has no part yet.
    fresh: bool,
    indent: usize,
}

/// Bytes that are kept before they are handed on.
const BLOCK: usize = 1 << 16;

impl<'w> JsonWriter<'w> {
    /// Keeps all.
    pub(crate) fn to_vec(style: Style) -> Self {
        Self {
            out: Vec::new(),
            sink: None,
            failed: None,
            style,
            open: Vec::new(),
            fresh: false,
            indent: 0,
        }
    }

    /// Hands all on to `sink`.
    pub(crate) fn to_sink(style: Style, sink: &'w mut dyn Write) -> Self {
        Self {
            sink: Some(sink),
            ..Self::to_vec(style)
        }
    }

    /// One value without parts.
    pub(crate) fn of_scalar(scalar: Scalar<'_>) -> String {
        let mut writer = JsonWriter::to_vec(Style::Compact);
        writer.scalar(FormId(0), scalar, 0, 0);
        text_of(writer.out)
    }

    /// Whether the sink has failed, what is left then not being handed on.
    pub(crate) fn failure(self) -> Option<io::Error> {
        self.failed
    }

    /// Hands on what is left.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, io::Error> {
        self.flush();
        match self.failed {
            None => Ok(self.out),
            Some(error) => Err(error),
        }
    }

    #[cold]
    #[inline(never)]
    fn flush(&mut self) {
        if let Some(sink) = &mut self.sink {
            if self.failed.is_none() {
                self.failed = sink.write_all(&self.out).err();
            }
            self.out.clear();
        }
    }

    #[inline]
    fn flush_if_full(&mut self) {
        if self.out.len() >= BLOCK {
            self.flush();
        }
    }

    #[inline]
    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// What stands before a key or an element.
    #[inline]
    fn separate(&mut self) {
        if !self.fresh {
            self.out.push(b',');
        }
        self.fresh = false;
        if self.style == Style::Pretty {
            self.new_line();
        }
    }

    fn new_line(&mut self) {
        self.out.push(b'\n');
        for _ in 0..self.indent {
            self.out.extend_from_slice(b"  ");
        }
    }

    #[inline]
    fn key(&mut self, key: &str) {
        self.separate();
        self.put(key);
        if self.style == Style::Pretty {
            self.out.push(b' ');
        }
    }

    /// A name that has nothing to escape.
    fn name(&mut self, name: &str) {
        self.out.push(b'"');
        self.put(name);
        self.out.push(b'"');
    }

    /// An object with one key.
    fn tagged(&mut self, key: &str, value: impl FnOnce(&mut Self)) {
        self.put("{\"");
        self.put(key);
        self.put(if self.style == Style::Pretty {
            "\": "
        } else {
            "\":"
        });
        value(self);
        self.out.push(b'}');
    }

    /// Text in quotes (RFC 8259, section 7).
    fn text(&mut self, text: &str) {
        self.out.push(b'"');
        let mut rest = text.as_bytes();
        loop {
            // Pieces, so that what is handed on never is more than a block and a piece.
            let piece = rest.get(..BLOCK).unwrap_or(rest);
            let plain = piece
                .iter()
                .position(|&byte| needs_escape(byte))
                .unwrap_or(piece.len());
            let (before, after) = rest.split_at(plain);
            self.out.extend_from_slice(before);
            rest = after;
            if plain < piece.len() {
                rest = match rest {
                    [C1_LEAD, control @ 0x80..=0x9f, after @ ..] => {
                        self.escape(*control);
                        after
                    }
                    [C1_LEAD, after @ ..] => {
                        self.out.push(C1_LEAD);
                        after
                    }
                    [byte, after @ ..] => {
                        self.escape(*byte);
                        after
                    }
                    [] => rest,
                };
            }
            if rest.is_empty() {
                break;
            }
            self.flush_if_full();
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            8 => b'b',
            12 => b'f',
            _ => {
                let [high, low] = hex_of(byte);
                return self
                    .out
                    .extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            }
        };
        self.out.extend_from_slice(&[b'\\', short]);
    }

    /// Bytes as lower-case hex in quotes.
    fn hex(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        for piece in bytes.chunks(BLOCK) {
            self.out.extend(piece.iter().flat_map(|byte| hex_of(*byte)));
            self.flush_if_full();
        }
        self.out.push(b'"');
    }

    fn open(&mut self, begun: &'static str, end: &'static str) {
        self.put(begun);
        self.open.push(end);
        if !begun.is_empty() {
            self.fresh = true;
            self.indent += 1;
        }
    }
}

impl<'a> Visit<'a> for JsonWriter<'_> {
    #[inline]
    fn scalar(&mut self, _: FormId, scalar: Scalar<'a>, _: usize, _: usize) {
        match scalar {
            Scalar::Void | Scalar::Absent => self.put("null"),
            Scalar::Int(value) => numbers::signed(&mut self.out, value.into()),
            Scalar::UnsignedInt(value) => numbers::unsigned(&mut self.out, value.into()),
            Scalar::Hyper(value) => {
                self.out.push(b'"');
                numbers::signed(&mut self.out, value);
                self.out.push(b'"');
            }
            Scalar::UnsignedHyper(value) => {
                self.out.push(b'"');
                numbers::unsigned(&mut self.out, value);
                self.out.push(b'"');
            }
            Scalar::Float(value) => {
                if let Some(bits) = numbers::float(&mut self.out, value) {
                    self.tagged("bits", |writer| writer.hex(&bits));
                }
            }
            Scalar::Double(value) => {
                if let Some(bits) = numbers::double(&mut self.out, value) {
                    self.tagged("bits", |writer| writer.hex(&bits));
                }
            }
            Scalar::Quadruple(bytes) => self.hex(&bytes),
            Scalar::Bool(value) => self.put(if value { "true" } else { "false" }),
            Scalar::Enum { value, name } => match name {
                Some(name) => self.name(name),
                None => numbers::signed(&mut self.out, value.into()),
            },
            Scalar::String(text) => self.text(text),
            Scalar::Bytes(bytes) => self.tagged("bytes", |writer| writer.hex(bytes)),
            Scalar::Opaque(bytes) => self.hex(bytes),
        }
    }

    #[inline]
    fn begin(&mut self, _: FormId, begun: Begun, _: usize, _: usize) {
        match begun {
            Begun::Struct | Begun::Union => self.open("{", "}"),
            Begun::Array { .. } | Begun::List => self.open("[", "]"),
            Begun::Optional { wrapped: true } => {
                self.open("[", "]");
                self.separate();
            }
            Begun::Optional { wrapped: false } => self.open("", ""),
        }
    }

    #[inline]
    fn field(&mut self, field: &'a Field, label: Label) {
        let general = match label {
            Label::Discriminant { general: true } => DISCRIMINANT,
            Label::Arm { general: true } => ARM,
            _ => return self.key(&field.key),
        };
        self.separate();
        self.name(general);
        self.put(if self.style == Style::Pretty {
            ": "
        } else {
            ":"
        });
    }

    #[inline]
    fn element(&mut self, _: usize, _: usize, _: usize) {
        self.separate();
    }

    #[inline]
    fn end(&mut self, _: usize, _: usize) {
        let Some(end) = self.open.pop() else {
            return;
        };
        if end.is_empty() {
            return;
        }
        self.indent -= 1;
        if self.style == Style::Pretty && !self.fresh {
            self.new_line();
        }
        self.fresh = false;
        self.put(end);
    }

    #[inline]
    fn check(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Fault> {
        self.flush_if_full();
        if self.failed.is_some() {
            return Err(decoder.fail(ErrorKind::Custom("output cannot be written")));
        }
        Ok(())
    }
}

/// What was written: only text is.
pub(crate) fn text_of(json: Vec<u8>) -> String {
    String::from_utf8(json)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Characters that JSON wants escaped, and those that may command a terminal: DEL, and what may be the first of the two bytes
/// of a control character from U+0080 on.
#[inline]
const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7f | C1_LEAD)
}

/// What the UTF-8 of U+0080 to U+00BF begins with; up to U+009F they are control characters (C1).
const C1_LEAD: u8 = 0xc2;

#[inline]
pub(crate) fn hex_of(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [
        DIGITS[usize::from(byte >> 4)],
        DIGITS[usize::from(byte & 15)],
    ]
}
