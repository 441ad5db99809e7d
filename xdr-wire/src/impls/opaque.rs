//! `opaque` (RFC 4506, sections 4.9 and 4.10): bytes as they are.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::decoder::run::Run as DecodeRun;
use crate::describe::Ty;
use crate::encoder::Encoder;
use crate::encoder::run::{Run as EncodeRun, fixed};
use crate::fault::Fault;
use crate::impls::boxed_array;
use crate::options::{Options, Rule};
use crate::traits::{Decode, Depth, Encode};

/// Bytes with their length word and their padding. No slice is long enough for this to overflow.
#[inline]
pub(super) const fn opaque_len(len: usize) -> usize {
    len.wrapping_add(7) & !3
}

#[inline]
const fn padded_len(len: usize) -> usize {
    len.saturating_add(len.wrapping_neg() & 3)
}

impl<'de> Decode<'de> for Vec<u8> {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Opaque;
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some(Self::new())
    }

    #[inline]
    fn fill(&mut self, decoder: &mut Decoder<'de>, bounds: Bounds) {
        decoder.fill_opaque(self, bounds.split().0);
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.take_opaque(bounds.split().0).map(ToOwned::to_owned)
    }
}

impl<'de: 'a, 'a> Decode<'de> for &'a [u8] {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Opaque;
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some(&[])
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.take_opaque(bounds.split().0)
    }
}

impl<'de, const N: usize> Decode<'de> for [u8; N] {
    const MIN: usize = padded_len(N);
    const TYPE: &'static Ty = &Ty::FixedOpaque(N);
    const BOXED_STACK: usize = 0;
    const FIXED: Option<usize> = fixed(&[Some(padded_len(N))]);
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some([0; N])
    }

    #[inline]
    fn take_fixed(run: &mut DecodeRun<'de>, options: &Options) -> Option<Self> {
        let bytes = run.take()?;
        let mut zero = true;
        for _ in N..padded_len(N) {
            zero &= run.take::<1>()? == [0];
        }
        (zero || options.allows(Rule::Padding)).then_some(bytes)
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        decoder.take_fixed_opaque_array()
    }

    #[inline]
    fn decode_boxed(decoder: &mut Decoder<'de>, _: Bounds) -> Result<Box<Self>, Fault> {
        let bytes = decoder.take_fixed_opaque(N)?.to_owned();
        boxed_array(decoder, bytes)
    }
}

impl Encode for [u8] {
    const TYPE: &'static Ty = &Ty::Opaque;

    #[inline]
    fn measure(&self, _: Depth) -> usize {
        opaque_len(self.len())
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    #[inline]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        encoder.put_opaque(self, bounds.split().0);
    }
}

impl Encode for Vec<u8> {
    const TYPE: &'static Ty = &Ty::Opaque;

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

impl<const N: usize> Encode for [u8; N] {
    const TYPE: &'static Ty = &Ty::FixedOpaque(N);
    const FIXED: Option<usize> = fixed(&[Some(padded_len(N))]);

    #[inline]
    fn put_fixed(&self, run: &mut EncodeRun) {
        run.put_array(*self);
        for _ in N..padded_len(N) {
            run.put_array([0]);
        }
    }

    #[inline]
    fn measure(&self, _: Depth) -> usize {
        padded_len(N)
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        encoder.put_fixed_opaque(self);
    }

    #[inline]
    fn measure_slice(items: &[Self], _: Depth) -> usize {
        items.len().saturating_mul(padded_len(N))
    }
}
