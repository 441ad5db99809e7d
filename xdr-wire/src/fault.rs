//! What a failed step of decoding hands upwards.

use crate::error::ErrorKind;

/// Proof that a [`Decoder`](crate::Decoder) recorded a failure.
///
/// It holds nothing: kind and offset stay in the decoder, so that the result of every step fits in registers and passing
/// a failure upwards costs one branch. Only [`Decoder::fail`](crate::Decoder::fail) makes one.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Fault(());

impl Fault {
    pub(crate) const fn recorded() -> Self {
        Self(())
    }
}

/// A failure before its path is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) kind: ErrorKind,
    pub(crate) offset: usize,
}
