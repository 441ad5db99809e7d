//! Arrays (RFC 4506, sections 4.12 and 4.13).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::slice;

use crate::__private::{LEVEL, sum};
use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::describe::{Ty, element};
use crate::encoder::Encoder;
use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::traits::{Decode, Depth, Encode};

/// `N` values, or the first failure, after which nothing more is read.
///
/// A slot per value instead of a vector keeps fixed arrays off the heap.
#[inline]
pub(crate) fn array_of<T, const N: usize>(
    mut next: impl FnMut() -> Result<T, Fault>,
) -> Result<[T; N], Fault> {
    let mut fault = None;
    let slots: [Option<T>; N] = core::array::from_fn(|_| {
        if fault.is_some() {
            return None;
        }
        next().map_err(|it| fault = Some(it)).ok()
    });
    match fault {
        Some(fault) => Err(fault),
        None => Ok(slots.map(|slot| slot.expect("every slot is filled when no step failed"))),
    }
}

/// `N` values that are already on the heap, as an array there. It never passes the stack, which it may not fit.
pub(crate) fn boxed_array<T, const N: usize>(
    decoder: &mut Decoder<'_>,
    items: Vec<T>,
) -> Result<Box<[T; N]>, Fault> {
    match items.into_boxed_slice().try_into() {
        Ok(array) => Ok(array),
        Err(_) => Err(decoder.fail(ErrorKind::Custom("array read with another length"))),
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Vec<T> {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Array(element::<T>);
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some(Self::new())
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    fn fill(&mut self, decoder: &mut Decoder<'de>, bounds: Bounds) {
        if let Err(fault) = fill_vec(self, decoder, bounds) {
            decoder.stop(&fault);
        }
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        let mut items = Self::new();
        match fill_vec(&mut items, decoder, bounds) {
            Ok(()) => Ok(items),
            Err(fault) => Err(fault),
        }
    }
}

fn fill_vec<'de, T: Decode<'de>>(
    items: &mut Vec<T>,
    decoder: &mut Decoder<'de>,
    bounds: Bounds,
) -> Result<(), Fault> {
    let (max, inner) = bounds.split();
    let count = decoder.enter_array(max, T::MIN, size_of::<T>(), T::STACK)?;
    if count > 0 {
        let filled = T::fill_vec(items, decoder, count, inner);
        decoder.give_stack(T::STACK);
        if filled.is_err() {
            decoder.leave();
            return filled;
        }
    }
    decoder.leave();
    Ok(())
}

impl<'de, T: Decode<'de>, const N: usize> Decode<'de> for [T; N] {
    const MIN: usize = T::MIN.saturating_mul(N);
    const TYPE: &'static Ty = &Ty::FixedArray(N, T::TYPE);
    // The slots of the elements, and the elements moved out of them.
    const STACK: usize = sum(&[
        size_of::<Option<T>>().saturating_mul(N),
        size_of::<Self>(),
        T::STACK,
        LEVEL,
    ]);
    const BOXED_STACK: usize = T::STACK;

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        if const { T::MIN == 0 } {
            decoder.take_fixed_empty(N)?;
        }
        T::decode_array(decoder, bounds)
    }

    #[inline]
    fn decode_boxed(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Box<Self>, Fault> {
        if const { T::MIN == 0 } {
            decoder.take_fixed_empty(N)?;
        }
        let mut items = Vec::new();
        T::fill_vec(&mut items, decoder, N, bounds)?;
        boxed_array(decoder, items)
    }
}

impl<T: Encode> Encode for [T] {
    const TYPE: &'static Ty = &Ty::Array(|| T::TYPE);

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        depth.nested(|depth| T::measure_slice(self, depth).saturating_add(4))
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        let (max, inner) = bounds.split();
        encoder.nested(|encoder| {
            let start = encoder.offset();
            if !encoder.put_count(self.len(), max, false) {
                return;
            }
            encode_elements(self, encoder, start, inner);
        });
    }
}

/// Writes the elements of the array that begins at `start`.
#[inline]
fn encode_elements<T: Encode>(
    items: &[T],
    encoder: &mut Encoder<'_>,
    start: usize,
    bounds: Bounds,
) {
    // The descriptor decides for nearly every type at compile time that elements have bytes. For the others the first
    // element shows it: measuring it here, on every level of a tree, would take exponential time.
    let may_be_empty = const { T::TYPE.min_len() == 0 };
    match items {
        [first, rest @ ..] if may_be_empty => {
            let elements = encoder.offset();
            T::encode_slice(slice::from_ref(first), encoder, bounds);
            let empty = encoder.offset() == elements;
            if !empty || encoder.take_empty(start, items.len()) {
                T::encode_slice(rest, encoder, bounds);
            }
        }
        items => T::encode_slice(items, encoder, bounds),
    }
}

impl<T: Encode> Encode for Vec<T> {
    const TYPE: &'static Ty = <[T] as Encode>::TYPE;

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        self.as_slice().measure(depth)
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.as_slice().encode(encoder);
    }

    #[inline]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        self.as_slice().encode_bounded(encoder, bounds);
    }
}

impl<T: Encode, const N: usize> Encode for [T; N] {
    const TYPE: &'static Ty = &Ty::FixedArray(N, T::TYPE);

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        T::measure_slice(self, depth)
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    #[inline]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        let start = encoder.offset();
        encode_elements(self, encoder, start, bounds);
    }
}
