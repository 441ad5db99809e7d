//! The messages that the suites make of descriptors are valid, varied, and end.

use xdr_testkit::random::{Choices, message, places};
use xdr_wire::{Decode, Encode, ErrorKind, List, from_bytes, to_vec};

/// One of each form.
#[derive(Debug, Encode, Decode)]
struct Everything {
    numbers: (i32, u32, i64, u64, i16, u16),
    real: (f32, f64, bool),
    #[xdr(chars)]
    letter: [u8; 3],
    #[xdr(max = 5)]
    text: Option<String>,
    #[xdr(max(3, 4))]
    texts: Vec<String>,
    #[xdr(max = 7)]
    bytes: Vec<u8>,
    uuid: [u8; 16],
    colour: Colour,
    tree: Tree,
    list: List<Colour>,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
enum Colour {
    Red = 1,
    Blue = -7,
}

/// The arm that comes first never ends by itself.
#[derive(Debug, Encode, Decode)]
#[xdr(union(u32))]
enum Tree {
    #[xdr(case = 1)]
    Twins(Box<(Tree, Tree)>),
    #[xdr(case = 2)]
    Leaf,
    #[xdr(default)]
    Other(u32, f64),
}

#[test]
fn messages_decode_and_encode_to_the_same_bytes() {
    for seed in 0..2000 {
        let size = usize::try_from(seed % 200).expect("it is small");
        let wire = message(<Everything as Encode>::TYPE, &mut Choices::new(seed, size));
        let value = from_bytes::<Everything>(&wire).expect("a message is valid");
        assert_eq!(to_vec(&value).as_deref(), Ok(&wire[..]), "{value:?}");
    }
}

#[test]
fn without_choices_a_message_is_the_least_that_the_type_has() {
    let wire = message(<Tree as Encode>::TYPE, &mut Choices::new(0, 0));
    assert_eq!(wire, [0, 0, 0, 2]);
}

#[test]
fn every_bound_of_a_type_can_be_reached_and_passed() {
    let places = places(<Everything as Encode>::TYPE);
    let names: Vec<_> = places.iter().map(|it| (&*it.name, it.bound)).collect();
    let expected = [("text", 5), ("texts", 3), ("texts<>", 4), ("bytes", 7)];
    assert_eq!(names, expected);
    for place in places {
        let bound = usize::try_from(place.bound).expect("it is small");
        let wire = place.message(bound);
        let value = from_bytes::<Everything>(&wire).expect("the bound itself is allowed");
        assert_eq!(to_vec(&value).as_deref(), Ok(&wire[..]));
        let error = from_bytes::<Everything>(&place.message(bound + 1));
        let error = error.expect_err("one more is too many");
        assert!(
            matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
            "{}: {error}",
            place.name
        );
    }
}
