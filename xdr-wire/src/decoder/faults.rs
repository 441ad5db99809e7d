//! What happens after a rule is broken: off the hot path, never inlined, and the only place that asks whether the rule is
//! relaxed.

use alloc::string::String;
use core::str::Utf8Error;

use super::Decoder;
use crate::error::{ErrorKind, Form};
use crate::fault::Fault;
use crate::options::Rule;

impl Decoder<'_> {
    #[cold]
    #[inline(never)]
    pub(super) fn end(&mut self) -> Fault {
        self.fail_at(self.input.len(), ErrorKind::UnexpectedEnd)
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_deep(&mut self) -> Fault {
        let limit = self.options.limits().max_depth;
        self.fail(ErrorKind::DepthOverLimit { limit })
    }

    #[cold]
    #[inline(never)]
    pub(super) fn too_large(&mut self) -> Fault {
        let limit = self.options.limits().max_stack;
        self.fail(ErrorKind::StackOverLimit { limit })
    }

    #[cold]
    #[inline(never)]
    pub(super) fn other_truth(&mut self, kind: ErrorKind) -> Result<bool, Fault> {
        if self.options.allows(Rule::Bool) {
            Ok(true)
        } else {
            Err(self.fail_at(self.last_word(), kind))
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn over_bound(
        &mut self,
        start: usize,
        form: Form,
        len: u32,
        bound: u32,
    ) -> Result<(), Fault> {
        if self.options.allows(Rule::Bound) {
            return Ok(());
        }
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        Err(self.fail_at(start, ErrorKind::LengthOverBound { form, len, bound }))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn over_input(
        &mut self,
        start: usize,
        form: Form,
        len: u32,
    ) -> Result<usize, Fault> {
        let left = self.rest.len();
        match usize::try_from(len) {
            Ok(count) if self.partial => Ok(count),
            _ => Err(self.fail_at(start, ErrorKind::LengthOverInput { form, len, left })),
        }
    }

    /// Elements without bytes: their count is paid for by nothing but the limit of the whole message.
    #[cold]
    #[inline(never)]
    pub(super) fn take_empty(&mut self, start: usize, count: u32) -> Result<usize, Fault> {
        if !self.partial {
            let Some(left) = self.empty_left.checked_sub(count) else {
                let limit = self.options.limits().max_empty_elements;
                return Err(self.fail_at(start, ErrorKind::EmptyElementsOverLimit { limit }));
            };
            self.empty_left = left;
        }
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// The same for an array of fixed length, which begins here. Its type alone says how long it is, so that arrays of
    /// such arrays would take any time.
    ///
    /// # Errors
    /// [`ErrorKind::EmptyElementsOverLimit`].
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    pub fn take_fixed_empty(&mut self, len: usize) -> Result<(), Fault> {
        let left = u32::try_from(len)
            .ok()
            .and_then(|len| self.empty_left.checked_sub(len));
        let Some(left) = left else {
            let limit = self.options.limits().max_empty_elements;
            return Err(self.fail(ErrorKind::EmptyElementsOverLimit { limit }));
        };
        self.empty_left = left;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    pub(super) fn non_zero(&mut self, padding: &[u8]) -> Result<(), Fault> {
        if self.options.allows(Rule::Padding) {
            return Ok(());
        }
        let zeros = padding.iter().take_while(|byte| **byte == 0).count();
        Err(self.fail_at(self.offset() + zeros, ErrorKind::NonZeroPadding))
    }

    /// A string that has just been read, to its end, and is no UTF-8.
    #[cold]
    #[inline(never)]
    pub(super) fn malformed(&mut self, bytes: &[u8], error: &Utf8Error) -> Fault {
        let padding = bytes.len().wrapping_neg() & 3;
        let start = self.offset().saturating_sub(bytes.len() + padding);
        self.fail_at(start + error.valid_up_to(), ErrorKind::InvalidUtf8)
    }

    /// The same, with what is malformed replaced if that is allowed.
    #[cold]
    #[inline(never)]
    pub(super) fn replaced(&mut self, bytes: &[u8], error: &Utf8Error) -> Result<String, Fault> {
        if !self.options.allows(Rule::Utf8) {
            return Err(self.malformed(bytes, error));
        }
        let padding = bytes.len().wrapping_neg() & 3;
        let offset = self.offset().saturating_sub(bytes.len() + padding) + error.valid_up_to();
        let replaced = || {
            let chunks = bytes.utf8_chunks();
            chunks.flat_map(|chunk| [chunk.valid(), replacement(chunk.invalid())])
        };
        // A byte may become three.
        let len = replaced().map(str::len).sum();
        self.take_memory(offset, 1, usize::saturating_sub(len, bytes.len()))?;
        let mut text = String::with_capacity(len);
        replaced().for_each(|part| text.push_str(part));
        Ok(text)
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
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    pub fn out_of_range(&mut self, form: Form, value: i64) -> Fault {
        self.fail_at(self.last_word(), ErrorKind::OutOfRange { form, value })
    }

    fn last_word(&self) -> usize {
        self.offset().saturating_sub(4)
    }
}

/// What stands for a malformed sequence, if there is one.
fn replacement(invalid: &[u8]) -> &'static str {
    if invalid.is_empty() { "" } else { "\u{fffd}" }
}
