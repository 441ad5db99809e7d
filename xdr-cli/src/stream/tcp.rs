//! One direction of a TCP connection: segments, which may come twice, out of order or not at all, become a stream.

use std::rc::Rc;
use std::time::Duration;

use rangemap::RangeMap;

/// Bytes that wait for one that is missing; each segment counts for what it takes to keep it, too. When there are more, what
/// is missing is not coming any more.
const WAITING: usize = 1 << 20;

/// What it takes to keep a segment beside its bytes.
const KEEPING: usize = 256;

/// A piece of a stream.
pub(super) enum Piece<'a> {
    /// The next bytes, of one segment, and when that came. Only the first bytes of a segment are a beginning.
    Bytes(&'a [u8], Option<Duration>),
    /// So many bytes have not been captured.
    Gap(u64),
}

/// A segment.
#[derive(Clone, Copy)]
pub(super) struct Segment<'a> {
    pub(super) sequence: u32,
    pub(super) syn: bool,
    pub(super) payload: &'a [u8],
    /// Bytes behind the payload that the capture has cut off.
    pub(super) cut: usize,
    pub(super) time: Option<Duration>,
}

/// Puts segments in order.
#[derive(Default)]
pub(super) struct Reassembly {
    /// The sequence number of the next byte of the stream, once one is known.
    next: Option<u32>,
    /// Bytes of the stream before that.
    given: u64,
    /// The number of the segment that opened the stream.
    opened: Option<u32>,
    /// What has come too early, by its place in the stream.
    early: RangeMap<u64, Early>,
    /// What that takes.
    waiting: usize,
}

/// A segment that has come too early. All segments differ, so that ranges of two never become one.
#[derive(Clone)]
struct Early {
    /// The place of its first byte.
    start: u64,
    bytes: Rc<[u8]>,
    time: Option<Duration>,
}

impl PartialEq for Early {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.bytes, &other.bytes)
    }
}

impl Eq for Early {}

impl Reassembly {
    /// Takes a segment, and gives what follows from it.
    pub(super) fn take<E>(
        &mut self,
        segment: Segment<'_>,
        mut give: impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut sequence = segment.sequence;
        if segment.syn {
            self.opened = Some(sequence);
            // The mark takes a number of its own.
            sequence = sequence.wrapping_add(1);
        }
        self.next.get_or_insert(sequence);
        let ahead = self.ahead(sequence).unwrap_or_default();
        let known = usize::try_from(-ahead).unwrap_or_default();
        let Some(payload) = segment.payload.get(known..) else {
            return Ok(());
        };
        if ahead > 0 {
            self.keep(ahead.unsigned_abs(), payload, segment.time);
            while self.waiting > WAITING
                && let Some(end) = self.first_early()
            {
                self.give_up(end, &mut give)?;
            }
            return Ok(());
        }
        if !payload.is_empty() {
            self.give(payload, segment.time, &mut give)?;
        }
        self.give_early(&mut give)?;
        // Of what has been cut off, some may have come otherwise.
        let behind = sequence.wrapping_add(length(segment.payload.len() + segment.cut));
        match self.ahead(behind) {
            Some(missing @ 1..) if segment.cut > 0 => {
                let end = self.given + missing.unsigned_abs();
                self.give_up(end, &mut give)
            }
            _ => Ok(()),
        }
    }

    /// Hears that the other side has got all bytes before this one. What of them has not been captured will not be.
    pub(super) fn acknowledge<E>(
        &mut self,
        sequence: u32,
        mut give: impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        // The mark at the end of a stream is acknowledged, too, and is no byte.
        match self.ahead(sequence) {
            Some(ahead @ 2..) => self.give_up(self.given + ahead.unsigned_abs(), &mut give),
            Some(1) if !self.early.is_empty() => self.give_up(self.given + 1, &mut give),
            _ => Ok(()),
        }
    }

    /// Gives what is left, with gaps for what is missing.
    pub(super) fn finish<E>(
        &mut self,
        mut give: impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(end) = self.first_early() {
            self.give_up(end, &mut give)?;
        }
        Ok(())
    }

    /// Where the first of what has come too early ends.
    fn first_early(&self) -> Option<u64> {
        Some(self.early.first_range_value()?.0.end)
    }

