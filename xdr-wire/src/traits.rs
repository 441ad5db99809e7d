//! What a type needs to be read and written.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::bounds::Bounds;
use crate::decoder::{self, Decoder};
use crate::describe::Ty;
use crate::encoder::{self, Encoder};
use crate::fault::Fault;
use crate::options::{Limits, Options};
use crate::parts::Layout;

/// A type with an XDR form that can be read from bytes borrowed for `'de`.
///
/// Derive it; [`attributes`](crate::attributes) has the attributes. A hand-written implementation describes itself with
/// [`Ty::Custom`] unless its form is one of the others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no XDR form that can be decoded",
    label = "not an XDR type",
    note = "derive it with `#[derive(xdr_wire::Decode)]`",
    note = "`u8` and `i8` are XDR only in a field marked `#[xdr(chars)]` or `#[xdr(uchars)]`, or as opaque: `Vec<u8>`, `[u8; N]`, `&[u8]`"
)]
pub trait Decode<'de>: Sized {
    /// Fewest bytes that a value takes on the wire. Counts are checked against it before anything is allocated.
    const MIN: usize;

    /// What the type looks like on the wire.
    const TYPE: &'static Ty;

    /// The three that follow, where they are of one source.
    #[doc(hidden)]
    const LAYOUT: Layout = Layout::of::<Self>();

    /// Bytes of the values that are on the stack while one value is read: its own, and those of the parts in which the
    /// reader is. Frames grow with them. What is behind a pointer is not counted; it is when it is read.
    #[doc(hidden)]
    const STACK: usize = Self::LAYOUT.stack;

    /// The same while [`decode_boxed`](Self::decode_boxed) reads one.
    #[doc(hidden)]
    const BOXED_STACK: usize = Self::STACK;

    /// Bytes that every value takes on the wire, if they are always as many, few, and more than none. Such fields are read
    /// in runs.
    #[doc(hidden)]
    const FIXED: Option<usize> = Self::LAYOUT.fixed;

    /// Takes a value of [`FIXED`](Self::FIXED) bytes from a run. Nothing if the bytes are no value, however the rules are
    /// relaxed.
    #[doc(hidden)]
    #[inline]
    fn take_fixed(run: &mut decoder::run::Run<'de>, options: &Options) -> Option<Self> {
        let _ = (run, options);
        None
    }

    /// Reads one value.
    ///
    /// # Errors
    /// A [`Fault`] if the input breaks a rule; its kind and place are in the decoder.
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault>;

    /// Reads one value under the bounds of a declaration. Types without variable dimensions ignore them.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        let _ = bounds;
        Self::decode(decoder)
    }

    /// Reads one value onto the heap. Arrays never have it on the stack.
    #[doc(hidden)]
    #[inline]
    fn decode_boxed(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Box<Self>, Fault> {
        Self::decode_bounded(decoder, bounds).map(Box::new)
    }

    /// Whether there is a [`blank`](Self::blank) value.
    #[doc(hidden)]
    const BLANK: bool = Self::LAYOUT.blank;

    /// A value to be filled: it has no heap, and its content does not matter.
    #[doc(hidden)]
    #[inline]
    fn blank() -> Option<Self> {
        None
    }

    /// Reads one value over a blank one. After a failure, which the decoder keeps, the value is any.
    ///
    /// Parts are read over parts, so that nothing has to be moved, and nothing that was read has to be freed by the code
    /// that reads the next part. That makes it half as large as [`decode`](Self::decode) part by part.
    #[doc(hidden)]
    #[inline]
    fn fill(&mut self, decoder: &mut Decoder<'de>, bounds: Bounds) {
        match Self::decode_bounded(decoder, bounds) {
            Ok(value) => *self = value,
            Err(fault) => decoder.stop(&fault),
        }
    }

    /// [`fill`](Self::fill) where the value is a field of a struct. A struct that many others have as a field does it by a
    /// call, so that they need not have its code each.
    #[doc(hidden)]
    #[inline]
    fn fill_part(&mut self, decoder: &mut Decoder<'de>) {
        self.fill(decoder, Bounds::NONE);
    }

    /// Reads `count` elements, whose memory has been paid for, into an empty vector. Integers do it in one go.
    #[doc(hidden)]
    #[inline]
    fn fill_vec(
        items: &mut Vec<Self>,
        decoder: &mut Decoder<'de>,
        count: usize,
        bounds: Bounds,
    ) -> Result<(), Fault> {
        items.reserve_exact(count);
        for _ in 0..count {
            decoder.push_next(items, bounds)?;
        }
        Ok(())
    }

    /// Reads `N` elements. Integers do it in one go.
    #[doc(hidden)]
    #[inline]
    fn decode_array<const N: usize>(
        decoder: &mut Decoder<'de>,
        bounds: Bounds,
    ) -> Result<[Self; N], Fault> {
        if const { size_of::<Self>() == 0 } {
            // Slots would have a size although the elements have none.
            let mut items = Vec::new();
            Self::fill_vec(&mut items, decoder, N, bounds)?;
            return crate::impls::boxed_array(decoder, items).map(|array| *array);
        }
        crate::impls::array_of(|| Self::decode_bounded(decoder, bounds))
    }
}

