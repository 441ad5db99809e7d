//! How many messages are tried, and which.

use std::hash::{BuildHasher, RandomState};

use xdr_testkit::random::{Choices, message};
use xdr_wire::TypeEntry;

/// How many messages of each type a fast run makes.
pub(crate) const FEW: usize = 12;

/// More bytes than this are not tried one by one in a fast run.
const MANY: usize = 400;

/// How much of a message is random.
const SIZES: &[usize] = &[0, 3, 10, 30, 100, 300];

/// Messages of a type: a part of those that were asked for, the last of them new each time.
pub(crate) fn messages(entry: &TypeEntry, part: usize) -> impl Iterator<Item = Vec<u8>> {
    let first: u64 = RandomState::new().hash_one(());
    let sizes = SIZES.iter().cycle().skip(usize::from(part > 1));
    let cases = asked_for().div_ceil(part);
    let ty = entry.ty();
    (first..=u64::MAX)
        .zip(sizes.take(cases))
        .map(move |(seed, size)| message(ty, &mut Choices::new(seed, size / part.max(1))))
}

/// The offsets of bytes that are tried one by one: of a long message some, others each time, unless time is taken.
pub(crate) fn offsets(message: &[u8]) -> impl Iterator<Item = usize> + use<> {
    let step = match asked_for() {
        ..=FEW => message.len().div_ceil(MANY).max(1),
        _ => 1,
    };
    let first = usize::try_from(RandomState::new().hash_one(()) >> 40).unwrap_or(0) % step;
    (first..message.len()).step_by(step)
}

/// Messages of each type: few, unless the environment asks for more.
pub(crate) fn asked_for() -> usize {
    let number = |name| std::env::var(name).ok()?.parse::<usize>().ok();
    // A run that takes its time tells proptest, whose own number is 256 for a whole test.
    let asked = number("XDR_TESTS_CASES").or(number("PROPTEST_CASES").map(|it| it / 16));
    asked.unwrap_or(FEW).max(1)
}
