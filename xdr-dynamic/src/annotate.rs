//! What each byte of a message is.

use std::fmt::Write as _;

use xdr_wire::{Decoder, Fault};

use crate::json::write::JsonWriter;
use crate::program::{Field, Form, FormId, Program};
use crate::scalar::Scalar;
use crate::visit::{Begun, Label, Visit};

/// Bytes of a message that belong together, and what they are. Parts follow one another without gaps.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Part<'a> {
    /// The first byte, counted from the start of the message.
    pub start: usize,
    /// The bytes.
    pub bytes: &'a [u8],
    /// The field that they belong to, from the outermost one inwards; empty for the message as a whole.
    pub path: &'a str,
    /// The field's type, as a `.x` file would declare it.
    pub ty: &'a str,
    /// What the bytes are to the field.
    pub role: Role,
    /// The value as JSON has it; for a string or an opaque without its length. Long ones are cut off.
    pub value: &'a str,
}

/// What bytes are to their field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Its value.
    Value,
    /// How many bytes or elements it has.
    Length,
    /// Whether an optional has a value, or a list another element.
    Presence,
    /// Which arm of a union follows.
    Discriminant,
    /// Zeros that fill a unit of four bytes (RFC 4506, section 3).
    Padding,
}

/// Tells parts.
pub(crate) struct Annotator<'a, F> {
    program: &'a Program,
    input: &'a [u8],
    tell: F,
    path: String,
    /// By value that is open: how long its path is, and its form.
    open: Vec<(usize, FormId)>,
    /// What comes next is a discriminant.
    is_discriminant: bool,
}

/// Characters of a value that are shown.
const SHOWN: usize = 64;

impl<'a, F: FnMut(&Part<'_>)> Annotator<'a, F> {
    pub(crate) fn new(program: &'a Program, input: &'a [u8], tell: F) -> Self {
        Self {
            program,
            input,
            tell,
            path: String::new(),
            open: Vec::new(),
            is_discriminant: false,
        }
    }

    fn tell(&mut self, form: FormId, role: Role, start: usize, end: usize, value: &str) {
        if start == end {
            return;
        }
        (self.tell)(&Part {
            start,
            bytes: self.input.get(start..end).unwrap_or_default(),
            path: &self.path,
            ty: &self.program.ty(form).to_string(),
            role,
            value,
        });
    }

    /// Goes back to the path of what is open.
    fn back(&mut self) -> Option<FormId> {
        let (len, form) = *self.open.last()?;
        self.path.truncate(len);
        Some(form)
    }

    /// The word of a list before an element, or at its end.
    fn link(&mut self, start: usize, end: usize, is_there: bool) {
        if let Some(form) = self.back() {
            let value = if is_there { "1" } else { "0" };
            self.tell(form, Role::Presence, start, end, value);
        }
    }
}

impl<'a, F: FnMut(&Part<'_>)> Visit<'a> for Annotator<'a, F> {
    fn scalar(&mut self, form: FormId, scalar: Scalar<'a>, start: usize, end: usize) {
        let bytes = match scalar {
            Scalar::String(text) => text.as_bytes(),
            Scalar::Bytes(bytes) | Scalar::Opaque(bytes) => bytes,
            Scalar::Absent => return self.tell(form, Role::Presence, start, end, "0"),
            _ => {
                let role = if std::mem::take(&mut self.is_discriminant) {
                    Role::Discriminant
                } else {
                    Role::Value
                };
                return self.tell(form, role, start, end, &value_of(scalar));
            }
        };
        let has_length = !matches!(self.program.form(form), Form::FixedOpaque { .. });
        let body = if has_length { start + 4 } else { start };
        let len = bytes.len();
        self.tell(form, Role::Length, start, body, &len.to_string());
        self.tell(
            form,
            Role::Value,
            body,
            body + len,
            &value_of(shortened(scalar)),
        );
        self.tell(form, Role::Padding, body + len, end, "");
    }

    fn begin(&mut self, form: FormId, begun: Begun, start: usize, end: usize) {
        match begun {
            Begun::Array { count } => {
                self.tell(form, Role::Length, start, end, &count.to_string());
            }
            Begun::Optional { .. } => self.tell(form, Role::Presence, start, end, "1"),
            Begun::Struct | Begun::List | Begun::Union => {}
        }
        self.open.push((self.path.len(), form));
    }

    fn field(&mut self, field: &'a Field, label: Label) {
        self.back();
        self.is_discriminant = matches!(label, Label::Discriminant { .. });
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(&field.name);
    }

    fn element(&mut self, index: usize, start: usize, end: usize) {
        self.link(start, end, true);
        // A string takes any text.
        let _ = write!(self.path, "[{index}]");
    }

    fn end(&mut self, start: usize, end: usize) {
        self.link(start, end, false);
        self.open.pop();
    }

    fn check(&mut self, _: &mut Decoder<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// So much of a text or of bytes that its JSON is not cut off without need.
fn shortened(scalar: Scalar<'_>) -> Scalar<'_> {
    let cut = |bytes: &[u8]| bytes.len().min(SHOWN * 4);
    match scalar {
        Scalar::String(text) => {
            let end = (0..=cut(text.as_bytes()))
                .rev()
                .find_map(|end| text.get(..end));
            Scalar::String(end.unwrap_or_default())
        }
        Scalar::Bytes(bytes) => Scalar::Bytes(bytes.get(..cut(bytes)).unwrap_or_default()),
        Scalar::Opaque(bytes) => Scalar::Opaque(bytes.get(..cut(bytes)).unwrap_or_default()),
        other => other,
    }
}

fn value_of(scalar: Scalar<'_>) -> String {
    let json = JsonWriter::of_scalar(scalar);
    match json.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", json.get(..end).unwrap_or_default()),
        None => json,
    }
}
