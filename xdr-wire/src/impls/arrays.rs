//! Arrays (RFC 4506, sections 4.12 and 4.13).

use alloc::vec::Vec;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::describe::Ty;
use crate::encoder::Encoder;
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

impl<'de, T: Decode<'de>> Decode<'de> for Vec<T> {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Array(|| T::TYPE);

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        let (max, inner) = bounds.split();
        decoder.nested(|decoder| {
            let count = decoder.take_count(max, T::MIN)?;
            T::decode_vec(decoder, count, inner)
        })
    }
}

impl<'de, T: Decode<'de>, const N: usize> Decode<'de> for [T; N] {
    const MIN: usize = T::MIN.saturating_mul(N);
    const TYPE: &'static Ty = &Ty::FixedArray(N, T::TYPE);

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        T::decode_array(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        T::decode_array(decoder, bounds)
    }
}

/// Whether the elements take no bytes at all. The descriptor decides it for nearly every type at compile time.
#[inline]
fn are_empty<T: Encode>(items: &[T]) -> bool {
    let may_be_empty = const { T::TYPE.min_len() == 0 };
    may_be_empty && items.first().is_some_and(|item| item.encoded_len() == 0)
}

impl<T: Encode> Encode for [T] {
    const TYPE: &'static Ty = &Ty::Array(|| T::TYPE);

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        depth.nested(|depth| {
            if are_empty(self) {
                return 4;
            }
            T::measure_slice(self, depth).saturating_add(4)
        })
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        let (max, inner) = bounds.split();
        encoder.nested(|encoder| {
            if encoder.put_count(self.len(), max, are_empty(self)) {
                T::encode_slice(self, encoder, inner);
            }
        });
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
        T::encode_slice(self, encoder, Bounds::NONE);
    }

    #[inline]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        T::encode_slice(self, encoder, bounds);
    }
}
