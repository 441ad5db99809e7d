//! Sizes around 2³²: what wraps, truncates or saturates where `usize` has 32 bits, and must not be seen with 64 either.

use std::fmt::Debug;

use xdr_wire::__private::{Outcome, decode_and_walk};
use xdr_wire::{Decode, Decoder, Encode, ErrorKind, Fault, Form, List, Options, Quadruple, Rule};

use crate::support::words;

/// 2²⁸ bytes in memory, 2³⁰ on the wire.
#[derive(Debug, Decode, Encode)]
struct Text(#[xdr(chars)] Box<[u8; 1 << 28]>);

/// 2³² bytes on the wire, a length that 32 bits do not have.
#[derive(Debug, Decode, Encode)]
struct Book {
    pages: [Text; 4],
}

#[derive(Debug, Decode, Encode)]
struct Record {
    id: Quadruple,
    pairs: [(u32, u64); 4],
    tail: List<bool>,
}

/// Claims `count` elements and holds `len` zero bytes.
fn claim(count: u32, len: usize) -> Vec<u8> {
    let mut wire = words(&[count]);
    wire.resize(4 + len, 0);
    wire
}

/// Claims of so many elements of `T` that their bytes, counted with 32 bits, are exactly those that there are.
#[track_caller]
fn assert_no_product_wraps<T: for<'de> Decode<'de> + Debug>() {
    let size = u32::try_from(<T as Decode>::MIN).expect("the types here are small");
    let least = u32::MAX / size + 1;
    for len in [least, least + 1] {
        let left = usize::try_from(len.wrapping_mul(size)).expect("there are 32 bits");
        let form = Form::Array;
        let fault = || Outcome::Fault(ErrorKind::LengthOverInput { form, len, left }, 0);
        let both = decode_and_walk::<Vec<T>>(&claim(len, left), Options::new());
        assert_eq!(both, (fault(), fault()), "{len} elements of {size} bytes");
    }
}

#[test]
fn counts_that_multiply_past_32_bits_are_refused_before_anything_is_read() {
    assert_no_product_wraps::<u32>();
    assert_no_product_wraps::<u64>();
    assert_no_product_wraps::<f64>();
    assert_no_product_wraps::<Quadruple>();
    assert_no_product_wraps::<(i32, i32, i32)>();
    assert_no_product_wraps::<String>();
    assert_no_product_wraps::<[u8; 10]>();
    assert_no_product_wraps::<[u64; 128]>();
    assert_no_product_wraps::<Box<[bool; 4096]>>();
    assert_no_product_wraps::<Record>();
    assert_no_product_wraps::<Vec<u64>>();
}

#[test]
fn a_least_length_past_32_bits_is_taken_neither_for_none_nor_for_a_small_one() {
    assert_eq!(<Text as Decode>::MIN, 1 << 30);
    let exact = usize::try_from(1_u64 << 32).unwrap_or(usize::MAX);
    assert_eq!(<Book as Decode>::MIN, exact);
    assert_eq!(<Book as Decode>::TYPE.min_len(), exact);
    for (len, left) in [(1, 0), (1, 4), (4, 4096), (u32::MAX, 8)] {
        let form = Form::Array;
        let fault = || Outcome::Fault(ErrorKind::LengthOverInput { form, len, left }, 0);
        let both = decode_and_walk::<Vec<Book>>(&claim(len, left), Options::new());
        assert_eq!(both, (fault(), fault()));
    }
}

#[test]
fn lengths_whose_padding_is_past_32_bits_are_refused() {
    for len in (u32::MAX - 7)..=u32::MAX {
        for left in 0..12 {
            let refused = |form| {
                let fault = || Outcome::Fault(ErrorKind::LengthOverInput { form, len, left }, 0);
                (fault(), fault())
            };
            let wire = claim(len, left);
            let options = Options::new().allow(Rule::Padding).allow(Rule::Trailing);
            assert_eq!(
                decode_and_walk::<Vec<u8>>(&wire, options),
                refused(Form::Opaque)
            );
            assert_eq!(
                decode_and_walk::<&[u8]>(&wire, options),
                refused(Form::Opaque)
            );
            assert_eq!(
                decode_and_walk::<String>(&wire, options),
                refused(Form::String)
            );
            assert_eq!(
                decode_and_walk::<&str>(&wire, options),
                refused(Form::String)
            );
        }
    }
}

/// What a hand-written type may ask of the decoder: sizes that are no lengths of anything.
fn ask<T>(take: impl Fn(&mut Decoder<'_>) -> Result<T, Fault>) -> bool {
    let input = claim(u32::MAX, 8);
    take(&mut Decoder::new(&input, Options::new())).is_ok()
}

#[test]
fn a_hand_written_type_may_ask_for_any_size() {
    for near_end in 0..8 {
        let size = usize::MAX - near_end;
        assert!(!ask(|decoder| decoder.take_fixed_opaque(size).map(drop)));
        assert!(!ask(|decoder| decoder.take_count(u32::MAX, size)));
    }
    assert!(!ask(|decoder| decoder.take_count(u32::MAX, 0)));
    assert!(!ask(|decoder| decoder.take_count(u32::MAX, 1)));
    assert!(ask(|decoder| decoder.take_fixed_opaque(12).map(drop)));
}

#[test]
#[cfg_attr(miri, ignore = "a gigabyte of memory")]
fn a_length_past_32_bits_is_exact_or_known_to_be_unknown() {
    const MIB: usize = 1 << 20;
    let block = vec![7_u8; MIB];
    for parts in [4095_u64, 4096, 4097, 6000] {
        let shared = vec![block.as_slice(); usize::try_from(parts).unwrap()];
        let exact = 4 + parts * (4 + (1 << 20));
        // 4,095 parts are 2³² − 2²⁰ + 4 · 4,096 bytes, the others are more than 32 bits can say.
        let expected = usize::try_from(exact).unwrap_or(usize::MAX);
        assert_eq!(shared.encoded_len(), expected);
        assert_eq!(shared.as_slice().encoded_len(), expected);
    }
    let truths = vec![false; 1 << 28];
    let rows = vec![truths.as_slice(); 4];
    let exact = 4 + 4 * (4 + (1_u64 << 30));
    let expected = usize::try_from(exact).unwrap_or(usize::MAX);
    assert_eq!(rows.encoded_len(), expected);
}

/// With 64 bits this would have to write all of it.
#[cfg(target_pointer_width = "32")]
#[test]
#[cfg_attr(miri, ignore = "a gigabyte of memory")]
fn a_value_past_32_bits_is_refused_and_leaves_the_buffer_as_it_was() {
    let block = vec![7_u8; 1 << 24];
    let shared = vec![block.as_slice(); 300];
    assert_eq!(shared.encoded_len(), usize::MAX);
    let mut out = b"before".to_vec();
    let error = xdr_wire::encode_into(&(shared, 0), &mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfMemory);
    assert!(error.path().is_empty(), "{error}");
    assert_eq!(out, b"before");
}
