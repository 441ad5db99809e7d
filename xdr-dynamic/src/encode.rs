//! JSON → bytes: one walk along the program that takes each value from where it stands in the JSON.
//!
//! As reading does, it keeps a stack of its own. Each rule is checked by [`Encoder`], as generated code has it.

use std::sync::Arc;

use xdr_wire::{Encoder, ErrorKind, Options};

use crate::error::{EncodeError, EncodeErrorKind};
use crate::json::parse::{Kind, SyntaxError, Tape, Token, position};
use crate::path::{Path, Segment};
use crate::program::{FieldId, Form, FormId, Program};

mod members;
mod scalars;

/// Appends the value that `json` is to `out`. On an error `out` is as it was.
pub(crate) fn encode(
    program: &Program,
    root: FormId,
    json: &str,
    out: &mut Vec<u8>,
    options: Options,
) -> Result<(), EncodeError> {
    let tape = match Tape::read(json) {
        Ok(tape) => tape,
        Err(SyntaxError { at, expected }) => {
            let kind = EncodeErrorKind::Syntax(expected);
            return Err(EncodeError::new(kind, Path::default(), position(json, at)));
        }
    };
    let mut writing = Writing {
        program,
        tape: &tape,
        encoder: Encoder::start(out, &options),
        frames: Vec::new(),
        members: Vec::new(),
        depth_left: options.limits().max_depth,
        token: Tape::ROOT,
    };
    match writing.value(root).and_then(|()| writing.check()) {
        Ok(()) => {
            writing.encoder.finish_untyped();
            Ok(())
        }
        Err(Wrong(kind)) => {
            let position = tape.position(writing.token);
            Err(EncodeError::new(kind, writing.path(), position))
        }
    }
}

/// What is wrong with the current token.
struct Wrong(EncodeErrorKind);

/// A value whose parts are being written.
#[derive(Debug)]
enum Frame {
    /// A struct; the values of its fields are the members from `first` on.
    Struct {
        fields: (u32, u32),
        next: u32,
        first: usize,
    },
    Array {
        element: FormId,
        token: Token,
        next: usize,
        count: usize,
        kind: ArrayKind,
    },
    /// An optional that is there; what it holds until that is written.
    Optional(Option<(FormId, Token)>),
    /// A union whose discriminant is written, and what its arm holds until that is written.
    Arm(FieldId, Option<Token>),
}

/// How the elements of an array follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ArrayKind {
    Fixed,
    Counted,
    /// A word before each element; none before the first where `head` is set, which is on the level of what is around it.
    List {
        head: bool,
    },
}

struct Writing<'p, 'o> {
    program: &'p Program,
    tape: &'p Tape<'p>,
    encoder: Encoder<'o>,
    frames: Vec<Frame>,
    /// The values of the fields of the structs that are being written.
    members: Vec<Token>,
    depth_left: u32,
    /// The token that is looked at, to be blamed.
    token: Token,
}

impl Writing<'_, '_> {
    fn path(&self) -> Path {
        let name = |id| Segment::Field(Arc::clone(&self.program.field(id).name));
        let segments = self.frames.iter().filter_map(|frame| match *frame {
            Frame::Struct { fields, next, .. } => {
                (next > fields.0).then(|| name(FieldId(next - 1)))
            }
            Frame::Array { next, .. } => next.checked_sub(1).map(Segment::Index),
            Frame::Arm(field, _) => Some(name(field)),
            Frame::Optional(_) => None,
        });
        Path(segments.collect())
    }

    fn value(&mut self, root: FormId) -> Result<(), Wrong> {
        let (mut form, mut token) = (root, Tape::ROOT);
        loop {
            self.token = token;
            self.one(form, token)?;
            match self.next()? {
                Some(next) => (form, token) = next,
                None => return Ok(()),
            }
        }
    }

