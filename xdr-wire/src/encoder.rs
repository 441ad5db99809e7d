//! Writing: appends to a buffer, checks every rule, and keeps the first failure.

mod buffer;
pub(crate) mod run;

pub(crate) use buffer::ROOM;

use alloc::vec::Vec;
use core::mem;

use crate::decoder::Decoder;
use crate::describe::Ty;
use crate::error::{EncodeError, ErrorKind, Form};
use crate::fault::Record;
use crate::options::{Options, Rule};
use crate::path::Path;
use crate::walker;

/// Appends one message to a buffer.
///
/// Every `put_` method writes one XDR form. The first failure is kept and decides the outcome; what is written after it
/// is discarded with all the rest, so implementations need not ask after each field.
#[derive(Debug)]
pub struct Encoder<'a> {
    /// The caller's buffer, which has its bytes back when the encoder is dropped.
    target: &'a mut Vec<u8>,
    /// Those bytes: written but for the last `free`, which are initialised.
    out: Vec<u8>,
    free: usize,
    /// Where the message begins; its end once it is complete.
    start: usize,
    options: Options,
    depth_left: u32,
    empty_left: u32,
    record: Option<Record>,
}

impl<'a> Encoder<'a> {
    /// An encoder that appends to `target`, which has its bytes back when the encoder is dropped.
    #[doc(hidden)]
    #[inline]
    pub fn start(target: &'a mut Vec<u8>, options: &Options) -> Self {
        let out = mem::take(target);
        Self {
            free: 0,
            start: out.len(),
            target,
            out,
            options: *options,
            depth_left: options.limits().max_depth,
            empty_left: options.limits().max_empty_elements,
            record: None,
        }
    }

    /// Ends the message and gives the buffer back. After a failure it is as it was before, and the error names the field.
    #[inline]
    pub(crate) fn finish(mut self, ty: &'static Ty) -> Result<(), EncodeError> {
        let result = self.end_message(ty);
        // Nothing is left in it, and the code that drops it would be a third of what each type has here.
        mem::forget(self);
        result
    }

    /// [`finish`](Self::finish) for codecs that know the path of a failure by themselves. An encoder that is dropped instead
    /// leaves the buffer as it was.
    #[doc(hidden)]
    pub fn finish_untyped(mut self) {
        if self.record.is_none() {
            self.start = self.end();
        }
    }

    /// The failure that was kept and its offset, for such codecs.
    #[doc(hidden)]
    pub fn failure(&self) -> Option<(ErrorKind, usize)> {
        self.record.map(|record| (record.kind, record.offset))
    }

    /// Not by value, for which the encoder would be copied.
    #[inline]
    fn end_message(&mut self, ty: &'static Ty) -> Result<(), EncodeError> {
        let result = match self.record {
            None => {
                self.start = self.end();
                Ok(())
            }
            Some(record) => Err(self.explain(record, ty)),
        };
        self.give_back();
        result
    }

    /// Gives the buffer back: with the message if it is complete, as it was if not. What is left is empty.
    fn give_back(&mut self) {
        self.out.truncate(self.start);
        *self.target = mem::take(&mut self.out);
        self.start = 0;
        self.free = 0;
    }

    /// What was written up to the fault leads along `ty` to the field that was to come next.
    #[cold]
    #[inline(never)]
    fn explain(&self, record: Record, ty: &'static Ty) -> EncodeError {
        let end = self.start.saturating_add(record.offset);
        let written = self.out.get(self.start..end).unwrap_or_default();
        let path = match record.kind {
            // No field is to blame for the size of the whole.
            ErrorKind::OutOfMemory => Path::default(),
            _ => walker::walk(Decoder::partial(written, self.options), ty).path,
        };
        EncodeError::new(record.kind, record.offset, path)
    }

    /// Bytes written so far.
    #[inline]
    pub fn offset(&self) -> usize {
        self.end() - self.start
    }

    /// Limits and relaxed rules.
    #[inline]
    pub fn options(&self) -> Options {
        self.options
    }

