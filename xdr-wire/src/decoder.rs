//! Reading: a cursor over the input that checks every rule of RFC 4506 as it goes.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::bounds::Bounds;
use crate::describe::Ty;
use crate::error::{DecodeError, ErrorKind, Form};
use crate::fault::{Fault, Record};
use crate::options::{Options, Rule};
use crate::path::Path;
use crate::walker;

/// A cursor over one message.
///
/// Every `take_` method reads one XDR form, moves on, and fails if the rules do not allow what is there. After a failure
/// the position is unspecified; hand the [`Fault`] upwards.
#[derive(Debug)]
pub struct Decoder<'de> {
    input: &'de [u8],
    rest: &'de [u8],
    options: Options,
    depth_left: u32,
    empty_left: u32,
    /// Bytes of array capacity that may still be reserved ahead of the elements. It makes the memory of nested false
    /// counts add up to a multiple of the input instead of multiplying.
    reserve_left: usize,
    /// The input is the part of a message before a fault of the encoder: lengths may promise more than there is.
    partial: bool,
    record: Option<Record>,
}

/// Reserved bytes per byte of input: types in memory are larger than on the wire, rarely more than this.
const RESERVE_FACTOR: usize = 4;

impl<'de> Decoder<'de> {
    /// A decoder at the start of `input`.
    #[inline]
    pub fn new(input: &'de [u8], options: Options) -> Self {
        Self {
            input,
            rest: input,
            options,
            depth_left: options.limits().max_depth,
            empty_left: options.limits().max_empty_elements,
            reserve_left: input.len().saturating_mul(RESERVE_FACTOR),
            partial: false,
            record: None,
        }
    }

    /// A decoder that walks what an encoder wrote before it failed.
    pub(crate) fn partial(input: &'de [u8], options: Options) -> Self {
        Self {
            partial: true,
            ..Self::new(input, options)
        }
    }

    /// Bytes read so far.
    #[inline]
    pub fn offset(&self) -> usize {
        self.input.len() - self.rest.len()
    }

