//! Stellar's traits. Its generator is not published for other files than Stellar's, so what it would write is written here,
//! in its form but for the counting of levels, which the crate keeps to itself.

use std::io::{Read, Write};

use stellar_xdr::{BytesM, Error, Limited, Limits, ReadXdr, StringM, VecM, WriteXdr};

use crate::race::{Direction, Race};
use crate::workload::Workload;

const WHO: &str = "stellar-xdr";

/// As its own tools and users have them.
const LIMITS: Limits = Limits {
    depth: 500,
    len: 64 << 20,
};

pub(crate) fn enter(race: &mut Race) {
    match race.workload {
        Workload::W1 => both::<Graphics>(race),
        Workload::W2 => both::<Domains>(race),
        Workload::W3 => both::<Records>(race),
        Workload::W4 => both::<Blob>(race),
        Workload::W5a => both::<Words>(race),
        Workload::W5b => both::<Longs>(race),
        Workload::W6 => both::<Header>(race),
    }
}

fn both<T: ReadXdr + WriteXdr + 'static>(race: &mut Race) {
    let wire = race.wire;
    race.encode(
        WHO,
        || decode::<T>(wire),
        |value, out| {
            out.clear();
            let mut out = Limited::new(out, LIMITS);
            value.write_xdr(&mut out).expect("a vector takes all bytes");
        },
        fresh,
    );
    race.decode(WHO, Direction::DecodeOwned, decode::<T>, fresh);
}

fn fresh<T: WriteXdr>(value: &T) -> Vec<u8> {
    value.to_xdr(LIMITS).expect("a vector takes all bytes")
}

fn decode<T: ReadXdr>(wire: &'static [u8]) -> T {
    T::from_xdr(wire, LIMITS).expect("the message is valid")
}

macro_rules! structs {
    ($(struct $name:ident { $($field:ident: $ty:ty,)* })*) => {$(
        #[derive(Clone)]
        struct $name {
            $($field: $ty,)*
        }

        impl ReadXdr for $name {
            fn read_xdr<R: Read>(r: &mut Limited<R>) -> Result<Self, Error> {
                Ok(Self {
                    $($field: <$ty>::read_xdr(r)?,)*
                })
            }
        }

        impl WriteXdr for $name {
            fn write_xdr<W: Write>(&self, w: &mut Limited<W>) -> Result<(), Error> {
                $(self.$field.write_xdr(w)?;)*
                Ok(())
            }
        }
    )*};
}

macro_rules! enums {
    ($(enum $name:ident { $($variant:ident = $value:literal,)* })*) => {$(
        #[derive(Clone, Copy)]
        enum $name {
            $($variant = $value,)*
        }

        impl ReadXdr for $name {
            fn read_xdr<R: Read>(r: &mut Limited<R>) -> Result<Self, Error> {
                match i32::read_xdr(r)? {
                    $($value => Ok(Self::$variant),)*
                    _ => Err(Error::Invalid),
                }
            }
        }

        impl WriteXdr for $name {
            fn write_xdr<W: Write>(&self, w: &mut Limited<W>) -> Result<(), Error> {
                (*self as i32).write_xdr(w)
            }
        }
    )*};
}

type Text = StringM<4_194_304>;

structs! {
    struct Domain {
        name: Text,
        uuid: [u8; 16],
        id: i32,
    }

    struct Address {
        family: i32,
        node: Text,
        service: Text,
    }

    struct Identity {
        scheme: Text,
        name: Text,
    }

    struct Graphics {
        callback: i32,
        dom: Domain,
        phase: i32,
        here: Address,
        there: Address,
        auth: Text,
        subject: VecM<Identity, 20>,
    }

    struct Domains {
        list: VecM<Domain, 16_384>,
        count: u32,
    }

    struct Param {
        field: Text,
        value: ParamValue,
    }

    struct Record {
        dom: Domain,
        params: VecM<Param, 4096>,
    }

    struct Records {
        list: VecM<Record, 4096>,
    }

    struct Blob {
        bytes: BytesM<33_554_432>,
    }

    struct Words {
        list: VecM<u32, 8_388_608>,
    }

    struct Longs {
        list: VecM<u64, 8_388_608>,
    }

    struct Header {
        prog: u32,
        vers: u32,
        proc: i32,
        kind: PacketType,
        serial: u32,
        status: PacketStatus,
    }
}

enums! {
    enum PacketType {
        Call = 0,
        Reply = 1,
        Event = 2,
        Stream = 3,
        CallWithFds = 4,
        ReplyWithFds = 5,
        StreamHole = 6,
    }

    enum PacketStatus {
        Ok = 0,
        Error = 1,
        Continue = 2,
    }
}

#[derive(Clone)]
enum ParamValue {
    I(i32),
    Ui(u32),
    L(i64),
    Ul(u64),
    /// It has no floats.
    D(u64),
    B(i32),
    S(Text),
}

impl ParamValue {
    const fn discriminant(&self) -> i32 {
        match self {
            Self::I(_) => 1,
            Self::Ui(_) => 2,
            Self::L(_) => 3,
            Self::Ul(_) => 4,
            Self::D(_) => 5,
            Self::B(_) => 6,
            Self::S(_) => 7,
        }
    }
}

impl ReadXdr for ParamValue {
    fn read_xdr<R: Read>(r: &mut Limited<R>) -> Result<Self, Error> {
        let dv = i32::read_xdr(r)?;
        let v = match dv {
            1 => Self::I(i32::read_xdr(r)?),
            2 => Self::Ui(u32::read_xdr(r)?),
            3 => Self::L(i64::read_xdr(r)?),
            4 => Self::Ul(u64::read_xdr(r)?),
            5 => Self::D(u64::read_xdr(r)?),
            6 => Self::B(i32::read_xdr(r)?),
            7 => Self::S(Text::read_xdr(r)?),
            _ => return Err(Error::Invalid),
        };
        Ok(v)
    }
}

impl WriteXdr for ParamValue {
    fn write_xdr<W: Write>(&self, w: &mut Limited<W>) -> Result<(), Error> {
        self.discriminant().write_xdr(w)?;
        match self {
            Self::I(v) | Self::B(v) => v.write_xdr(w)?,
            Self::Ui(v) => v.write_xdr(w)?,
            Self::L(v) => v.write_xdr(w)?,
            Self::Ul(v) | Self::D(v) => v.write_xdr(w)?,
            Self::S(v) => v.write_xdr(w)?,
        }
        Ok(())
    }
}
