//! Ten million small messages through one buffer, under an allocator that counts. `tests/tests/endurance.rs` runs it.

#![allow(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use ours::owned::{Graphics, Header};
use xdr_wire::{encode_into, from_prefix};

#[path = "../../../bench/src/messages.rs"]
#[allow(dead_code, reason = "not all messages are small")]
mod messages;
mod ours;

/// Each turn is a header and an event.
const TURNS: usize = 5_000_000;

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged. `realloc` is the trait's own, which is these two.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(live, Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (header, event) = (messages::header(), messages::graphics());
    let mut buffer = Vec::new();
    let mut encoding = 0;
    let mut turn = || -> Result<(), Box<dyn std::error::Error>> {
        buffer.clear();
        let before = COUNT.load(Relaxed);
        encode_into(black_box(&header), &mut buffer)?;
        encode_into(black_box(&event), &mut buffer)?;
        encoding += COUNT.load(Relaxed) - before;
        let (read, rest) = from_prefix::<Header>(black_box(&buffer))?;
        let (seen, rest) = from_prefix::<Graphics>(rest)?;
        if read != header || seen != event || !rest.is_empty() {
            return Err("what was read is not what was written".into());
        }
        Ok(())
    };
    turn()?;
    let (live, peak) = (LIVE.load(Relaxed), PEAK.load(Relaxed));
    for _ in 1..TURNS {
        turn()?;
    }
    let (live_then, peak_then) = (LIVE.load(Relaxed), PEAK.load(Relaxed));
    println!("messages: {}", 2 * TURNS);
    println!("allocations of encoding: {encoding}");
    println!("bytes held after the first and the last: {live} {live_then}");
    println!("most bytes held by then: {peak} {peak_then}");
    Ok(())
}
