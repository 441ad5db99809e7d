//! Reading: strict, into values of their own or into ones that refer to the input.

use super::types::{
    Address, Blob, DOMAIN_LIST_MAX, Domain, Domains, Graphics, Header, IDENTITY_MAX, Identity,
    Kind, NUMBER_MAX, Numbers, OPAQUE_MAX, PARAM_LIST_MAX, Param, RECORD_LIST_MAX, Record, Records,
    STRING_MAX, Status, Value,
};

/// What is left of the input.
pub(super) struct In<'de>(pub(super) &'de [u8]);

impl<'de> In<'de> {
    #[inline]
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    #[inline]
    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    #[inline]
    fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    #[inline]
    fn take(&mut self, len: usize) -> Option<&'de [u8]> {
        let (first, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(first)
    }

    /// Bytes whose padding is zero.
    #[inline]
    fn padded(&mut self, bound: u32) -> Option<&'de [u8]> {
        let len = self.u32()?;
        if len > bound {
            return None;
        }
        let len = len as usize;
        let padded = self.take(len.next_multiple_of(4))?;
        let (bytes, padding) = padded.split_at_checked(len)?;
        padding.iter().all(|byte| *byte == 0).then_some(bytes)
    }

    /// As many elements as it says, of at least `least` bytes each.
    #[inline]
    fn count(&mut self, bound: u32, least: usize) -> Option<usize> {
        let count = self.u32()?;
        let fits = count <= bound && count as usize <= self.0.len() / least;
        fits.then_some(count as usize)
    }

    #[inline]
    fn list<T: Read<'de>>(&mut self, bound: u32, least: usize) -> Option<Vec<T>> {
        let count = self.count(bound, least)?;
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(T::read(self)?);
        }
        Some(items)
    }
}

/// What strings and opaque data become.
pub(super) trait Bytes<'de>: Sized {
    fn made(bytes: &'de [u8]) -> Option<Self>;
}

impl<'de> Bytes<'de> for String {
    #[inline]
    fn made(bytes: &'de [u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

impl<'de> Bytes<'de> for &'de str {
    #[inline]
    fn made(bytes: &'de [u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok()
    }
}

impl<'de> Bytes<'de> for Vec<u8> {
    #[inline]
    fn made(bytes: &'de [u8]) -> Option<Self> {
        Some(bytes.to_vec())
    }
}

impl<'de> Bytes<'de> for &'de [u8] {
    #[inline]
    fn made(bytes: &'de [u8]) -> Option<Self> {
        Some(bytes)
    }
}

#[inline]
fn string<'de, S: Bytes<'de>>(input: &mut In<'de>) -> Option<S> {
    S::made(input.padded(STRING_MAX)?)
}

pub(super) trait Read<'de>: Sized {
    fn read(input: &mut In<'de>) -> Option<Self>;
}

impl<'de, S: Bytes<'de>> Read<'de> for Domain<S> {
    #[inline]
    fn read(input: &mut In<'de>) -> Option<Self> {
        let name = string(input)?;
        let fixed: [u8; 20] = input.array()?;
        let (uuid, id) = fixed.split_first_chunk()?;
        Some(Self {
            name,
            uuid: *uuid,
            id: i32::from_be_bytes(*id.first_chunk()?),
        })
    }
}

impl<'de, S: Bytes<'de>> Read<'de> for Address<S> {
    #[inline]
    fn read(input: &mut In<'de>) -> Option<Self> {
        Some(Self {
            family: input.i32()?,
            node: string(input)?,
            service: string(input)?,
        })
    }
}

impl<'de, S: Bytes<'de>> Read<'de> for Identity<S> {
    #[inline]
    fn read(input: &mut In<'de>) -> Option<Self> {
        Some(Self {
            scheme: string(input)?,
            name: string(input)?,
        })
    }
}

