//! What the codec allocates: nothing on the hot path, and never more than the input pays for.

#![allow(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use xdr_wire::{Bounds, Decode, Encode, ErrorKind, List, elements, encode_into, from_bytes};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        LIVE.set(LIVE.get() + layout.size());
        PEAK.set(PEAK.get().max(LIVE.get()));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get().saturating_sub(layout.size()));
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The allocations that `run` makes, and the most bytes it holds at a time.
fn measure<T>(run: impl FnOnce() -> T) -> (T, usize, usize) {
    let (count, live) = (COUNT.get(), LIVE.get());
    PEAK.set(live);
    let value = run();
    (value, COUNT.get() - count, PEAK.get() - live)
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
enum Phase {
    Connect = 0,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[xdr(union(i32))]
enum Address<'a> {
    #[xdr(case = 1)]
    Inet(#[xdr(max = 64)] &'a str),
    #[xdr(default)]
    Other(i32, [u8; 16]),
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Borrowed<'a> {
    phase: Phase,
    name: &'a str,
    cookie: Option<&'a [u8]>,
    address: Address<'a>,
    pairs: [(i32, bool); 4],
}

/// An element that is far larger in memory than on the wire.
#[derive(Debug, Encode, Decode)]
struct Large {
    optional: Option<[u64; 100]>,
}

#[derive(Debug, Encode, Decode)]
struct Tree {
    children: Vec<Tree>,
}

const SAMPLE: Borrowed<'_> = Borrowed {
    phase: Phase::Connect,
    name: "name",
    cookie: Some(b"cookie"),
    address: Address::Inet("127.0.0.1"),
    pairs: [(1, true); 4],
};

#[test]
fn a_borrowed_message_is_decoded_without_allocation() {
    let wire = xdr_wire::to_vec(&SAMPLE).expect("within its bounds");
    let (value, count, _) = measure(|| from_bytes::<Borrowed<'_>>(&wire));
    assert_eq!(value, Ok(SAMPLE));
    assert_eq!(count, 0);
}

#[test]
fn a_message_is_encoded_with_at_most_one_allocation() {
    let (wire, count, peak) = measure(|| xdr_wire::to_vec(&SAMPLE));
    let wire = wire.expect("within its bounds");
    assert_eq!((count, peak), (1, wire.len()));
    let mut out = wire;
    out.clear();
    let (result, count, _) = measure(|| encode_into(&SAMPLE, &mut out));
    assert_eq!((result, count), (Ok(()), 0));
}

#[test]
fn a_buffer_is_made_with_room_for_messages_that_are_a_little_longer() {
    let mut out = Vec::new();
    let (result, count, _) = measure(|| encode_into(&SAMPLE, &mut out));
    assert_eq!((result, count), (Ok(()), 1));
    out.clear();
    let longer = "a name that is longer than the one before";
    let (result, count, _) = measure(|| encode_into(longer, &mut out));
    assert_eq!((result, count), (Ok(()), 0));
}

#[test]
fn a_long_message_takes_few_allocations_and_no_more_than_three_times_its_length() {
    // Its length is not known before it has been written.
    let names: Vec<_> = (0..10_000).map(|number| format!("name {number}")).collect();
    let (wire, count, peak) = measure(|| xdr_wire::to_vec(&names));
    let wire = wire.expect("within its bounds");
    assert!(count <= 15, "{count} allocations");
    assert!(peak <= 3 * wire.len(), "{peak} bytes for {}", wire.len());
}

#[test]
fn an_array_of_integers_takes_one_allocation_of_its_size() {
    let wire = xdr_wire::to_vec(&vec![7_u64; 1000]).expect("within its bounds");
    let (value, count, peak) = measure(|| from_bytes::<Vec<u64>>(&wire));
    assert_eq!((count, peak), (1, 8000));
    drop(value);
}

#[test]
fn a_false_count_reserves_no_more_than_a_small_multiple_of_the_input() {
    // As many elements as the rest could hold, and a first one that is broken.
    let mut wire = vec![0_u8; 100_000];
    wire[..4].copy_from_slice(&24_999_u32.to_be_bytes());
    wire[4..8].copy_from_slice(&2_u32.to_be_bytes());
    let (result, _, peak) = measure(|| from_bytes::<Vec<Large>>(&wire).is_err());
    assert!(result);
    assert!(peak <= 5 * wire.len(), "{peak} bytes for {}", wire.len());
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn nested_false_counts_do_not_multiply() {
    // Every array claims all that is left, down to the limit of nesting.
    let words = 25_000_u32;
    let wire: Vec<u8> = (1..=words)
        .flat_map(|word| (words - word).to_be_bytes())
        .collect();
    let (result, _, peak) = measure(|| from_bytes::<Tree>(&wire));
    let error = result.expect_err("no tree has that many leaves");
    assert_eq!(error.kind(), ErrorKind::MemoryOverLimit { factor: 16 });
    assert!(peak <= 16 * wire.len(), "{peak} bytes for {}", wire.len());
}

#[test]
fn elements_wider_than_they_are_long_stay_within_the_limit() {
    let mut wire = vec![0_u8; 100_000];
    wire[..4].copy_from_slice(&24_999_u32.to_be_bytes());
    let (result, _, peak) = measure(|| from_bytes::<Vec<Large>>(&wire).is_err());
    assert!(result);
    assert!(peak <= 4096, "{peak} bytes before anything is known");
}

/// A node of eight bytes on the wire and 64 in memory.
#[derive(Debug, PartialEq, Encode, Decode)]
struct Node {
    optional: Option<[u64; 7]>,
}

#[test]
fn a_list_of_wide_elements_is_counted_and_takes_no_more_than_its_size() {
    let wire: Vec<u8> = [1_u32, 0]
        .repeat(1000)
        .into_iter()
        .chain([0])
        .flat_map(u32::to_be_bytes)
        .collect();
    let (list, _, peak) = measure(|| from_bytes::<List<Node>>(&wire));
    assert_eq!(list.map(|it| it.len()), Ok(1000));
    assert_eq!(peak, 1000 * size_of::<Node>());
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn a_list_grows_with_what_is_read() {
    let mut wire = Vec::new();
    for word in [1_u32, 5].repeat(10_000) {
        wire.extend(word.to_be_bytes());
    }
    let (result, _, peak) = measure(|| from_bytes::<List<u32>>(&wire).is_err());
    assert!(result, "the end is missing");
    assert!(peak <= 3 * wire.len(), "{peak} bytes for {}", wire.len());
}

#[test]
fn a_failure_allocates_only_its_report() {
    let mut wire = xdr_wire::to_vec(&SAMPLE).expect("within its bounds");
    wire.truncate(wire.len() - 1);
    let (result, count, _) = measure(|| from_bytes::<Borrowed<'_>>(&wire).is_err());
    assert!(result);
    assert!(count <= 3, "{count} allocations");
}

/// A megabyte of elements is read with the memory of one.
#[test]
fn elements_are_not_held() {
    let names: Vec<String> = (0..100_000).map(|at| format!("{at:06}")).collect();
    let mut wire = Vec::new();
    encode_into(&names, &mut wire).unwrap();
    let (total, count, peak) = measure(|| {
        let names = elements::<String>(&wire, Bounds::NONE).unwrap();
        names.map(|name| name.unwrap().len()).sum::<usize>()
    });
    assert_eq!((total, count, peak), (600_000, 100_000, 6));
    let borrowed = || elements::<&str>(&wire, Bounds::NONE).unwrap().count();
    assert_eq!(measure(borrowed), (100_000, 0, 0));
}
