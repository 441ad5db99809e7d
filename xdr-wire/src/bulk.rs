//! Whole arrays of numbers, between the order of bytes on the wire and that of the processor.
//!
//! The compiler turns a plain loop into vector instructions. That is as fast as copying where one of them reorders bytes, as
//! on all processors but the first of x86-64, for which a build is unless it says otherwise. There it takes eight others,
//! and one or two numbers in an ordinary register are faster. Loops of the forms below the compiler leaves as they are.

use alloc::vec::Vec;

/// Whether reordering bytes takes many vector instructions.
const SLOW_VECTORS: bool = cfg!(all(target_arch = "x86_64", not(target_feature = "ssse3")));

/// Numbers of four bytes, as what `from` makes of their bits.
#[inline]
pub(crate) fn read_4<T>(units: &[[u8; 4]], from: impl Fn(u32) -> T) -> Vec<T> {
    let one = |unit: &[u8; 4]| from(u32::from_be_bytes(*unit));
    if !SLOW_VECTORS {
        return units.iter().map(one).collect();
    }
    let (pairs, rest) = units.as_chunks::<2>();
    let numbers = pairs.as_flattened().as_flattened().as_chunks().0.iter();
    let numbers = numbers.map(|pair| {
        let swapped = swap_both(u64::from_le_bytes(*pair));
        [from(low(swapped)), from(low(swapped >> 32))]
    });
    let mut numbers = numbers.collect::<Vec<_>>().into_flattened();
    numbers.extend(rest.iter().map(one));
    numbers
}

/// Numbers of eight bytes, as what `from` makes of their bits.
#[inline]
pub(crate) fn read_8<T>(units: &[[u8; 8]], from: impl Fn(u64) -> T) -> Vec<T> {
    let one = |unit| from(u64::from_be_bytes(unit));
    if !SLOW_VECTORS {
        return units.iter().copied().map(one).collect();
    }
    let (rows, rest) = units.as_chunks::<8>();
    let mut numbers = Vec::with_capacity(units.len());
    numbers.extend(rows.iter().flat_map(|row| row.map(one)));
    numbers.extend(rest.iter().copied().map(one));
    numbers
}

/// Appends numbers of four bytes, of which `bits` makes their bits.
#[inline]
pub(crate) fn write_4<T>(numbers: &[T], out: &mut Vec<u8>, bits: impl Fn(&T) -> u32) {
    let one = |number| bits(number).to_be_bytes();
    if !SLOW_VECTORS {
        return out.extend(numbers.iter().flat_map(one));
    }
    let (rows, rest) = numbers.as_chunks::<16>();
    out.extend(rows.iter().flat_map(|row| {
        let mut bytes = [0; 64];
        let pairs = row.as_chunks().0.iter();
        for (place, [first, second]) in bytes.as_chunks_mut().0.iter_mut().zip(pairs) {
            let both = u64::from(bits(second)) << 32 | u64::from(bits(first));
            *place = swap_both(both).to_le_bytes();
        }
        bytes
    }));
    out.extend(rest.iter().flat_map(one));
}

/// Appends numbers of eight bytes, of which `bits` makes their bits.
#[inline]
pub(crate) fn write_8<T>(numbers: &[T], out: &mut Vec<u8>, bits: impl Fn(&T) -> u64) {
    let one = |number| bits(number).to_be_bytes();
    if !SLOW_VECTORS {
        return out.extend(numbers.iter().flat_map(one));
    }
    let (rows, rest) = numbers.as_chunks::<8>();
    out.extend(rows.iter().flat_map(|row| {
        let mut bytes = [0; 64];
        for (place, number) in bytes.as_chunks_mut().0.iter_mut().zip(row) {
            *place = one(number);
        }
        bytes
    }));
    out.extend(rest.iter().flat_map(one));
}

/// Swaps the bytes of each of the two words that a register holds.
#[inline]
const fn swap_both(words: u64) -> u64 {
    words.swap_bytes().rotate_left(32)
}

/// The lower word.
#[inline]
const fn low(words: u64) -> u32 {
    let [a, b, c, d, ..] = words.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}
