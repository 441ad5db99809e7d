//! What a value takes on the heap: paid for before it is allocated, so that no count costs more than its bytes do.

use super::Decoder;
use crate::bounds::Bounds;
use crate::describe::Ty;
use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::options::Limits;
use crate::walker;

/// Bytes that a message may take whatever its length.
const BASE: usize = 4096;

/// Of [`Limits::max_memory_factor`], what strings and opaques have for themselves: a byte for each of theirs.
const TEXT: usize = 1;

/// Bytes that vectors and boxes of a message of `len` bytes may take.
pub(super) fn allowance(len: usize, limits: Limits) -> usize {
    let most = isize::MAX.cast_unsigned();
    len.saturating_mul(rate(limits))
        .saturating_add(BASE)
        .min(most)
}

/// The same per byte of the message.
fn rate(limits: Limits) -> usize {
    let factor = usize::try_from(limits.max_memory_factor).unwrap_or(usize::MAX);
    factor.saturating_sub(TEXT)
}

impl Decoder<'_> {
    /// Takes what `count` values of `size` bytes need on the heap.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryOverLimit`] at `start`. Where no value takes more than the factor allows for the fewest bytes that
    /// it has on the wire, only counts that the input cannot keep get there: those bytes belong to one array only.
    #[inline]
    pub(crate) fn take_memory(
        &mut self,
        start: usize,
        count: usize,
        size: usize,
    ) -> Result<(), Fault> {
        let left = count
            .checked_mul(size)
            .and_then(|bytes| self.memory_left.checked_sub(bytes));
        match left {
            Some(left) => {
                self.memory_left = left;
                Ok(())
            }
            None => Err(self.over_memory(start)),
        }
    }

    /// Takes what the value of a box needs, at least `min` bytes on the wire and `size` in memory. `ty` is the box's type.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryOverLimit`]; and if the rest of the input is too short, what is wrong with it, since nothing is
    /// worth an allocation then.
    #[inline]
    pub(crate) fn take_box(
        &mut self,
        ty: &'static Ty,
        bounds: Bounds,
        min: usize,
        size: usize,
    ) -> Result<(), Fault> {
        if self.rest.len() < min {
            return Err(self.too_short(ty, bounds));
        }
        self.take_memory(self.offset(), 1, size)
    }

    /// The next capacity of a vector that a list is read into, whose room is used up and which has another element. `element`
    /// is the descriptor of the elements.
    ///
    /// Where elements are small beside their bytes the vector doubles, or grows by a quarter: the old one, the new one, and
    /// what is not used of it are paid for by the elements that have been read and the one that comes. Otherwise all of
    /// them are counted first.
    ///
    /// # Errors
    /// [`ErrorKind::MemoryOverLimit`].
    pub(crate) fn grow_list(
        &mut self,
        capacity: usize,
        element: &'static Ty,
        bounds: Bounds,
    ) -> Result<usize, Fault> {
        let (min, size) = match *element {
            Ty::Link { min, size, .. } => (min, size),
            _ => (0, 0),
        };
        let paid = min
            .saturating_add(4)
            .saturating_mul(rate(self.options.limits()));
        let more = if size.saturating_mul(3) <= paid {
            capacity.max(1)
        } else if size.saturating_mul(9) / 4 <= paid {
            (capacity / 4).max(1)
        } else if self.counting {
            // Counting again in each list of a list would take exponential time. A count that ends early for want of memory
            // is taken up again.
            capacity.max(1)
        } else {
            walker::elements_ahead(self.ahead(true), element, bounds)
        };
        let grown = capacity.saturating_add(more);
        self.take_memory(self.offset(), grown, size)?;
        // The old vector is freed when its elements have moved.
        self.memory_left = self
            .memory_left
            .saturating_add(capacity.saturating_mul(size));
        Ok(grown)
    }

    #[cold]
    #[inline(never)]
    fn too_short(&mut self, ty: &'static Ty, bounds: Bounds) -> Fault {
        match walker::first_fault(self.ahead(self.counting), ty, bounds) {
            Some(record) => self.fail_at(record.offset, record.kind),
            None => self.end(),
        }
    }

    #[cold]
    #[inline(never)]
    fn over_memory(&mut self, start: usize) -> Fault {
        let factor = self.options.limits().max_memory_factor;
        self.fail_at(start, ErrorKind::MemoryOverLimit { factor })
    }
}
