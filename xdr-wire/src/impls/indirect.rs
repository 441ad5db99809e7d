//! Optionals (RFC 4506, section 4.19), and indirections that the wire does not know.
//!
//! Optionals are never inlined: schemas have the same few in hundreds of types.

use alloc::boxed::Box;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::describe::Ty;
use crate::encoder::Encoder;
use crate::fault::Fault;
use crate::traits::{Decode, Depth, Encode};

impl<'de, T: Decode<'de>> Decode<'de> for Option<T> {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Optional(|| T::TYPE);
    const STACK: usize = size_of::<Self>().saturating_add(T::STACK);
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some(None)
    }

    #[inline(never)]
    fn fill(&mut self, decoder: &mut Decoder<'de>, bounds: Bounds) {
        if !decoder.fill_presence() {
            return;
        }
        let filled = decoder.level(const { T::TYPE.nests() }, |decoder| {
            if const { T::BLANK } {
                *self = T::blank();
                if let Some(value) = self {
                    value.fill(decoder, bounds);
                }
                return Ok(());
            }
            match T::decode_bounded(decoder, bounds) {
                Ok(value) => *self = Some(value),
                Err(fault) => return Err(fault),
            }
            Ok(())
        });
        if let Err(fault) = filled {
            decoder.stop(&fault);
        }
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.nested(|decoder| {
            if decoder.take_presence()? {
                T::decode_bounded(decoder, bounds).map(Some)
            } else {
                Ok(None)
            }
        })
    }
}

impl<T: Encode> Encode for Option<T> {
    const TYPE: &'static Ty = &Ty::Optional(|| T::TYPE);

    #[inline(never)]
    fn measure(&self, depth: Depth) -> usize {
        depth.nested(|depth| match self {
            Some(value) => value.measure(depth).saturating_add(4),
            None => 4,
        })
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    #[inline(never)]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        encoder.level(const { T::TYPE.nests() }, |encoder| {
            encoder.put_bool(self.is_some());
            if let Some(value) = self {
                value.encode_bounded(encoder, bounds);
            }
        });
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Box<T> {
    const MIN: usize = T::MIN;
    const TYPE: &'static Ty = &Ty::Link {
        min: T::MIN,
        stack: T::BOXED_STACK,
        size: size_of::<Self>(),
        heap: size_of::<T>(),
        link: || T::TYPE,
    };

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.take_box(Self::TYPE, bounds, T::MIN, size_of::<T>())?;
        decoder.take_stack(T::BOXED_STACK)?;
        let value = T::decode_boxed(decoder, bounds)?;
        decoder.give_stack(T::BOXED_STACK);
        Ok(value)
    }
}

/// Implements [`Encode`] for a pointer as what it points to. The descriptor's lower bound is 0: that of `T` is in `T`'s
/// descriptor, which may lead back here.
macro_rules! pointer {
    ($type:ty) => {
        impl<T: Encode + ?Sized> Encode for $type {
            const TYPE: &'static Ty = &Ty::Link {
                min: 0,
                stack: 0,
                size: size_of::<Self>(),
                heap: 0,
                link: || T::TYPE,
            };

            #[inline]
            fn measure(&self, depth: Depth) -> usize {
                (**self).measure(depth)
            }

            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) {
                (**self).encode(encoder);
            }

            #[inline]
            fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
                (**self).encode_bounded(encoder, bounds);
            }
        }
    };
}

pointer!(Box<T>);
pointer!(&T);
