//! Fields of fixed length that follow one another: put together first, written at once.

use super::Encoder;
use crate::traits::Encode;

/// The longest type that goes into a run as a whole. One that is longer has runs of its own.
const LONGEST: usize = 64;

/// The fields of a struct or an arm that have been put together and are not written yet.
///
/// How long it is at each field is known when the code is compiled, so that a run is a few stores and one copy of fixed
/// length into the message.
#[derive(Debug)]
pub struct Run {
    bytes: [u8; LONGEST],
    len: usize,
}

#[expect(
    clippy::inline_always,
    reason = "a run that is passed to a function is in memory"
)]
impl Run {
    /// Nothing yet.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; LONGEST],
            len: 0,
        }
    }

    /// The next field: kept if it is of fixed length, otherwise written behind what has been kept.
    #[inline(always)]
    fn put<T: Encode>(&mut self, value: &T, encoder: &mut Encoder<'_>) {
        if let Some(len) = T::FIXED {
            if self.len + len > LONGEST {
                self.end(encoder);
            }
            value.put_fixed(self);
        } else {
            self.end(encoder);
            value.encode_part(encoder);
        }
    }

    /// Keeps these bytes. Whoever calls it has seen to it that they fit.
    #[inline(always)]
    pub fn put_array<const N: usize>(&mut self, bytes: [u8; N]) {
        let free = self.bytes.get_mut(self.len..);
        if let Some(slot) = free.and_then(<[u8]>::first_chunk_mut) {
            *slot = bytes;
            self.len += N;
        }
    }

    /// Writes what has been kept.
    #[inline(always)]
    fn end(&mut self, encoder: &mut Encoder<'_>) {
        encoder.put_short(self.as_slice());
        self.len = 0;
    }

    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Fields of a struct or an arm that follow one another, as a tuple of references.
pub trait Fields {
    /// Writes them.
    fn put(self, encoder: &mut Encoder<'_>);

    /// [`Encode::put_fixed`].
    fn put_fixed(self, run: &mut Run);
}

macro_rules! fields {
    ($($type:ident $index:tt)+) => {
        impl<$($type: Encode),+> Fields for ($(&$type,)+) {
            #[inline]
            fn put(self, encoder: &mut Encoder<'_>) {
                let mut run = Run::new();
                $(run.put(self.$index, encoder);)+
                run.end(encoder);
            }

            #[inline]
            fn put_fixed(self, run: &mut Run) {
                $(self.$index.put_fixed(run);)+
            }
        }
    };
}

fields!(A 0);
fields!(A 0 B 1);
fields!(A 0 B 1 C 2);
fields!(A 0 B 1 C 2 D 3);
fields!(A 0 B 1 C 2 D 3 E 4);
fields!(A 0 B 1 C 2 D 3 E 4 F 5);
fields!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
fields!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
fields!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);

/// The length of a type whose fields have these: fixed if theirs are and it is not too long for a run.
pub const fn fixed(fields: &[Option<usize>]) -> Option<usize> {
    let mut sum = 0;
    let mut rest = fields;
    while let [field, tail @ ..] = rest {
        match *field {
            Some(len) if len <= LONGEST - sum => sum += len,
            _ => return None,
        }
        rest = tail;
    }
    if sum == 0 { None } else { Some(sum) }
}
