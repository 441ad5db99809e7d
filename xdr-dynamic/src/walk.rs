//! Reading: one walk over the bytes, along the program, that tells a visitor what it finds.
//!
//! The walk keeps its own stack, so that no message and no limit makes it overflow the thread's, and the stack is the path
//! of whatever goes wrong. Each rule is checked by [`Decoder`], as generated code has it.

use std::sync::Arc;

use xdr_wire::{Decoder, ErrorKind, Fault};

use crate::error::DecodeError;
use crate::path::{Path, Segment};
use crate::program::{FieldId, Form, FormId, Payload, Program};
use crate::scalar::{self, Scalar};
use crate::visit::{Begun, Label, Visit};

/// A value whose parts are being read.
#[derive(Debug)]
enum Frame {
    Struct {
        next: u32,
        end: u32,
    },
    Array {
        element: FormId,
        next: usize,
        count: usize,
        level: bool,
    },
    List {
        element: FormId,
        next: usize,
        inside: bool,
        level: bool,
    },
    /// An optional that is there; what it holds until that is read.
    Optional(Option<FormId>),
    /// A union of which nothing is read yet.
    Union(u32),
    /// A union whose discriminant is being read.
    Discriminant(u32),
    /// A union; the arm that is read, if it has something to be read.
    Arm(Option<FieldId>),
}