impl<'de, S: Bytes<'de>> Read<'de> for Graphics<S> {
    fn read(input: &mut In<'de>) -> Option<Self> {
        Some(Self {
            callback: input.i32()?,
            dom: Domain::read(input)?,
            phase: input.i32()?,
            here: Address::read(input)?,
            there: Address::read(input)?,
            auth: string(input)?,
            subject: input.list(IDENTITY_MAX, 8)?,
        })
    }
}

impl<'de, S: Bytes<'de>> Read<'de> for Domains<S> {
    fn read(input: &mut In<'de>) -> Option<Self> {
        Some(Self {
            list: input.list(DOMAIN_LIST_MAX, 24)?,
            count: input.u32()?,
        })
    }
}

impl<'de, S: Bytes<'de>> Read<'de> for Param<S> {
    #[inline]
    fn read(input: &mut In<'de>) -> Option<Self> {
        let field = string(input)?;
        let value = match input.u32()? {
            1 => Value::I(input.i32()?),
            2 => Value::Ui(input.u32()?),
            3 => Value::L(i64::from_be_bytes(input.array()?)),
            4 => Value::Ul(u64::from_be_bytes(input.array()?)),
            5 => Value::D(f64::from_be_bytes(input.array()?)),
            6 => Value::B(input.i32()?),
            7 => Value::S(string(input)?),
            _ => return None,
        };
        Some(Self { field, value })
    }
}

impl<'de, S: Bytes<'de>> Read<'de> for Record<S> {
    #[inline]
    fn read(input: &mut In<'de>) -> Option<Self> {
        Some(Self {
            dom: Domain::read(input)?,
            params: input.list(PARAM_LIST_MAX, 12)?,
        })
    }
}

impl<'de, S: Bytes<'de>> Read<'de> for Records<S> {
    fn read(input: &mut In<'de>) -> Option<Self> {
        Some(Self {
            list: input.list(RECORD_LIST_MAX, 28)?,
        })
    }
}

impl<'de, B: Bytes<'de>> Read<'de> for Blob<B> {
    fn read(input: &mut In<'de>) -> Option<Self> {
        let bytes = B::made(input.padded(OPAQUE_MAX)?)?;
        Some(Self { bytes })
    }
}

impl<'de> Read<'de> for Numbers<u32> {
    fn read(input: &mut In<'de>) -> Option<Self> {
        let count = input.count(NUMBER_MAX, 4)?;
        let (units, _) = input.take(count * 4)?.as_chunks();
        let list = units.iter().map(|unit| u32::from_be_bytes(*unit));
        Some(Self {
            list: list.collect(),
        })
    }
}

impl<'de> Read<'de> for Numbers<u64> {
    fn read(input: &mut In<'de>) -> Option<Self> {
        let count = input.count(NUMBER_MAX, 8)?;
        let (units, _) = input.take(count * 8)?.as_chunks();
        let list = units.iter().map(|unit| u64::from_be_bytes(*unit));
        Some(Self {
            list: list.collect(),
        })
    }
}

impl<'de> Read<'de> for Header {
    #[inline]
    fn read(input: &mut In<'de>) -> Option<Self> {
        let bytes: [u8; 24] = input.array()?;
        let (words, _) = bytes.as_chunks();
        let word = |at: usize| words.get(at).map(|word| u32::from_be_bytes(*word));
        Some(Self {
            prog: word(0)?,
            vers: word(1)?,
            proc: word(2)?.cast_signed(),
            kind: match word(3)? {
                0 => Kind::Call,
                1 => Kind::Reply,
                2 => Kind::Event,
                3 => Kind::Stream,
                4 => Kind::CallWithFds,
                5 => Kind::ReplyWithFds,
                6 => Kind::StreamHole,
                _ => return None,
            },
            serial: word(4)?,
            status: match word(5)? {
                0 => Status::Ok,
                1 => Status::Error,
                2 => Status::Continue,
                _ => return None,
            },
        })
    }
}
