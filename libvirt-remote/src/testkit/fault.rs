//! What goes wrong, and when.

use std::time::Duration;

use protocol_defs::message::ProcedureId;
use xdr_wire::Procedure;

use super::script::id;
use crate::daemon::{Fate, Refusal};

/// What goes wrong with a call, or with a packet that a handler sends on a stream: [`When`] says with which.
///
/// Packets of a stream are data and holes, the one that says that all has been sent, and the last one, which says that all is
/// well. They keep their order: what comes behind a delayed one waits, too.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It is answered, or sent, so much later.
    Delay(Duration),
    /// It is answered with this error, and the hypervisor is not asked. Of a packet: the stream is aborted with this error.
    Refuse(Refusal),
    /// The payload of its answer lacks so many bytes at its end; the packet is whole. Of a stream's data nobody sees that.
    Truncate(usize),
    /// These bytes arrive instead of its answer, or of the packet, and the connection goes on.
    Garbage(Vec<u8>),
    /// So many bytes of its answer, or of the packet, arrive. Then the connection ends.
    CutOff(usize),
    /// It is not answered, or does not arrive.
    Lose,
    /// Its answer arrives when so many others to the same client have, of those that come after it; a packet of a stream, when
    /// so many of the same stream have. If there are not so many, it does not.
    Reorder(usize),
    /// Its answer, or the packet, arrives twice.
    Double,
}

impl Fault {
    /// [`Garbage`](Self::Garbage) of so many bytes, always the same for the same seed.
    pub fn garbage(seed: u64, length: usize) -> Self {
        // The increments of SplitMix64: zero is no worse a seed than others.
        let mut state = seed;
        let mut byte = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed.to_be_bytes()[0]
        };
        Self::Garbage((0..length).map(|_| byte()).collect())
    }

    /// What becomes of the answer, if it is about that.
    pub(super) fn fate(self) -> Option<Fate> {
        Some(match self {
            Self::Truncate(count) => Fate::Truncated(count),
            Self::Garbage(bytes) => Fate::Replaced(bytes),
            Self::CutOff(after) => Fate::CutOff(after),
            Self::Lose => Fate::Lost,
            Self::Reorder(behind) => Fate::HeldBack(behind),
            Self::Double => Fate::Doubled,
            Self::Delay(_) | Self::Refuse(_) => return None,
        })
    }
}

/// Which calls, or packets of streams, something happens to: the next one, unless more is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    what: What,
    procedure: Option<ProcedureId>,
    skip: usize,
    times: usize,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A call.
    Call,
    /// A packet that is sent on a stream.
    Sent,
}

impl When {
    /// The next call of a procedure.
    pub fn called<P: Procedure>() -> Self {
        Self {
            procedure: Some(id::<P>()),
            ..Self::any()
        }
    }

    /// The next packet that the handler of a stream sends, of streams that this procedure begins. They are counted over all
    /// of them.
    pub fn sent_on<P: Procedure>() -> Self {
        Self {
            what: What::Sent,
            ..Self::called::<P>()
        }
    }

    /// The next call of any procedure.
    pub const fn any() -> Self {
        Self {
            what: What::Call,
            procedure: None,
            skip: 0,
            times: 1,
        }
    }

    /// Not the first of them, but those behind so many.
    #[must_use]
    pub const fn skip(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// So many of them instead of one.
    #[must_use]
    pub const fn times(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    /// All of them instead of one.
    #[must_use]
    pub const fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Whether it is now, at a call of this procedure or a packet of its stream. Counts it.
    pub(super) fn is_now(&mut self, what: What, procedure: ProcedureId) -> bool {
        if self.what != what || self.procedure.is_some_and(|only| only != procedure) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        let is_now = self.times > 0;
        if self.times < usize::MAX {
            self.times = self.times.saturating_sub(1);
        }
        is_now
    }

    pub(super) const fn is_over(&self) -> bool {
        self.times == 0
    }
}
