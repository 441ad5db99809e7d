//! Numbers that stay in the message are those that a vector takes out of it.

use proptest::prelude::*;
use xdr_wire::{Decode, Encode, Number, NumberView, Options, encode_into, from_bytes, to_vec};

#[derive(Debug, PartialEq, Encode, Decode)]
struct View<'a, T: Number> {
    before: u32,
    #[xdr(max = 5)]
    numbers: NumberView<'a, T>,
    after: bool,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[xdr(name = "View")]
struct Owned<T> {
    before: u32,
    #[xdr(max = 5)]
    numbers: Vec<T>,
    after: bool,
}

fn assert_same<'a, T>(wire: &'a [u8])
where
    T: Number + Decode<'a> + Encode + PartialEq + std::fmt::Debug + Default,
{
    let (view, owned) = (
        from_bytes::<View<'a, T>>(wire),
        from_bytes::<Owned<T>>(wire),
    );
    let (view, owned) = match (view, owned) {
        (Ok(view), Ok(owned)) => (view, owned),
        (view, owned) => return assert_eq!(view.err(), owned.err()),
    };
    assert_eq!((view.before, view.after), (owned.before, owned.after));
    let (view, owned) = (view.numbers, owned.numbers);
    let bits = |numbers: &[T]| to_vec(&numbers.to_vec()).expect("no bound");
    assert_eq!(bits(&view.to_vec()), bits(&owned));
    assert_eq!(to_vec(&view).expect("no bound"), bits(&owned));
    assert_eq!(view.encoded_len(), bits(&owned).len());
    assert_eq!(
        (view.len(), view.is_empty()),
        (owned.len(), owned.is_empty())
    );
    assert_eq!(bits(&view.iter().collect::<Vec<_>>()), bits(&owned));
    let mut back: Vec<_> = view.iter().rev().collect();
    assert_eq!(view.iter().len(), back.len());
    back.reverse();
    assert_eq!(bits(&back), bits(&owned));
    for index in 0..=owned.len() {
        let one = |number: Option<T>| bits(number.as_slice());
        assert_eq!(one(view.get(index)), one(owned.get(index).copied()));
    }
    let mut slots = [T::default(); 3];
    let copied = view.copy_to(&mut slots);
    assert_eq!(copied, owned.len().min(3));
    assert_eq!(bits(&slots[..copied]), bits(&owned[..copied]));
    // Numbers that are not the same are not here either.
    let twin = view;
    assert_eq!(view == twin, owned.iter().eq(owned.iter()));
    assert_eq!(view == NumberView::default(), owned.is_empty());
}

proptest! {
    #[test]
    fn a_view_has_the_numbers_the_errors_and_the_form_of_a_vector(
        count in 0u32..8,
        body in prop::collection::vec(any::<u8>(), 0..72),
        after in 0u32..3,
    ) {
        let wire = [&7u32.to_be_bytes()[..], &count.to_be_bytes(), &body, &after.to_be_bytes()].concat();
        for wire in [&wire[..], &wire[..wire.len() / 4 * 4]] {
            assert_same::<u32>(wire);
            assert_same::<i32>(wire);
            assert_same::<u64>(wire);
            assert_same::<i64>(wire);
            assert_same::<f32>(wire);
            assert_same::<f64>(wire);
        }
        // As long as they should be.
        for len in [4, 8] {
            let body = body.iter().copied().chain(std::iter::repeat(0xA5)).take(count as usize * len);
            let body: Vec<u8> = body.collect();
            let wire = [&7u32.to_be_bytes()[..], &count.to_be_bytes(), &body, &1u32.to_be_bytes()].concat();
            assert_same::<u32>(&wire);
            assert_same::<f64>(&wire);
            assert_same::<i64>(&wire);
        }
    }
}

#[test]
fn bounds_hold_for_writing_too() {
    let wire = to_vec(&vec![1u32; 6]).unwrap();
    let numbers = from_bytes::<NumberView<'_, u32>>(&wire).unwrap();
    let view = View {
        before: 0,
        numbers,
        after: true,
    };
    let owned = Owned {
        before: 0,
        numbers: numbers.to_vec(),
        after: true,
    };
    assert_eq!(to_vec(&view), to_vec(&owned));
    let mut out = vec![9];
    assert!(encode_into(&view, &mut out).is_err());
    assert_eq!(out, [9]);
}

/// Code and descriptor agree, as they do for other types.
#[test]
fn the_descriptor_is_that_of_an_array() {
    let wire = to_vec(&vec![1u64, 2]).unwrap();
    for len in 0..=wire.len() {
        let (read, walked) = xdr_wire::__private::decode_and_walk::<NumberView<'_, u64>>(
            &wire[..len],
            Options::new(),
        );
        assert_eq!(read, walked);
    }
}
