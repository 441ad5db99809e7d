//! `char` and `unsigned char`: one byte in memory, four on the wire.
//!
//! RFC 4506 has neither, but the language of real files does, and their XDR routine is that of `int`. A C compiler with
//! signed `char` sends the byte 0xE9 as −23, one with unsigned `char` as 233. Both are read; a `char` is written as the
//! former, an `unsigned char` as the latter.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::describe::Ty;
use crate::encoder::Encoder;
use crate::error::Form;
use crate::fault::Fault;
use crate::impls::{array_of, boxed_array};
use crate::traits::Depth;

/// The signedness of a character, as a type.
pub trait Sign {
    /// The XDR type.
    const TYPE: &'static Ty;
    /// Its name in errors.
    const FORM: Form;
    /// The byte as the word to send.
    fn extend(byte: u8) -> i32;
}

/// `char`.
#[derive(Debug)]
pub enum Signed {}

/// `unsigned char`.
#[derive(Debug)]
pub enum Unsigned {}

impl Sign for Signed {
    const TYPE: &'static Ty = &Ty::Char;
    const FORM: Form = Form::Char;

    #[inline]
    fn extend(byte: u8) -> i32 {
        i32::from(byte.cast_signed())
    }
}

impl Sign for Unsigned {
    const TYPE: &'static Ty = &Ty::UChar;
    const FORM: Form = Form::UChar;

    #[inline]
    fn extend(byte: u8) -> i32 {
        i32::from(byte)
    }
}

/// A character, or arrays, optionals and boxes of them: what `#[xdr(chars)]` and `#[xdr(uchars)]` may stand on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not consist of bytes that could be chars",
    label = "not `u8`, nor an array, `Vec`, `Option` or `Box` of it"
)]
pub trait Chars<S: Sign>: Sized {
    /// What the type looks like on the wire.
    const TYPE: &'static Ty;

    /// See [`Decode::decode_bounded`](crate::Decode::decode_bounded).
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange) for a word that is no character.
    fn decode(decoder: &mut Decoder<'_>, bounds: Bounds) -> Result<Self, Fault>;

    /// See [`Decode::decode_boxed`](crate::Decode::decode_boxed).
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    #[inline]
    fn decode_boxed(decoder: &mut Decoder<'_>, bounds: Bounds) -> Result<Box<Self>, Fault> {
        Self::decode(decoder, bounds).map(Box::new)
    }

    /// See [`Encode::measure`](crate::Encode::measure).
    fn measure(&self, depth: Depth) -> usize;

    /// See [`Encode::encode_bounded`](crate::Encode::encode_bounded).
    fn encode(&self, encoder: &mut Encoder<'_>, bounds: Bounds);
}

impl Decoder<'_> {
    #[inline]
    pub(crate) fn take_char(&mut self, form: Form) -> Result<u8, Fault> {
        let word = self.take_i32()?;
        // A `char` of −1 and one of 255 are the same byte.
        let signed = i8::try_from(word)
            .ok()
            .filter(|_| form == Form::Char)
            .map(i8::cast_unsigned);
        match u8::try_from(word).ok().or(signed) {
            Some(byte) => Ok(byte),
            None if form == Form::Char => Err(self.out_of_range(form, word.into())),
            None => Err(self.out_of_range(form, word.cast_unsigned().into())),
        }
    }
}

impl<S: Sign> Chars<S> for u8 {
    const TYPE: &'static Ty = S::TYPE;

    #[inline]
    fn decode(decoder: &mut Decoder<'_>, _: Bounds) -> Result<Self, Fault> {
        decoder.take_char(S::FORM)
    }

    #[inline]
    fn measure(&self, _: Depth) -> usize {
        4
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>, _: Bounds) {
        encoder.put_i32(S::extend(*self));
    }
}

fn vec_of<S: Sign, C: Chars<S>>(
    decoder: &mut Decoder<'_>,
    count: usize,
    bounds: Bounds,
) -> Result<Vec<C>, Fault> {
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        items.push(C::decode(decoder, bounds)?);
    }
    Ok(items)
}

