//! The fields of a struct as a tuple of their types: what the derives say of each field goes into one expression, which the
//! compiler is quick with. The code for tuples is checked once, here.

use crate::__private::{LEVEL, fixed, largest, sum};
use crate::decoder::run::Run;
use crate::options::Options;
use crate::traits::{Decode, Encode};

/// What the code that reads a type has to know of it. One constant: each is a body to the compiler.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub(crate) stack: usize,
    pub(crate) blank: bool,
    pub(crate) fixed: Option<usize>,
}

impl Layout {
    /// A type of which nothing is known.
    pub const fn of<T>() -> Self {
        Self {
            stack: size_of::<T>(),
            blank: false,
            fixed: None,
        }
    }

    /// The struct `T`, whose fields these are, a part of them each.
    pub const fn of_struct<T>(parts: &[Self]) -> Self {
        let mut stack = 0;
        let mut blank = !parts.is_empty();
        let mut len = Some(0);
        let mut rest = parts;
        while let [part, tail @ ..] = rest {
            stack = largest(&[stack, part.stack]);
            blank = blank && part.blank;
            // Nothing has no length to be added to.
            len = match len {
                Some(0) => part.fixed,
                len => fixed(&[len, part.fixed]),
            };
            rest = tail;
        }
        Self {
            stack: sum(&[LEVEL, size_of::<T>(), stack]),
            blank,
            fixed: match len {
                Some(0) => None,
                len => len,
            },
        }
    }

    /// The same with a length that is not fixed.
    #[must_use]
    pub const fn variable(self) -> Self {
        Self {
            fixed: None,
            ..self
        }
    }
}

/// Up to eight fields that follow one another, by their types.
pub trait DecodeParts<'de>: Sized {
    /// [`Decode::MIN`].
    const MIN: usize;
    /// Of these fields, without the struct around them.
    const LAYOUT: Layout;
    /// [`Decode::blank`].
    fn blank() -> Option<Self>;

    /// [`Decode::take_fixed`].
    fn take_fixed(run: &mut Run<'de>, options: &Options) -> Option<Self>;
}

/// The same for writing.
pub trait EncodeParts {
    /// [`Encode::FIXED`].
    const FIXED: Option<usize>;
}

macro_rules! parts {
    ($($type:ident $index:tt)+) => {
        impl<'de, $($type: Decode<'de>),+> DecodeParts<'de> for ($($type,)+) {
            const MIN: usize = sum(&[$($type::MIN),+]);
            const LAYOUT: Layout = Layout {
                stack: largest(&[$($type::STACK),+]),
                blank: $($type::BLANK)&&+,
                fixed: fixed(&[$($type::FIXED),+]),
            };

            #[inline]
            fn blank() -> Option<Self> {
                Some(($($type::blank()?,)+))
            }

            #[inline]
            fn take_fixed(run: &mut Run<'de>, options: &Options) -> Option<Self> {
                Some(($($type::take_fixed(run, options)?,)+))
            }
        }

        impl<$($type: Encode),+> EncodeParts for ($($type,)+) {
            const FIXED: Option<usize> = fixed(&[$($type::FIXED),+]);
        }
    };
}

parts!(A 0);
parts!(A 0 B 1);
parts!(A 0 B 1 C 2);
parts!(A 0 B 1 C 2 D 3);
parts!(A 0 B 1 C 2 D 3 E 4);
parts!(A 0 B 1 C 2 D 3 E 4 F 5);
parts!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
parts!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
