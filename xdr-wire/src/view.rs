//! Arrays of numbers that stay in the message.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::slice::ChunksExact;

use crate::bounds::Bounds;
use crate::bulk;
use crate::decoder::Decoder;
use crate::describe::Ty;
use crate::encoder::Encoder;
use crate::fault::Fault;
use crate::traits::{Decode, Depth, Encode};

mod sealed {
    use alloc::vec::Vec;

    use crate::describe::Ty;

    /// A number whose form is its big-endian bytes.
    pub trait Number: Copy {
        const LEN: usize;
        /// What the number looks like on the wire.
        const TYPE: &'static Ty;
        /// A number of [`LEN`](Self::LEN) bytes.
        fn number(bytes: &[u8]) -> Self;
        /// All of them.
        fn numbers(bytes: &[u8]) -> Vec<Self>;
        /// As many as there are slots.
        fn copy(slots: &mut [Self], bytes: &[u8]);
    }
}

/// What a [`NumberView`] is made of: `i32`, `u32`, `i64`, `u64`, `f32`, `f64`.
pub trait Number: sealed::Number {}

macro_rules! number {
    ($($type:ty, $len:literal, $read:ident, $from:expr;)+) => {$(
        impl sealed::Number for $type {
            const LEN: usize = $len;
            const TYPE: &'static Ty = <$type as Encode>::TYPE;

            #[inline]
            fn number(bytes: &[u8]) -> Self {
                bytes.first_chunk().map_or(Self::default(), |bytes| Self::from_be_bytes(*bytes))
            }

            #[inline]
            fn numbers(bytes: &[u8]) -> Vec<Self> {
                bulk::$read(bytes.as_chunks().0, $from)
            }

            #[inline]
            fn copy(slots: &mut [Self], bytes: &[u8]) {
                for (slot, unit) in slots.iter_mut().zip(bytes.as_chunks().0) {
                    *slot = Self::from_be_bytes(*unit);
                }
            }
        }

        impl Number for $type {}
    )+};
}

number! {
    i32, 4, read_4, u32::cast_signed;
    u32, 4, read_4, |bits| bits;
    i64, 8, read_8, u64::cast_signed;
    u64, 8, read_8, |bits| bits;
    f32, 4, read_4, Self::from_bits;
    f64, 8, read_8, Self::from_bits;
}

/// An array of numbers as the bytes that it has in the message (RFC 4506, section 4.13): decoding it checks the count and
/// reads no number.
///
/// On the wire it is what a `Vec<T>` is.
///
/// ```
/// use xdr_wire::{Decode, Encode, NumberView, from_bytes, to_vec};
///
/// #[derive(Encode, Decode)]
/// struct Samples<'a> {
///     #[xdr(max = 1024)]
///     values: NumberView<'a, u32>,
/// }
///
/// let wire = to_vec(&vec![3u32, 1, 2])?;
/// let samples = from_bytes::<Samples>(&wire)?;
/// assert_eq!(samples.values.get(1), Some(1));
/// assert_eq!(samples.values.iter().max(), Some(3));
/// assert_eq!(samples.values.to_vec(), [3, 1, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct NumberView<'a, T> {
    /// A multiple of the length of a number.
    bytes: &'a [u8],
    number: PhantomData<fn() -> T>,
}

impl<'a, T: Number> NumberView<'a, T> {
    /// How many numbers there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.bytes.len() / T::LEN
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The number at an index.
    #[inline]
    pub fn get(&self, index: usize) -> Option<T> {
        let start = index.checked_mul(T::LEN)?;
        let bytes = self.bytes.get(start..)?.get(..T::LEN)?;
        Some(T::number(bytes))
    }

    /// The numbers in order.
    #[inline]
    pub fn iter(&self) -> Numbers<'a, T> {
        Numbers {
            units: self.bytes.chunks_exact(T::LEN),
            number: PhantomData,
        }
    }

    /// All of them, converted in one go.
    pub fn to_vec(&self) -> Vec<T> {
        T::numbers(self.bytes)
    }

    /// As many as there is room for, converted in one go. Says how many.
    pub fn copy_to(&self, slots: &mut [T]) -> usize {
        T::copy(slots, self.bytes);
        slots.len().min(self.len())
    }

    /// The numbers as the message has them, big-endian.
    #[inline]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<'de: 'a, 'a, T: Number> Decode<'de> for NumberView<'a, T> {
    const MIN: usize = 4;
    const TYPE: &'static Ty = <Self as Encode>::TYPE;

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        let stack = size_of::<T>();
        let count = decoder.enter_array(bounds.split().0, T::LEN, 0, stack)?;
        if count > 0 {
            decoder.give_stack(stack);
        }
        decoder.leave();
        let bytes = decoder.take_fixed_opaque(count.saturating_mul(T::LEN))?;
        Ok(Self {
            bytes,
            number: PhantomData,
        })
    }
}

impl<T: Number> Encode for NumberView<'_, T> {
    const TYPE: &'static Ty = &Ty::Array(|| T::TYPE);

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        depth.nested(|_| self.bytes.len().saturating_add(4))
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        encoder.nested(|encoder| {
            if encoder.put_count(self.len(), bounds.split().0, false) {
                encoder.put_fixed_opaque(self.bytes);
            }
        });
    }
}

impl<T> Clone for NumberView<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for NumberView<'_, T> {}

impl<T> Default for NumberView<'_, T> {
    /// No numbers.
    #[inline]
    fn default() -> Self {
        Self {
            bytes: &[],
            number: PhantomData,
        }
    }
}

/// By number: floats that are equal may have different bytes, and those that are not the same.
impl<T: Number + PartialEq> PartialEq for NumberView<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Number + Eq> Eq for NumberView<'_, T> {}

impl<T: Number + Hash> Hash for NumberView<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl<T: Number + fmt::Debug> fmt::Debug for NumberView<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Number> IntoIterator for NumberView<'a, T> {
    type Item = T;
    type IntoIter = Numbers<'a, T>;

    #[inline]
    fn into_iter(self) -> Numbers<'a, T> {
        self.iter()
    }
}

impl<'a, T: Number> IntoIterator for &NumberView<'a, T> {
    type Item = T;
    type IntoIter = Numbers<'a, T>;

    #[inline]
    fn into_iter(self) -> Numbers<'a, T> {
        self.iter()
    }
}

/// The numbers of a [`NumberView`], in order.
#[derive(Clone, Debug)]
pub struct Numbers<'a, T> {
    units: ChunksExact<'a, u8>,
    number: PhantomData<fn() -> T>,
}

impl<T: Number> Iterator for Numbers<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.units.next().map(T::number)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.units.size_hint()
    }
}

impl<T: Number> DoubleEndedIterator for Numbers<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<T> {
        self.units.next_back().map(T::number)
    }
}

impl<T: Number> ExactSizeIterator for Numbers<'_, T> {}

impl<T: Number> core::iter::FusedIterator for Numbers<'_, T> {}
