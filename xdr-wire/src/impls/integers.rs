//! Numbers, booleans and nothing (RFC 4506, sections 4.1 to 4.8 and 4.16).

use alloc::vec::Vec;

use crate::bounds::Bounds;
use crate::bulk;
use crate::decoder::Decoder;
use crate::decoder::run::Run as DecodeRun;
use crate::describe::Ty;
use crate::encoder::Encoder;
use crate::encoder::run::Run as EncodeRun;
use crate::error::Form;
use crate::fault::Fault;
use crate::options::{Options, Rule};
use crate::traits::{Decode, Depth, Encode};

/// Implements both traits for a number whose form is its big-endian bytes, with whole arrays in one go.
macro_rules! number {
    ($type:ty, $ty:ident, $len:literal, $take:ident, $put:ident, $read:ident, $from:expr, $write:ident, $bits:expr) => {
        impl<'de> Decode<'de> for $type {
            const MIN: usize = $len;
            const TYPE: &'static Ty = &Ty::$ty;
            const FIXED: Option<usize> = Some($len);
            const BLANK: bool = true;

            #[inline]
            fn take_fixed(run: &mut DecodeRun<'de>, _: &Options) -> Option<Self> {
                run.take().map(Self::from_be_bytes)
            }

            #[inline]
            fn blank() -> Option<Self> {
                Some(Self::default())
            }

            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
                decoder.$take()
            }

            #[inline(never)]
            fn fill(&mut self, decoder: &mut Decoder<'de>, _: Bounds) {
                match decoder.take_array() {
                    Ok(bytes) => *self = Self::from_be_bytes(bytes),
                    Err(fault) => decoder.stop(&fault),
                }
            }

            #[inline]
            fn fill_vec(
                items: &mut Vec<Self>,
                decoder: &mut Decoder<'de>,
                count: usize,
                _: Bounds,
            ) -> Result<(), Fault> {
                *items = bulk::$read(decoder.take_units(count)?, $from);
                Ok(())
            }

            #[inline]
            fn decode_array<const N: usize>(
                decoder: &mut Decoder<'de>,
                _: Bounds,
            ) -> Result<[Self; N], Fault> {
                let mut units = decoder.take_units::<$len>(N)?.iter();
                Ok(core::array::from_fn(|_| {
                    units
                        .next()
                        .map_or(Self::default(), |unit| Self::from_be_bytes(*unit))
                }))
            }
        }

        impl Encode for $type {
            const TYPE: &'static Ty = &Ty::$ty;
            const FIXED: Option<usize> = Some($len);

            #[inline]
            fn put_fixed(&self, run: &mut EncodeRun) {
                run.put_array(self.to_be_bytes());
            }

            #[inline]
            fn measure(&self, _: Depth) -> usize {
                $len
            }

            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) {
                encoder.$put(*self);
            }

            #[inline]
            fn measure_slice(items: &[Self], _: Depth) -> usize {
                items.len().saturating_mul($len)
            }

            #[inline]
            fn encode_slice(items: &[Self], encoder: &mut Encoder<'_>, _: Bounds) {
                encoder.put_bulk(items.len(), $len, |out| bulk::$write(items, out, $bits));
            }
        }
    };
}

number!(
    i32,
    Int,
    4,
    take_i32,
    put_i32,
    read_4,
    u32::cast_signed,
    write_4,
    |number| number.cast_unsigned()
);
number!(
    u32,
    UInt,
    4,
    take_u32,
    put_u32,
    read_4,
    |bits| bits,
    write_4,
    |number| *number
);
number!(
    i64,
    Hyper,
    8,
    take_i64,
    put_i64,
    read_8,
    u64::cast_signed,
    write_8,
    |number| number.cast_unsigned()
);
number!(
    u64,
    UHyper,
    8,
    take_u64,
    put_u64,
    read_8,
    |bits| bits,
    write_8,
    |number| *number
);
number!(
    f32,
    Float,
    4,
    take_f32,
    put_f32,
    read_4,
    Self::from_bits,
    write_4,
    |number| number.to_bits()
);
number!(
    f64,
    Double,
    8,
    take_f64,
    put_f64,
    read_8,
    Self::from_bits,
    write_8,
    |number| number.to_bits()
);

