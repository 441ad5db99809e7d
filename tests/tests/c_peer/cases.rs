//! How much is tried, and the numbers that decide what.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, RandomState};
use std::sync::LazyLock;

/// How many messages of each type a fast run makes.
pub(crate) const FEW: usize = 16;

/// Messages of each type: few, unless the environment asks for more.
pub(crate) fn asked_for() -> usize {
    let number = |name| std::env::var(name).ok()?.parse::<usize>().ok();
    // A run that takes its time tells proptest, whose own number is 256 for a whole test.
    let asked = number("XDR_TESTS_CASES").or(number("PROPTEST_CASES").map(|it| it / 16));
    asked.unwrap_or(FEW).max(1)
}

/// What decides everything in a run: another number each time, unless the environment names one.
pub(crate) static RUN: LazyLock<u64> = LazyLock::new(|| {
    let named = std::env::var("XDR_TESTS_SEED").ok();
    let named = named.map(|it| it.parse().expect("XDR_TESTS_SEED is a number"));
    named.unwrap_or_else(|| RandomState::new().hash_one(()))
});

/// What decides the message of this number of a type.
pub(crate) fn seed(name: &str, number: usize) -> u64 {
    BuildHasherDefault::<DefaultHasher>::new().hash_one((*RUN, name, number))
}

/// How to do it again.
pub(crate) fn again() -> String {
    format!("XDR_TESTS_SEED={} is this run once more", *RUN)
}