    /// Keeps a failure at the current position, unless there is one already. Call it before writing anything of the
    /// value that is at fault, so that the path leads to it.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, kind: ErrorKind) {
        let offset = self.offset();
        self.record.get_or_insert(Record { kind, offset });
    }

    /// Whether a variant may carry this discriminant: one of its `labels`, or, for the default arm, none of all `labels`.
    ///
    /// If not, it would be read back as another variant: fails with [`ErrorKind::MismatchedDiscriminant`].
    #[must_use]
    pub fn check_discriminant(&mut self, value: i64, labels: &[i64], default: bool) -> bool {
        let accepted = labels.contains(&value) != default;
        if !accepted {
            self.fail(ErrorKind::MismatchedDiscriminant { value });
        }
        accepted
    }

    /// Whether there was a failure.
    #[inline]
    pub fn has_failed(&self) -> bool {
        self.record.is_some()
    }

    /// Writes one nested value: an optional, an array, a list or a union. Fails with [`ErrorKind::DepthOverLimit`].
    #[inline]
    pub fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        self.level(true, write);
    }

    /// The same where it is known whether what is written may have levels of its own. Otherwise it need not be told how many
    /// are left.
    #[doc(hidden)]
    #[inline]
    pub fn level(&mut self, nests: bool, write: impl FnOnce(&mut Self)) {
        let depth = self.depth_left;
        let Some(left) = depth.checked_sub(1) else {
            return self.too_deep();
        };
        if !nests {
            return write(self);
        }
        self.depth_left = left;
        write(self);
        // Not one more than what is there now: that would have to be waited for.
        self.depth_left = depth;
    }

    /// `unsigned int` (RFC 4506, section 4.2).
    pub fn put_u32(&mut self, value: u32) {
        self.put_array(value.to_be_bytes());
    }

    /// `int` (section 4.1).
    #[inline]
    pub fn put_i32(&mut self, value: i32) {
        self.put_u32(value.cast_unsigned());
    }

    /// `unsigned hyper` (section 4.5).
    pub fn put_u64(&mut self, value: u64) {
        self.put_array(value.to_be_bytes());
    }

    /// `hyper` (section 4.5).
    #[inline]
    pub fn put_i64(&mut self, value: i64) {
        self.put_u64(value.cast_unsigned());
    }

    /// `float` (section 4.6), bit for bit.
    #[inline]
    pub fn put_f32(&mut self, value: f32) {
        self.put_u32(value.to_bits());
    }

    /// `double` (section 4.7), bit for bit.
    #[inline]
    pub fn put_f64(&mut self, value: f64) {
        self.put_u64(value.to_bits());
    }

    /// `bool` (section 4.4) or the presence word of an optional (section 4.19).
    #[inline]
    pub fn put_bool(&mut self, value: bool) {
        self.put_u32(u32::from(value));
    }

    /// `opaque<bound>` (section 4.10). Fails with [`ErrorKind::LengthOverBound`].
    #[inline]
    pub fn put_opaque(&mut self, bytes: &[u8], bound: u32) {
        self.put_bytes(Form::Opaque, bytes, bound);
    }

    /// `opaque[n]` with the length of `bytes` (section 4.9).
    #[inline]
    pub fn put_fixed_opaque(&mut self, bytes: &[u8]) {
        self.put_padded(None, bytes);
    }

    /// `string<bound>` (section 4.11). Fails with [`ErrorKind::LengthOverBound`].
    #[inline]
    pub fn put_str(&mut self, text: &str, bound: u32) {
        self.put_bytes(Form::String, text.as_bytes(), bound);
    }

    /// `string<bound>` (section 4.11) whose bytes are not known to be UTF-8. Fails with [`ErrorKind::LengthOverBound`].
    #[doc(hidden)]
    pub fn put_string_bytes(&mut self, bytes: &[u8], bound: u32) {
        self.put_bytes(Form::String, bytes, bound);
    }

    /// The element count of `T x<bound>` (section 4.13). `empty` says that the elements take no bytes.
    ///
    /// Returns whether the elements may follow; it fails with [`ErrorKind::LengthOverBound`] or
    /// [`ErrorKind::EmptyElementsOverLimit`].
    #[must_use]
    pub fn put_count(&mut self, count: usize, bound: u32, empty: bool) -> bool {
        let Some(word) = self.checked_len(Form::Array, count, bound) else {
            return false;
        };
        if empty && !self.take_empty(self.offset(), count) {
            return false;
        }
        self.put_u32(word);
        true
    }

    /// Whether `count` elements without bytes are within the limit of the message. Their array starts at `start`, which is
    /// where it fails with [`ErrorKind::EmptyElementsOverLimit`].
    #[doc(hidden)]
    pub fn take_empty(&mut self, start: usize, count: usize) -> bool {
        let left = u32::try_from(count)
            .ok()
            .and_then(|count| self.empty_left.checked_sub(count));
        match left {
            Some(left) => self.empty_left = left,
            None => self.too_many_empty(start),
        }
        left.is_some()
    }

    /// `opaque<>` or `string<>`: length, bytes, padding.
    fn put_bytes(&mut self, form: Form, bytes: &[u8], bound: u32) {
        if !self.put_in_room(bytes, bound) {
            // The last thing that is done: what has not to be kept for afterwards is not saved beforehand.
            self.put_bytes_stepwise(form, bytes, bound);
        }
    }

    /// The same where there is no room yet, and where the bytes are many or too many.
    #[cold]
    #[inline(never)]
    fn put_bytes_stepwise(&mut self, form: Form, bytes: &[u8], bound: u32) {
        if let Some(len) = self.checked_len(form, bytes.len(), bound) {
            self.put_padded(Some(len), bytes);
        }
    }

    /// A length as its word, if the bound and 32 bits allow it.
    #[inline]
    fn checked_len(&mut self, form: Form, len: usize, bound: u32) -> Option<u32> {
        match u32::try_from(len) {
            Ok(word) if word <= bound => Some(word),
            word => self.over_bound(form, len, bound, word.ok()),
        }
    }

    #[cold]
    #[inline(never)]
    fn too_deep(&mut self) {
        let limit = self.options.limits().max_depth;
        self.fail(ErrorKind::DepthOverLimit { limit });
    }

    #[cold]
    #[inline(never)]
    fn too_many_empty(&mut self, offset: usize) {
        let limit = self.options.limits().max_empty_elements;
        let kind = ErrorKind::EmptyElementsOverLimit { limit };
        self.record.get_or_insert(Record { kind, offset });
    }

    #[cold]
    #[inline(never)]
    fn over_bound(&mut self, form: Form, len: usize, bound: u32, word: Option<u32>) -> Option<u32> {
        if word.is_some() && self.options.allows(Rule::Bound) {
            return word;
        }
        self.fail(ErrorKind::LengthOverBound { form, len, bound });
        None
    }
}

impl Drop for Encoder<'_> {
    /// Where writing the message has panicked.
    fn drop(&mut self) {
        self.give_back();
    }
}
