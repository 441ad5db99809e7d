//! The cold walk: finds the path of a fault by reading the input once more along the static descriptor.
//!
//! It is one function for all types and uses the decoder's own steps, so it stops where the decoder stopped.

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::describe::{EnumTy, Field, Ty, UnionTy};
use crate::error::{ErrorKind, Form};
use crate::fault::{Fault, Record};
use crate::path::{Path, Segment};

/// What a walk found.
pub(crate) struct Walked {
    /// The first fault.
    pub(crate) record: Option<Record>,
    /// Where it is; empty without a fault.
    pub(crate) path: Path,
    /// Bytes read.
    pub(crate) offset: usize,
}

/// Reads one `ty` and what may follow it until the first fault.
pub(crate) fn walk(decoder: Decoder<'_>, ty: &'static Ty) -> Walked {
    let metered = !decoder.is_partial();
    let mut walker = Walker::new(decoder, metered);
    let complete = walker.value(ty, Bounds::NONE);
    let _ = complete.and_then(|()| walker.decoder.finish());
    Walked {
        record: walker.decoder.record(),
        offset: walker.decoder.offset(),
        path: walker.path,
    }
}

/// What is wrong with the `ty` that begins here, if anything is.
pub(crate) fn first_fault(decoder: Decoder<'_>, ty: &'static Ty, bounds: Bounds) -> Option<Record> {
    let mut walker = Walker::new(decoder, true);
    match walker.value(ty, bounds) {
        Ok(()) => None,
        Err(_) => walker.decoder.record(),
    }
}

/// What is wrong with the fields of the struct `ty` from `index` on, the first of which begins here.
pub(crate) fn first_fault_of_fields(
    decoder: Decoder<'_>,
    ty: &'static Ty,
    index: usize,
) -> Option<Record> {
    let Ty::Struct(ty) = ty else {
        return None;
    };
    let mut walker = Walker::new(decoder, true);
    match walker.fields(ty.fields().get(index..).unwrap_or_default()) {
        Ok(()) => None,
        Err(_) => walker.decoder.record(),
    }
}

/// The path to the first fault of an array's element, which begins here.
pub(crate) fn path_in_element(
    decoder: Decoder<'_>,
    index: usize,
    ty: &'static Ty,
    bounds: Bounds,
) -> Path {
    let mut walker = Walker::new(decoder, true);
    // The path is left where the walk ends. It ends early where a hand-written implementation is stricter than its descriptor.
    if walker.element(index, ty, bounds).is_ok() {
        walker.path.push(Segment::Index(index));
    }
    walker.path
}

/// How many elements a list has from here, where its next one begins: all up to its end, or to the first fault.
pub(crate) fn elements_ahead(decoder: Decoder<'_>, element: &'static Ty, bounds: Bounds) -> usize {
    let mut walker = Walker::new(decoder, false);
    let mut count = 1;
    while walker.value(element, bounds).is_ok()
        && matches!(walker.decoder.take_presence(), Ok(true))
    {
        count += 1;
    }
    count
}

struct Walker<'de> {
    decoder: Decoder<'de>,
    /// Whether memory is accounted for as in decoding.
    metered: bool,
    /// Left as it was when a step fails.
    path: Path,
    /// Values inside each other that the walk is in.
    level: u32,
}

/// As far as the walk goes for the path of a value that was too deep to be written: the stack of any thread is enough.
const MAX_LEVEL: u32 = 2048;

impl<'de> Walker<'de> {
    fn new(decoder: Decoder<'de>, metered: bool) -> Self {
        Self {
            decoder,
            metered,
            path: Path::default(),
            level: 0,
        }
    }
}