    /// Writes a value without parts, or begins one with parts.
    fn one(&mut self, form: FormId, token: Token) -> Result<(), Wrong> {
        let program = self.program;
        match *program.form(form) {
            Form::Struct { ref fields } => {
                let fields = (fields.start, fields.end);
                self.expect_object(form, token)?;
                let first = self.find_fields(fields, token)?;
                self.frames.push(Frame::Struct {
                    fields,
                    next: fields.0,
                    first,
                });
            }
            Form::FixedArray { element, len } => {
                let count = self.expect_array(form, token)?;
                if count != len {
                    let expected = format!("{len} elements for `{}`", program.ty(form));
                    return mismatch(expected, count.to_string());
                }
                let start = self.encoder.offset();
                if program.min(element) == 0 && !self.encoder.take_empty(start, len) {
                    return self.rule();
                }
                self.begin(element, token, count, ArrayKind::Fixed);
            }
            Form::Array { element, bound } => {
                let count = self.expect_array(form, token)?;
                self.enter()?;
                let empty = program.min(element) == 0;
                if !self.encoder.put_count(count, bound, empty) {
                    return self.rule();
                }
                self.begin(element, token, count, ArrayKind::Counted);
            }
            Form::List { element } => {
                let count = self.expect_array(form, token)?;
                self.enter()?;
                self.begin(element, token, count, ArrayKind::List { head: false });
            }
            Form::Chain { element } => {
                let count = self.expect_array(form, token)?;
                if count == 0 {
                    return mismatch("at least one element", "none");
                }
                self.begin(element, token, count, ArrayKind::List { head: true });
            }
            Form::Optional { value, wrapped } => {
                self.enter()?;
                let is_there = self.tape.kind(token) != Kind::Null;
                if is_there {
                    let inner = if wrapped { self.unwrap(token)? } else { token };
                    self.frames.push(Frame::Optional(Some((value, inner))));
                } else {
                    self.leave();
                }
                self.encoder.put_bool(is_there);
            }
            Form::Union(of) => {
                self.expect_object(form, token)?;
                self.enter()?;
                match self.union(of, token)? {
                    Some((arm, value)) => self.frames.push(Frame::Arm(arm, Some(value))),
                    None => self.leave(),
                }
            }
            _ => {
                self.scalar(form, token)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, element: FormId, token: Token, count: usize, kind: ArrayKind) {
        self.frames.push(Frame::Array {
            element,
            // Of an empty array it is not looked at.
            token: self.tape.first(token).unwrap_or(token),
            next: 0,
            count,
            kind,
        });
    }

    /// The value of an optional that could be null itself, and so is in an array.
    fn unwrap(&self, token: Token) -> Result<Token, Wrong> {
        match self.tape.first(token) {
            Some(inner) if self.tape.kind(token) == Kind::Array && self.tape.len(token) == 1 => {
                Ok(inner)
            }
            _ => mismatch("null, or an array of one value", self.found(token)),
        }
    }

    /// What comes after a value: the next part of what it is in, or of what that is in.
    fn next(&mut self) -> Result<Option<(FormId, Token)>, Wrong> {
        loop {
            let Some(frame) = self.frames.last_mut() else {
                return Ok(None);
            };
            match frame {
                Frame::Struct {
                    fields,
                    next,
                    first,
                } => {
                    if *next < fields.1 {
                        let at = (*next - fields.0) as usize;
                        let token = self.members[*first + at];
                        let field = self.program.field(FieldId(*next));
                        *next += 1;
                        return Ok(Some((field.form, token)));
                    }
                    self.members.truncate(*first);
                }
                Frame::Array {
                    element,
                    token,
                    next,
                    count,
                    kind,
                } => {
                    let (kind, at, left) = (*kind, *next, *next < *count);
                    let step = (*element, *token);
                    if left {
                        *next += 1;
                        *token = self.tape.after(*token);
                    }
                    self.between(kind, at, left)?;
                    if left {
                        return Ok(Some(step));
                    }
                }
                Frame::Optional(value) => match value.take() {
                    Some(value) => return Ok(Some(value)),
                    None => self.leave(),
                },
                Frame::Arm(field, value) => match value.take() {
                    Some(value) => return Ok(Some((self.program.field(*field).form, value))),
                    None => self.leave(),
                },
            }
            self.frames.pop();
        }
    }

    /// What stands before element `at` of an array, or behind the last one where none is `left`.
    fn between(&mut self, kind: ArrayKind, at: usize, left: bool) -> Result<(), Wrong> {
        match kind {
            ArrayKind::Fixed => {}
            ArrayKind::Counted => {
                if !left {
                    self.leave();
                }
            }
            ArrayKind::List { head: true } if at == 0 => {}
            ArrayKind::List { head } => {
                if head && at == 1 && self.depth_left == 0 {
                    // The tail is too deep, and not an element of it.
                    self.frames.pop();
                }
                if head && at == 1 {
                    self.enter()?;
                }
                self.encoder.put_bool(left);
                if !left {
                    self.leave();
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Wrong> {
        if let Some(left) = self.depth_left.checked_sub(1) {
            self.depth_left = left;
            return Ok(());
        }
        let limit = self.encoder.options().limits().max_depth;
        self.encoder.fail(ErrorKind::DepthOverLimit { limit });
        self.rule()
    }

    fn leave(&mut self) {
        self.depth_left += 1;
    }

    /// The rule that the encoder has met.
    fn rule<T>(&self) -> Result<T, Wrong> {
        let (kind, offset) = self.encoder.failure().unwrap_or((
            ErrorKind::Custom("fault of another encoder"),
            self.encoder.offset(),
        ));
        Err(Wrong(EncodeErrorKind::Rule { kind, offset }))
    }

    /// The current value breaks a rule.
    fn fail<T>(&mut self, kind: ErrorKind) -> Result<T, Wrong> {
        self.encoder.fail(kind);
        self.rule()
    }

    fn check(&self) -> Result<(), Wrong> {
        if self.encoder.has_failed() {
            self.rule()
        } else {
            Ok(())
        }
    }

    fn expect_array(&self, form: FormId, token: Token) -> Result<usize, Wrong> {
        match self.tape.kind(token) {
            Kind::Array => Ok(self.tape.len(token)),
            _ => self.mismatch_of(form, token, "an array"),
        }
    }

    fn expect_object(&self, form: FormId, token: Token) -> Result<(), Wrong> {
        match self.tape.kind(token) {
            Kind::Object => Ok(()),
            _ => self.mismatch_of(form, token, "an object"),
        }
    }

    /// The token is not what stands for values of a type.
    fn mismatch_of<T>(&self, form: FormId, token: Token, what: &str) -> Result<T, Wrong> {
        let expected = format!("{what} for `{}`", self.program.ty(form));
        mismatch(expected, self.found(token))
    }

    /// A token as an error shows it.
    fn found(&self, token: Token) -> String {
        match self.tape.kind(token) {
            Kind::Null => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number => format!("the number {}", shortened(self.tape.raw(token))),
            Kind::String { .. } => format!("the string {}", shortened(self.tape.raw(token))),
            Kind::Array => "an array".to_owned(),
            Kind::Object => "an object".to_owned(),
        }
    }
}

/// Long values are shown by how they begin.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn mismatch<T>(expected: impl Into<String>, found: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong(EncodeErrorKind::Mismatch {
        expected: expected.into(),
        found: found.into(),
    }))
}
