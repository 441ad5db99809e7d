//! Tuples: values one after the other, as the fields of a struct (RFC 4506, section 4.14).

use crate::__private::{LEVEL, largest, sum};
use crate::decoder::Decoder;
use crate::describe::{Field, StructTy, Ty};
use crate::encoder::Encoder;
use crate::fault::Fault;
use crate::traits::{Decode, Depth, Encode};

macro_rules! tuple {
    ($($type:ident $index:tt)+) => {
        impl<'de, $($type: Decode<'de>),+> Decode<'de> for ($($type,)+) {
            const MIN: usize = 0usize$(.saturating_add($type::MIN))+;
            const TYPE: &'static Ty = &Ty::Struct(&StructTy::new("tuple", &[
                $(Field::new(stringify!($index), $type::TYPE)),+
            ]));
            const STACK: usize = sum(&[
                LEVEL,
                size_of::<Self>(),
                largest(&[$($type::STACK),+]),
            ]);

            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
                Ok(($($type::decode(decoder)?,)+))
            }
        }

        impl<$($type: Encode),+> Encode for ($($type,)+) {
            const TYPE: &'static Ty = &Ty::Struct(&StructTy::new("tuple", &[
                $(Field::new(stringify!($index), $type::TYPE)),+
            ]));

            #[inline]
            fn measure(&self, depth: Depth) -> usize {
                0usize$(.saturating_add(self.$index.measure(depth)))+
            }

            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) {
                $(self.$index.encode(encoder);)+
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0 B 1);
tuple!(A 0 B 1 C 2);
tuple!(A 0 B 1 C 2 D 3);
tuple!(A 0 B 1 C 2 D 3 E 4);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
