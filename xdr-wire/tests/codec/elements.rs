//! Arrays element by element: the same elements, the same errors as from the vector.

use proptest::prelude::*;
use xdr_wire::{
    Bounds, Decode, DecodeError, Encode, ErrorKind, elements, from_bytes, from_prefix, to_vec,
};

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct Item {
    #[xdr(max = 5)]
    name: String,
    flags: Vec<bool>,
}

/// What the array is with these bounds.
#[derive(Debug, PartialEq, Encode, Decode)]
struct Items(#[xdr(max = 4)] Vec<Item>);

/// All elements, or the first error.
fn collect(input: &[u8]) -> Result<(Vec<Item>, &[u8]), DecodeError> {
    let mut items = elements::<Item>(input, Bounds::new(&[4]))?;
    let read: Result<Vec<_>, _> = items.by_ref().collect();
    Ok((read?, items.rest()))
}

fn whole(input: &[u8]) -> Result<(Vec<Item>, &[u8]), DecodeError> {
    from_prefix::<Items>(input).map(|(items, rest)| (items.0, rest))
}

fn item() -> impl Strategy<Value = Item> {
    ("[a-zé]{0,2}", prop::collection::vec(any::<bool>(), 0..3))
        .prop_map(|(name, flags)| Item { name, flags })
}

proptest! {
    #[test]
    fn the_elements_are_those_of_the_vector(
        items in prop::collection::vec(item(), 0..5),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut wire = to_vec(&items).unwrap();
        let whole_len = wire.len();
        for (at, byte) in changes {
            let at = at.index(wire.len());
            wire[at] = byte;
        }
        prop_assert_eq!(collect(&wire), whole(&wire));
        let cut = &wire[..cut.index(whole_len + 1)];
        prop_assert_eq!(collect(cut), whole(cut));
    }
}

#[test]
fn an_error_names_the_element_and_ends_the_array() {
    let item = |name: &str| Item {
        name: name.to_owned(),
        flags: vec![true],
    };
    let mut wire = to_vec(&vec![item("a"), item("b"), item("c")]).unwrap();
    let at = wire.len() - 16 - 4;
    assert_eq!(wire[at..][..4], [0, 0, 0, 1], "the second element's flag");
    wire[at + 3] = 2;
    let mut items = elements::<Item>(&wire, Bounds::NONE).unwrap();
    assert_eq!(items.size_hint(), (1, Some(3)));
    assert_eq!(items.next(), Some(Ok(item("a"))));
    let error = items.next().unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("bool is 2, neither 0 nor 1, at [1].flags[0] (byte {at})")
    );
    assert!(items.next().is_none() && items.next().is_none());
}

#[test]
fn bounds_are_those_of_the_array_and_of_its_elements() {
    let wire = to_vec(&["abc", "abcd"].as_slice()).unwrap();
    let error = elements::<&str>(&wire, Bounds::new(&[1])).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::LengthOverBound {
            len: 2,
            bound: 1,
            ..
        }
    ));
    let mut texts = elements::<&str>(&wire, Bounds::new(&[2, 3])).unwrap();
    assert_eq!(texts.next(), Some(Ok("abc")));
    let error = texts.next().unwrap().unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::LengthOverBound {
            len: 4,
            bound: 3,
            ..
        }
    ));
    assert_eq!(
        (error.offset(), error.path().to_string()),
        (12, "[1]".to_owned())
    );
}

/// As for a vector, a count is not believed before there are bytes for so many.
#[test]
fn false_counts_are_errors() {
    let wire = [0xff; 32];
    assert_eq!(
        elements::<u32>(&wire, Bounds::NONE).unwrap_err(),
        from_bytes::<Vec<u32>>(&wire).unwrap_err()
    );
    // Elements without bytes have a limit of their own.
    assert_eq!(
        elements::<()>(&wire, Bounds::NONE).unwrap_err(),
        from_bytes::<Vec<()>>(&wire).unwrap_err()
    );
}
