//! nfs3: types with its derive. What it has no implementation for is written as it writes its own.

use std::io::{Read, Write};

use nfs3_macros::XdrCodec;
use nfs3_types::xdr_codec::{Opaque, Pack, Result, Unpack};

use crate::race::{Direction, Race};
use crate::workload::Workload;

const WHO: &str = "nfs3";

pub(crate) fn enter(race: &mut Race) {
    match race.workload {
        Workload::W1 => both::<Graphics>(race),
        Workload::W2 => both::<Domains>(race),
        Workload::W3 => both::<Records>(race),
        Workload::W4 => both::<Opaque<'static>>(race),
        Workload::W5a => both::<Vec<u32>>(race),
        Workload::W5b => both::<Array<u64>>(race),
        Workload::W6 => both::<Header>(race),
    }
}

fn both<T: Pack + Unpack + 'static>(race: &mut Race) {
    let wire = race.wire;
    race.encode(
        WHO,
        || decode::<T>(wire),
        |value, out| {
            out.clear();
            value.pack(out).expect("a vector takes all bytes");
        },
        fresh,
    );
    race.decode(WHO, Direction::DecodeOwned, decode::<T>, fresh);
}

fn fresh<T: Pack>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.packed_size());
    value.pack(&mut out).expect("a vector takes all bytes");
    out
}

fn decode<T: Unpack>(mut wire: &[u8]) -> T {
    let (value, _) = T::unpack(&mut wire).expect("the message is valid");
    assert!(wire.is_empty());
    value
}

#[derive(XdrCodec)]
struct Domain {
    name: Opaque<'static>,
    uuid: [u8; 16],
    id: u32,
}

#[derive(XdrCodec)]
struct Address {
    family: u32,
    node: Opaque<'static>,
    service: Opaque<'static>,
}

#[derive(XdrCodec)]
struct Identity {
    scheme: Opaque<'static>,
    name: Opaque<'static>,
}

#[derive(XdrCodec)]
struct Graphics {
    callback: u32,
    dom: Domain,
    phase: u32,
    here: Address,
    there: Address,
    auth: Opaque<'static>,
    subject: Array<Identity>,
}

#[derive(XdrCodec)]
struct Domains {
    list: Array<Domain>,
    count: u32,
}

#[derive(XdrCodec)]
enum ParamValue {
    #[xdr(1)]
    I(u32),
    #[xdr(2)]
    Ui(u32),
    #[xdr(3)]
    L(u64),
    #[xdr(4)]
    Ul(u64),
    #[xdr(5)]
    D(u64),
    #[xdr(6)]
    B(u32),
    #[xdr(7)]
    S(Opaque<'static>),
}

#[derive(XdrCodec)]
struct Param {
    field: Opaque<'static>,
    value: ParamValue,
}

#[derive(XdrCodec)]
struct Record {
    dom: Domain,
    params: Array<Param>,
}

#[derive(XdrCodec)]
struct Records {
    list: Array<Record>,
}

#[derive(Clone, Copy, XdrCodec)]
enum PacketType {
    Call = 0,
    Reply = 1,
    Event = 2,
    Stream = 3,
    CallWithFds = 4,
    ReplyWithFds = 5,
    StreamHole = 6,
}

#[derive(Clone, Copy, XdrCodec)]
enum PacketStatus {
    Ok = 0,
    Error = 1,
    Continue = 2,
}

#[derive(XdrCodec)]
struct Header {
    prog: u32,
    vers: u32,
    proc: u32,
    kind: PacketType,
    serial: u32,
    status: PacketStatus,
}

/// It has arrays of `u32` only. This is the same for other elements.
struct Array<T>(Vec<T>);

impl<T: Pack> Pack for Array<T> {
    fn packed_size(&self) -> usize {
        4 + self.0.iter().map(Pack::packed_size).sum::<usize>()
    }

    fn pack(&self, out: &mut impl Write) -> Result<usize> {
        let count = u32::try_from(self.0.len()).expect("arrays here are short");
        let mut written = count.pack(out)?;
        for item in &self.0 {
            written += item.pack(out)?;
        }
        Ok(written)
    }
}

impl<T: Unpack> Unpack for Array<T> {
    fn unpack(input: &mut impl Read) -> Result<(Self, usize)> {
        let (count, mut read) = u32::unpack(input)?;
        let mut items = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let (item, bytes) = T::unpack(input)?;
            read += bytes;
            items.push(item);
        }
        Ok((Self(items), read))
    }
}
