//! Arrays of which one element is in memory at a time.

use core::fmt;
use core::iter::FusedIterator;
use core::marker::PhantomData;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::error::{DecodeError, ErrorKind};
use crate::fault::{Fault, Record};
use crate::options::Options;
use crate::path::Path;
use crate::traits::Decode;
use crate::walker;

/// The elements of an array (RFC 4506, section 4.13), decoded one after the other: an array of any length takes the memory of
/// what is kept of it.
///
/// It ends after the last element that the count announces, or after the first error. A path begins with the index of the
/// element, and an offset counts from the start of the array.
///
/// ```
/// use xdr_wire::{Bounds, elements, to_vec};
///
/// let mut wire = to_vec(&["eth0", "eth1"].as_slice())?;
/// wire.extend(7u32.to_be_bytes());
///
/// let mut names = elements::<&str>(&wire, Bounds::new(&[16, 64]))?;
/// assert_eq!(names.len_left(), 2);
/// assert_eq!(names.next(), Some(Ok("eth0")));
/// assert_eq!(names.next(), Some(Ok("eth1")));
/// assert_eq!(names.next(), None);
/// assert_eq!(names.rest(), [0, 0, 0, 7]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Elements<'de, T> {
    decoder: Decoder<'de>,
    bounds: Bounds,
    index: usize,
    left: usize,
    element: PhantomData<fn() -> T>,
}

/// The elements of the array that `input` begins with. The first of `bounds` is the array's own, the others are those of its
/// elements.
///
/// # Errors
/// [`DecodeError`] if there are more elements than the bound allows, or than the rest of the input can hold.
pub fn elements<'de, T: Decode<'de>>(
    input: &'de [u8],
    bounds: Bounds,
) -> Result<Elements<'de, T>, DecodeError> {
    elements_with(input, bounds, Options::DEFAULT)
}

/// [`elements`] with limits and relaxed rules. Each limit is that of the whole array.
///
/// # Errors
/// As [`elements`].
pub fn elements_with<'de, T: Decode<'de>>(
    input: &'de [u8],
    bounds: Bounds,
    options: Options,
) -> Result<Elements<'de, T>, DecodeError> {
    let mut decoder = Decoder::new(input, options);
    let (max, inner) = bounds.split();
    match begin::<T>(&mut decoder, max) {
        Ok(left) => Ok(Elements {
            decoder,
            bounds: inner,
            index: 0,
            left,
            element: PhantomData,
        }),
        Err(_) => Err(error(&decoder, Path::default())),
    }
}

/// Enters the array as its vector does, but for the memory that this would take.
fn begin<'de, T: Decode<'de>>(decoder: &mut Decoder<'de>, max: u32) -> Result<usize, Fault> {
    decoder.enter()?;
    let count = decoder.take_count(max, T::MIN)?;
    if count > 0 {
        decoder.take_stack(T::STACK)?;
    }
    Ok(count)
}

fn error(decoder: &Decoder<'_>, path: Path) -> DecodeError {
    let record = decoder.record().unwrap_or(Record {
        kind: ErrorKind::Custom("fault of another decoder"),
        offset: decoder.offset(),
    });
    DecodeError::new(record.kind, record.offset, path)
}

impl<'de, T: Decode<'de>> Elements<'de, T> {
    /// How many elements are still to come, as the array's count says.
    pub const fn len_left(&self) -> usize {
        self.left
    }

    /// What follows the elements that have been read. After the last of them, that is what follows the array.
    pub fn rest(&self) -> &'de [u8] {
        self.decoder.rest()
    }

    /// The public error for a fault in the element that `before` was at.
    #[cold]
    #[inline(never)]
    fn explain(&self, before: Decoder<'de>) -> DecodeError {
        let path = walker::path_in_element(before, self.index, T::TYPE, self.bounds);
        error(&self.decoder, path)
    }
}

impl<'de, T: Decode<'de>> Iterator for Elements<'de, T> {
    type Item = Result<T, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let before = self.decoder.ahead(false);
        let element = T::decode_bounded(&mut self.decoder, self.bounds);
        if element.is_ok() {
            self.index += 1;
        } else {
            self.left = 0;
        }
        Some(element.map_err(|_| self.explain(before)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // An error may be the next and the last.
        (self.left.min(1), Some(self.left))
    }
}

impl<'de, T: Decode<'de>> FusedIterator for Elements<'de, T> {}

impl<T> fmt::Debug for Elements<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elements")
            .field("index", &self.index)
            .field("left", &self.left)
            .field("offset", &self.decoder.offset())
            .finish_non_exhaustive()
    }
}
