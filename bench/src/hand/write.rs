//! Writing: the length first, then the bytes, into a slice of that length or at the end of a vector.

use super::types::{
    Address, Blob, DOMAIN_LIST_MAX, Domain, Domains, Graphics, Header, IDENTITY_MAX, Identity,
    NUMBER_MAX, Numbers, OPAQUE_MAX, PARAM_LIST_MAX, Param, RECORD_LIST_MAX, Record, Records,
    STRING_MAX, Value,
};

/// What takes bytes. Nothing is returned when they do not fit, which they do.
pub(super) trait Sink {
    fn array<const N: usize>(&mut self, bytes: [u8; N]) -> Option<()>;
    fn padded(&mut self, bytes: &[u8], bound: u32) -> Option<()>;
    fn units<const N: usize>(
        &mut self,
        units: impl ExactSizeIterator<Item = [u8; N]>,
    ) -> Option<()>;
}

fn length(len: usize, bound: u32) -> Option<u32> {
    u32::try_from(len).ok().filter(|len| *len <= bound)
}

/// What is left of a slice.
pub(super) struct Out<'a>(pub(super) &'a mut [u8]);

impl<'a> Out<'a> {
    #[inline]
    fn take(&mut self, len: usize) -> Option<&'a mut [u8]> {
        let (first, rest) = std::mem::take(&mut self.0).split_at_mut_checked(len)?;
        self.0 = rest;
        Some(first)
    }
}

impl Sink for Out<'_> {
    #[inline]
    fn array<const N: usize>(&mut self, bytes: [u8; N]) -> Option<()> {
        let (first, rest) = std::mem::take(&mut self.0).split_first_chunk_mut()?;
        self.0 = rest;
        *first = bytes;
        Some(())
    }

    #[inline]
    fn padded(&mut self, bytes: &[u8], bound: u32) -> Option<()> {
        self.array(length(bytes.len(), bound)?.to_be_bytes())?;
        let place = self.take(bytes.len().next_multiple_of(4))?;
        // The last word first: the copy then leaves its padding.
        if let Some(last) = place.last_chunk_mut::<4>() {
            *last = [0; 4];
        }
        place.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(())
    }

    #[inline]
    fn units<const N: usize>(
        &mut self,
        units: impl ExactSizeIterator<Item = [u8; N]>,
    ) -> Option<()> {
        let place = self.take(units.len() * N)?;
        for (place, unit) in place.as_chunks_mut().0.iter_mut().zip(units) {
            *place = unit;
        }
        Some(())
    }
}

impl Sink for Vec<u8> {
    #[inline]
    fn array<const N: usize>(&mut self, bytes: [u8; N]) -> Option<()> {
        self.extend_from_slice(&bytes);
        Some(())
    }

    #[inline]
    fn padded(&mut self, bytes: &[u8], bound: u32) -> Option<()> {
        self.array(length(bytes.len(), bound)?.to_be_bytes())?;
        self.extend_from_slice(bytes);
        self.resize(self.len().next_multiple_of(4), 0);
        Some(())
    }

    #[inline]
    fn units<const N: usize>(
        &mut self,
        units: impl ExactSizeIterator<Item = [u8; N]>,
    ) -> Option<()> {
        self.extend(units.flatten());
        Some(())
    }
}

pub(super) trait Write {
    fn len(&self) -> usize;
    fn write(&self, out: &mut impl Sink) -> Option<()>;
}

/// A string or opaque data.
#[inline]
fn len(bytes: &impl AsRef<[u8]>) -> usize {
    4 + bytes.as_ref().len().next_multiple_of(4)
}

fn len_of_all(items: &[impl Write]) -> usize {
    4 + items.iter().map(Write::len).sum::<usize>()
}

fn write_all(items: &[impl Write], bound: u32, out: &mut impl Sink) -> Option<()> {
    out.array(length(items.len(), bound)?.to_be_bytes())?;
    items.iter().try_for_each(|item| item.write(out))
}

impl<S: AsRef<[u8]>> Write for Domain<S> {
    #[inline]
    fn len(&self) -> usize {
        20 + len(&self.name)
    }

    #[inline]
    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.padded(self.name.as_ref(), STRING_MAX)?;
        let mut fixed = [0; 20];
        fixed[..16].copy_from_slice(&self.uuid);
        fixed[16..].copy_from_slice(&self.id.to_be_bytes());
        out.array(fixed)
    }
}

impl<S: AsRef<[u8]>> Write for Address<S> {
    #[inline]
    fn len(&self) -> usize {
        4 + len(&self.node) + len(&self.service)
    }

    #[inline]
    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.array(self.family.to_be_bytes())?;
        out.padded(self.node.as_ref(), STRING_MAX)?;
        out.padded(self.service.as_ref(), STRING_MAX)
    }
}

