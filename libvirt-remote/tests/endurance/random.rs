//! Numbers that look like none in particular, the same in each run (Marsaglia's xorshift).

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % limit
    }

    pub(crate) fn word(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }

    /// Some of the small numbers that enumerations have, and some that they have not.
    pub(crate) fn small(&mut self) -> i32 {
        i32::from(self.next().to_be_bytes()[0] % 12) - 1
    }

    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most + 1);
        let byte = |_| self.next().to_be_bytes()[0];
        (0..length).map(byte).collect()
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
