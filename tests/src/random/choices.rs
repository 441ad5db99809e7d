//! The numbers that decide a message.

/// As many random numbers as the size says, then only zeros, which stand for the least of anything.
#[derive(Clone, Debug)]
pub struct Choices {
    state: u64,
    left: usize,
}

impl Choices {
    /// About `size` numbers, bytes and elements in all are decided by the seed.
    pub fn new(seed: u64, size: usize) -> Self {
        Self {
            state: seed,
            left: size,
        }
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let [.., a, b, c, d] = self.number().to_be_bytes();
        let number = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        number.checked_rem(end).unwrap_or(0)
    }

    /// Whether only zeros are left.
    pub(super) fn are_used_up(&self) -> bool {
        self.left == 0
    }

    /// Only zeros from now on.
    pub(super) fn stop(&mut self) {
        self.left = 0;
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
        let [a, b, c, d, ..] = self.long();
        [a, b, c, d]
    }

    /// 64 bits; the ends of both ranges come often.
    pub(super) fn long(&mut self) -> [u8; 8] {
        match self.below(8) {
            0 => [0; 8],
            1 => [0xff; 8],
            2 => i64::MIN.to_be_bytes(),
            3 => i64::MAX.to_be_bytes(),
            4 => [0, 0, 0, self.byte(), 0, 0, 0, self.byte()],
            _ => self.number().to_be_bytes(),
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
        let [a, b, ..] = self.word();
        u16::from_be_bytes([a, b])
    }

    /// 8 bits.
    pub(super) fn byte(&mut self) -> u8 {
        let [.., byte] = self.number().to_be_bytes();
        byte
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, len: usize) -> Vec<u8> {
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

    /// Any number; Steele, Lea and Flood's `SplitMix`.
    fn number(&mut self) -> u64 {
        let Some(left) = self.left.checked_sub(1) else {
            return 0;
        };
        self.left = left;
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;

    #[test]
    fn a_smaller_size_gives_the_same_numbers_and_then_zeros() {
        let (mut longer, mut shorter) = (Choices::new(7, 9), Choices::new(7, 4));
        for _ in 0..4 {
            assert_eq!(longer.number(), shorter.number());
        }
        assert!(shorter.are_used_up());
        assert_eq!((shorter.number(), shorter.text(3)), (0, "aaa".to_owned()));
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