impl<S: AsRef<[u8]>> Write for Identity<S> {
    #[inline]
    fn len(&self) -> usize {
        len(&self.scheme) + len(&self.name)
    }

    #[inline]
    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.padded(self.scheme.as_ref(), STRING_MAX)?;
        out.padded(self.name.as_ref(), STRING_MAX)
    }
}

impl<S: AsRef<[u8]>> Write for Graphics<S> {
    fn len(&self) -> usize {
        let addresses = self.here.len() + self.there.len();
        8 + self.dom.len() + addresses + len(&self.auth) + len_of_all(&self.subject)
    }

    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.array(self.callback.to_be_bytes())?;
        self.dom.write(out)?;
        out.array(self.phase.to_be_bytes())?;
        self.here.write(out)?;
        self.there.write(out)?;
        out.padded(self.auth.as_ref(), STRING_MAX)?;
        write_all(&self.subject, IDENTITY_MAX, out)
    }
}

impl<S: AsRef<[u8]>> Write for Domains<S> {
    fn len(&self) -> usize {
        4 + len_of_all(&self.list)
    }

    fn write(&self, out: &mut impl Sink) -> Option<()> {
        write_all(&self.list, DOMAIN_LIST_MAX, out)?;
        out.array(self.count.to_be_bytes())
    }
}

impl<S: AsRef<[u8]>> Write for Param<S> {
    #[inline]
    fn len(&self) -> usize {
        let value = match &self.value {
            Value::I(_) | Value::Ui(_) | Value::B(_) => 4,
            Value::L(_) | Value::Ul(_) | Value::D(_) => 8,
            Value::S(text) => len(text),
        };
        4 + len(&self.field) + value
    }

    #[inline]
    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.padded(self.field.as_ref(), STRING_MAX)?;
        match &self.value {
            Value::I(value) => out.array(short(1, value.to_be_bytes())),
            Value::Ui(value) => out.array(short(2, value.to_be_bytes())),
            Value::L(value) => out.array(long(3, value.to_be_bytes())),
            Value::Ul(value) => out.array(long(4, value.to_be_bytes())),
            Value::D(value) => out.array(long(5, value.to_be_bytes())),
            Value::B(value) => out.array(short(6, value.to_be_bytes())),
            Value::S(text) => {
                out.array(7u32.to_be_bytes())?;
                out.padded(text.as_ref(), STRING_MAX)
            }
        }
    }
}

/// A discriminant and four bytes.
#[inline]
fn short(kind: u32, value: [u8; 4]) -> [u8; 8] {
    (u64::from(kind) << 32 | u64::from(u32::from_be_bytes(value))).to_be_bytes()
}

/// A discriminant and eight.
#[inline]
fn long(kind: u32, value: [u8; 8]) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&kind.to_be_bytes());
    bytes[4..].copy_from_slice(&value);
    bytes
}

impl<S: AsRef<[u8]>> Write for Record<S> {
    fn len(&self) -> usize {
        self.dom.len() + len_of_all(&self.params)
    }

    fn write(&self, out: &mut impl Sink) -> Option<()> {
        self.dom.write(out)?;
        write_all(&self.params, PARAM_LIST_MAX, out)
    }
}

impl<S: AsRef<[u8]>> Write for Records<S> {
    fn len(&self) -> usize {
        len_of_all(&self.list)
    }

    fn write(&self, out: &mut impl Sink) -> Option<()> {
        write_all(&self.list, RECORD_LIST_MAX, out)
    }
}

impl<B: AsRef<[u8]>> Write for Blob<B> {
    fn len(&self) -> usize {
        len(&self.bytes)
    }

    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.padded(self.bytes.as_ref(), OPAQUE_MAX)
    }
}

impl Write for Numbers<u32> {
    fn len(&self) -> usize {
        4 + self.list.len() * 4
    }

    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.array(length(self.list.len(), NUMBER_MAX)?.to_be_bytes())?;
        out.units(self.list.iter().map(|number| number.to_be_bytes()))
    }
}

impl Write for Numbers<u64> {
    fn len(&self) -> usize {
        4 + self.list.len() * 8
    }

    fn write(&self, out: &mut impl Sink) -> Option<()> {
        out.array(length(self.list.len(), NUMBER_MAX)?.to_be_bytes())?;
        out.units(self.list.iter().map(|number| number.to_be_bytes()))
    }
}

impl Write for Header {
    #[inline]
    fn len(&self) -> usize {
        24
    }

    #[inline]
    fn write(&self, out: &mut impl Sink) -> Option<()> {
        let words = [
            self.prog,
            self.vers,
            self.proc.cast_unsigned(),
            self.kind as u32,
            self.serial,
            self.status as u32,
        ];
        let mut bytes = [0; 24];
        for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *place = word.to_be_bytes();
        }
        out.array(bytes)
    }
}
