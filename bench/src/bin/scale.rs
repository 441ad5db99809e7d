//! Time and memory against the length of the message, from the shortest to libvirt's longest.
//!
//! `cargo xtask bench scale` builds and runs this, and makes plots of the lines that it prints.

#![allow(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ours::{borrowed, owned};
use xdr_wire::{Decode, Encode, encode_into, from_bytes, from_prefix, to_vec};

#[path = "../messages.rs"]
#[allow(dead_code, reason = "its messages have lengths of their own")]
mod messages;

mod ours {
    macro_rules! generated {
        ($($module:ident)*) => {$(
            #[allow(dead_code, clippy::pedantic, reason = "it is made for users")]
            pub(crate) mod $module {
                include!(concat!(env!("OUT_DIR"), "/", stringify!($module), "/bench.rs"));
            }
        )*};
    }

    generated!(owned borrowed);
}

/// The longest payload that libvirt takes.
const LONGEST: usize = 32 << 20;

const VALID: &str = "the message is valid";

struct Counting;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged. `realloc` is the trait's own, which is these two.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.set(LIVE.get() + layout.size());
        PEAK.set(PEAK.get().max(LIVE.get()));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size());
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    // As in the other program: large buffers are to be on the heap.
    drop(black_box(vec![0u8; 28 << 20]));
    let mut length = 24;
    while length < LONGEST {
        all(length);
        length *= 4;
    }
    all(LONGEST);
}

/// Messages that are as long, or nearly.
fn all(length: usize) {
    let blob = owned::Blob {
        bytes: vec![0x5a; length - 4],
    };
    both("opaque", &blob);

    let count = u32::try_from((length - 4) / 4).expect("messages are short");
    let words = owned::Words {
        list: (0..count).collect(),
    };
    both("unsigned ints", &words);

    let mut list = Vec::new();
    let mut left = length - 4;
    for number in 0.. {
        let domain = messages::domain(number);
        let Some(rest) = left.checked_sub(domain.encoded_len()) else {
            break;
        };
        left = rest;
        list.push(domain);
    }
    if list.is_empty() {
        return;
    }
    let listing = owned::Listing { list };
    both("domains", &listing);
    let wire: &'static [u8] = to_vec(&listing).expect(VALID).leak();
    decode::<borrowed::Listing<'_>>("domains", "decode borrowed", wire);
    line("domains", "decode one by one", wire.len(), || {
        // An array is its count and its elements: nobody has to hold all of them.
        let (count, mut rest) = from_prefix::<u32>(black_box(wire)).expect(VALID);
        for _ in 0..count {
            let (domain, after) = from_prefix::<owned::Domain>(rest).expect(VALID);
            black_box(&domain);
            rest = after;
        }
    });
}

fn both<T: Encode + Decode<'static>>(what: &str, value: &T) {
    let wire: &'static [u8] = to_vec(value).expect(VALID).leak();
    let mut buffer = Vec::new();
    encode_into(value, &mut buffer).expect(VALID);
    line(what, "encode reused", wire.len(), || {
        buffer.clear();
        encode_into(black_box(value), &mut buffer).expect(VALID);
        black_box(buffer.as_slice());
    });
    line(what, "encode fresh", wire.len(), || {
        black_box(to_vec(black_box(value)).expect(VALID).as_slice());
    });
    decode::<T>(what, "decode owned", wire);
}

fn decode<T: Decode<'static>>(what: &str, how: &str, wire: &'static [u8]) {
    line(what, how, wire.len(), || {
        black_box(&from_bytes::<T>(black_box(wire)).expect(VALID));
    });
}

/// Prints the shortest time of several turns, and the most bytes that were held beyond what there was before.
fn line(what: &str, how: &str, bytes: usize, mut run: impl FnMut()) {
    const TURNS: usize = 15;
    const TURN: Duration = Duration::from_millis(1);

    let live = LIVE.get();
    PEAK.set(live);
    run();
    let peak = PEAK.get() - live;

    let mut turn = |times: u32| {
        let start = Instant::now();
        for _ in 0..times {
            run();
        }
        start.elapsed()
    };
    let mut times = 1;
    while turn(times) < TURN {
        times *= 2;
    }
    let least = (0..TURNS).map(|_| turn(times)).min().unwrap_or_default();
    let ns = least.as_secs_f64() * 1e9 / f64::from(times);
    println!(r#"{{"what":"{what}","how":"{how}","bytes":{bytes},"ns":{ns:.1},"peak":{peak}}}"#);
}