    /// Whether this number is that of the segment that opened the stream.
    pub(super) fn is_opened_by(&self, sequence: u32) -> bool {
        self.opened == Some(sequence)
    }

    /// Whether the segment that opened the stream has been seen.
    pub(super) fn is_opened(&self) -> bool {
        self.opened.is_some()
    }

    /// Whether this could well be the number of the next byte or of one near it.
    pub(super) fn is_near(&self, sequence: u32) -> bool {
        self.ahead(sequence)
            .is_none_or(|ahead| ahead.unsigned_abs() <= WAITING as u64)
    }

    /// What it takes to keep what has come too early.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How far a number lies ahead of the next byte. Numbers begin again at 0, so which of two is the later is a matter of
    /// their distance.
    fn ahead(&self, sequence: u32) -> Option<i64> {
        let next = self.next?;
        Some(i64::from(sequence.wrapping_sub(next).cast_signed()))
    }

    /// Keeps bytes that have come too early, but for those that are there already.
    fn keep(&mut self, ahead: u64, payload: &[u8], time: Option<Duration>) {
        if payload.is_empty() {
            return;
        }
        let start = self.given + ahead;
        let range = start..start + payload.len() as u64;
        let missing: Vec<_> = self.early.gaps(&range).collect();
        if missing.is_empty() {
            return;
        }
        let early = Early {
            start,
            bytes: payload.into(),
            time,
        };
        self.waiting += payload.len();
        for range in missing {
            self.waiting += KEEPING;
            self.early.insert(range, early.clone());
        }
    }

