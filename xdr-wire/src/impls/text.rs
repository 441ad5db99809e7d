//! `string` (RFC 4506, section 4.11): owned as `String`, borrowed as `&str`.

use alloc::string::String;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::describe::Ty;
use crate::encoder::Encoder;
use crate::fault::Fault;
use crate::impls::opaque::opaque_len;
use crate::traits::{Decode, Depth, Encode};

impl<'de> Decode<'de> for String {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::String;
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some(Self::new())
    }

    #[inline]
    fn fill(&mut self, decoder: &mut Decoder<'de>, bounds: Bounds) {
        decoder.fill_string(self, bounds.split().0);
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.take_string(bounds.split().0)
    }
}

impl<'de: 'a, 'a> Decode<'de> for &'a str {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Str;
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some("")
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.take_str(bounds.split().0)
    }
}

impl Encode for str {
    const TYPE: &'static Ty = &Ty::Str;

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
        encoder.put_str(self, bounds.split().0);
    }
}

impl Encode for String {
    const TYPE: &'static Ty = &Ty::String;

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        self.as_str().measure(depth)
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.as_str().encode(encoder);
    }

    #[inline]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        self.as_str().encode_bounded(encoder, bounds);
    }
}