/// A walk over one message.
pub(crate) struct Walk<'a> {
    program: &'a Program,
    pub(crate) decoder: Decoder<'a>,
    frames: Vec<Frame>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(program: &'a Program, decoder: Decoder<'a>) -> Self {
        Self {
            program,
            decoder,
            frames: Vec::new(),
        }
    }

    /// Reads a value that takes up the whole input.
    pub(crate) fn message(
        &mut self,
        root: FormId,
        visitor: &mut impl Visit<'a>,
    ) -> Result<(), DecodeError> {
        let read = self
            .value(root, visitor)
            .and_then(|()| self.decoder.finish());
        read.map_err(|_| self.explain())
    }

    /// Where the frames are when something goes wrong is where it went wrong.
    #[cold]
    fn explain(&self) -> DecodeError {
        let unknown = (
            ErrorKind::Custom("fault of another decoder"),
            self.decoder.offset(),
        );
        let (kind, offset) = self.decoder.failure().unwrap_or(unknown);
        DecodeError::new(kind, offset, self.path())
    }

    fn path(&self) -> Path {
        let name = |id| Segment::Field(Arc::clone(&self.program.field(id).name));
        let segments = self.frames.iter().filter_map(|frame| match *frame {
            Frame::Struct { next, .. } => next.checked_sub(1).map(|at| name(FieldId(at))),
            Frame::Array { next, .. } => next.checked_sub(1).map(Segment::Index),
            Frame::List { next, inside, .. } => inside.then(|| Segment::Index(next - 1)),
            Frame::Arm(field) => field.map(name),
            Frame::Optional(_) | Frame::Union(_) | Frame::Discriminant(_) => None,
        });
        Path(segments.collect())
    }

    fn value(&mut self, root: FormId, visitor: &mut impl Visit<'a>) -> Result<(), Fault> {
        let mut form = root;
        loop {
            let number = self.one(form, visitor)?;
            visitor.check(&mut self.decoder)?;
            match self.next(number, visitor)? {
                Some(next) => form = next,
                None => return Ok(()),
            }
        }
    }

    /// Reads a value without parts, or begins one with parts. Returns the number that it is, if it may be a discriminant.
    #[inline]
    fn one(&mut self, id: FormId, visitor: &mut impl Visit<'a>) -> Result<i64, Fault> {
        let (program, decoder) = (self.program, &mut self.decoder);
        let start = decoder.offset();
        let mut number = 0;
        let scalar = match *program.form(id) {
            Form::Void => Scalar::Void,
            Form::Int => {
                let value = decoder.take_i32()?;
                number = value.into();
                Scalar::Int(value)
            }
            Form::UnsignedInt => {
                let value = decoder.take_u32()?;
                number = value.into();
                Scalar::UnsignedInt(value)
            }
            Form::Bool => {
                let value = decoder.take_bool()?;
                number = value.into();
                Scalar::Bool(value)
            }
            Form::Enum(of) => {
                let value = decoder.take_i32()?;
                number = value.into();
                scalar::enumerator(program.enumeration(of), value, decoder)?
            }
            Form::Hyper => Scalar::Hyper(decoder.take_i64()?),
            Form::UnsignedHyper => Scalar::UnsignedHyper(decoder.take_u64()?),
            Form::Float => Scalar::Float(decoder.take_f32()?),
            Form::Double => Scalar::Double(decoder.take_f64()?),
            Form::Quadruple => Scalar::Quadruple(decoder.take_fixed_opaque_array()?),
            Form::Char => Scalar::Int(scalar::char(decoder)?),
            Form::UnsignedChar => Scalar::UnsignedInt(scalar::unsigned_char(decoder)?),
            Form::Short => Scalar::Int(decoder.take_i16()?.into()),
            Form::UnsignedShort => Scalar::UnsignedInt(decoder.take_u16()?.into()),
            Form::String { bound } => scalar::string(decoder, bound)?,
            Form::Opaque { bound } => Scalar::Opaque(decoder.take_opaque(bound)?),
            Form::FixedOpaque { len } => Scalar::Opaque(decoder.take_fixed_opaque(len)?),
            Form::Optional { wrapped, .. } => {
                decoder.enter()?;
                if decoder.take_presence()? {
                    self.begin(id, Begun::Optional { wrapped }, start, visitor);
                    return Ok(0);
                }
                decoder.leave();
                Scalar::Absent
            }
            Form::Struct { .. } => {
                self.begin(id, Begun::Struct, start, visitor);
                return Ok(0);
            }
            Form::FixedArray { element, len } => {
                if program.min(element) == 0 {
                    decoder.take_fixed_empty(len)?;
                }
                self.begin(id, Begun::Array { count: len }, start, visitor);
                return Ok(0);
            }
            Form::Array { element, bound } => {
                decoder.enter()?;
                let count = decoder.take_count(bound, program.min(element))?;
                self.begin(id, Begun::Array { count }, start, visitor);
                return Ok(0);
            }
            Form::List { .. } => {
                decoder.enter()?;
                self.begin(id, Begun::List, start, visitor);
                return Ok(0);
            }
            Form::Chain { .. } => {
                self.begin(id, Begun::List, start, visitor);
                return Ok(0);
            }
            Form::Union(_) => {
                decoder.enter()?;
                self.begin(id, Begun::Union, start, visitor);
                return Ok(0);
            }
        };
        visitor.scalar(id, scalar, start, decoder.offset());
        Ok(number)
    }

    /// Begins a value with parts.
    #[inline]
    fn begin(&mut self, id: FormId, begun: Begun, start: usize, visitor: &mut impl Visit<'a>) {
        let frame = match (self.program.form(id), begun) {
            (Form::Struct { fields }, _) => Frame::Struct {
                next: fields.start,
                end: fields.end,
            },
            (&Form::FixedArray { element, .. }, Begun::Array { count }) => Frame::Array {
                element,
                next: 0,
                count,
                level: false,
            },
            (&Form::Array { element, .. }, Begun::Array { count }) => Frame::Array {
                element,
                next: 0,
                count,
                level: true,
            },
            (&Form::List { element }, _) => Frame::List {
                element,
                next: 0,
                inside: false,
                level: true,
            },
            (&Form::Chain { element }, _) => Frame::List {
                element,
                next: 0,
                inside: false,
                level: false,
            },
            (&Form::Union(union), _) => Frame::Union(union),
            (&Form::Optional { value, .. }, _) => Frame::Optional(Some(value)),
            _ => Frame::Optional(None),
        };
        visitor.begin(id, begun, start, self.decoder.offset());
        self.frames.push(frame);
    }

    /// What comes after a value: the next part of what it is in, or of what that is in.
    #[inline]
    fn next(&mut self, number: i64, visitor: &mut impl Visit<'a>) -> Result<Option<FormId>, Fault> {
        let (program, decoder) = (self.program, &mut self.decoder);
        loop {
            let Some(frame) = self.frames.last_mut() else {
                return Ok(None);
            };
            let start = decoder.offset();
            match frame {
                Frame::Struct { next, end } => {
                    if next < end {
                        let field = program.field(FieldId(*next));
                        *next += 1;
                        visitor.field(field, Label::Field);
                        return Ok(Some(field.form));
                    }
                }
                Frame::Array {
                    element,
                    next,
                    count,
                    level,
                } => {
                    if next < count {
                        visitor.element(*next, start, start);
                        *next += 1;
                        return Ok(Some(*element));
                    }
                    if *level {
                        decoder.leave();
                    }
                }
                Frame::List {
                    element,
                    next,
                    inside,
                    level,
                } => {
                    *inside = false;
                    let is_head = *next == 0 && !*level;
                    if !is_head && !*level {
                        decoder.enter()?;
                        *level = true;
                    }
                    if is_head || decoder.take_presence()? {
                        *inside = true;
                        visitor.element(*next, start, decoder.offset());
                        *next += 1;
                        return Ok(Some(*element));
                    }
                    decoder.leave();
                }
                Frame::Optional(value) => {
                    if let Some(value) = value.take() {
                        return Ok(Some(value));
                    }
                    decoder.leave();
                }
                &mut Frame::Union(of) => {
                    let union = program.union(of);
                    *frame = Frame::Discriminant(of);
                    let general = union.clash;
                    visitor.field(&union.discriminant, Label::Discriminant { general });
                    return Ok(Some(union.discriminant.form));
                }
                &mut Frame::Discriminant(of) => {
                    let union = program.union(of);
                    let Some(Payload(payload)) = union.select(number) else {
                        return Err(decoder.unknown_discriminant(number));
                    };
                    *frame = Frame::Arm(payload);
                    if let Some(payload) = payload {
                        let field = program.field(payload);
                        let general = union.clash;
                        visitor.field(field, Label::Arm { general });
                        return Ok(Some(field.form));
                    }
                    decoder.leave();
                }
                Frame::Arm(_) => decoder.leave(),
            }
            self.frames.pop();
            visitor.end(start, decoder.offset());
            visitor.check(decoder)?;
        }
    }
}