    /// Gives what has come early and follows now.
    fn give_early<E>(
        &mut self,
        give: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some((range, early)) = self.early.first_range_value()
            && range.start <= self.given
        {
            let (range, early) = (range.clone(), early.clone());
            self.early.remove(range.clone());
            self.waiting = if self.early.is_empty() {
                0
            } else {
                let bytes = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
                self.waiting.saturating_sub(bytes + KEEPING)
            };
            let at = |place: u64| usize::try_from(place - early.start).unwrap_or(usize::MAX);
            // A segment in order may have had some of it.
            let from = range.start.max(self.given);
            let bytes = early.bytes.get(at(from)..at(range.end).max(at(from)));
            if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) {
                self.give(bytes, early.time, give)?;
            }
        }
        Ok(())
    }

    /// Does not wait any longer for what is missing before a place.
    fn give_up<E>(
        &mut self,
        end: u64,
        give: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.give_early(give)?;
        while self.given < end {
            let next = self.early.first_range_value().map(|(range, _)| range.start);
            let to = next.map_or(end, |next| next.min(end));
            let missing = to - self.given;
            self.advance(missing);
            give(Piece::Gap(missing))?;
            self.give_early(give)?;
        }
        Ok(())
    }

    fn give<E>(
        &mut self,
        bytes: &[u8],
        time: Option<Duration>,
        give: &mut impl FnMut(Piece<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.advance(bytes.len() as u64);
        give(Piece::Bytes(bytes, time))
    }

    fn advance(&mut self, bytes: u64) {
        self.given += bytes;
        // Numbers are those of bytes, modulo 2³².
        let low = u32::try_from(bytes & u64::from(u32::MAX)).unwrap_or_default();
        self.next = self.next.map(|next| next.wrapping_add(low));
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Piece, Reassembly, Segment};

    /// What comes of segments: their numbers, bytes, and how many are cut off.
    fn pieces(segments: &[(u32, &[u8], usize)]) -> Vec<Result<Vec<u8>, u64>> {
        let mut reassembly = Reassembly::default();
        let mut pieces = Vec::new();
        let mut note = |piece: Piece<'_>| {
            pieces.push(match piece {
                Piece::Bytes(bytes, _) => Ok(bytes.to_vec()),
                Piece::Gap(length) => Err(length),
            });
            Ok::<(), ()>(())
        };
        for &(sequence, payload, cut) in segments {
            let segment = Segment {
                sequence,
                syn: false,
                payload,
                cut,
                time: None,
            };
            assert_eq!(reassembly.take(segment, &mut note), Ok(()));
        }
        assert_eq!(reassembly.finish(&mut note), Ok(()));
        assert!(reassembly.early.is_empty());
        assert_eq!(reassembly.waiting, 0);
        pieces
    }

    #[test]
    fn a_piece_is_of_one_segment() {
        let segments: [(u32, &[u8], usize); 4] =
            [(7, b"ab", 0), (11, b"ef", 0), (13, b"gh", 0), (9, b"cd", 0)];
        let expected = ["ab", "cd", "ef", "gh"].map(|text| Ok(text.into()));
        assert_eq!(pieces(&segments), expected);
    }

    #[test]
    fn what_overlaps_is_given_once() {
        let start = u32::MAX - 2;
        let segments: [(u32, &[u8], usize); 5] = [
            (start, b"abc", 0),
            (start.wrapping_add(5), b"fgh", 0),
            (start.wrapping_add(4), b"efghi", 0),
            (start.wrapping_add(1), b"bcd", 0),
            (start, b"abcdefghijk", 0),
        ];
        let given: Vec<u8> = pieces(&segments)
            .into_iter()
            .flat_map(Result::unwrap)
            .collect();
        assert_eq!(given, b"abcdefghijk");
    }

    #[test]
    fn what_is_cut_off_is_missing_even_if_it_is_all() {
        let segments: [(u32, &[u8], usize); 3] = [(0, b"ab", 3), (5, b"", 4), (9, b"jk", 0)];
        assert_eq!(
            pieces(&segments),
            [Ok(b"ab".to_vec()), Err(3), Err(4), Ok(b"jk".to_vec())]
        );
    }

    #[test]
    fn a_gap_ends_where_something_is_there() {
        let segments: [(u32, &[u8], usize); 3] = [(0, b"a", 0), (5, b"f", 0), (9, b"j", 0)];
        let expected = [
            Ok(b"a".to_vec()),
            Err(4),
            Ok(b"f".to_vec()),
            Err(3),
            Ok(b"j".to_vec()),
        ];
        assert_eq!(pieces(&segments), expected);
    }

    #[test]
    fn any_order_of_all_segments_gives_all_bytes_and_no_gap() {
        let text: Vec<u8> = (0..=255).cycle().take(4_000).collect();
        for seed in 1..50_u64 {
            let mut state = seed;
            let mut below = |end: usize| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                usize::try_from(state % end as u64).unwrap()
            };
            let mut segments: Vec<(u32, &[u8], usize)> = Vec::new();
            let mut at = 0;
            while at < text.len() {
                let end = text.len().min(at + 1 + below(60));
                // Each may begin earlier than it has to.
                let from = at - below(at.min(30) + 1);
                segments.push((u32::try_from(from).unwrap(), &text[from..end], 0));
                at = end;
            }
            // The first stays: where a stream begins, it says.
            for at in 1..segments.len() {
                let other = 1 + below(segments.len() - 1);
                segments.swap(at, other);
            }
            let given = pieces(&segments);
            let given: Vec<u8> = given.into_iter().flat_map(Result::unwrap).collect();
            assert_eq!(given, text, "{seed}");
        }
    }

    #[test]
    fn what_the_other_side_has_got_is_not_waited_for() {
        let mut reassembly = Reassembly::default();
        let mut gaps = Vec::new();
        let segment = |sequence, payload| Segment {
            sequence,
            syn: false,
            payload,
            cut: 0,
            time: None,
        };
        let mut take = |piece: Piece<'_>| {
            if let Piece::Gap(length) = piece {
                gaps.push(length);
            }
            Ok::<(), ()>(())
        };
        assert_eq!(reassembly.take(segment(0, b"ab"), &mut take), Ok(()));
        assert_eq!(reassembly.take(segment(6, b"gh"), &mut take), Ok(()));
        assert_eq!(reassembly.acknowledge(2, &mut take), Ok(()));
        assert_eq!(reassembly.given, 2);
        assert_eq!(reassembly.acknowledge(8, &mut take), Ok(()));
        assert_eq!(reassembly.given, 8);
        // The mark at the end.
        assert_eq!(reassembly.acknowledge(9, &mut take), Ok(()));
        assert_eq!(gaps, [4]);
    }
}