    /// The bytes that are not read yet.
    #[inline]
    pub fn rest(&self) -> &'de [u8] {
        self.rest
    }

    /// Limits and relaxed rules.
    #[inline]
    pub fn options(&self) -> Options {
        self.options
    }

    /// Records a failure at the current position.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, kind: ErrorKind) -> Fault {
        self.fail_at(self.offset(), kind)
    }

    /// Records a failure at `offset`, counted from the start of the message.
    #[cold]
    #[inline(never)]
    pub fn fail_at(&mut self, offset: usize, kind: ErrorKind) -> Fault {
        self.record = Some(Record { kind, offset });
        Fault::recorded()
    }

    /// Checks that nothing follows, unless [`Rule::Trailing`] is relaxed.
    ///
    /// # Errors
    /// [`ErrorKind::TrailingBytes`].
    #[inline]
    pub fn finish(&mut self) -> Result<(), Fault> {
        if self.rest.is_empty() || self.options.allows(Rule::Trailing) {
            Ok(())
        } else {
            let left = self.rest.len();
            Err(self.fail(ErrorKind::TrailingBytes { left }))
        }
    }

    /// The public error for a fault of this decoder: finds the field by walking the input along `ty` once more.
    #[cold]
    #[inline(never)]
    pub(crate) fn explain(&self, fault: &Fault, ty: &'static Ty) -> DecodeError {
        let Fault { .. } = fault;
        let walked = walker::walk(Decoder::new(self.input, self.options), ty);
        let record = self.record.or(walked.record).unwrap_or(Record {
            kind: ErrorKind::Custom("fault of another decoder"),
            offset: self.offset(),
        });
        DecodeError::new(record.kind, record.offset, walked.path)
    }

    pub(crate) fn record(&self) -> Option<Record> {
        self.record
    }

    /// Reads one nested value: an optional, an array, a list or a union.
    ///
    /// # Errors
    /// [`ErrorKind::DepthOverLimit`] before anything is read, and what `read` returns.
    #[inline]
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.enter()?;
        let value = read(self);
        self.leave();
        value
    }

    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Fault> {
        match self.depth_left.checked_sub(1) {
            Some(left) => {
                self.depth_left = left;
                Ok(())
            }
            None => Err(self.too_deep()),
        }
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth_left += 1;
    }

    /// `unsigned int` (RFC 4506, section 4.2).
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEnd`], as every method that reads.
    #[inline]
    pub fn take_u32(&mut self) -> Result<u32, Fault> {
        self.take_array().map(u32::from_be_bytes)
    }

    /// `int` (section 4.1).
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_i32(&mut self) -> Result<i32, Fault> {
        self.take_array().map(i32::from_be_bytes)
    }

    /// `unsigned hyper` (section 4.5).
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_u64(&mut self) -> Result<u64, Fault> {
        self.take_array().map(u64::from_be_bytes)
    }

    /// `hyper` (section 4.5).
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_i64(&mut self) -> Result<i64, Fault> {
        self.take_array().map(i64::from_be_bytes)
    }

    /// `float` (section 4.6), bit for bit.
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_f32(&mut self) -> Result<f32, Fault> {
        self.take_array().map(f32::from_be_bytes)
    }

    /// `double` (section 4.7), bit for bit.
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_f64(&mut self) -> Result<f64, Fault> {
        self.take_array().map(f64::from_be_bytes)
    }

    /// `bool` (section 4.4).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidBool`] unless [`Rule::Bool`] is relaxed.
    #[inline]
    pub fn take_bool(&mut self) -> Result<bool, Fault> {
        match self.take_u32()? {
            0 => Ok(false),
            1 => Ok(true),
            value => self.other_truth(ErrorKind::InvalidBool { value }),
        }
    }

    /// The presence word of an optional (section 4.19).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOptional`] unless [`Rule::Bool`] is relaxed.
    #[inline]
    pub fn take_presence(&mut self) -> Result<bool, Fault> {
        match self.take_u32()? {
            0 => Ok(false),
            1 => Ok(true),
            value => self.other_truth(ErrorKind::InvalidOptional { value }),
        }
    }

    /// `opaque<bound>` (section 4.10).
    ///
    /// # Errors
    /// [`ErrorKind::LengthOverBound`], [`ErrorKind::LengthOverInput`], [`ErrorKind::NonZeroPadding`].
    #[inline]
    pub fn take_opaque(&mut self, bound: u32) -> Result<&'de [u8], Fault> {
        self.take_bytes(Form::Opaque, bound)
    }

    /// `opaque[len]` (section 4.9).
    ///
    /// # Errors
    /// [`ErrorKind::NonZeroPadding`].
    #[inline]
    pub fn take_fixed_opaque(&mut self, len: usize) -> Result<&'de [u8], Fault> {
        let Some((bytes, rest)) = self.rest.split_at_checked(len) else {
            return Err(self.end());
        };
        self.rest = rest;
        self.take_padding(len)?;
        Ok(bytes)
    }

    /// `opaque[N]` as an array (section 4.9).
    ///
    /// # Errors
    /// [`ErrorKind::NonZeroPadding`].
    #[inline]
    pub fn take_fixed_opaque_array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let bytes = self.take_array()?;
        self.take_padding(N)?;
        Ok(bytes)
    }

    /// `string<bound>` (section 4.11) as the bytes on the wire, whatever their encoding.
    ///
    /// # Errors
    /// As [`take_opaque`](Self::take_opaque).
    #[inline]
    pub fn take_string_bytes(&mut self, bound: u32) -> Result<&'de [u8], Fault> {
        self.take_bytes(Form::String, bound)
    }

    /// `string<bound>` (section 4.11), borrowed. [`Rule::Utf8`] cannot be relaxed here.
    ///
    /// # Errors
    /// As [`take_opaque`](Self::take_opaque), and [`ErrorKind::InvalidUtf8`].
    #[inline]
    pub fn take_str(&mut self, bound: u32) -> Result<&'de str, Fault> {
        let start = self.offset() + 4;
        let bytes = self.take_string_bytes(bound)?;
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(error) => Err(self.fail_at(start + error.valid_up_to(), ErrorKind::InvalidUtf8)),
        }
    }

    /// `string<bound>` (section 4.11), owned. With [`Rule::Utf8`] relaxed, U+FFFD stands for what is malformed.
    ///
    /// # Errors
    /// As [`take_str`](Self::take_str).
    #[inline]
    pub fn take_string(&mut self, bound: u32) -> Result<String, Fault> {
        let start = self.offset() + 4;
        let bytes = self.take_string_bytes(bound)?;
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => self.malformed(bytes, start + error.valid_up_to()),
        }
    }

    /// The element count of `T x<bound>` (section 4.13), whose elements take at least `min` bytes each.
    ///
    /// # Errors
    /// [`ErrorKind::LengthOverBound`]; [`ErrorKind::LengthOverInput`] if the rest cannot hold so many; and
    /// [`ErrorKind::EmptyElementsOverLimit`] where `min` is 0.
    #[inline]
    pub fn take_count(&mut self, bound: u32, min: usize) -> Result<usize, Fault> {
        let start = self.offset();
        let count = self.take_u32()?;
        if count > bound {
            self.over_bound(start, Form::Array, count, bound)?;
        }
        let holds = match min {
            0 => return self.take_empty(start, count),
            min => self.rest.len() / min,
        };
        match usize::try_from(count) {
            Ok(count) if count <= holds => Ok(count),
            _ => self.over_input(start, Form::Array, count),
        }
    }

    /// `opaque<>` or `string<>`: length, bytes, padding.
    #[inline]
    fn take_bytes(&mut self, form: Form, bound: u32) -> Result<&'de [u8], Fault> {
        let start = self.offset();
        let len = self.take_u32()?;
        if len > bound {
            self.over_bound(start, form, len, bound)?;
        }
        let split = usize::try_from(len)
            .ok()
            .and_then(|n| self.rest.split_at_checked(n));
        let Some((bytes, rest)) = split else {
            let left = self.rest.len();
            return Err(self.fail_at(start, ErrorKind::LengthOverInput { form, len, left }));
        };
        self.rest = rest;
        self.take_padding(bytes.len())?;
        Ok(bytes)
    }

    /// The zero to three bytes that fill the unit after `len` bytes (section 3).
    #[inline]
    fn take_padding(&mut self, len: usize) -> Result<(), Fault> {
        let Some((padding, rest)) = self.rest.split_at_checked(len.wrapping_neg() & 3) else {
            return Err(self.end());
        };
        if padding.iter().any(|byte| *byte != 0) {
            self.non_zero(padding)?;
        }
        self.rest = rest;
        Ok(())
    }

    /// The next `N` bytes as they are.
    #[inline]
    pub(crate) fn take_array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        match self.rest.split_first_chunk() {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(*bytes)
            }
            None => Err(self.end()),
        }
    }

    /// The next `count` units of `N` bytes as they are.
    #[inline]
    pub(crate) fn take_units<const N: usize>(
        &mut self,
        count: usize,
    ) -> Result<&'de [[u8; N]], Fault> {
        let split = count
            .checked_mul(N)
            .and_then(|len| self.rest.split_at_checked(len));
        match split {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes.as_chunks().0)
            }
            None => Err(self.end()),
        }
    }

    /// How many of `count` elements of `size` bytes in memory to make room for before the first is read.
    #[inline]
    pub(crate) fn reserve(&mut self, count: usize, size: usize) -> usize {
        let Some(affordable) = self.reserve_left.checked_div(size) else {
            return count;
        };
        let reserved = count.min(affordable);
        self.reserve_left -= reserved * size;
        reserved
    }

    #[cold]
    #[inline(never)]
    fn end(&mut self) -> Fault {
        self.fail_at(self.input.len(), ErrorKind::UnexpectedEnd)
    }

    #[cold]
    #[inline(never)]
    fn too_deep(&mut self) -> Fault {
        let limit = self.options.limits().max_depth;
        self.fail(ErrorKind::DepthOverLimit { limit })
    }

    #[cold]
    #[inline(never)]
    fn other_truth(&mut self, kind: ErrorKind) -> Result<bool, Fault> {
        if self.options.allows(Rule::Bool) {
            Ok(true)
        } else {
            Err(self.fail_at(self.last_word(), kind))
        }
    }

    #[cold]
    #[inline(never)]
    fn over_bound(&mut self, start: usize, form: Form, len: u32, bound: u32) -> Result<(), Fault> {
        if self.options.allows(Rule::Bound) {
            return Ok(());
        }
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        Err(self.fail_at(start, ErrorKind::LengthOverBound { form, len, bound }))
    }

    #[cold]
    #[inline(never)]
    fn over_input(&mut self, start: usize, form: Form, len: u32) -> Result<usize, Fault> {
        let left = self.rest.len();
        match usize::try_from(len) {
            Ok(count) if self.partial => Ok(count),
            _ => Err(self.fail_at(start, ErrorKind::LengthOverInput { form, len, left })),
        }
    }

    /// Elements without bytes: their count is paid for by nothing but the limit of the whole message.
    #[cold]
    #[inline(never)]
    fn take_empty(&mut self, start: usize, count: u32) -> Result<usize, Fault> {
        if !self.partial {
            let Some(left) = self.empty_left.checked_sub(count) else {
                let limit = self.options.limits().max_empty_elements;
                return Err(self.fail_at(start, ErrorKind::EmptyElementsOverLimit { limit }));
            };
            self.empty_left = left;
        }
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    #[cold]
    #[inline(never)]
    fn non_zero(&mut self, padding: &[u8]) -> Result<(), Fault> {
        if self.options.allows(Rule::Padding) {
            return Ok(());
        }
        let zeros = padding.iter().take_while(|byte| **byte == 0).count();
        Err(self.fail_at(self.offset() + zeros, ErrorKind::NonZeroPadding))
    }

    #[cold]
    #[inline(never)]
    fn malformed(&mut self, bytes: &[u8], offset: usize) -> Result<String, Fault> {
        if self.options.allows(Rule::Utf8) {
            Ok(String::from_utf8_lossy(bytes).into_owned())
        } else {
            Err(self.fail_at(offset, ErrorKind::InvalidUtf8))
        }
    }

    /// The word just read is no value of its enumeration.
    #[cold]
    #[inline(never)]
    pub fn unknown_enum(&mut self, value: i32) -> Fault {
        self.fail_at(self.last_word(), ErrorKind::UnknownEnum { value })
    }

    /// The word just read selects no arm of its union.
    #[cold]
    #[inline(never)]
    pub fn unknown_discriminant(&mut self, value: i64) -> Fault {
        self.fail_at(self.last_word(), ErrorKind::UnknownDiscriminant { value })
    }

    /// The word just read does not fit its smaller integer.
    #[cold]
    #[inline(never)]
    pub(crate) fn out_of_range(&mut self, form: Form, value: i64) -> Fault {
        self.fail_at(self.last_word(), ErrorKind::OutOfRange { form, value })
    }

    fn last_word(&self) -> usize {
        self.offset().saturating_sub(4)
    }
}

/// What a walk found.
pub(crate) struct Walked {
    pub(crate) record: Option<Record>,
    pub(crate) path: Path,
}

/// Reads a `T` and drops it: the `skip` of [`CustomTy`](crate::describe::CustomTy).
///
/// # Errors
/// As `T`'s implementation.
pub fn skip<T: for<'de> crate::Decode<'de>>(
    decoder: &mut Decoder<'_>,
    bounds: Bounds,
) -> Result<(), Fault> {
    T::decode_bounded(decoder, bounds).map(drop)
}