/// Implements both traits for a type of fixed length without a bulk form; in runs it goes from and to its bytes by `$from`
/// and `$to`.
macro_rules! scalar {
    ($type:ty, $ty:ident, $len:literal, $take:ident, $put:ident $(, $from:expr, $to:expr)?) => {
        impl<'de> Decode<'de> for $type {
            const MIN: usize = $len;
            const TYPE: &'static Ty = &Ty::$ty;
            $(
                const FIXED: Option<usize> = Some($len);

                #[inline]
                fn take_fixed(run: &mut DecodeRun<'de>, options: &Options) -> Option<Self> {
                    $from(run.take()?, options)
                }
            )?

            const BLANK: bool = true;

            #[inline]
            fn blank() -> Option<Self> {
                Some(Self::default())
            }

            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
                decoder.$take()
            }
        }

        impl Encode for $type {
            const TYPE: &'static Ty = &Ty::$ty;
            $(
                const FIXED: Option<usize> = Some($len);

                #[inline]
                fn put_fixed(&self, run: &mut EncodeRun) {
                    run.put_array::<$len>($to(*self));
                }
            )?

            #[inline]
            fn measure(&self, _: Depth) -> usize {
                $len
            }

            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) {
                encoder.$put(*self);
            }

            #[inline]
            fn measure_slice(items: &[Self], _: Depth) -> usize {
                items.len().saturating_mul($len)
            }
        }
    };
}

scalar!(
    bool,
    Bool,
    4,
    take_bool,
    put_bool,
    |bytes, options: &Options| match u32::from_be_bytes(bytes) {
        0 => Some(false),
        1 => Some(true),
        _ => options.allows(Rule::Bool).then_some(true),
    },
    |value| u32::from(value).to_be_bytes()
);
scalar!(
    i16,
    Short,
    4,
    take_i16,
    put_i16,
    |bytes, _| Self::try_from(i32::from_be_bytes(bytes)).ok(),
    |value| i32::from(value).to_be_bytes()
);
scalar!(
    u16,
    UShort,
    4,
    take_u16,
    put_u16,
    |bytes, _| Self::try_from(u32::from_be_bytes(bytes)).ok(),
    |value| u32::from(value).to_be_bytes()
);
scalar!((), Void, 0, take_void, put_void);
scalar!(
    Quadruple,
    Quadruple,
    16,
    take_quadruple,
    put_quadruple,
    |bytes, _| Some(Self(bytes)),
    |value: Self| value.0
);

/// A quadruple-precision floating-point number (RFC 4506, section 4.8): sixteen bytes in wire order.
///
/// Rust has no arithmetic for it; the bits travel unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quadruple(pub [u8; 16]);

impl Decoder<'_> {
    /// `short`: an `int` within 16 bits.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange).
    #[inline]
    pub fn take_i16(&mut self) -> Result<i16, Fault> {
        let word = self.take_i32()?;
        i16::try_from(word).map_err(|_| self.out_of_range(Form::Short, word.into()))
    }

    /// `unsigned short`: an `unsigned int` within 16 bits.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfRange`](crate::ErrorKind::OutOfRange).
    #[inline]
    pub fn take_u16(&mut self) -> Result<u16, Fault> {
        let word = self.take_u32()?;
        u16::try_from(word).map_err(|_| self.out_of_range(Form::UShort, word.into()))
    }

    /// `quadruple` (RFC 4506, section 4.8).
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEnd`](crate::ErrorKind::UnexpectedEnd).
    #[inline]
    pub fn take_quadruple(&mut self) -> Result<Quadruple, Fault> {
        self.take_array().map(Quadruple)
    }

    #[inline]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "has the shape of its siblings"
    )]
    fn take_void(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

impl Encoder<'_> {
    /// `short`: four bytes, sign-extended.
    #[inline]
    pub fn put_i16(&mut self, value: i16) {
        self.put_i32(value.into());
    }

    /// `unsigned short`: four bytes, zero-extended.
    #[inline]
    pub fn put_u16(&mut self, value: u16) {
        self.put_u32(value.into());
    }

    /// `quadruple` (RFC 4506, section 4.8).
    #[inline]
    pub fn put_quadruple(&mut self, value: Quadruple) {
        self.put_array(value.0);
    }

    #[inline]
    #[expect(clippy::unused_self, reason = "has the shape of its siblings")]
    fn put_void(&mut self, (): ()) {}
}