impl<S: Sign, C: Chars<S>> Chars<S> for Vec<C> {
    const TYPE: &'static Ty = &Ty::Array(|| {
        const {
            &Ty::Link {
                min: C::TYPE.min_len(),
                stack: size_of::<C>(),
                size: size_of::<C>(),
                heap: 0,
                link: || C::TYPE,
            }
        }
    });

    fn decode(decoder: &mut Decoder<'_>, bounds: Bounds) -> Result<Self, Fault> {
        let (max, inner) = bounds.split();
        decoder.nested(|decoder| {
            let start = decoder.offset();
            let count = decoder.take_count(max, C::TYPE.min_len())?;
            if count == 0 {
                return Ok(Self::new());
            }
            decoder.take_memory(start, count, size_of::<C>())?;
            decoder.take_stack(size_of::<C>())?;
            let items = vec_of(decoder, count, inner)?;
            decoder.give_stack(size_of::<C>());
            Ok(items)
        })
    }

    fn measure(&self, depth: Depth) -> usize {
        depth.nested(|depth| {
            self.iter().fold(4, |len: usize, item| {
                len.saturating_add(item.measure(depth))
            })
        })
    }

    fn encode(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        let (max, inner) = bounds.split();
        encoder.nested(|encoder| {
            if encoder.put_count(self.len(), max, C::TYPE.min_len() == 0) {
                for item in self {
                    item.encode(encoder, inner);
                }
            }
        });
    }
}

impl<S: Sign, C: Chars<S>, const N: usize> Chars<S> for [C; N] {
    const TYPE: &'static Ty = &Ty::FixedArray(N, C::TYPE);

    #[inline]
    fn decode(decoder: &mut Decoder<'_>, bounds: Bounds) -> Result<Self, Fault> {
        if C::TYPE.min_len() == 0 {
            decoder.take_fixed_empty(N)?;
        }
        array_of(|| C::decode(decoder, bounds))
    }

    #[inline]
    fn decode_boxed(decoder: &mut Decoder<'_>, bounds: Bounds) -> Result<Box<Self>, Fault> {
        if C::TYPE.min_len() == 0 {
            decoder.take_fixed_empty(N)?;
        }
        let items = vec_of(decoder, N, bounds)?;
        boxed_array(decoder, items)
    }

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        self.iter().fold(0, |len: usize, item| {
            len.saturating_add(item.measure(depth))
        })
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        let start = encoder.offset();
        if C::TYPE.min_len() == 0 && !encoder.take_empty(start, N) {
            return;
        }
        for item in self {
            item.encode(encoder, bounds);
        }
    }
}

impl<S: Sign, C: Chars<S>> Chars<S> for Option<C> {
    const TYPE: &'static Ty = &Ty::Optional(|| C::TYPE);

    fn decode(decoder: &mut Decoder<'_>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.nested(|decoder| {
            if decoder.take_presence()? {
                C::decode(decoder, bounds).map(Some)
            } else {
                Ok(None)
            }
        })
    }

    fn measure(&self, depth: Depth) -> usize {
        depth.nested(|depth| {
            self.as_ref()
                .map_or(4, |value| value.measure(depth).saturating_add(4))
        })
    }

    fn encode(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        encoder.nested(|encoder| {
            encoder.put_bool(self.is_some());
            if let Some(value) = self {
                value.encode(encoder, bounds);
            }
        });
    }
}

impl<S: Sign, C: Chars<S>> Chars<S> for Box<C> {
    const TYPE: &'static Ty = &Ty::Link {
        min: C::TYPE.min_len(),
        stack: 0,
        size: size_of::<Self>(),
        heap: size_of::<C>(),
        link: || C::TYPE,
    };

    #[inline]
    fn decode(decoder: &mut Decoder<'_>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.take_box(
            <Self as Chars<S>>::TYPE,
            bounds,
            C::TYPE.min_len(),
            size_of::<C>(),
        )?;
        decoder.take_stack(0)?;
        let value = C::decode_boxed(decoder, bounds)?;
        decoder.give_stack(0);
        Ok(value)
    }

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        (**self).measure(depth)
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        (**self).encode(encoder, bounds);
    }
}