impl Walker<'_> {
    fn value(&mut self, ty: &'static Ty, bounds: Bounds) -> Result<(), Fault> {
        if self.decoder.is_partial() && self.level == MAX_LEVEL {
            return Err(self.decoder.fail(ErrorKind::Custom("path is too long")));
        }
        self.level += 1;
        let (max, inner) = bounds.split();
        let decoder = &mut self.decoder;
        let read = match ty {
            Ty::Void => Ok(()),
            Ty::Int | Ty::UInt | Ty::Float => decoder.take_u32().map(drop),
            Ty::Hyper | Ty::UHyper | Ty::Double => decoder.take_u64().map(drop),
            Ty::Quadruple => decoder.take_array::<16>().map(drop),
            Ty::Bool => decoder.take_bool().map(drop),
            Ty::Char => decoder.take_char(Form::Char).map(drop),
            Ty::UChar => decoder.take_char(Form::UChar).map(drop),
            Ty::Short => decoder.take_i16().map(drop),
            Ty::UShort => decoder.take_u16().map(drop),
            Ty::String if self.metered => decoder.take_string(max).map(drop),
            Ty::String => decoder.take_string_bytes(max).map(drop),
            Ty::Str => decoder.take_str(max).map(drop),
            Ty::Opaque => decoder.take_opaque(max).map(drop),
            Ty::FixedOpaque(len) => decoder.take_fixed_opaque(*len).map(drop),
            Ty::FixedArray(len, element) => self.fixed_array(*len, element, bounds),
            Ty::Array(link) => self.nested(|walker| walker.array(link(), max, inner)),
            Ty::Optional(link) => self.nested(|walker| {
                if walker.decoder.take_presence()? {
                    walker.value(link(), bounds)?;
                }
                Ok(())
            }),
            Ty::List(link) => self.list(0, link(), bounds),
            Ty::Chain(element) => {
                self.element(0, element, bounds)?;
                self.list(1, element, bounds)
            }
            Ty::Struct(ty) => self.fields(ty.fields()),
            Ty::Enum(ty) => self.enumeration(ty),
            Ty::Union(ty) => self.nested(|walker| walker.union(ty)),
            Ty::Bounded(bounds, ty) => self.value(ty, *bounds),
            Ty::Link {
                min,
                stack,
                heap,
                link,
                ..
            } => {
                self.take_heap(*min, *heap)?;
                self.decoder.take_stack(*stack)?;
                self.value(link(), bounds)?;
                self.decoder.give_stack(*stack);
                Ok(())
            }
            Ty::Custom(ty) => (ty.skip)(decoder, bounds),
        };
        self.level -= 1;
        read
    }

    fn enumeration(&mut self, ty: &EnumTy) -> Result<(), Fault> {
        let value = self.decoder.take_i32()?;
        let known = ty.is_open() || ty.enumerators().iter().any(|it| it.value() == value);
        if known {
            Ok(())
        } else {
            Err(self.decoder.unknown_enum(value))
        }
    }

    fn array(&mut self, element: &'static Ty, max: u32, inner: Bounds) -> Result<(), Fault> {
        let start = self.decoder.offset();
        let count = self.decoder.take_count(max, element.min_len())?;
        if let (true, Ty::Link { size, .. }) = (self.metered, element) {
            self.decoder.take_memory(start, count, *size)?;
        }
        self.elements(0..count, element, inner)
    }

    fn fixed_array(
        &mut self,
        len: usize,
        element: &'static Ty,
        bounds: Bounds,
    ) -> Result<(), Fault> {
        if element.min_len() == 0 && !self.decoder.is_partial() {
            self.decoder.take_fixed_empty(len)?;
        }
        self.elements(0..len, element, bounds)
    }

    /// What a box takes, unless the input is too short for what is in it anyway.
    fn take_heap(&mut self, min: usize, heap: usize) -> Result<(), Fault> {
        if self.metered && self.decoder.rest().len() >= min {
            self.decoder.take_memory(self.decoder.offset(), 1, heap)?;
        }
        Ok(())
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.decoder.enter()?;
        read(self)?;
        self.decoder.leave();
        Ok(())
    }

    fn elements(
        &mut self,
        indices: core::ops::Range<usize>,
        element: &'static Ty,
        bounds: Bounds,
    ) -> Result<(), Fault> {
        let len = indices.len();
        for index in indices {
            let start = self.decoder.offset();
            self.element(index, element, bounds)?;
            // What has been written shows by its first element whether the elements have bytes, as it did to the encoder.
            let empty = index == 0 && self.decoder.offset() == start;
            if empty && self.decoder.is_partial() {
                self.decoder.take_fixed_empty(len)?;
            }
        }
        Ok(())
    }

    fn element(&mut self, index: usize, element: &'static Ty, bounds: Bounds) -> Result<(), Fault> {
        self.path.push(Segment::Index(index));
        self.value(element, bounds)?;
        self.path.pop();
        Ok(())
    }

    fn list(&mut self, first: usize, element: &'static Ty, bounds: Bounds) -> Result<(), Fault> {
        self.nested(|walker| {
            let (mut len, mut capacity) = (0, 0);
            while walker.decoder.take_presence()? {
                if walker.metered && len == capacity {
                    capacity = walker.decoder.grow_list(capacity, element, bounds)?;
                }
                walker.element(first + len, element, bounds)?;
                len += 1;
            }
            Ok(())
        })
    }

    fn fields(&mut self, fields: &'static [Field]) -> Result<(), Fault> {
        for field in fields {
            let named = !field.name().is_empty();
            if named {
                self.path.push(Segment::Field(field.name()));
            }
            self.value(field.ty(), Bounds::NONE)?;
            if named {
                self.path.pop();
            }
        }
        Ok(())
    }

    fn union(&mut self, ty: &'static UnionTy) -> Result<(), Fault> {
        let discriminant = self.discriminant(ty.discriminant())?;
        let Some(arm) = ty.select(discriminant) else {
            return Err(self.decoder.unknown_discriminant(discriminant));
        };
        self.path.push(Segment::Field(arm.name()));
        self.fields(arm.fields())?;
        self.path.pop();
        Ok(())
    }

    /// Every discriminant is one word (RFC 4506, section 4.15); its type says which words and how to read them.
    fn discriminant(&mut self, ty: &'static Ty) -> Result<i64, Fault> {
        let decoder = &mut self.decoder;
        match ty {
            Ty::UInt => decoder.take_u32().map(i64::from),
            Ty::Bool => decoder.take_bool().map(i64::from),
            Ty::Link { link, .. } => self.discriminant(link()),
            Ty::Enum(_) => {
                let word = decoder.rest().first_chunk().copied();
                self.value(ty, Bounds::NONE)?;
                Ok(word.map_or(0, |word| i64::from(i32::from_be_bytes(word))))
            }
            Ty::Int => decoder.take_i32().map(i64::from),
            _ => Err(decoder.fail(ErrorKind::Custom(
                "discriminant of a union is no integer, bool or enum",
            ))),
        }
    }
}
