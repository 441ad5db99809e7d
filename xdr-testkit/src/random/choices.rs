//! The numbers that decide a message.

/// As many random numbers as there are, then only zeros, which stand for the least of anything.
#[derive(Clone, Debug)]
pub struct Choices {
    source: Source,
    left: usize,
}

#[derive(Clone, Debug)]
enum Source {
    /// The state of a generator.
    Seed(u64),
    /// What was given, in the order in which it is used.
    Bytes(std::vec::IntoIter<u8>),
}

impl Choices {
    /// About `size` numbers, bytes and elements in all are decided by the seed.
    pub fn new(seed: u64, size: usize) -> Self {
        Self {
            source: Source::Seed(seed),
            left: size,
        }
    }

    /// Every choice takes as many of these bytes as it needs. Bytes that are lower or fewer make less: this is how what
    /// fails is shrunk, and how a fuzzer finds its way.
    ///
    /// ```
    /// use xdr_testkit::random::{Choices, message};
    /// use xdr_wire::Encode;
    ///
    /// let text = <String as Encode>::TYPE;
    /// assert_eq!(message(text, &mut Choices::from_bytes(&[])), [0, 0, 0, 0]);
    /// assert_eq!(message(text, &mut Choices::from_bytes(&[3, 1])), *b"\0\0\0\x01a\0\0\0");
    /// assert_eq!(message(text, &mut Choices::from_bytes(&[3, 1, 0, 25])), *b"\0\0\0\x01z\0\0\0");
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            source: Source::Bytes(Vec::from(bytes).into_iter()),
            left: bytes.len(),
        }
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let number = match (&self.source, end) {
            (Source::Bytes(_), 0 | 1) => return 0,
            (Source::Bytes(_), 2..=0x100) => self.byte().into(),
            (Source::Bytes(_), 0x101..=0x1_0000) => u16::from_be_bytes(self.take()).into(),
            _ => u32::from_be_bytes(self.take()),
        };
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        number.checked_rem(end).unwrap_or(0)
    }

    /// Whether only zeros are left.
    pub(super) fn are_used_up(&self) -> bool {
        self.left == 0
    }

    /// Only zeros from now on.
    pub(super) fn stop(&mut self) {
        self.left = 0;
        if let Source::Bytes(bytes) = &mut self.source {
            *bytes = Vec::new().into_iter();
        }
    }

    /// A count of things that take `each` numbers: none, few, many, or as many as the bound allows.
    pub(super) fn count(&mut self, bound: u32, each: usize) -> usize {
        let bound = usize::try_from(bound).unwrap_or(usize::MAX);
        let affordable = self.left / each.max(1);
        match self.below(8) {
            0 => 0,
            1 if bound <= affordable => bound,
            2 => self.below(affordable / 2 + 1).min(bound),
            _ => self.below(5).min(affordable).min(bound),
        }
    }

    /// 32 bits; the ends of both ranges come often.
    pub(super) fn word(&mut self) -> [u8; 4] {
        match self.below(8) {
            1 => [0xff; 4],
            2 => i32::MIN.to_be_bytes(),
            3 => i32::MAX.to_be_bytes(),
            0 | 4 => u32::from(self.byte()).to_be_bytes(),
            _ => self.take(),
        }
    }

    /// 64 bits; the ends of both ranges come often.
    pub(super) fn long(&mut self) -> [u8; 8] {
        match self.below(8) {
            1 => [0xff; 8],
            2 => i64::MIN.to_be_bytes(),
            3 => i64::MAX.to_be_bytes(),
            0 => u64::from(self.byte()).to_be_bytes(),
            4 => [0, 0, 0, self.byte(), 0, 0, 0, self.byte()],
            _ => self.take(),
        }
    }

    /// The bits of a `float`: infinities come often, NaN now and then.
    pub(super) fn float(&mut self) -> [u8; 4] {
        match self.below(8) {
            1 => f32::INFINITY.to_be_bytes(),
            2 => f32::NEG_INFINITY.to_be_bytes(),
            _ => self.word(),
        }
    }

    /// The same of a `double`.
    pub(super) fn double(&mut self) -> [u8; 8] {
        match self.below(8) {
            1 => f64::INFINITY.to_be_bytes(),
            2 => f64::NEG_INFINITY.to_be_bytes(),
            _ => self.long(),
        }
    }

    /// 16 bits.
    pub(super) fn half(&mut self) -> u16 {
        match self.below(8) {
            1 => u16::MAX,
            2 => i16::MIN.cast_unsigned(),
            3 => i16::MAX.cast_unsigned(),
            0 | 4 => self.byte().into(),
            _ => u16::from_be_bytes(self.take()),
        }
    }

    /// 8 bits.
    pub(super) fn byte(&mut self) -> u8 {
        let [byte] = self.take();
        byte
    }

    /// So many bytes.
    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.byte()).collect()
    }

    /// So many bytes of UTF-8 without NUL, printable ASCII for the most part.
    pub(super) fn text(&mut self, len: usize) -> String {
        const OTHERS: &[char] = &['é', 'я', '€', '語', '\u{1f5a5}', '\t', '\n', '\\', '\u{7f}'];
        let mut text = String::with_capacity(len);
        while text.len() < len {
            let other = match self.below(8) {
                1 => OTHERS.get(self.below(OTHERS.len())),
                _ => None,
            };
            match other {
                Some(other) if text.len() + other.len_utf8() <= len => text.push(*other),
                _ => text.push(char::from(b'a' + self.byte() % 26)),
            }
        }
        text
    }

    /// So many bytes, no more than eight, of one number.
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match &mut self.source {
            Source::Seed(state) => {
                let Some(left) = self.left.checked_sub(1) else {
                    return [0; N];
                };
                self.left = left;
                let number = next(state).to_be_bytes();
                number.last_chunk().copied().unwrap_or([0; N])
            }
            Source::Bytes(bytes) => {
                let taken = std::array::from_fn(|_| bytes.next().unwrap_or(0));
                self.left = bytes.len();
                taken
            }
        }
    }
}

/// Steele, Lea and Flood's `SplitMix`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::Choices;

    #[test]
    fn a_smaller_size_gives_the_same_numbers_and_then_zeros() {
        let (mut longer, mut shorter) = (Choices::new(7, 9), Choices::new(7, 4));
        for _ in 0..4 {
            assert_eq!(longer.take::<8>(), shorter.take::<8>());
        }
        assert!(shorter.are_used_up());
        assert_eq!((shorter.byte(), shorter.text(3)), (0, "aaa".to_owned()));
    }

    #[test]
    fn choices_from_bytes_take_what_they_need_and_then_are_zeros() {
        let mut choices = Choices::from_bytes(&[7, 1, 2, 5, 9]);
        assert_eq!((choices.below(1), choices.below(4)), (0, 3));
        assert_eq!((choices.below(1000), choices.word()), (0x102, [9, 0, 0, 0]));
        assert!(choices.are_used_up());
        assert_eq!((choices.below(256), choices.text(2)), (0, "aa".to_owned()));
    }

    #[test]
    fn a_count_reaches_its_bound_and_never_passes_it() {
        for bound in [0, 1, 7, 200] {
            let counts = (0..500).map(|seed| Choices::new(seed, 1000).count(bound, 4));
            let largest = counts.max();
            assert_eq!(largest, usize::try_from(bound).ok());
        }
    }

    #[test]
    fn text_has_the_length_that_was_asked_for() {
        for len in 0..100 {
            let text = Choices::new(3, 300).text(len);
            assert_eq!(text.len(), len);
            assert!(!text.contains('\0'));
        }
    }
}
