//! One direction of a TCP connection: segments, which may come twice, out of order or not at all, become a stream.

use smoltcp::storage::Assembler;

/// Bytes that wait for one that is missing. When there are more, it is not coming any more.
const WINDOW: usize = 4 << 20;

/// A piece of a stream.
pub(super) enum Piece<'a> {
    /// The next bytes. A piece begins where a segment does.
    Bytes(&'a [u8]),
    /// So many bytes have not been captured.
    Gap(u64),
}

/// What is known of a segment beside its bytes.
#[derive(Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) sequence: u32,
    pub(super) syn: bool,
    pub(super) payload: &'a [u8],
    /// Bytes behind the payload that the capture has cut off.
    pub(super) cut: usize,
}

/// Puts segments in order.
#[derive(Default)]
pub(super) struct Reassembly {
    /// The sequence number of the next byte of the stream, once one is known.
    next: Option<u32>,
    /// That of the segment that opened it.
    opened: Option<u32>,
    /// What has come too early, from the next byte on; the assembler knows which of these bytes are there.
    window: Vec<u8>,
    early: Option<Box<Assembler>>,
}

impl Reassembly {
    /// Takes a segment, and gives what follows from it.
    pub(super) fn take<E>(
        &mut self,
        segment: Segment<'_>,
        mut give: impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Segment {
            mut sequence,
            syn,
            mut payload,
            cut,
        } = segment;
        if syn {
            self.opened = Some(sequence);
            // The mark takes a number of its own.
            sequence = sequence.wrapping_add(1);
        }
        let next = *self.next.get_or_insert(sequence);
        // Sequence numbers begin again at 0, so which of two is the later is a matter of their distance.
        let ahead = sequence.wrapping_sub(next).cast_signed();
        let mut at = usize::try_from(ahead).unwrap_or_default();
        if ahead < 0 {
            let known = usize::try_from(ahead.unsigned_abs()).unwrap_or(usize::MAX);
            payload = payload.get(known..).unwrap_or_default();
        }
        if payload.is_empty() {
            return Ok(());
        }
        if at == 0 && self.early.is_none() {
            self.advance(payload.len());
            give(Piece::Bytes(payload))?;
        } else {
            if at + payload.len() > WINDOW {
                self.give_up(&mut give)?;
                let next = self.next.unwrap_or(sequence);
                at = usize::try_from(sequence.wrapping_sub(next)).unwrap_or(usize::MAX);
                if at + payload.len() > WINDOW {
                    // So far ahead that nothing in between is coming.
                    self.next = Some(sequence);
                    give(Piece::Gap(at as u64))?;
                    at = 0;
                }
            }
            self.keep(at, payload, &mut give)?;
        }
        if cut > 0 && self.early.is_none() {
            self.advance(cut);
            give(Piece::Gap(cut as u64))?;
        }
        Ok(())
    }

    /// Whether this number is that of the segment that opened the stream.
    pub(super) fn is_opened_by(&self, sequence: u32) -> bool {
        self.opened == Some(sequence)
    }

    /// Gives what is left, with gaps for what is missing.
    pub(super) fn finish<E>(
        &mut self,
        mut give: impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.give_up(&mut give)
    }

    /// Keeps bytes that have come too early, or that others wait for.
    fn keep<E>(
        &mut self,
        mut at: usize,
        payload: &[u8],
        give: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut front = self.place(at, payload);
        if front.is_none() {
            // More holes than are kept in mind.
            let before = self.next.unwrap_or_default();
            self.give_up(give)?;
            let gone = self.next.unwrap_or_default().wrapping_sub(before);
            let gone = usize::try_from(gone).unwrap_or(usize::MAX);
            let payload = payload.get(gone.saturating_sub(at)..).unwrap_or_default();
            at = at.saturating_sub(gone);
            front = self.place(at, payload);
        }
        self.give_front(front.unwrap_or_default(), give)
    }

    /// How many bytes are there at the front now. Nothing if there is no room for one more hole.
    fn place(&mut self, at: usize, payload: &[u8]) -> Option<usize> {
        let early = self.early.get_or_insert_with(|| Box::new(Assembler::new()));
        let front = early.add_then_remove_front(at, payload.len()).ok()?;
        let end = at + payload.len();
        if self.window.len() < end {
            self.window.resize(end, 0);
        }
        self.window[at..end].copy_from_slice(payload);
        Some(front)
    }

    fn give_front<E>(
        &mut self,
        front: usize,
        give: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if front > 0 {
            self.advance(front);
            give(Piece::Bytes(&self.window[..front]))?;
            self.window.drain(..front);
        }
        if self.early.as_ref().is_some_and(|early| early.is_empty()) {
            self.early = None;
            self.window = Vec::new();
        }
        Ok(())
    }

    /// Does not wait any longer for what is missing.
    fn give_up<E>(&mut self, give: &mut impl FnMut(Piece<'_>) -> Result<(), E>) -> Result<(), E> {
        while let Some(early) = &mut self.early {
            let Some((start, _)) = early.iter_data().next() else {
                self.early = None;
                break;
            };
            // As if it had come: what follows is at the front then.
            let front = early.add_then_remove_front(0, start).unwrap_or(start);
            self.advance(start);
            self.window.drain(..start);
            give(Piece::Gap(start as u64))?;
            self.give_front(front - start, give)?;
        }
        Ok(())
    }

    fn advance(&mut self, bytes: usize) {
        // Less than a window, or the length of an IP packet.
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.next = self.next.map(|next| next.wrapping_add(bytes));
    }
}
