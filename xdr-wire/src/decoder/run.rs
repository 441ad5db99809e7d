//! Fields of fixed length that follow one another: one check for all of them, then no more.

use super::Decoder;
use crate::bounds::Bounds;
use crate::describe::Ty;
use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::options::{Options, Rule};
use crate::traits::Decode;
use crate::walker;

/// The bytes of the fields of a struct that are known to be there and have not been read yet.
///
/// How many fields they hold is known when the code is compiled, so that reading one is a load.
#[derive(Debug)]
pub struct Run<'de>(&'de [u8]);

impl<'de> Run<'de> {
    /// No fields.
    pub const EMPTY: Self = Self(&[]);

    #[inline]
    pub(crate) const fn new(bytes: &'de [u8]) -> Self {
        Self(bytes)
    }

    /// The next `N` bytes.
    #[inline]
    pub fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    /// The next word.
    #[inline]
    pub fn take_i32(&mut self) -> Option<i32> {
        self.take().map(i32::from_be_bytes)
    }
}

impl<'de> Decoder<'de> {
    /// Reads field `index` of the struct `ty` over a blank value. A run of `len` bytes begins with it, or none if that is 0.
    #[inline]
    fn fill_field<T: Decode<'de>>(
        &mut self,
        value: &mut T,
        run: &mut Run<'de>,
        len: usize,
        ty: &'static Ty,
        index: usize,
    ) -> bool {
        if const { T::FIXED.is_none() } {
            value.fill_part(self);
            return true;
        }
        if len > 0 {
            let Some((bytes, rest)) = self.rest.split_at_checked(len) else {
                if const { is_number(T::TYPE) } && T::FIXED == Some(len) {
                    self.stop_at_end();
                } else {
                    self.stop_in_run(0, ty, index);
                }
                return false;
            };
            *run = Run(bytes);
            self.rest = rest;
        }
        let left = run.0.len();
        let taken = T::take_fixed(run, &self.options);
        if let Some(taken) = taken {
            *value = taken;
            return true;
        }
        self.stop_in_run(left, ty, index);
        false
    }

    /// Finds what is wrong with the fields of the struct `ty` from `index` on, of which `left` bytes have been taken.
    #[cold]
    #[inline(never)]
    fn stop_in_run(&mut self, left: usize, ty: &'static Ty, index: usize) {
        if self.failed {
            return;
        }
        let start = self.offset().saturating_sub(left);
        self.rest = self.input.get(start..).unwrap_or_default();
        let fault = match walker::first_fault_of_fields(self.ahead(self.counting), ty, index) {
            Some(record) => self.fail_at(record.offset, record.kind),
            None => self.end(),
        };
        self.stop(&fault);
    }

    /// Finds that the input ends before a number.
    #[cold]
    #[inline(never)]
    fn stop_at_end(&mut self) {
        let fault = self.end();
        self.stop(&fault);
    }

    #[cold]
    #[inline(never)]
    pub(super) fn no_blank(&mut self) -> Fault {
        self.fail(ErrorKind::Custom("type without a blank value"))
    }

    /// Reads a value; one of fixed length without a call.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    #[inline]
    pub fn take_here<T: Decode<'de>>(&mut self) -> Result<T, Fault> {
        if let Some(len) = const { T::FIXED }
            && let Some((bytes, rest)) = self.rest.split_at_checked(len)
            && let Some(value) = T::take_fixed(&mut Run(bytes), &self.options)
        {
            self.rest = rest;
            return Ok(value);
        }
        T::decode(self)
    }

    /// Reads a value by filling a blank one.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    #[inline]
    pub fn take_filled<T: Decode<'de>>(&mut self) -> Result<T, Fault> {
        let Some(mut value) = T::blank() else {
            return Err(self.no_blank());
        };
        let start = self.rest;
        value.fill(self, Bounds::NONE);
        if self.failed {
            // Whoever gets the fault may forgive it.
            self.failed = false;
            self.rest = start;
            Err(Fault::recorded())
        } else {
            Ok(value)
        }
    }
}

/// Whether nothing can be wrong with a value of the type but that it is not there.
const fn is_number(ty: &Ty) -> bool {
    matches!(
        ty,
        Ty::Int | Ty::UInt | Ty::Hyper | Ty::UHyper | Ty::Float | Ty::Double | Ty::Quadruple
    )
}

/// Fields of a struct that follow one another, as a tuple of references.
pub trait Fields<'de> {
    /// Reads them over blank values. The first is field `index` of the struct `ty`.
    fn fill(self, decoder: &mut Decoder<'de>, ty: &'static Ty, index: usize);
}

macro_rules! fields {
    ($($type:ident $index:tt)+) => {
        impl<'de, $($type: Decode<'de>),+> Fields<'de> for ($(&mut $type,)+) {
            #[inline]
            fn fill(self, decoder: &mut Decoder<'de>, ty: &'static Ty, index: usize) {
                let runs = const { runs([$($type::FIXED),+]) };
                let mut run = Run::EMPTY;
                $(
                    if !decoder.fill_field(self.$index, &mut run, runs[$index], ty, index + $index) {
                        return;
                    }
                )+
            }
        }
    };
}

fields!(A 0 B 1);
fields!(A 0 B 1 C 2);
fields!(A 0 B 1 C 2 D 3);
fields!(A 0 B 1 C 2 D 3 E 4);
fields!(A 0 B 1 C 2 D 3 E 4 F 5);
fields!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
fields!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);

/// For each field of a struct, the length of the run that begins with it: fields of fixed length until one that is not.
/// `fields` has their lengths. It is 0 for a field inside a run, and for one of no fixed length.
const fn runs<const N: usize>(fields: [Option<usize>; N]) -> [usize; N] {
    let mut runs = [0; N];
    let mut index = N;
    let mut sum = 0;
    while index > 0 {
        index -= 1;
        match fields[index] {
            Some(len) => {
                sum += len;
                runs[index] = sum;
                if index + 1 < N {
                    runs[index + 1] = 0;
                }
            }
            None => sum = 0,
        }
    }
    runs
}

/// Takes a value of fixed length that is the whole of `input`; more may follow if [`Rule::Trailing`] is relaxed. Nothing if
/// there is no such value.
#[inline]
pub(crate) fn take_whole<'de, T: Decode<'de>>(input: &'de [u8], options: &Options) -> Option<T> {
    let len = T::FIXED?;
    if input.len() != len && !(input.len() > len && options.allows(Rule::Trailing)) {
        return None;
    }
    T::take_fixed(&mut Run::new(input), options)
}