/// A type with an XDR form that can be written.
///
/// Derive it; [`attributes`](crate::attributes) has the attributes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no XDR form that can be encoded",
    label = "not an XDR type",
    note = "derive it with `#[derive(xdr_wire::Encode)]`",
    note = "`u8` and `i8` are XDR only in a field marked `#[xdr(chars)]` or `#[xdr(uchars)]`, or as opaque: `Vec<u8>`, `[u8; N]`, `&[u8]`"
)]
pub trait Encode {
    /// What the type looks like on the wire.
    const TYPE: &'static Ty;

    /// Bytes that every value takes on the wire, if they are always as many, few, and more than none, and nothing can be
    /// wrong with a value. Such fields are written in runs.
    #[doc(hidden)]
    const FIXED: Option<usize> = None;

    /// Adds a value of [`FIXED`](Self::FIXED) bytes to a run.
    #[doc(hidden)]
    #[inline]
    fn put_fixed(&self, run: &mut encoder::run::Run) {
        let _ = run;
    }

    /// Bytes that [`encode`](Self::encode) writes for this value: exact, or `usize::MAX` for a value that is nested
    /// deeper than `depth` or too large for memory. Sums saturate.
    fn measure(&self, depth: Depth) -> usize;

    /// Writes this value. A failure stays in the encoder.
    fn encode(&self, encoder: &mut Encoder<'_>);

    /// [`encode`](Self::encode) where the value is a field of a struct. A struct that many others have as a field does it by
    /// a call.
    #[doc(hidden)]
    #[inline]
    fn encode_part(&self, encoder: &mut Encoder<'_>) {
        self.encode(encoder);
    }

    /// Writes this value under the bounds of a declaration. Types without variable dimensions ignore them.
    #[inline]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        let _ = bounds;
        self.encode(encoder);
    }

    /// Bytes on the wire, exact; `usize::MAX` for a value that the default [`Limits`] reject as too deep.
    #[inline]
    fn encoded_len(&self) -> usize {
        self.measure(Depth::new(Limits::DEFAULT.max_depth))
    }

    /// The bytes of many elements. Integers need no loop.
    #[doc(hidden)]
    #[inline]
    fn measure_slice(items: &[Self], depth: Depth) -> usize
    where
        Self: Sized,
    {
        if let Some(len) = Self::FIXED {
            return items.len().saturating_mul(len);
        }
        // Values without a size are alike. There may be any number of them.
        if let (0, Some(item)) = (size_of::<Self>(), items.first()) {
            return item.measure(depth).saturating_mul(items.len());
        }
        measure_each(items, depth)
    }

    /// Writes many elements. Integers do it in one go.
    #[doc(hidden)]
    #[inline]
    fn encode_slice(items: &[Self], encoder: &mut Encoder<'_>, bounds: Bounds)
    where
        Self: Sized,
    {
        for item in items {
            item.encode_bounded(encoder, bounds);
        }
    }
}

/// Elements of an array that are measured before a message is written: those of most messages, and of long ones so few that
/// it takes no time.
const SAMPLE: usize = 16;

/// The bytes of elements that each have a length of their own. Not inlined: schemas have the same few arrays in hundreds of
/// types.
#[inline(never)]
fn measure_each<T: Encode>(items: &[T], depth: Depth) -> usize {
    let some = items.len().min(depth.elements);
    let mut len = 0usize;
    for item in items.iter().take(some) {
        len = len.saturating_add(item.measure(depth));
    }
    len
}

/// Levels of nesting that a value may still have while it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    levels: u32,
    /// Elements of an array that are measured.
    elements: usize,
}

impl Depth {
    /// So many levels.
    pub const fn new(levels: u32) -> Self {
        Self {
            levels,
            elements: usize::MAX,
        }
    }

    /// For a length that is met or exceeded, without a look at each element of long arrays.
    pub(crate) const fn at_least(levels: u32) -> Self {
        Self {
            levels,
            elements: SAMPLE,
        }
    }

    /// Measures one nested value: an optional, an array, a list or a union.
    #[inline]
    pub fn nested(self, measure: impl FnOnce(Self) -> usize) -> usize {
        match self.levels.checked_sub(1) {
            Some(levels) => measure(Self { levels, ..self }),
            None => usize::MAX,
        }
    }
}
