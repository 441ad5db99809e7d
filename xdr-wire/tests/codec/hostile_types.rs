//! Types that multiply what a message demands: arrays of nothing, and structs inside structs.

use std::thread;
use std::time::{Duration, Instant};

use xdr_wire::{
    Decode, Encode, ErrorKind, List, Options, from_bytes, from_bytes_with, to_vec, to_vec_with,
};

use crate::support::{assert_refuses, assert_rejects, words};
use crate::types::Empty;

const LIMIT: ErrorKind = ErrorKind::EmptyElementsOverLimit { limit: 65_536 };

#[derive(Debug, PartialEq, Encode, Decode)]
struct Fixed<const N: usize> {
    before: i32,
    nothing: [Empty; N],
}

#[derive(Debug, Encode, Decode)]
struct Characters {
    #[xdr(chars)]
    nothing: [[u8; 0]; 65_537],
}

/// One arm without content: no bytes in memory, four on the wire.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(i32))]
enum Only {
    #[xdr(case = 5)]
    Arm,
}

#[test]
fn fixed_arrays_without_bytes_count_as_elements_without_bytes() {
    let text = "more array elements without bytes than the limit of 65536, at nothing (byte 4)";
    assert_rejects::<Fixed<65_537>>(&words(&[7]), LIMIT, text);
    assert_refuses(
        &Fixed {
            before: 7,
            nothing: [Empty; 65_537],
        },
        LIMIT,
        text,
    );
    let most = Fixed {
        before: 7,
        nothing: [Empty; 65_536],
    };
    assert_eq!(to_vec(&most), Ok(words(&[7])));
    assert_eq!(from_bytes(&words(&[7])), Ok(most));
    let text = "more array elements without bytes than the limit of 65536, at nothing (byte 0)";
    assert_rejects::<Characters>(&[], LIMIT, text);
    let nothing = [[]; 65_537];
    assert_refuses(&Characters { nothing }, LIMIT, text);
}

#[test]
fn arrays_of_arrays_without_bytes_take_no_time() {
    let start = Instant::now();
    let text = "more array elements without bytes than the limit of 65536, at [63] (byte 4)";
    assert_rejects::<Vec<[Empty; 1024]>>(&words(&[65_000]), LIMIT, &text.replace("63", "0"));
    assert_rejects::<Vec<[Empty; 1024]>>(&words(&[64]), LIMIT, text);
    let text = "more array elements without bytes than the limit of 65536 (byte 0)";
    assert_rejects::<Box<[Empty; 1 << 30]>>(&[], LIMIT, text);
    assert_rejects::<[Empty; 1 << 30]>(&[], LIMIT, text);
    let error = from_bytes::<[[Empty; 1 << 12]; 1 << 12]>(&[]).unwrap_err();
    assert_eq!(error.to_string(), text.replace(" (", ", at [15] ("));
    let error = to_vec(&[[Empty; 1 << 12]; 1 << 12]).unwrap_err();
    assert_eq!(error.to_string(), text.replace(" (", ", at [15] ("));
    let pointers: Box<[_; 65_537]> = vec![&Empty; 65_537].try_into().unwrap();
    assert_refuses(&pointers, LIMIT, text);
    let large = [Empty; 1 << 30];
    assert_refuses(&large, LIMIT, text);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_array_without_size_needs_no_stack() {
    let (text, kind) = (
        "input ends too early, at [0] (byte 0)",
        ErrorKind::UnexpectedEnd,
    );
    assert_rejects::<[Only; 1 << 24]>(&[], kind, text);
    let wire = words(&[5; 100]);
    assert_eq!(from_bytes(&wire), Ok([const { Only::Arm }; 100]));
}

#[test]
fn a_list_longer_than_memory_is_refused_at_once() {
    let start = Instant::now();
    let list: List<()> = vec![(); usize::MAX].into();
    let kind = ErrorKind::OutOfMemory;
    let text = "encoded value does not fit in memory (byte 0)";
    assert_refuses(&list, kind, text);
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// Structs that hold each other by value: one level of nesting in XDR, many frames in Rust.
macro_rules! tower {
    ($inner:ty;) => {
        type Tower = $inner;
    };
    ($inner:ty; $floor:ident $($above:ident)*) => {
        #[derive(Clone, Debug, PartialEq, Encode, Decode)]
        struct $floor {
            x: $inner,
        }
        impl Floor for $floor {
            fn ground(&mut self) -> &mut Ground {
                self.x.ground()
            }
        }
        tower!($floor; $($above)*);
    };
}

trait Floor {
    fn ground(&mut self) -> &mut Ground;
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct Ground {
    next: Option<Box<Tower>>,
}

impl Floor for Ground {
    fn ground(&mut self) -> &mut Ground {
        self
    }
}

tower!(Ground;
    A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 C0 C1 C2 C3 C4 C5 C6 C7 C8 C9
    D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 F0 F1 F2 F3 F4 F5 F6 F7 F8 F9
    G0 G1 G2 G3 G4 G5 G6 G7 G8 G9 H0 H1 H2 H3 H4 H5 H6 H7 H8 H9 I0 I1 I2 I3 I4 I5 I6 I7 I8 I9
    J0 J1 J2 J3 J4 J5 J6 J7 J8 J9 K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 L0 L1 L2 L3 L4 L5 L6 L7 L8 L9);

/// In a thread of the size that threads have by default.
fn in_thread(run: fn()) {
    let thread = thread::Builder::new().stack_size(2 << 20).spawn(run);
    let thread = thread.expect("there are threads");
    thread.join().expect("the assertions hold");
}

#[test]
fn towers_of_structs_overflow_no_stack() {
    in_thread(|| {
        let error = from_bytes::<Tower>(&words(&vec![1; 5000])).unwrap_err();
        let limit = 262_144;
        assert_eq!(error.kind(), ErrorKind::StackOverLimit { limit });
        let path = error.path().to_string();
        assert!(path.starts_with("x.x.x."), "{path}");
        assert!(path.ends_with(".x.next"), "{path}");

        let mut tower = None;
        for _ in 0..128 {
            let mut below: Tower = from_bytes(&words(&[0])).unwrap();
            below.ground().next = tower;
            tower = Some(Box::new(below));
        }
        let wire = to_vec(tower.as_ref().unwrap()).unwrap();
        assert_eq!(wire.len(), 128 * 4);
        assert!(tower.clone() == tower);
        let error = to_vec(&tower).unwrap_err();
        let limit = 128;
        assert_eq!(error.kind(), ErrorKind::DepthOverLimit { limit });
        // The way there is longer than is told.
        assert!(error.path().to_string().starts_with("x.x.x."));
        let deeper = Options::new().max_depth(129);
        assert_eq!(to_vec_with(&tower, deeper).unwrap().len(), 129 * 4);
        assert!(from_bytes_with::<Tower>(&wire, deeper).is_err());
    });
}
