//! The memory that a message may take is a multiple of its length, whatever its types.

use proptest::prelude::{prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::Just;
use xdr_wire::__private::decode_and_walk;
use xdr_wire::describe::{CustomTy, Ty};
use xdr_wire::{
    Decode, Decoder, Encode, ErrorKind, Fault, List, Options, from_bytes, from_bytes_with, skip,
    to_vec,
};

use crate::support::words;

/// Far larger in memory than an absent one on the wire.
type Wide = Option<[u64; 100]>;

#[derive(Debug, PartialEq, Encode, Decode)]
struct Deep {
    wide: Vec<Wide>,
    boxed: Option<Box<[Wide; 2]>>,
    list: List<Wide>,
    children: Vec<Deep>,
    next: Option<Box<Deep>>,
}

const OVER: ErrorKind = ErrorKind::MemoryOverLimit { factor: 16 };

#[test]
fn wide_elements_stop_at_the_limit() {
    // Fifteen times the bytes and 4 KiB, which is all that arrays have: elements of 808 bytes.
    let elements = |count: usize| to_vec(&vec![None::<[u64; 100]>; count]).unwrap();
    let fits = elements(5);
    assert_eq!(from_bytes::<Vec<Wide>>(&fits), Ok(vec![None; 5]));
    let error = from_bytes::<(u32, Vec<Wide>)>(&words(&[9, 6, 0, 0, 0, 0, 0, 0])).unwrap_err();
    assert_eq!(error.kind(), OVER);
    let text = "takes more memory than the limit of 16 times the input, at 1 (byte 4)";
    assert_eq!(error.to_string(), text);
}

#[test]
fn the_limit_of_memory_can_be_raised_and_lowered() {
    let wire = to_vec(&vec![None::<[u64; 100]>; 1000]).unwrap();
    assert_eq!(from_bytes::<Vec<Wide>>(&wire).unwrap_err().kind(), OVER);
    let high = Options::new().max_memory_factor(203);
    assert_eq!(from_bytes_with(&wire, high), Ok(vec![Wide::None; 1000]));
    let low = Options::new().max_memory_factor(0);
    let error = from_bytes_with::<Vec<u64>>(&words(&[0; 1000]), low).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TrailingBytes { left: 3996 });
    let mut array = vec![0; 1027];
    array[0] = 513;
    let error = from_bytes_with::<Vec<u64>>(&words(&array), low).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MemoryOverLimit { factor: 0 });
}

#[test]
fn a_wide_list_stops_at_the_limit_before_it_is_read() {
    let wire = words(&[1, 0].repeat(6));
    let error = from_bytes::<List<Wide>>(&wire).unwrap_err();
    assert_eq!(error.kind(), OVER);
    assert_eq!(error.offset(), 4);
    let wire = to_vec(&List::from(vec![None::<[u64; 100]>; 5])).unwrap();
    assert_eq!(from_bytes::<List<Wide>>(&wire).map(|it| it.len()), Ok(5));
}

#[test]
fn a_box_is_made_only_if_the_input_is_long_enough_for_it() {
    type Huge = Box<[Wide; 1 << 20]>;
    let error = from_bytes::<Huge>(&words(&[0, 0, 2]))
        .map(drop)
        .unwrap_err();
    let text = "presence of an optional is 2, neither 0 nor 1, at [2] (byte 8)";
    assert_eq!(error.to_string(), text);
    let error = from_bytes::<Huge>(&vec![0; 4 << 20]).map(drop).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (OVER, 0));
}

#[test]
fn text_that_is_replaced_is_paid_for() {
    let lenient = Options::new().allow(xdr_wire::Rule::Utf8);
    let wire = to_vec(&vec![0xff_u8; 4096]).unwrap();
    let text = from_bytes_with::<String>(&wire, lenient).unwrap();
    assert_eq!(text, "\u{fffd}".repeat(4096));
    let low = lenient.max_memory_factor(0);
    let error = from_bytes_with::<String>(&wire, low).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MemoryOverLimit { factor: 0 });
}

/// A node whose code alone knows its bytes, wide enough for its lists to be counted beforehand.
struct Opaque {
    _pad: [u64; 8],
    _children: List<Opaque>,
}

impl<'de> Decode<'de> for Opaque {
    const MIN: usize = 4;
    const TYPE: &'static Ty = &Ty::Custom(&CustomTy {
        name: "opaque",
        min: 4,
        skip: skip::<Self>,
    });

    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, Fault> {
        Ok(Self {
            _pad: [0; 8],
            _children: List::decode(decoder)?,
        })
    }
}

#[test]
fn lists_of_hand_written_types_are_counted_once_on_each_level() {
    let depth = 120;
    let wire = words(&[vec![1; depth], vec![0; depth + 1]].concat());
    assert!(from_bytes::<Opaque>(&wire).is_ok());
}

#[test]
fn a_box_that_is_too_short_fails_as_the_walk_does() {
    let options = Options::new().max_stack(0);
    for wire in [&[][..], &[0; 4]] {
        let (decoded, walked) = decode_and_walk::<Box<(u32, u32)>>(wire, options);
        assert_eq!(decoded, walked);
    }
}

proptest! {
    #[test]
    fn the_walk_along_the_descriptor_takes_the_same_memory(
        words in prop::collection::vec(prop_oneof![6 => 0..2_u32, 2 => 2..40_u32, 1 => Just(1000)], 0..400),
        factor in prop_oneof![Just(16), 0..300_u32],
    ) {
        let wire: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let options = Options::new().max_memory_factor(factor);
        let (decoded, walked) = decode_and_walk::<Deep>(&wire, options);
        prop_assert_eq!(decoded, walked);
    }

    #[test]
    fn lists_of_any_length_are_read(len in 0..3000_usize, wide in 0..6_usize) {
        let list: List<u32> = (0..).take(len).collect();
        let lists = (list, List::from(vec![None::<[u64; 100]>; wide.min(len)]));
        let wire = to_vec(&lists).unwrap();
        let back = from_bytes::<(List<u32>, List<Wide>)>(&wire);
        prop_assert!(back.is_ok(), "{:?}", back.err());
        prop_assert_eq!(back.ok(), Some(lists));
    }
}
