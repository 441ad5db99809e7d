//! Reading: a cursor over the input that checks every rule of RFC 4506 as it goes.

mod faults;
mod memory;
mod numbers;
mod opaque;
pub(crate) mod run;
mod text;

use alloc::vec::Vec;

use crate::bounds::Bounds;
use crate::describe::Ty;
use crate::error::{DecodeError, ErrorKind, Form};
use crate::fault::{Fault, Record};
use crate::options::{Options, Rule};
use crate::traits::Decode;
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
    /// Bytes of stack that values on the heap may still take while they are read.
    stack_left: usize,
    /// Bytes on the heap that vectors and boxes may still take.
    memory_left: usize,
    /// The input is the part of a message before a fault of the encoder: lengths may promise more than there is.
    partial: bool,
    /// Elements of a list are being counted, to make room for them.
    counting: bool,
    /// The decoder has stopped.
    failed: bool,
    record: Option<Record>,
}

/// What a value costs of [`Limits::max_stack`](crate::Limits::max_stack) however small it is: the frames that lead to it.
const FRAME: usize = 256;

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
            stack_left: options.limits().max_stack,
            memory_left: memory::allowance(input.len(), options.limits()),
            partial: false,
            counting: false,
            failed: false,
            record: None,
        }
    }

    /// [`new`](Self::new) for the code that each type has to read a message: a call, with nothing copied for it.
    #[inline(never)]
    pub(crate) fn start(input: &'de [u8], options: &Options) -> Self {
        Self::new(input, *options)
    }

    /// A decoder that walks what an encoder wrote before it failed.
    pub(crate) fn partial(input: &'de [u8], options: Options) -> Self {
        Self {
            partial: true,
            // Writing works on references; a value that could be written may be too large to be read.
            stack_left: usize::MAX,
            memory_left: usize::MAX,
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
        if !self.failed {
            self.record = Some(Record { kind, offset });
        }
        Fault::recorded()
    }

    /// Stops at a fault, be it of this decoder or of another one: nothing is left to be read. What is read over blank values
    /// need not ask after each part.
    #[cold]
    #[inline(never)]
    pub(crate) fn stop(&mut self, fault: &Fault) {
        let Fault { .. } = fault;
        self.failed = true;
        self.rest = &[];
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

    /// Whether the message was read without a fault, and nothing follows that matters.
    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        !self.failed && (self.rest.is_empty() || self.options.allows(Rule::Trailing))
    }

    /// The public error for a message, a `ty`, that is not complete.
    #[cold]
    #[inline(never)]
    pub(crate) fn explain_incomplete(&mut self, ty: &'static Ty) -> DecodeError {
        let fault = if self.failed {
            Fault::recorded()
        } else {
            let left = self.rest.len();
            self.fail(ErrorKind::TrailingBytes { left })
        };
        self.explain(&fault, ty)
    }

    /// Why `input` is no value of `ty`, a type of fixed length: what a walk along it finds, or that more follows.
    #[cold]
    #[inline(never)]
    pub(crate) fn explain_fixed(
        input: &'de [u8],
        options: &Options,
        ty: &'static Ty,
    ) -> DecodeError {
        let walked = walker::walk(Decoder::new(input, *options), ty);
        let record = walked.record.unwrap_or_else(|| Record {
            kind: match input.len().saturating_sub(walked.offset) {
                0 => ErrorKind::Custom("a type that is read in two ways"),
                left => ErrorKind::TrailingBytes { left },
            },
            offset: walked.offset,
        });
        DecodeError::new(record.kind, record.offset, walked.path)
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

    /// The same decoder once more, to look ahead.
    pub(crate) fn ahead(&self, counting: bool) -> Self {
        Self { counting, ..*self }
    }

    pub(crate) fn is_partial(&self) -> bool {
        self.partial
    }

    pub(crate) fn record(&self) -> Option<Record> {
        self.record
    }

    /// The failure that was recorded and its offset, for codecs that know the path by themselves.
    #[doc(hidden)]
    pub fn failure(&self) -> Option<(ErrorKind, usize)> {
        self.record.map(|record| (record.kind, record.offset))
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
        self.level(true, read)
    }

    /// The same where it is known whether what is read may have levels of its own. Otherwise it need not be told how many are
    /// left.
    ///
    /// # Errors
    /// As [`nested`](Self::nested).
    #[doc(hidden)]
    #[inline]
    pub fn level<T>(
        &mut self,
        nests: bool,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let depth = self.depth_left;
        let Some(left) = depth.checked_sub(1) else {
            return Err(self.too_deep());
        };
        if !nests {
            return read(self);
        }
        self.depth_left = left;
        let value = read(self);
        // Not one more than what is there now: that would have to be waited for.
        self.depth_left = depth;
        value
    }

    /// Enters an array of at most `max` elements, which take at least `min` bytes each on the wire, `size` in memory and
    /// `stack` while one is read: pays for them, and returns how many there are. If there are none, nothing is paid.
    ///
    /// # Errors
    /// As the steps that it consists of. Nothing is entered then.
    pub(crate) fn enter_array(
        &mut self,
        max: u32,
        min: usize,
        size: usize,
        stack: usize,
    ) -> Result<usize, Fault> {
        self.enter()?;
        let start = self.offset();
        let count = self.take_count(max, min).and_then(|count| {
            if count > 0 {
                self.take_memory(start, count, size)?;
                // The elements are read one after the other: the stack is that of one.
                self.take_stack(stack)?;
            }
            Ok(count)
        });
        if count.is_err() {
            self.leave();
        }
        count
    }

    /// Reads one more element of a vector that has room for it.
    ///
    /// # Errors
    /// As [`Decode::decode`](crate::Decode::decode).
    #[inline]
    pub(crate) fn push_next<T: Decode<'de>>(
        &mut self,
        items: &mut Vec<T>,
        bounds: Bounds,
    ) -> Result<(), Fault> {
        if const { T::BLANK } {
            items.extend(T::blank());
            if let Some(item) = items.last_mut() {
                item.fill(self, bounds);
            }
            return if self.failed {
                Err(Fault::recorded())
            } else {
                Ok(())
            };
        }
        // Not `?`: without optimization it keeps two more copies of the value on the stack.
        match T::decode_bounded(self, bounds) {
            Ok(item) => items.push(item),
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// Whether an optional has a value. The decoder stops after a failure.
    pub(crate) fn fill_presence(&mut self) -> bool {
        if self.depth_left == 0 {
            let fault = self.too_deep();
            self.stop(&fault);
            return false;
        }
        match self.take_presence() {
            Ok(present) => present,
            Err(fault) => {
                self.stop(&fault);
                false
            }
        }
    }

    /// Goes down a level, where no closure can stand for it.
    ///
    /// # Errors
    /// As [`nested`](Self::nested).
    #[doc(hidden)]
    #[inline]
    pub fn enter(&mut self) -> Result<(), Fault> {
        match self.depth_left.checked_sub(1) {
            Some(left) => {
                self.depth_left = left;
                Ok(())
            }
            None => Err(self.too_deep()),
        }
    }

    /// Comes back up from a level that was entered.
    #[doc(hidden)]
    #[inline]
    pub fn leave(&mut self) {
        self.depth_left += 1;
    }

    /// Takes what reading a value on the heap needs of the stack. Every type that contains itself passes here on its way.
    ///
    /// # Errors
    /// [`ErrorKind::StackOverLimit`] before anything is read.
    #[inline]
    pub(crate) fn take_stack(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.stack_left.checked_sub(bytes.saturating_add(FRAME)) {
            Some(left) => {
                self.stack_left = left;
                Ok(())
            }
            None => Err(self.too_large()),
        }
    }

    /// Gives back what [`take_stack`](Self::take_stack) took. Not needed after a failure, which ends the message.
    #[inline]
    pub(crate) fn give_stack(&mut self, bytes: usize) {
        self.stack_left += bytes.saturating_add(FRAME);
    }

    /// The element count of `T x<bound>` (section 4.13), whose elements take at least `min` bytes each.
    ///
    /// # Errors
    /// [`ErrorKind::LengthOverBound`]; [`ErrorKind::LengthOverInput`] if the rest cannot hold so many; and
    /// [`ErrorKind::EmptyElementsOverLimit`] where `min` is 0.
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
}

/// Reads a `T` and drops it: the `skip` of [`CustomTy`](crate::describe::CustomTy).
///
/// # Errors
/// As `T`'s implementation.
pub fn skip<T: for<'de> Decode<'de>>(
    decoder: &mut Decoder<'_>,
    bounds: Bounds,
) -> Result<(), Fault> {
    T::decode_bounded(decoder, bounds).map(drop)
}
