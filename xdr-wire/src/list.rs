//! Linked lists (RFC 4506, section 4.19) as vectors: `struct node { T value; node *next; };`.

use alloc::vec::{self, Vec};
use core::ops::{Deref, DerefMut};
use core::slice;

use crate::bounds::Bounds;
use crate::decoder::Decoder;
use crate::describe::{Ty, element};
use crate::encoder::Encoder;
use crate::fault::Fault;
use crate::traits::{Decode, Depth, Encode};

/// `node *`: any number of elements, each preceded by the word 1, with the word 0 at the end.
///
/// It is read and written in a loop, so that its length costs no stack.
///
/// ```
/// use xdr_wire::{List, to_vec};
///
/// let list: List<u32> = [7, 8].into_iter().collect();
/// assert_eq!(list.len(), 2);
/// assert_eq!(to_vec(&list)?, [0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0]);
/// # Ok::<(), xdr_wire::EncodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct List<T>(pub Vec<T>);

/// `node` by value: a list that has at least its head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chain<T> {
    /// The first element.
    pub head: T,
    /// What its `next` leads to.
    pub tail: List<T>,
}

impl<T> List<T> {
    /// An empty list.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The elements.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.0
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.0.extend(items);
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> vec::IntoIter<T> {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> slice::Iter<'a, T> {
        self.0.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut List<T> {
    type Item = &'a mut T;
    type IntoIter = slice::IterMut<'a, T>;

    fn into_iter(self) -> slice::IterMut<'a, T> {
        self.0.iter_mut()
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for List<T> {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::List(element::<T>);
    const BLANK: bool = true;

    #[inline]
    fn blank() -> Option<Self> {
        Some(Self::new())
    }

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        decoder.nested(|decoder| {
            let mut items = Vec::new();
            let element = element::<T>();
            let mut capacity = 0;
            while decoder.take_presence()? {
                if items.len() == capacity {
                    capacity = decoder.grow_list(capacity, element, bounds)?;
                    items.reserve_exact(capacity - items.len());
                }
                decoder.take_stack(T::STACK)?;
                decoder.push_next(&mut items, bounds)?;
                decoder.give_stack(T::STACK);
            }
            Ok(Self(items))
        })
    }
}

impl<T: Encode> Encode for List<T> {
    const TYPE: &'static Ty = &Ty::List(|| T::TYPE);

    fn measure(&self, depth: Depth) -> usize {
        depth.nested(|depth| {
            let presence = self.len().saturating_add(1).saturating_mul(4);
            T::measure_slice(self, depth).saturating_add(presence)
        })
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        encoder.nested(|encoder| {
            // Elements without a size may be more than there is memory for their presence.
            if size_of::<T>() == 0 && !encoder.reserve(self.len().saturating_mul(4)) {
                return;
            }
            for item in self {
                encoder.put_bool(true);
                item.encode_bounded(encoder, bounds);
            }
            encoder.put_bool(false);
        });
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Chain<T> {
    const MIN: usize = T::MIN.saturating_add(4);
    const TYPE: &'static Ty = &Ty::Chain(element::<T>());
    const STACK: usize = size_of::<Self>().saturating_add(T::STACK);

    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Self::decode_bounded(decoder, Bounds::NONE)
    }

    #[inline]
    fn decode_bounded(decoder: &mut Decoder<'de>, bounds: Bounds) -> Result<Self, Fault> {
        // The descriptor has one type for all elements, so the head costs what the others do.
        decoder.take_stack(T::STACK)?;
        let head = T::decode_bounded(decoder, bounds)?;
        decoder.give_stack(T::STACK);
        let tail = List::decode_bounded(decoder, bounds)?;
        Ok(Self { head, tail })
    }
}

impl<T: Encode> Encode for Chain<T> {
    const TYPE: &'static Ty = &Ty::Chain(T::TYPE);

    #[inline]
    fn measure(&self, depth: Depth) -> usize {
        self.head
            .measure(depth)
            .saturating_add(self.tail.measure(depth))
    }

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) {
        self.encode_bounded(encoder, Bounds::NONE);
    }

    #[inline]
    fn encode_bounded(&self, encoder: &mut Encoder<'_>, bounds: Bounds) {
        self.head.encode_bounded(encoder, bounds);
        self.tail.encode_bounded(encoder, bounds);
    }
}
